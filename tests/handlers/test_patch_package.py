from __future__ import annotations

import pytest

from sandbox.catalogue import RunningCatalogue
from tests.house import Guest, House

OPEN = "children-in-care-by-community"
FOREIGN = "youth-mental-health-waiting-times"


async def editor(house: House, name: str = "robin", key: str = "cfd-editor") -> Guest:
    guest = house.guest(name)
    await guest.connects(key)
    return guest


async def test_choices_are_labels_and_organizations_only_ones_own(house: House) -> None:
    robin = await editor(house)
    await robin.types(f"/bcdc patch-package {OPEN}")
    assert robin.view
    options = {
        option["value"]: option["text"]["text"]
        for block in robin.view["blocks"]
        if block["block_id"] == "owner_org"
        for option in block["element"]["options"]
    }
    assert len(options) == 1
    await robin.presses("bcdc:form:page:1")
    assert "Open Government Licence - British Columbia" in str(robin.view["blocks"])


async def test_everybody_with_many_organizations_gets_a_form_that_slack_takes(house: House) -> None:
    sam = await editor(house, "sam", "bcdc-sysadmin")
    await sam.types(f"/bcdc patch-package {OPEN}")
    await sam.presses("bcdc:form:page:2")
    for _number in range(4):
        await sam.presses("bcdc:form:add")
    assert "Contacts 5" in sam.reads()


async def test_edit_goes_back_to_the_form_with_the_rows_as_they_were_wanted(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    before = catalogue.catalogue.package(OPEN)["contacts"]
    await robin.types(f"/bcdc patch-package {OPEN} contacts.0.name=Somebody")
    await robin.presses("bcdc:change:edit")
    await robin.presses("bcdc:form:page:2")
    assert robin.holds("contacts.0.name") == "Somebody"
    await robin.presses("bcdc:form:add")
    new = len(before)
    await robin.fills(
        **{
            f"contacts__{new}__name": "Two",
            f"contacts__{new}__email": "two@gov.bc.ca",
            f"contacts__{new}__role": "custodian",
        }
    )
    await robin.presses("bcdc:form:preview")
    await robin.presses("bcdc:change:edit")
    await robin.presses("bcdc:form:page:2")
    assert robin.holds(f"contacts.{new}.email") == "two@gov.bc.ca"
    await robin.presses("bcdc:form:preview")
    await robin.presses("bcdc:change:apply")
    after = catalogue.catalogue.package(OPEN)["contacts"]
    assert [row["name"] for row in after] == ["Somebody", *[r["name"] for r in before[1:]], "Two"]


async def test_the_last_contact_that_is_displayed_stays_so(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await editor(house)
    contacts = catalogue.catalogue.package(OPEN)["contacts"]
    words = " ".join(f"contacts.{place}.displayed=" for place in range(len(contacts)))
    assert "mark one as displayed" in await robin.types(f"/bcdc patch-package {OPEN} {words}")


async def test_a_contact_of_somebody_elses_organization_is_explained(house: House) -> None:
    robin = await editor(house)
    said = await robin.types(f"/bcdc patch-package {FOREIGN} purpose=x")
    assert "refuses every save" in said


async def test_who_may_not_edit_is_told_before_any_form(house: House) -> None:
    jordan = await editor(house, "jordan", "forests-editor")
    assert "You may not change this record" in await jordan.types(f"/bcdc patch-package {OPEN}")


@pytest.mark.parametrize("word", ["name=new-name-of-it"])
async def test_a_new_name_warns_of_old_links(house: House, word: str) -> None:
    robin = await editor(house)
    assert "Links to the record's old address" in await robin.types(
        f"/bcdc patch-package {OPEN} {word}"
    )
