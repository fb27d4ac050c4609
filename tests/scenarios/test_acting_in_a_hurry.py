"""Who acts again before the bot has answered sees the newest; nothing is lost or done twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import Bot
from sandbox.catalogue import RunningCatalogue
from tests.databases import driver_url
from tests.house import Guest, open_house, settings_for, text_of
from tests.outside import until
from tests.ports import free_port
from tests.proxy import FaultProxy

RECORD = "children-in-care-by-community"
WANTED = "Robin again"
APPLY, EDIT = "bcdc:change:apply", "bcdc:change:edit"
NEXT, PREVIOUS = "bcdc:page:next", "bcdc:page:previous"
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
    return await at_contacts(robin)


async def at_contacts(guest: Guest) -> Guest:
    await guest.types(f"/bcdc patch-package {RECORD}")
    await guest.presses(CONTACTS)
    assert "3 of 5" in guest.reads()
    return guest


@pytest.fixture
async def previewing(robin: Guest) -> Guest:
    """Somebody before the preview of a change, in a modal."""
    await robin.types(f"/bcdc patch-package {RECORD}")
    await robin.fills(title=WANTED)
    await robin.presses("bcdc:form:preview")
    assert WANTED in robin.reads()
    return robin


def pressed(guest: Guest, action_id: str, times: int = 1) -> list[asyncio.Task[None]]:
    """Presses that wait for nothing between them."""
    return [asyncio.create_task(guest.presses(action_id)) for _ in range(times)]


async def test_a_choice_that_is_worked_on_does_not_turn_the_page_back(
    contacts: Guest, proxy: FaultProxy
) -> None:
    slow = proxy.hold("package_show", "after")
    chosen = asyncio.create_task(contacts.unticks(DISPLAYED))
    await slow.reached.wait()
    sent = asyncio.create_task(contacts.fills(contacts__0__name=WANTED))
    await until(lambda: "4 of 5" in contacts.reads(), "the next page")
    slow.release()
    await asyncio.gather(chosen, sent)
    assert "4 of 5" in contacts.reads()
    await contacts.presses("bcdc:form:back")
    assert contacts.holds("contacts.0.name") == WANTED


async def test_a_choice_worked_on_in_one_process_does_not_turn_back_the_page_of_another(
    catalogue: RunningCatalogue, proxy: FaultProxy, tmp_path: Path, postgres_url: str
) -> None:
    database = {"DATABASE_URL": driver_url(postgres_url)}
    async with open_house(tmp_path, proxy.url, catalogue.keys, **database) as house:
        robin = house.guest("robin")
        await robin.connects("cfd-editor")
        await at_contacts(robin)
        port = free_port()
        settings = settings_for(house.slack, tmp_path, proxy.url, port=port, **database)
        other = Bot(settings, worker=False)
        await other.start()
        try:
            # From now on Slack tells one and the other in turn.
            slow = proxy.hold("package_show", "after")
            chosen = asyncio.create_task(robin.unticks(DISPLAYED))
            await slow.reached.wait()
            sent = asyncio.create_task(robin.fills(contacts__0__name=WANTED))
            await until(lambda: "4 of 5" in robin.reads(), "the next page")
            slow.release()
            await asyncio.gather(chosen, sent)
        finally:
            await other.stop()
        assert "4 of 5" in robin.reads()


async def test_a_choice_that_slack_delivers_late_does_not_turn_the_page_back(
    contacts: Guest,
) -> None:
    contacts.house.slack.workspace.faults.delay_delivery(0.5, "block_actions")
    late = asyncio.create_task(contacts.unticks(DISPLAYED))
    await asyncio.sleep(0)
    await contacts.fills(contacts__0__name=WANTED)
    await late
    assert "4 of 5" in contacts.reads()
    await contacts.presses("bcdc:form:back")
    assert contacts.holds("contacts.0.name") == WANTED


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


@pytest.fixture
async def resource_id(robin: Guest, proxy: FaultProxy, catalogue: RunningCatalogue) -> str:
    """A resource whose link was pasted where a form asks which one to edit."""
    await robin.types("/bcdc patch-resource")
    resource_id = str(catalogue.catalogue.package(RECORD)["resources"][0]["id"])
    await robin.looks_up("package_id", f"{proxy.url}/dataset/{RECORD}/resource/{resource_id}")
    return resource_id


async def test_the_resources_of_a_record_do_not_come_back_over_the_form(
    robin: Guest, proxy: FaultProxy, resource_id: str
) -> None:
    slow = proxy.hold("package_show", "after")
    chosen = asyncio.create_task(robin.chooses("package_id", resource_id))
    await slow.reached.wait()
    sent = asyncio.create_task(robin.fills())
    await until(lambda: "Preview" in robin.reads(), "the form")
    slow.release()
    await asyncio.gather(chosen, sent)
    assert "Preview" in robin.reads()


async def test_edit_pressed_twice_leads_to_the_form(previewing: Guest, proxy: FaultProxy) -> None:
    first, second = (proxy.hold("package_show", "after") for _ in range(2))
    presses = pressed(previewing, EDIT, 2)
    await first.reached.wait()
    first.release()
    await until(lambda: "1 of 5" in previewing.reads(), "the form")
    second.release()
    await asyncio.gather(*presses)
    assert previewing.holds("title") == WANTED
    await previewing.closes()
    assert "1 change is waiting" in await previewing.types("/bcdc pending")


async def test_a_preview_asked_for_twice_is_shown(robin: Guest, proxy: FaultProxy) -> None:
    await robin.types(f"/bcdc patch-package {RECORD}")
    await robin.fills(title=WANTED)
    slow = proxy.hold("package_show", "after")
    presses = pressed(robin, "bcdc:form:preview", 2)
    await slow.reached.wait()
    slow.release()
    await asyncio.gather(*presses)
    assert "You are about to" in robin.reads()


async def test_what_is_shared_is_shared_once(robin: Guest, proxy: FaultProxy) -> None:
    await robin.types(f"/bcdc show-package {RECORD}")
    slow = proxy.hold("package_show", "after")
    presses = pressed(robin, "bcdc:share", 2)
    await slow.reached.wait()
    slow.release()
    await asyncio.gather(*presses)
    dana = robin.house.guest("dana")
    assert len([one for one in dana.messages() if "Children" in text_of(one["blocks"])]) == 1


async def test_a_list_is_sent_once(robin: Guest, proxy: FaultProxy) -> None:
    await robin.types("/bcdc list-packages information-management-cfd")
    slow = proxy.hold("package_search", "after")
    presses = pressed(robin, "bcdc:csv", 2)
    await slow.reached.wait()
    slow.release()
    await asyncio.gather(*presses)
    assert len([one for one in robin.direct() if one.get("files")]) == 1


async def test_the_newest_of_two_pages_is_what_is_shown(robin: Guest) -> None:
    first = await robin.types("/bcdc org-tree")
    await robin.presses(NEXT)
    robin.house.slack.workspace.faults.slow("response_url", 0.5)
    await asyncio.gather(*pressed(robin, NEXT), *pressed(robin, PREVIOUS))
    assert robin.reads() == first


async def test_what_was_refused_does_not_come_over_what_was_applied(
    robin: Guest, catalogue: RunningCatalogue
) -> None:
    records = catalogue.catalogue.packages.values()
    draft = next(one["name"] for one in records if one["publish_state"] == "DRAFT")
    await robin.types(f"/bcdc set-state {draft} pending publish")
    robin.house.slack.workspace.faults.slow("views.update", 2)
    refused = pressed(robin, APPLY)
    await asyncio.sleep(0)
    ticked = asyncio.create_task(robin.ticks())
    await asyncio.sleep(0)
    await asyncio.gather(*refused, ticked, *pressed(robin, APPLY))
    assert "✅" in robin.reads()


async def test_that_it_is_too_late_makes_way_for_what_came_of_the_press_before(
    previewing: Guest, proxy: FaultProxy
) -> None:
    saving = proxy.hold("package_revise", "after")
    # Pressed on the preview still, and heard only once Apply is taken.
    previewing.house.slack.workspace.faults.reorder_delivery("block_actions")
    late = pressed(previewing, EDIT)
    await asyncio.sleep(0)
    applied = pressed(previewing, APPLY)
    await until(lambda: "decided already" in previewing.reads(), "that it is too late")
    saving.release()
    await asyncio.gather(*late, *applied)
    assert "✅" in previewing.reads()


async def test_a_choice_that_slack_delivers_late_does_not_come_over_the_form(
    robin: Guest, resource_id: str
) -> None:
    robin.house.slack.workspace.faults.delay_delivery(0.5, "block_actions")
    late = asyncio.create_task(robin.chooses("package_id", resource_id))
    await asyncio.sleep(0)
    await robin.fills()
    await late
    assert "Preview" in robin.reads()


async def test_what_slack_takes_late_does_not_come_over_what_came_after(robin: Guest) -> None:
    await robin.types(f"/bcdc patch-package {RECORD}")
    await robin.presses("bcdc:form:page:2")
    robin.house.slack.workspace.faults.slow("views.update", 0.5)
    await asyncio.gather(*pressed(robin, "bcdc:form:add", 2))
    assert "Contacts 4" in robin.reads()


async def test_a_form_closed_before_it_came_is_forgotten(robin: Guest, proxy: FaultProxy) -> None:
    slow = proxy.hold("package_show", "after")
    typed = asyncio.create_task(robin.types(f"/bcdc patch-package {RECORD}"))
    await slow.reached.wait()
    await until(lambda: robin.view is not None, "the view")
    await robin.house.slack.workspace.close_view(robin.id, robin.view["id"])
    slow.release()
    await typed
    told = await robin.types("/bcdc pending")
    assert "Nothing is waiting" in told


async def test_what_is_sent_as_a_form_is_closed_is_kept(robin: Guest) -> None:
    await robin.types(f"/bcdc patch-package {RECORD}")
    slack = robin.house.slack.workspace
    slack.faults.delay_delivery(0.5, "view_submission")
    assert robin.view
    view_id, typed = robin.view["id"], {"title": {"value": WANTED}}
    sent = asyncio.create_task(slack.submit(robin.id, view_id, typed))
    await asyncio.sleep(0)
    await slack.close_view(robin.id, view_id)
    await sent
    await robin.house.settled()
    assert "1 change is waiting" in await robin.types("/bcdc pending")
    await robin.presses(EDIT)
    await robin.presses("bcdc:form:back")
    assert robin.holds("title") == WANTED
