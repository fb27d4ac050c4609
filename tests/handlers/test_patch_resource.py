from __future__ import annotations

import pytest

from sandbox.catalogue import RunningCatalogue
from sandbox.catalogue.errors import Record
from tests.house import Guest, House

OPEN = "children-in-care-by-community"


def first(catalogue: RunningCatalogue, name: str = OPEN) -> Record:
    resource: Record = catalogue.catalogue.package(name)["resources"][0]
    return resource


async def editor(house: House, name: str = "robin", key: str = "cfd-editor") -> Guest:
    guest = house.guest(name)
    await guest.connects(key)
    return guest


async def test_inline_words_lead_to_a_preview_and_apply_saves_them(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    before = dict(first(catalogue))
    said = await robin.types(
        f"/bcdc patch-resource {before['id']} description=“Citizens’ counts” format=XLSX"
    )
    assert "Citizens’ counts" in said
    assert f"{before['name']} · Children in Care by Community" in said
    assert first(catalogue)["description" if "description" in before else "name"] in before.values()
    await robin.presses("bcdc:change:apply")
    after = first(catalogue)
    assert after["description"] == "Citizens’ counts"
    assert after["format"] == "xlsx"
    kept = {"name", "url", "resource_update_cycle", "temporal_extent", "resource_type"}
    assert {key: after[key] for key in kept} == {key: before[key] for key in kept}


async def test_the_form_holds_what_is_stored_and_leads_to_the_preview(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    resource = first(catalogue)
    await robin.types(f"/bcdc patch-resource {resource['id']}")
    assert robin.view
    assert robin.view["callback_id"] == "bcdc:patch-resource"
    assert resource["name"] in str(robin.view["blocks"])
    assert await robin.fills(name="Another name") == {}
    assert "Another name" in robin.reads()
    await robin.presses("bcdc:change:apply")
    assert first(catalogue)["name"] == "Another name"


async def test_without_words_the_form_asks_for_the_record_and_then_for_the_resource(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    await robin.types("/bcdc patch-resource")
    record = catalogue.catalogue.package(OPEN)
    offer = await robin.looks_up("package_id", "children in care")
    assert offer.options[record["id"]] == record["title"]
    await robin.chooses("package_id", record["id"])
    assert first(catalogue)["name"] in str(robin.view)
    await robin.fills(resource=first(catalogue)["id"])
    assert robin.view
    assert "description" in {block["block_id"] for block in robin.view["blocks"]}


async def test_a_pasted_link_chooses_record_and_resource_at_once(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    await robin.types("/bcdc patch-resource")
    resource = first(catalogue)
    link = f"{catalogue.url}/dataset/{OPEN}/resource/{resource['id']}"
    assert list((await robin.looks_up("package_id", link)).options) == [resource["id"]]
    await robin.chooses("package_id", resource["id"])
    assert await robin.fills() == {}
    assert robin.view
    assert "description" in {block["block_id"] for block in robin.view["blocks"]}


async def test_what_is_not_there_is_not_offered(house: House) -> None:
    robin = await editor(house)
    await house.indexed()
    await robin.types("/bcdc patch-resource")
    offer = await robin.looks_up("package_id", '5" pipe')
    assert (offer.options, offer.note) == ({}, "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("nonsense=1", "nonsense"),
        ("format=papyrus", "papyrus"),
        ("description=all years", "years"),
        ("description= x", "without a space"),
        ('description="no end', "no partner"),
        ("name=", "name"),
    ],
)
async def test_words_that_cannot_be_are_refused_with_what_they_were(
    house: House, catalogue: RunningCatalogue, words: str, told: str
) -> None:
    robin = await editor(house)
    before = dict(first(catalogue))
    said = await robin.types(f"/bcdc patch-resource {before['id']} {words}")
    assert told in said.lower()
    assert "Apply" not in said.split("\n")
    assert first(catalogue) == before


async def test_the_values_it_has_now_change_nothing(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    resource = first(catalogue)
    said = await robin.types(f"/bcdc patch-resource {resource['id']} format={resource['format']}")
    assert "Nothing would change" in said


@pytest.mark.parametrize(
    ("key", "told"),
    [("forests-editor", "Information Management"), ("cfd-member", "Information Management")],
)
async def test_those_who_may_not_edit_there_are_told_so(
    house: House, catalogue: RunningCatalogue, key: str, told: str
) -> None:
    mei = await editor(house, "mei", key)
    said = await mei.types(f"/bcdc patch-resource {first(catalogue)['id']} description=x")
    assert "Apply" not in said.split("\n")
    assert told in said
    await mei.types(f"/bcdc patch-resource {first(catalogue)['id']}")
    assert told in mei.reads()
    assert not (mei.view or {}).get("submit")


async def test_without_a_key_the_person_is_asked_to_connect(
    house: House, catalogue: RunningCatalogue
) -> None:
    dana = house.guest("dana")
    said = await dana.types(
        f"/bcdc patch-resource {first(catalogue)['id']} description=x", channel="C0GENERAL"
    )
    assert "/bcdc connect" in said
    await dana.types("/bcdc patch-resource", channel="C0GENERAL")
    assert "/bcdc connect" in dana.reads("C0GENERAL")
    await dana.presses("bcdc:go:connect")
    assert dana.view
    assert dana.view["callback_id"] == "bcdc:connect"


async def test_markup_in_a_value_is_data_all_the_way(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    await robin.types(
        f'/bcdc patch-resource {first(catalogue)["id"]} name="<!here> & *stars* 漢字 🏕️"'
    )
    await robin.presses("bcdc:change:apply")
    assert first(catalogue)["name"] == "<!here> & *stars* 漢字 🏕️"
    told = robin.messages()[-1]
    assert "<!here>" not in told["text"]
