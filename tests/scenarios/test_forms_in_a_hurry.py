"""A person who goes on before the bot has answered sees the newest, and loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.catalogue import RunningCatalogue
from tests.house import Guest, open_house
from tests.outside import until
from tests.proxy import FaultProxy

RECORD = "children-in-care-by-community"
CONTACTS = "bcdc:form:page:2"
DISPLAYED = "contacts.0.displayed"
"""An input whose choice asks for other fields, so that the form is drawn again."""


@pytest.fixture
async def robin(
    catalogue: RunningCatalogue, proxy: FaultProxy, tmp_path: Path
) -> AsyncIterator[Guest]:
    async with open_house(tmp_path, proxy.url, catalogue.keys) as house:
        robin = house.guest("robin")
        await robin.connects("cfd-editor")
        yield robin


@pytest.fixture
async def contacts(robin: Guest) -> Guest:
    """Somebody before the contacts of a record, the third of its five pages."""
    await robin.types(f"/bcdc patch-package {RECORD}")
    await robin.presses(CONTACTS)
    assert "3 of 5" in robin.reads()
    return robin


async def test_a_choice_that_is_worked_on_does_not_turn_the_page_back(
    contacts: Guest, proxy: FaultProxy
) -> None:
    slow = proxy.hold("package_show", "after")
    chosen = asyncio.create_task(contacts.unticks(DISPLAYED))
    await slow.reached.wait()
    sent = asyncio.create_task(contacts.fills(contacts__0__name="Robin again"))
    await until(lambda: "4 of 5" in contacts.reads(), "the next page")
    slow.release()
    await asyncio.gather(chosen, sent)
    assert "4 of 5" in contacts.reads()
    await contacts.presses("bcdc:form:back")
    assert contacts.holds("contacts.0.name") == "Robin again"


async def test_a_choice_that_slack_delivers_late_does_not_turn_the_page_back(
    contacts: Guest,
) -> None:
    contacts.house.slack.workspace.faults.delay_delivery(0.5, "block_actions")
    late = asyncio.create_task(contacts.unticks(DISPLAYED))
    await asyncio.sleep(0)
    await contacts.fills(contacts__0__name="Robin again")
    await late
    assert "4 of 5" in contacts.reads()
    await contacts.presses("bcdc:form:back")
    assert contacts.holds("contacts.0.name") == "Robin again"


async def test_a_late_choice_does_not_hide_what_is_wrong(robin: Guest) -> None:
    await robin.types("/bcdc create-package information-management-cfd")
    robin.house.slack.workspace.faults.delay_delivery(0.5, "block_actions")
    late = asyncio.create_task(robin.chooses("resource_status", "onGoing"))
    await asyncio.sleep(0)
    await robin.presses("bcdc:form:preview")
    await late
    assert "Please look at" in robin.reads()


async def test_the_newest_of_two_choices_is_what_is_shown(
    contacts: Guest, proxy: FaultProxy
) -> None:
    slow = proxy.hold("package_show", "after")
    first = asyncio.create_task(contacts.unticks("contacts.1.displayed"))
    await slow.reached.wait()
    second = asyncio.create_task(contacts.unticks(DISPLAYED))
    await until(lambda: "Contacts 1 (hidden)" in contacts.reads(), "the second choice")
    newest = contacts.reads()
    slow.release()
    await asyncio.gather(first, second)
    assert contacts.reads() == newest


async def test_a_button_pressed_twice_counts_twice(contacts: Guest, proxy: FaultProxy) -> None:
    slow = proxy.hold("package_show", "after")
    presses = [asyncio.create_task(contacts.presses("bcdc:form:add")) for _ in range(2)]
    await slow.reached.wait()
    slow.release()
    await asyncio.gather(*presses)
    assert "Contacts 4" in contacts.reads()
    assert "Contacts 5" not in contacts.reads()


async def test_the_resources_of_a_record_do_not_come_back_over_the_form(
    robin: Guest, proxy: FaultProxy, catalogue: RunningCatalogue
) -> None:
    await robin.types("/bcdc patch-resource")
    resource_id = str(catalogue.catalogue.package(RECORD)["resources"][0]["id"])
    await robin.looks_up("package_id", f"{proxy.url}/dataset/{RECORD}/resource/{resource_id}")
    slow = proxy.hold("package_show", "after")
    chosen = asyncio.create_task(robin.chooses("package_id", resource_id))
    await slow.reached.wait()
    sent = asyncio.create_task(robin.fills())
    await until(lambda: "Preview" in robin.reads(), "the form")
    slow.release()
    await asyncio.gather(chosen, sent)
    assert "Preview" in robin.reads()
