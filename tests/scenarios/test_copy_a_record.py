"""A record made from a copy of another one: what goes into it, and what cannot."""

from __future__ import annotations

import secrets

import pytest

from bot.ckan import actions
from bot.ckan.models import Package
from tests.ckan.places import Place, Visit, contact, resource, stored
from tests.house import House

APPLY = "bcdc:change:apply"
ITS_OWN = {"id", "package_id", "metadata_modified", "created", "position"}


@pytest.fixture
def delivery() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "socket"


async def made(visit: Visit, name: str) -> Package:
    found = await actions.package_show(visit.as_user("bcdc-sysadmin"), name)
    visit.made.append(found.id)
    return found


async def test_links_are_copied_where_they_are_chosen_and_undo_takes_all_back(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    first, second, third = package.resources
    title = f"Copied whole {secrets.token_hex(4)}"
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    opened = await robin.types(f"/bcdc create-package from:{package.name}")
    assert "Not copied: the title, the name and the state." in opened
    await robin.fills(title=title)
    await robin.presses("bcdc:form:page:3")
    assert "Links to copy too" in robin.reads()
    await robin.fills(resources=[first.id, second.id])
    preview = robin.reads()
    assert "First, Second" in preview
    assert third.title not in preview
    await robin.presses(APPLY)

    copy = await made(visit, title.lower().replace(" ", "-"))
    assert copy.publish_state == "DRAFT"
    taken, wanted = stored(copy)["resources"], stored(package)["resources"]
    assert [{k: v for k, v in row.items() if k not in ITS_OWN} for row in taken] == [
        {k: v for k, v in row.items() if k not in ITS_OWN} for row in wanted[:2]
    ]
    assert {row["id"] for row in taken}.isdisjoint(row["id"] for row in wanted)

    await robin.closes()
    told = robin.direct()[-1]
    await robin.presses("bcdc:change:undo", channel=house.direct_channel(robin.id), message=told)
    assert "With it go 2 resources" in robin.reads()
    await robin.presses(APPLY)
    again = await actions.package_show(visit.as_user("bcdc-sysadmin"), copy.id)
    assert again.deleted


async def test_words_choose_links_by_their_names(house: House, place: Place, visit: Visit) -> None:
    package = await visit.make(resources=[resource("Data", format="csv")])
    title = f"Copied in words {secrets.token_hex(4)}"
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc create-package from:{package.name} title=“{title}” resources=Data")
    await robin.presses(APPLY)
    copy = await made(visit, title.lower().replace(" ", "-"))
    assert [one.title for one in copy.resources] == ["Data"]
    said = await robin.types(
        f"/bcdc create-package from:{package.name} title=“{title} 2” resources=Others"
    )
    assert "“Others” is not a choice of “Links to copy too”" in said


async def test_what_a_copy_leaves_out_is_said(house: House, place: Place, visit: Visit) -> None:
    foreign = contact(await visit.organization_id("forest-analysis-and-inventory"), name="Foreign")
    own = contact(await visit.organization_id(), name="Own")
    package = await visit.make("bcdc-sysadmin", contacts=[own, foreign], resources=[])
    alex, robin = house.guest("alex"), house.guest("robin")
    await alex.connects("bcdc-sysadmin")
    file = house.slack.workspace.files.add(alex.id, "Data.csv", b"a,b\n1,2\n")
    await alex.types(f"/bcdc create-resource {package.name}")
    await alex.fills(name="A file", upload=[file.id], resource_update_cycle="monthly")
    await alex.presses(APPLY)

    await robin.connects("cfd-editor")
    title = f"Copied in part {secrets.token_hex(4)}"
    said = await robin.types(f"/bcdc create-package from:{package.name} title=“{title}”")
    assert "Not copied: 1 contact of an organization where you may not edit" in said
    assert "Not copied: 1 resource with a file" in said
    await robin.presses(APPLY)
    copy = await made(visit, title.lower().replace(" ", "-"))
    assert [row["name"] for row in copy.contacts] == ["Own"]
    assert copy.resources == ()
