"""A record from nothing to deleted and back, by forms and by words."""

from __future__ import annotations

import secrets
from typing import Any

from bot.ckan import actions
from tests.ckan.places import BRANCH, Place, Visit, stored
from tests.house import House

ENTERED = {
    "notes": "Made in a form.",
    "license_id": "2",
    "security_class": "PUBLIC",
    "view_audience": "Public",
    "download_audience": "Public",
    "metadata_visibility": "Public",
    "resource_status": "onGoing",
}


async def shown(visit: Visit, name_or_id: str) -> Any:
    found = await actions.package_show(visit.as_user("bcdc-sysadmin"), name_or_id)
    if found.id not in visit.made:
        visit.made.append(found.id)
    return found


async def test_forms_alone_make_a_record_that_reads_back_as_entered(
    house: House, place: Place, visit: Visit
) -> None:
    title = f"Été à Vancouver {secrets.token_hex(4)}"
    name = title.lower().replace("é", "e").replace("à", "a").replace(" ", "-")
    owner = await visit.organization_id()
    robin = house.guest("robin")
    await robin.connects("cfd-editor")

    assert "1 of 4: What it must have" in await robin.types(f"/bcdc create-package {BRANCH}")
    assert "by any button but Close. Go on later with /bcdc pending." in robin.reads()
    assert await robin.fills(title=title, tag_string="one, two", **ENTERED) == {}
    assert "2 of 4: Contacts" in robin.reads()
    assert await robin.fills(
        contacts__0__name="Desk", contacts__0__email="desk@gov.bc.ca", contacts__0__role="custodian"
    ) == {}  # fmt: skip
    assert await robin.fills(purpose="To know", lineage_statement="From afar") == {}
    assert "4 of 4: Links and dates" in robin.reads()
    await robin.presses("bcdc:form:add")
    assert await robin.fills(
        more_info__0__description="More", more_info__0__url="https://gov.bc.ca/more"
    ) == {}  # fmt: skip
    preview = robin.reads()
    assert "You are about to create this record" in preview
    assert name in preview
    await robin.presses("bcdc:change:apply")

    made = await shown(visit, name)
    after = stored(made)
    assert {key: after[key] for key in ENTERED} == ENTERED
    assert after["title"] == title
    assert after["owner_org"] == owner
    assert after["publish_state"] == "DRAFT"
    assert after["type"] == "bcdc_dataset"
    assert after["private"] is False
    assert after["tags"] == ["one", "two"]
    assert after["purpose"] == "To know"
    assert after["lineage_statement"] == "From afar"
    assert after["more_info"] == [{"description": "More", "url": "https://gov.bc.ca/more"}]
    assert after["contacts"] == [
        {
            "name": "Desk",
            "email": "desk@gov.bc.ca",
            "org": owner,
            "role": "custodian",
            "displayed": ["displayed"],
        }
    ]
    told = robin.direct()[-1]
    assert "Record created" in str(told)
    assert "bcdc:in:test:create-resource" in str(told)

    await robin.presses("bcdc:change:undo", channel=house.direct_channel(robin.id), message=told)
    assert "You are about to delete this record" in robin.reads()
    await robin.presses("bcdc:change:apply")
    assert "Record deleted" in robin.reads()
    assert (await shown(visit, made.id)).deleted


async def test_a_restricted_record_is_private_from_its_first_moment(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make(metadata_visibility="IDIR", private=True)
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    title = f"Copied {secrets.token_hex(4)}"
    await robin.types(f"/bcdc create-package from:{package.name} title=“{title}”")
    assert "Its links are not copied" in robin.reads()
    await robin.presses("bcdc:change:apply")

    copy = await shown(visit, title.lower().replace(" ", "-"))
    assert copy.private
    same = ("contacts", "dates", "notes", "license_id", "owner_org", "metadata_visibility")
    assert {key: copy.raw.get(key) for key in same} == {key: package.raw.get(key) for key in same}
    assert stored(copy)["tags"] == ["one", "two"]
    assert copy.resources == ()


async def test_a_title_or_name_that_is_taken_is_told_before_anything_is_sent(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    copy = f"/bcdc create-package from:{package.name}"
    assert "Another record has this title" in await robin.types(f"{copy} title=“{package.title}”")
    said = await robin.types(f"{copy} title=“Another one” name={package.name}")
    assert "Another record has this name" in said
    assert "“Title”" in await robin.types(copy + " notes=x")


async def test_the_title_and_name_of_a_deleted_record_are_taken_too(
    house: House, place: Place, visit: Visit
) -> None:
    mark = secrets.token_hex(4)
    title, name = f"Gone before {mark}", f"gone-before-{mark}"
    gone = await visit.make(title=title, name=name)
    package = await visit.make()
    await actions.package_delete(visit.as_user("cfd-editor"), gone.id)
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    for command in (
        f"create-package from:{package.name} title=“{title}”",
        f"patch-package {package.name} title=“{title}”",
    ):
        assert "was deleted still has this title" in await robin.types(f"/bcdc {command}"), command
    said = await robin.types(f"/bcdc create-package from:{package.name} title=“New” name={name}")
    assert "was deleted still has this name" in said


async def test_a_title_or_name_of_another_record_is_not_given_to_one_that_is_there(
    house: House, place: Place, visit: Visit
) -> None:
    package, other = await visit.make(), await visit.make()
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    patch = f"/bcdc patch-package {package.name}"
    assert "Another record has this title" in await robin.types(f"{patch} title=“{other.title}”")
    assert "Another record has this name" in await robin.types(f"{patch} name={other.name}")


async def test_who_may_create_nowhere_is_told_so(house: House, place: Place) -> None:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    said = await robin.types("/bcdc create-package forest-analysis-and-inventory")
    assert "You may not create records for" in said
    sam = house.guest("sam")
    await sam.connects("no-org-user")
    said = await sam.types("/bcdc create-package")
    assert "You are not an editor of any organization yet" in said
