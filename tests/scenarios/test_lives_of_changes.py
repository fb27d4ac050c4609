"""Random lives of changes: people, clicks, time, faults and other writers in any order.

What must hold is asked of the catalogue, of the audit and of what people were told, never of the
code that did it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from freezegun import freeze_time
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from pydantic import SecretStr

from bot.change import BORN, MOVES, State
from bot.ckan import actions
from bot.ckan.transport import Transport
from bot.store.approval_tables import approval, decision
from bot.store.tables import audit, change, change_write, delivery
from sandbox.catalogue import start
from tests.ckan.places import BRANCH, Place, Visit
from tests.house import Guest, House, open_house, text_of
from tests.proxy import abort, running_proxy

LIVES = int(os.environ.get("LIVES", "4"))
"""Lives in a run; a long run takes more."""
STEPS = 12

T = TypeVar("T")
ADMINS = ("priya", "alex")


class World:
    """A house over a sandbox, in a loop of its own, in which one life comes after the other."""

    def __init__(self, folder: Path, **more: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._stack = AsyncExitStack()
        self.clock = self._stack.enter_context(freeze_time(tick=True, real_asyncio=True))
        self.run(self._open(folder, more))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    def close(self) -> None:
        self.run(self._stack.aclose())
        self._loop.close()

    async def _open(self, folder: Path, more: dict[str, str]) -> None:
        catalogue = await start(generation="2.12")
        self._stack.push_async_callback(catalogue.stop)
        keys = {person.name: SecretStr(person.api_key) for person in catalogue.people}
        self.proxy = await self._stack.enter_async_context(running_proxy(catalogue.url))
        self.house: House = await self._stack.enter_async_context(
            open_house(folder, self.proxy.url, keys, **more)
        )
        transport = await self._stack.enter_async_context(Transport({"here": catalogue.url}))
        self.visit = Visit(Place("2.12", catalogue.url, keys), transport, [])
        self.robin = self.house.guest("robin")
        await self.robin.connects("cfd-editor")
        for name, user in (("priya", "cfd-org-admin"), ("alex", "cfd-ministry-admin")):
            await self.house.guest(name).connects(user)


class Lives(RuleBasedStateMachine):
    """One record, an editor who asks, two admins who decide, and the rest of the world."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.house, self.visit = self.world.house, self.world.visit
        self.package = self.world.run(self.visit.make())
        self.number = 0
        self.outside: list[str] = []
        self.an_admin_sets_the_policy(approvers=1, when="always")

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        self.world.run(work)

    @rule(approvers=st.sampled_from([1, 2]), when=st.sampled_from(["always", "never", "published"]))
    def an_admin_sets_the_policy(self, approvers: int, when: str) -> None:
        words = f"when:{when} approvers:{approvers} expires:7d remind:1d"
        self.run(_types(self.house.guest("priya"), f"/bcdc policy {BRANCH} {words}"))

    @rule(presses=st.integers(1, 3))
    def the_editor_asks(self, presses: int) -> None:
        self.number += 1

        async def ask() -> None:
            robin = self.world.robin
            name, value = self.package.name, f"Value {self.number} of {self.package.id}"
            await _types(robin, f'/bcdc patch-package {name} notes="{value}"')
            message = robin.messages()[-1]
            await asyncio.gather(
                *(robin.presses("bcdc:change:apply", message=message) for _ in range(presses))
            )

        self.run(ask())

    @rule(
        who=st.sampled_from([("priya",), ("alex",), ADMINS, ("priya", "priya")]),
        verdict=st.sampled_from(["approve", "approve", "reject", "ask"]),
    )
    def admins_decide(self, who: tuple[str, ...], verdict: str) -> None:
        self.run(self._decide(who, verdict))

    async def _decide(self, who: tuple[str, ...], verdict: str) -> None:
        change_id = await self._newest_request()
        action_id = f"bcdc:change:{verdict}"
        guests = [self.house.guest(name) for name in who]
        direct = {guest.id: self.house.direct_channel(guest.id) for guest in guests}
        await asyncio.gather(
            *(guest.forges(action_id, change_id, channel=direct[guest.id]) for guest in guests)
        )
        for guest in guests:
            if guest.view:
                await guest.fills(reason="Because")
            if guest.view:
                await guest.closes()

    @rule()
    def the_editor_decides_alone(self) -> None:
        async def approve() -> None:
            await self.world.robin.forges("bcdc:change:approve", await self._newest_request())

        self.run(approve())

    @rule()
    def the_editor_withdraws(self) -> None:
        async def withdraw() -> None:
            await self.world.robin.forges("bcdc:change:cancel", await self._newest_request())

        self.run(withdraw())

    @rule()
    def somebody_writes_elsewhere(self) -> None:
        self.number += 1
        value = f"Outside {self.number} of {self.package.id}"
        body = {"match": {"id": self.package.id}, "update__notes": value}

        async def write() -> None:
            await self.visit.as_user("bcdc-sysadmin").write("package_revise", body)

        self.run(write())
        self.outside.append(value)

    @rule(after=st.booleans())
    def the_next_answer_is_lost(self, *, after: bool) -> None:
        self.world.proxy.fault("package_revise", abort(after=after), times=1)

    @rule(hours=st.sampled_from([2, 30, 200]))
    def time_passes(self, hours: int) -> None:
        self.world.clock.tick(timedelta(hours=hours))
        self.run(_swept(self.house))

    @rule()
    def the_bot_starts_again(self) -> None:
        self.run(self.house.restart())

    def teardown(self) -> None:
        self.world.proxy.heal()
        self.run(_swept(self.house))
        self.run(self._holds())

    async def _newest_request(self) -> str:
        """The id of the newest change of this record that was ever asked for, else none."""
        newest = (
            sa.select(change.c.id)
            .where(change.c.package_id == self.package.id)
            .order_by(change.c.created_at.desc())
            .limit(1)
        )
        async with self.house.bot.db.read() as connection:
            return str(await connection.scalar(newest) or "none")

    async def _holds(self) -> None:
        """What must be true whatever happened."""
        mine = change.c.package_id == self.package.id
        async with self.house.bot.db.read() as connection:
            rows = (await connection.execute(sa.select(change).where(mine))).all()
            written = (
                await connection.execute(
                    sa.select(change_write).join(change).where(mine, change.c.state == "applied")
                )
            ).all()
            for row in rows:
                await _moved_along_the_arrows(connection, row)
                await _was_agreed_to(connection, row)
                await _was_told(connection, row)
        package = await actions.package_show(self.visit.as_user("bcdc-sysadmin"), self.package.id)
        values = {edit["after"] for one in written for edit in one.edits}
        assert package.text("notes") in {"Made for a test.", *self.outside, *values}
        # Each effect once: a save for each applied change and each other writer's, and no more.
        saves = await self.visit.saves(self.package.id)
        assert saves == len(written) + len(self.outside)
        self._is_told_the_truth(rows)

    def _is_told_the_truth(self, rows: Sequence[Any]) -> None:
        """A message that says a value was saved is about a change that was applied."""
        applied = sum(row.state == State.APPLIED for row in rows)
        told = [text_of(one["blocks"]) for one in self.world.robin.direct()]
        mine = [text for text in told if self.package.title in text]
        assert sum(text.startswith("@") and "Changed: " in text for text in mine) == applied


async def _types(guest: Guest, line: str) -> None:
    if guest.view:
        await guest.closes()
    await guest.types(line)


async def _swept(house: House) -> None:
    """Longer than a sweep, and all that it leads to."""
    await asyncio.sleep(1.2)
    await house.settled()


async def _moved_along_the_arrows(connection: Any, row: Any) -> None:
    """The audit tells a way along the table that ends where the change stands."""
    moves = (
        await connection.execute(
            sa.select(audit)
            .where(audit.c.change_id == row.id, audit.c.event == "change.moved")
            .order_by(audit.c.id)
        )
    ).all()
    assert State(moves[0].to_state) in BORN
    for before, after in pairwise(moves):
        assert after.from_state == before.to_state
        assert State(after.to_state) in MOVES[State(after.from_state)]
    assert moves[-1].to_state == row.state
    assert sum(one.to_state == State.APPLIED for one in moves) <= 1


async def _was_agreed_to(connection: Any, row: Any) -> None:
    """What waited and was applied has as many admins behind it as were needed."""
    needed = await connection.scalar(
        sa.select(approval.c.needed).where(approval.c.change_id == row.id)
    )
    if needed is None or row.state not in {State.APPLIED, State.APPLYING, State.APPROVED}:
        return
    users = await connection.scalar(
        sa.select(sa.func.count(sa.distinct(decision.c.ckan_user_id))).where(
            decision.c.change_id == row.id,
            decision.c.verdict == "approve",
            decision.c.outcome == "counted",
            decision.c.person_id != row.requester_id,
        )
    )
    assert users >= needed


async def _was_told(connection: Any, row: Any) -> None:
    """Whoever asked hears of the end that others made, in one message that reached Slack."""
    others = {State.APPLIED, State.STALE, State.FAILED, State.REJECTED}
    if row.state not in others:
        return
    told = (
        await connection.execute(
            sa.select(delivery).where(delivery.c.change_id == row.id, delivery.c.kind == "outcome")
        )
    ).all()
    assert [one.state for one in told] == ["sent"]


@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def test_whatever_happens_nothing_is_done_twice_lost_or_told_wrongly(
    request: pytest.FixtureRequest, database: str, tmp_path: Path
) -> None:
    more = {}
    if database == "postgres":
        more["DATABASE_URL"] = request.getfixturevalue("postgres_url")
    world = World(tmp_path, **more)
    try:
        machine = type("Lives", (Lives,), {"world": world})
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=LIVES,
                stateful_step_count=STEPS,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        world.close()
