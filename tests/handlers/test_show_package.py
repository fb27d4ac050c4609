from __future__ import annotations

import pytest

from sandbox.catalogue import RunningCatalogue
from tests.house import House, text_of

OPEN = "children-in-care-by-community"
DRAFT = "youth-transition-agreements"
RESTRICTED = "workforce-counts-for-front-line-teams"
LONG = "inventory-map-sheets-scanned"


async def test_a_record_is_shown_with_its_ids_and_resources(
    house: House, catalogue: RunningCatalogue
) -> None:
    record = catalogue.catalogue.package(OPEN)
    said = await house.guest("dana").types(f"/bcdc show-package {OPEN}")
    assert "Children in Care by Community" in said
    assert "Information Management - CFD" in said
    assert record["id"] in said
    for resource in record["resources"]:
        assert resource["id"] in said
        assert resource["name"] in said
    assert "Edit" not in said


@pytest.mark.parametrize(
    "how",
    [
        "{id}",
        "{url}/dataset/{name}",
        "{url}/dataset/{id}",
        "{url}/dataset/activity/{name}?from=web#top",
    ],
)
async def test_a_record_is_found_by_id_and_by_links(
    house: House, catalogue: RunningCatalogue, how: str
) -> None:
    record = catalogue.catalogue.package(OPEN)
    typed = how.format(url=catalogue.url, id=record["id"], name=OPEN)
    assert record["id"] in await house.guest("dana").types(f"/bcdc show-package {typed}")


async def test_only_who_may_edit_is_offered_to(house: House) -> None:
    robin, jordan = house.guest("robin"), house.guest("jordan")
    await robin.connects("cfd-editor")
    await jordan.connects("forests-editor")
    assert "Edit" in (await robin.types(f"/bcdc show-package {OPEN}")).split("\n")
    shown = await jordan.types(f"/bcdc show-package {OPEN}", channel="C0GENERAL")
    assert OPEN in shown
    assert "Edit" not in shown.split("\n")


async def test_a_file_is_replaced_from_there_and_a_link_is_edited(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    resources = catalogue.catalogue.package(OPEN)["resources"]
    said = await robin.types(f"/bcdc show-package {OPEN}")
    uploads = [one for one in resources if one.get("url_type") == "upload"]
    assert 0 < said.split("\n").count("Replace file") == len(uploads)
    await robin.presses("bcdc:in:test:update-resource")
    assert robin.view
    assert robin.view["callback_id"] == "bcdc:update-resource"
    assert uploads[0]["name"] in robin.reads()
    await robin.closes()
    said = await robin.types(f"/bcdc patch-resource {uploads[0]['id']} url=https://a.test/")
    assert "/bcdc update-resource replaces it" in said


async def test_edit_opens_the_form_of_that_resource(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc show-package {OPEN}")
    await robin.presses("bcdc:in:test:patch-resource")
    assert robin.view
    assert robin.view["callback_id"] == "bcdc:patch-resource"
    assert catalogue.catalogue.package(OPEN)["resources"][0]["name"] in str(robin.view)


@pytest.mark.parametrize(
    ("name", "title", "key", "sees"),
    [
        (DRAFT, "Youth Transition Agreements", None, False),
        (DRAFT, "Youth Transition Agreements", "forests-editor", False),
        (DRAFT, "Youth Transition Agreements", "cfd-member", False),
        (DRAFT, "Youth Transition Agreements", "cfd-editor", True),
        (DRAFT, "Youth Transition Agreements", "cfd-ministry-admin", True),
        (RESTRICTED, "Workforce Counts", None, False),
        (RESTRICTED, "Workforce Counts", "cfd-editor", True),
    ],
)
async def test_what_is_not_public_is_told_as_not_there_to_those_who_may_not_see_it(
    house: House, catalogue: RunningCatalogue, name: str, title: str, key: str | None, *, sees: bool
) -> None:
    guest = house.guest("mei")
    if key:
        await guest.connects(key)
    record = catalogue.catalogue.package(name)
    for typed in (name, record["id"], f"{catalogue.url}/dataset/{name}"):
        said = await guest.types(f"/bcdc show-package {typed}")
        assert (title in said) == sees
        assert ("that you may see" in said) == (not sees)


async def test_hidden_contacts_are_shown_to_nobody_who_may_not_edit(house: House) -> None:
    said = await house.guest("dana").types(f"/bcdc show-package {OPEN}")
    assert "Noor Haddad" not in said
    assert "noor.haddad" not in str(house.slack.workspace.calls)


async def test_who_may_edit_sees_which_contacts_are_hidden(house: House) -> None:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    said = " ".join((await robin.types(f"/bcdc show-package {OPEN}")).split())
    assert "Contact (hidden): Noor Haddad" in said
    assert "Contact: CFD Data Team" in said


async def test_a_record_with_two_hundred_resources_says_how_many_more_there_are(
    house: House,
) -> None:
    robin = house.guest("jordan")
    await robin.connects("forests-editor")
    said = await robin.types(f"/bcdc show-package {LONG}", channel="C0GENERAL")
    assert "200" in said
    assert "Map sheet" in said
    assert len(robin.messages("C0GENERAL")[-1]["blocks"]) <= 50
    assert "more" in said


@pytest.mark.parametrize(
    "title",
    [
        "Wells <!channel> & <@U0ROBIN> *bold*",
        "漢字のデータ 母語",
        "🏕️ 👩‍👩‍👧‍👦 camping",
        "Roads \u202egnp.exe\u202c end",
        "x" * 400,
        "`code` ~gone~ <https://evil.test|safe>",
    ],
)
async def test_titles_are_shown_as_they_are_and_do_nothing(
    house: House, catalogue: RunningCatalogue, title: str
) -> None:
    catalogue.catalogue.add_package(
        "odd-title",
        title,
        "geobc",
        publish_state="PUBLISHED",
        resources=[{"name": title, "url": "https://data.example.test/odd.csv"}],
    )
    dana = house.guest("dana")
    said = await dana.types("/bcdc show-package odd-title", channel="C0GENERAL")
    message = dana.messages("C0GENERAL")[-1]
    plain = title.replace("\u202e", "").replace("\u202c", "")
    assert plain[:100] in said
    assert "\u202e" not in text_of(message["blocks"])
    assert "<!channel>" not in message["text"]
    assert "mrkdwn" not in str(message["blocks"])
    assert not house.slack.workspace.toasts.get("U0ROBIN")


async def test_a_record_that_is_not_there_is_told_in_a_sentence(house: House) -> None:
    said = await house.guest("dana").types("/bcdc show-package no-such-record-at-all-zzz")
    assert "There is no record “no-such-record-at-all-zzz”" in said
    assert "Look for it with /bcdc find-package" in said


async def test_a_title_names_a_record_and_near_ones_are_offered(house: House) -> None:
    dana = house.guest("dana")
    assert OPEN in await dana.types("/bcdc show-package Children in Care by Community")
    said = await dana.types("/bcdc show-package children care")
    assert "Did you mean one of these?" in said
    await dana.presses("bcdc:choose")
    assert "Published by" in dana.reads()


async def test_what_is_less_important_is_behind_a_button(house: House) -> None:
    dana = house.guest("dana")
    said = await dana.types(f"/bcdc show-package {OPEN}")
    assert "All else that is recorded" not in said
    await dana.presses("bcdc:more")
    assert "All else that is recorded" in dana.reads()
    assert "Keywords" in dana.reads()
    assert "Noor Haddad" not in dana.reads()


async def test_a_shared_record_has_no_hidden_contact_and_no_buttons(house: House) -> None:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    assert "Noor Haddad" in await robin.types(f"/bcdc show-package {OPEN}")
    await robin.presses("bcdc:share")
    shared = str(house.guest("sam").messages()[-1]["blocks"])
    assert "Children in Care by Community" in shared
    assert "Noor Haddad" not in shared
    assert "bcdc:" not in shared


async def test_a_resources_link_shows_its_record(house: House, catalogue: RunningCatalogue) -> None:
    record = catalogue.catalogue.package(OPEN)
    link = f"{catalogue.url}/dataset/{OPEN}/resource/{record['resources'][0]['id']}"
    assert record["id"] in await house.guest("dana").types(f"/bcdc show-package {link}")


async def test_more_shows_a_long_text_whole(house: House, catalogue: RunningCatalogue) -> None:
    package = next(
        one
        for one in catalogue.catalogue.packages.values()
        if one["publish_state"] == "PUBLISHED" and not one["private"]
    )
    text = " ".join(f"Sentence {number} of the whole." for number in range(180))
    package |= {"notes": text, "purpose": text.replace("whole", "purpose")}
    robin = house.guest("robin")
    assert "Sentence 179" not in await robin.types(f"/bcdc show-package {package['name']}")
    await robin.presses("bcdc:more")
    told = robin.reads()
    assert "Sentence 179 of the whole." in told
    assert "Sentence 179 of the purpose." in told
