"""Messages of the bot's own, and answers for which there is no place any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.context import Person
from bot.slack.render import REPEATED
from bot.store.tables import DeliveryState, Outcome, change_write, delivery
from sandbox.catalogue import RunningCatalogue
from sandbox.slack.faults import Faults
from tests.house import Guest, House, open_house
from tests.proxy import FaultProxy, status

OPEN = "children-in-care-by-community"


@pytest.fixture
async def house(
    catalogue: RunningCatalogue, proxy: FaultProxy, tmp_path: Path
) -> AsyncIterator[House]:
    async with open_house(tmp_path, proxy.url, catalogue.keys) as house:
        yield house


async def preview(house: House, catalogue: RunningCatalogue) -> Guest:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    resource = catalogue.catalogue.package(OPEN)["resources"][0]["id"]
    await robin.types(f"/bcdc patch-resource {resource} name=Renamed")
    return robin


async def apply(house: House, catalogue: RunningCatalogue) -> None:
    robin = await preview(house, catalogue)
    await robin.presses("bcdc:change:apply")


@pytest.mark.parametrize("code", ["internal_error", "service_unavailable"])
async def test_a_fault_of_slack_that_passes_delays_the_message(
    house: House, catalogue: RunningCatalogue, code: str
) -> None:
    house.slack.workspace.faults.error("chat.postMessage", code)
    await apply(house, catalogue)
    told = [one for one in house.guest("robin").messages() if not one["ephemeral"]]
    assert len(told) == 1
    assert "Renamed" in told[0]["words"]


async def test_a_page_in_place_of_slacks_answer_delays_the_message(
    house: House, catalogue: RunningCatalogue
) -> None:
    house.slack.workspace.faults.away("chat.postMessage")
    await apply(house, catalogue)
    (told,) = [one for one in house.guest("robin").messages() if not one["ephemeral"]]
    assert "Renamed" in told["words"]


async def test_a_message_whose_answer_was_lost_is_marked_where_it_is_repeated(
    house: House, catalogue: RunningCatalogue
) -> None:
    house.slack.workspace.faults.lose_answer("chat.postMessage")
    await apply(house, catalogue)
    first, second = [one for one in house.guest("robin").messages() if not one["ephemeral"]]
    assert str(REPEATED) not in str(first["blocks"])
    assert str(REPEATED) in str(second["blocks"])


async def test_no_outage_of_slack_is_too_long_for_a_message(
    house: House, catalogue: RunningCatalogue
) -> None:
    house.slack.workspace.faults.lose_answer("chat.postMessage", times=2)
    applied = asyncio.create_task(apply(house, catalogue))
    waits = sa.update(delivery).where(
        delivery.c.state == DeliveryState.DUE, delivery.c.attempts > 0
    )
    while not applied.done():
        async with house.bot.db.write() as connection:
            await connection.execute(waits.values(attempts=5000, due_at=delivery.c.created_at))
        await asyncio.sleep(0.05)
    async with house.bot.db.read() as connection:
        states = await connection.execute(sa.select(delivery.c.state).distinct())
        assert list(states.scalars()) == [DeliveryState.SENT]


@pytest.mark.parametrize(
    "fault",
    [
        lambda faults: faults.error("views.update", "fatal_error"),
        lambda faults: faults.away("views.update"),
        lambda faults: faults.lose_answer("views.update"),
    ],
    ids=["fault", "away", "lost"],
)
async def test_a_form_opens_though_slack_had_a_fault_meanwhile(
    house: House, fault: Callable[[Faults], None]
) -> None:
    robin = house.guest("robin")
    await robin.connects("cfd-editor")
    fault(house.slack.workspace.faults)
    await robin.types(f"/bcdc patch-package {OPEN}")
    assert robin.view
    assert "submit" in robin.view


async def test_a_message_that_slack_refuses_for_good_is_given_up(
    house: House, catalogue: RunningCatalogue
) -> None:
    house.slack.workspace.faults.error("chat.postMessage", "msg_too_long")
    await apply(house, catalogue)
    assert not [one for one in house.guest("robin").messages() if not one["ephemeral"]]
    assert catalogue.catalogue.package(OPEN)["resources"][0]["name"] == "Renamed"


async def test_a_record_that_was_public_when_it_was_saved_is_asked_about_before_it_is_told(
    house: House, catalogue: RunningCatalogue, proxy: FaultProxy
) -> None:
    answer = proxy.hold("package_revise", "after")
    applied = asyncio.create_task(apply(house, catalogue))
    await answer.reached.wait()
    catalogue.catalogue.package(OPEN)["metadata_visibility"] = "IDIR"
    answer.release()
    await applied
    robin = house.guest("robin")
    assert not [one for one in robin.messages() if not one["ephemeral"]]
    assert "not public any more" in robin.direct()[-1]["words"]


@pytest.mark.parametrize("times", [3, None])
async def test_while_nobody_can_say_whether_it_is_public_a_channel_waits_and_not_for_ever(
    house: House, catalogue: RunningCatalogue, proxy: FaultProxy, times: int | None
) -> None:
    answer = proxy.hold("package_revise", "after")
    applied = asyncio.create_task(apply(house, catalogue))
    await answer.reached.wait()
    proxy.fault("package_show", status(503), times=times)
    answer.release()
    await applied
    robin = house.guest("robin")
    told = [one for one in robin.messages() if not one["ephemeral"]]
    assert (len(told), len(robin.direct())) == ((1, 0) if times else (0, 1))
    if not times:
        assert "did not say whether the record is public" in robin.direct()[-1]["words"]


async def test_what_was_saved_just_before_a_crash_is_told_where_it_was_asked_and_needs_no_key(
    house: House, catalogue: RunningCatalogue
) -> None:
    robin = await preview(house, catalogue)
    async with house.bot.db.write() as connection:
        # No change can end as long as nobody can be told.
        await connection.execute(sa.text("ALTER TABLE delivery RENAME TO elsewhere"))
    applied = asyncio.create_task(robin.presses("bcdc:change:apply"))
    is_made = sa.select(change_write.c.id).where(change_write.c.outcome == Outcome.APPLIED)
    async with asyncio.timeout(60):
        while not await first(house, is_made):
            await asyncio.sleep(0.02)
    await house.bot.keys.unbind(Person("T0BCDC", "U0ROBIN"), "test", datetime.now(UTC))
    async with house.bot.db.write() as connection:
        await connection.execute(sa.text("ALTER TABLE elsewhere RENAME TO delivery"))
    with suppress(sa.exc.OperationalError):
        await applied
    await house.settled()
    told = [one["words"] for one in robin.messages() if not one["ephemeral"]]
    assert len(told) == 1
    assert "Renamed" in told[0]
    assert robin.direct() == []


async def first(house: House, query: sa.Select[Any]) -> Any:
    async with house.bot.db.read() as connection:
        return await connection.scalar(query)


async def test_an_answer_goes_by_direct_message_where_no_other_way_is_left(house: House) -> None:
    faults = house.slack.workspace.faults
    faults.error("response_url", "used_url", times=9)
    faults.error("chat.postEphemeral", "user_not_in_channel", times=9)
    robin = house.guest("robin")
    await robin.types("/bcdc help find-org")
    assert "find-org" in robin.direct()[-1]["words"]
