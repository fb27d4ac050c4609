from __future__ import annotations

from sandbox.catalogue import RunningCatalogue
from tests.house import Guest, House

OPEN = "children-in-care-by-community"


async def editor(house: House, name: str = "robin", key: str = "cfd-editor") -> Guest:
    guest = house.guest(name)
    await guest.connects(key)
    return guest


async def test_the_form_offers_the_moves_there_are_also_those_to_be_asked_for(house: House) -> None:
    robin = await editor(house)
    await robin.types(f"/bcdc set-state {OPEN}")
    assert robin.view
    (asked,) = [block for block in robin.view["blocks"] if block["block_id"] == "publish_state"]
    assert [one["value"] for one in asked["element"]["options"]] == [
        "PENDING ARCHIVE",
        "PENDING PUBLISH",
    ]
    assert "It is now: Published" in robin.reads()


async def test_archiving_hints_at_what_people_forget(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    said = await robin.types(f"/bcdc set-state {OPEN} archive")
    assert "becomes Obsolete" in said
    await robin.presses("bcdc:change:apply")
    assert catalogue.catalogue.package(OPEN)["publish_state"] == "PENDING ARCHIVE"
    assert "Moved to Pending Archive" in str(robin.direct() or robin.messages())


async def test_a_move_reserved_to_admins_becomes_a_request(house: House) -> None:
    robin = await editor(house)
    said = await robin.types(f"/bcdc set-state {OPEN} pending publish")
    assert "Ask for approval" in said


async def test_what_is_published_is_not_taken_back_to_be_published(house: House) -> None:
    already = "This record is Published already."
    assert already in await (await editor(house)).types(f"/bcdc set-state {OPEN} published")
    priya = await editor(house, "priya", "cfd-org-admin")
    assert already in await priya.types(f"/bcdc set-state {OPEN} publish")


async def test_an_admin_of_the_organization_and_its_ministry_is_named_once(
    house: House, catalogue: RunningCatalogue
) -> None:
    state = catalogue.catalogue
    admin = state.person("cfd-ministry-admin")
    state.organizations[state.package(OPEN)["owner_org"]].members[admin.id] = "admin"
    robin = await editor(house)
    said = await robin.types(f"/bcdc set-state {OPEN} pending publish")
    assert said.count(admin.fullname) == 1


async def test_a_beginning_that_several_states_have_names_none_of_them(house: House) -> None:
    robin = await editor(house)
    assert "There is no state “pending”" in await robin.types(f"/bcdc set-state {OPEN} pending")


async def test_who_may_makes_both_moves_at_once_and_reads_where_that_led(
    house: House, catalogue: RunningCatalogue
) -> None:
    catalogue.catalogue.package(OPEN)["publish_state"] = "DRAFT"
    priya = await editor(house, "priya", "cfd-org-admin")
    await priya.types(f"/bcdc set-state {OPEN} published")
    await priya.ticks()
    await priya.presses("bcdc:change:apply")
    assert catalogue.catalogue.package(OPEN)["publish_state"] == "PUBLISHED"
    told = str(priya.messages())
    assert "Moved to Published" in told
    assert "Moved to Pending Publish" not in told


async def test_who_may_not_edit_moves_nothing(house: House) -> None:
    jordan = await editor(house, "jordan", "forests-editor")
    said = await jordan.types(f"/bcdc set-state {OPEN} pending archive")
    assert "You may not change this record" in said


async def test_an_obsolete_record_is_reminded_of_its_title(
    house: House, catalogue: RunningCatalogue
) -> None:
    package = catalogue.catalogue.package(OPEN)
    package |= {"resource_status": "obsolete", "replacement_record": "another"}
    robin = await editor(house)
    said = await robin.types(f"/bcdc set-state {OPEN} pending archive")
    assert f"DEPRECATED - {package['title']}" in said


async def test_archiving_asks_for_no_more_than_the_catalogue_does(
    house: House, catalogue: RunningCatalogue
) -> None:
    package = catalogue.catalogue.package(OPEN)
    package |= {"tags": [], "dates": []}
    for contact in package["contacts"]:
        contact["displayed"] = []
    robin = await editor(house)
    assert "You are about to" in await robin.types(f"/bcdc set-state {OPEN} pending archive")
    await robin.presses("bcdc:change:apply")
    assert catalogue.catalogue.package(OPEN)["publish_state"] == "PENDING ARCHIVE"


async def test_a_record_from_before_the_states_becomes_a_draft_first(
    house: House, catalogue: RunningCatalogue
) -> None:
    catalogue.catalogue.add_package(
        "from-long-ago", "From long ago", "information-management-cfd", publish_state=None
    )
    robin = await editor(house)
    said = await robin.types("/bcdc patch-package from-long-ago notes=x")
    assert "Make it a draft first: /bcdc set-state from-long-ago draft" in said
    assert "only move to: Draft" in await robin.types("/bcdc set-state from-long-ago published")
    await robin.closes()
    await robin.types("/bcdc set-state from-long-ago draft")
    await robin.presses("bcdc:change:apply")
    assert catalogue.catalogue.package("from-long-ago")["publish_state"] == "DRAFT"
