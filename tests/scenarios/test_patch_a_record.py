"""A record's fields changed in words and by the form, and put back."""

from __future__ import annotations

from typing import Any

from bot.ckan import actions
from tests.ckan.places import Place, Visit, stored
from tests.house import House


async def record(visit: Visit, package_id: str) -> dict[str, Any]:
    return stored(await actions.package_show(visit.as_user("bcdc-sysadmin"), package_id))


async def test_words_change_texts_contacts_and_keywords_and_undo_puts_all_back(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    before = stored(package)
    robin = house.guest("robin")
    await robin.connects("cfd-editor")

    preview = await robin.types(
        f"/bcdc patch-package {package.name} notes=“Counts by year” contacts.0.email=new@gov.bc.ca"
        " license_id=22 tags=two,three +“mental health” -two"
    )
    assert "Access Only" in preview
    assert "three, mental health" in preview
    await robin.presses("bcdc:change:apply")

    expected = before | {
        "notes": "Counts by year",
        "license_id": "22",
        "contacts": [{**before["contacts"][0], "email": "new@gov.bc.ca"}],
        "tags": ["mental health", "three"],
    }
    after = await record(visit, package.id)
    licence = {"license_title", "license_url", "num_tags"}
    assert {k: v for k, v in after.items() if k not in licence} == {
        k: v for k, v in expected.items() if k not in licence
    }

    told = robin.direct()[-1]
    await robin.presses("bcdc:change:undo", channel=house.direct_channel(robin.id), message=told)
    await robin.presses("bcdc:change:apply")
    assert await record(visit, package.id) == before


async def test_pages_keep_what_was_typed_through_a_restart(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    owner = package.owner_org
    robin = house.guest("robin")
    await robin.connects("cfd-editor")

    assert "1 of 5: About" in await robin.types(f"/bcdc patch-package {package.name}")
    assert robin.holds("title") == package.title
    assert robin.holds("tag_string") == "one, two"
    assert await robin.fills(purpose="To know", tag_string="two, one, four") == {}
    assert "2 of 5: Access" in robin.reads()
    await robin.presses("bcdc:form:page:2")
    await robin.presses("bcdc:form:add")
    assert "Contacts 2" in robin.reads()
    await robin.fills(contacts__1__name="Desk", contacts__1__email="nobody")
    assert "3 of 5" in robin.reads()
    await robin.fills(contacts__1__email="desk@gov.bc.ca", contacts__1__role="custodian")
    assert "4 of 5" in robin.reads()
    await robin.presses("bcdc:form:save")
    await robin.closes()
    await house.restart()

    await robin.types("/bcdc pending")
    await robin.presses("bcdc:change:edit")
    assert "4 of 5" in robin.reads()
    await robin.presses("bcdc:form:back")
    assert robin.holds("contacts.1.email") == "desk@gov.bc.ca"
    await robin.presses("bcdc:form:up")
    await robin.presses("bcdc:form:preview")
    assert "To know" in robin.reads()
    await robin.presses("bcdc:change:apply")

    after = await record(visit, package.id)
    new = {
        "name": "Desk",
        "email": "desk@gov.bc.ca",
        "org": owner,
        "role": "custodian",
        "displayed": ["displayed"],
    }
    assert after["purpose"] == "To know"
    assert sorted(after["tags"]) == ["four", "one", "two"]
    assert after["contacts"] == [new, stored(package)["contacts"][0]]
    touched = {"purpose", "tags", "num_tags", "contacts"}
    assert {k: v for k, v in after.items() if k not in touched} == {
        k: v for k, v in stored(package).items() if k not in touched
    }


async def test_what_the_catalogue_would_refuse_leads_to_the_page_it_is_on(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc patch-package {package.name}")
    await robin.presses("bcdc:form:page:4")
    await robin.chooses("resource_status", "obsolete")
    assert "Replacement Record" in robin.reads()
    await robin.presses("bcdc:form:page:2")
    await robin.presses("bcdc:form:add")
    await robin.presses("bcdc:form:page:0")
    await robin.presses("bcdc:form:preview")
    said = robin.reads()
    assert "3 of 5" in said
    assert "“Name” is mandatory" in said
    assert "“Replacement Record” is mandatory" in said


async def test_what_is_not_edited_here_says_where(house: House, visit: Visit) -> None:
    package = await visit.make()
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    for word, said in (
        ("publish_state=PUBLISHED", "/bcdc set-state"),
        ("private=true", "who can view the record"),
        ("state=deleted", "/bcdc delete-package"),
        ("resources=x", "patch-resource"),
        ("+a", "a keyword has 2 to 100"),
        ("-nothing", "none of the keywords: one, two"),
        ("tags=a!,b", "“a!” cannot be one"),
    ):
        assert said in await robin.types(f"/bcdc patch-package {package.name} {word}"), word
