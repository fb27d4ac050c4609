"""A record's contacts: hidden, moved, removed one by one, and the trap of a foreign one."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.ckan import actions
from bot.ckan.models import Package
from tests.ckan.places import Place, Visit, contact, stored
from tests.house import Guest, House

APPLY = "bcdc:change:apply"
FORESTS = "forest-analysis-and-inventory"
BOTH = "geobc"
"""Where the data steward may edit too, and the branch's editor may not."""


@pytest.fixture
def delivery() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "socket"


async def record(visit: Visit, package_id: str) -> Package:
    return await actions.package_show(visit.as_user("bcdc-sysadmin"), package_id)


async def trapped(visit: Visit, organization: str) -> Package:
    """A record of the branch that lists a contact of another organization."""
    other = await visit.organization_id(organization)
    mine = contact(await visit.organization_id(), name="Own desk")
    theirs = contact(other, name="Foreign desk")
    return await visit.make("bcdc-sysadmin", contacts=[mine, theirs])


async def to_contacts(guest: Guest, package: Package) -> str:
    await guest.types(f"/bcdc patch-package {package.name}")
    await guest.presses("bcdc:form:page:2")
    return guest.reads()


async def test_one_is_hidden_moved_and_removed_and_the_others_stay_as_they_are(
    house: House, place: Place, visit: Visit
) -> None:
    owner = await visit.organization_id()
    first, second, third = (contact(owner, name=name) for name in ("First", "Second", "Third"))
    package = await visit.make(contacts=[first, second, third])
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    assert "only those who may edit the record see it" in await to_contacts(robin, package)
    await robin.unticks("contacts.1.displayed")
    assert "Contacts 2 (hidden)" in robin.reads()
    await robin.presses("bcdc:form:preview")
    await robin.presses(APPLY)
    hidden = {**second, "displayed": []}
    assert stored(await record(visit, package.id))["contacts"] == [first, hidden, third]
    await robin.closes()

    assert "Contacts 2 (hidden)" in await to_contacts(robin, package)
    await robin.presses("bcdc:form:remove", block_id="contacts.0")
    await robin.presses("bcdc:form:up", block_id="contacts.2")
    await robin.presses("bcdc:form:preview")
    await robin.presses(APPLY)
    assert stored(await record(visit, package.id))["contacts"] == [third, hidden]
    await robin.closes()

    await to_contacts(robin, package)
    await robin.unticks("contacts.0.displayed")
    await robin.presses("bcdc:form:preview")
    assert "mark one as displayed" in robin.reads()
    assert stored(await record(visit, package.id))["contacts"] == [third, hidden]


async def test_organizations_that_are_offered_are_those_the_catalogue_takes(
    house: House, place: Place, visit: Visit
) -> None:
    package = await trapped(visit, FORESTS)
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await to_contacts(robin, package)
    await robin.presses("bcdc:form:add")
    assert robin.view
    offered = {
        block["block_id"]: [option["text"]["text"] for option in block["element"]["options"]]
        for block in robin.view["blocks"]
        if block["block_id"].endswith(".org")
    }
    assert len(offered["contacts.0.org"]) == 1
    assert len(offered["contacts.2.org"]) == 1
    assert sum("(not yours)" in one for one in offered["contacts.1.org"]) == 1


async def test_a_foreign_contact_is_told_before_anybody_types_and_mended_by_a_choice(
    house: House, place: Place, visit: Visit
) -> None:
    package = await trapped(visit, FORESTS)
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    opened = await robin.types(f"/bcdc patch-package {package.name}")
    assert "Foreign desk is listed as a contact for" in opened
    assert "Choose one of your organizations for this contact, or remove it" in opened
    refused = await robin.fills(purpose="To know")
    assert refused == {}
    await robin.presses("bcdc:form:preview")
    assert "3 of 5: Contacts" in robin.reads()
    assert "Foreign desk is listed as a contact for" in robin.reads()

    await robin.fills(contacts__1__org=package.owner_org)
    await robin.presses("bcdc:form:back")
    assert "Foreign desk is listed" not in robin.reads()
    await robin.presses("bcdc:form:preview")
    await robin.presses(APPLY)
    now = await record(visit, package.id)
    assert now.text("purpose") == "To know"
    assert [row["org"] for row in now.contacts] == [package.owner_org] * 2


async def test_who_may_save_it_is_named_and_can(house: House, place: Place, visit: Visit) -> None:
    package = await trapped(visit, BOTH)
    robin, mei = house.guest("robin"), house.guest("mei")
    await robin.connects("cfd-editor")
    steward = (await actions.user_show(visit.as_user("data-steward"), "data-steward")).fullname
    named = re.compile(rf"Who may save it with these contacts: [^.]*{steward}, or a catalogue")
    resource = package.resources[0].id
    assert named.search(await robin.types(f"/bcdc patch-resource {resource}"))
    assert f"/bcdc patch-package {package.name}" in robin.reads()
    await robin.closes()
    assert named.search(await robin.types(f"/bcdc patch-resource {resource} description=x"))

    await mei.connects("data-steward", "C0CFD")
    opened = await mei.types(f"/bcdc patch-resource {resource}")
    assert "Foreign desk" not in opened
    await mei.fills(description="Saved by who may.")
    await mei.presses(APPLY)
    now: dict[str, Any] = stored(await record(visit, package.id))
    assert now["resources"][0]["description"] == "Saved by who may."


async def test_what_is_not_checked_by_the_catalogue_is_not_warned_of(
    house: House, place: Place, visit: Visit
) -> None:
    package = await trapped(visit, FORESTS)
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    assert "Foreign desk" not in await robin.types(f"/bcdc reorder-resources {package.name}")
    await robin.closes()
    assert "Foreign desk" in await robin.types(f"/bcdc set-state {package.name}")
