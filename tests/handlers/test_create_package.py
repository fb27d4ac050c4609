from __future__ import annotations

from sandbox.catalogue import RunningCatalogue
from tests.house import Guest, House, text_of

OPEN = "children-in-care-by-community"
BRANCH = "information-management-cfd"


async def editor(house: House, name: str = "robin", key: str = "cfd-editor") -> Guest:
    guest = house.guest(name)
    await guest.connects(key)
    return guest


async def test_who_edits_in_several_organizations_chooses_one(house: House) -> None:
    mei = await editor(house, "mei", "data-steward")
    await mei.types("/bcdc create-package")
    assert mei.view
    (owner,) = [block for block in mei.view["blocks"] if block["block_id"] == "owner_org"]
    assert len(owner["element"]["options"]) == 3
    assert "initial_option" not in owner["element"]


async def test_the_first_contact_starts_as_the_owners_and_displayed(house: House) -> None:
    robin = await editor(house)
    await robin.types(f"/bcdc create-package {BRANCH}")
    await robin.presses("bcdc:form:page:1")
    assert robin.view
    state = robin.view["state"]["values"]
    assert state["contacts.0.org"]["value"]["selected_option"]["text"]["text"].startswith("Inform")
    assert len(state["contacts.0.displayed"]["value"]["selected_options"]) == 1


async def test_what_is_missing_is_told_on_the_page_it_is_on(house: House) -> None:
    robin = await editor(house)
    await robin.types(f"/bcdc create-package {BRANCH} title=“A record of no use”")
    said = robin.reads()
    for label in ("Description", "Licence", "Security Classification", "Name", "Email"):
        assert f"“{label}” is mandatory" in said


async def test_a_copy_takes_a_free_name_like_its_title(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    await robin.types(f"/bcdc create-package from:{OPEN} title=“Children in care, by community!”")
    assert "children-in-care-by-community-2" in robin.reads()
    await robin.presses("bcdc:change:apply")
    made = catalogue.catalogue.package("children-in-care-by-community-2")
    assert made["publish_state"] == "DRAFT"
    assert made["contacts"] == catalogue.catalogue.package(OPEN)["contacts"]


async def test_a_record_that_was_not_approved_is_edited_and_asked_for_again(house: House) -> None:
    robin, priya = await editor(house), await editor(house, "priya", "cfd-org-admin")
    await priya.types(f"/bcdc policy {BRANCH} when:always")
    await robin.types(f"/bcdc create-package from:{OPEN} title=“Children in care, again”")
    await robin.presses("bcdc:change:apply")
    await priya.presses("bcdc:change:reject", channel=house.direct_channel(priya.id))
    await priya.fills(reason="There is one already")
    told = text_of(robin.direct()[-1]["blocks"])
    assert "Edit and ask again" in told
    assert "Edit the record" not in told
    await robin.presses("bcdc:change:edit", channel=house.direct_channel(robin.id))
    assert robin.holds("title") == "Children in care, again"


async def test_a_record_is_not_made_without_a_contact_that_everybody_can_see(house: House) -> None:
    robin = await editor(house)
    said = await robin.types(f"/bcdc create-package from:{OPEN} title=“Without” contacts=")
    assert "at least one contact that everybody can see" in said
