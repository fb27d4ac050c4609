"""Texts longer than an input of Slack's: seen whole, edited in parts, saved as one."""

from __future__ import annotations

import pytest

from bot.ckan import actions
from bot.forms.parts import LONGEST
from tests.ckan.places import Place, Visit
from tests.house import Guest, House

APPLY = "bcdc:change:apply"
NOTES = "\n\n".join(
    f"{number}. " + " ".join(f"Table {number}.{part} counts children in care." for part in range(9))
    for number in range(30)
)


@pytest.fixture
def delivery() -> str:
    """How Slack reaches the bot makes no difference here."""
    return "socket"


def notes_in(guest: Guest) -> dict[str, str]:
    """What the inputs of the description hold, in their order."""
    assert guest.view
    return {
        block["block_id"]: guest.holds(block["block_id"])
        for block in guest.view["blocks"]
        if block["block_id"].partition(".")[0] == "notes" and block["type"] == "input"
    }


async def now(visit: Visit, package_id: str) -> str:
    found = await actions.package_show(visit.as_user("bcdc-sysadmin"), package_id)
    return found.text("notes")


async def test_a_long_description_is_shown_whole_and_edited_in_its_parts(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make(notes=NOTES)
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc patch-package {package.name}")
    first, second, *others = notes_in(robin).items()
    assert first[0] == "notes"
    assert second[0].startswith("notes.2of")
    parts = [text for _block, text in (first, second, *others) if text]
    assert "\n\n".join(parts) == NOTES

    assert await robin.fills(purpose="To know") == {}
    await robin.presses("bcdc:form:preview")
    assert "Table" not in robin.reads()
    await robin.presses("bcdc:change:edit")
    changed = second[1].replace("counts children", "counts all children")
    assert await robin.fills(**{second[0]: changed}) == {}
    await robin.presses("bcdc:form:preview")
    assert "counts all children" in robin.reads()
    await robin.presses(APPLY)
    expected = NOTES.replace(second[1], changed)
    assert await now(visit, package.id) == expected

    await robin.closes()
    told = robin.direct()[-1]
    await robin.presses("bcdc:change:undo", channel=house.direct_channel(robin.id), message=told)
    await robin.presses(APPLY)
    assert await now(visit, package.id) == NOTES


async def test_a_text_grows_beyond_one_input_and_through_a_restart(
    house: House, place: Place, visit: Visit
) -> None:
    package = await visit.make()
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    await robin.types(f"/bcdc patch-package {package.name}")
    assert [*notes_in(robin)] == ["notes"]
    begun, more = NOTES[:2900].strip(), NOTES[3000:5500].strip()
    await robin.fills(notes=begun)
    await robin.presses("bcdc:form:back")
    await robin.fills(**{"notes.more.1": more})
    await robin.closes()
    await house.restart()

    await robin.types("/bcdc pending")
    await robin.presses("bcdc:change:edit")
    await robin.presses("bcdc:form:preview")
    await robin.presses(APPLY)
    assert await now(visit, package.id) == f"{begun}\n\n{more}"


async def test_a_text_that_no_form_can_hold_stays_when_the_rest_is_changed(
    house: House, place: Place, visit: Visit
) -> None:
    endless = NOTES + "\n\n" + "x" * LONGEST
    package = await visit.make(notes=endless)
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    assert "too long to edit here" in await robin.types(f"/bcdc patch-package {package.name}")
    assert notes_in(robin) == {}
    await robin.presses("bcdc:form:whole")
    assert "All of it is in your direct messages" in robin.reads()
    (file,) = robin.direct()[-1]["files"]
    sent = house.slack.workspace.files.of(file["id"])
    assert sent.content.decode() == endless
    await robin.fills(purpose="To know")
    await robin.presses("bcdc:form:preview")
    await robin.presses(APPLY)
    found = await actions.package_show(visit.as_user("bcdc-sysadmin"), package.id)
    assert (found.text("notes"), found.text("purpose")) == (endless, "To know")
