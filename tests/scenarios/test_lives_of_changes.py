"""Random lives of changes: people, clicks, time, faults and other writers in any order."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from dbos import DBOS
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from typing_extensions import override

from bot.change import State
from bot.jobs.engine import APPLY
from bot.store.tables import change
from tests.ckan.places import BRANCH
from tests.house import Guest, text_of
from tests.lives import Life, Truth, Wish, World
from tests.proxy import When, abort

LIVES = int(os.environ.get("LIVES", "2"))
"""Random lives in a run, of which the first is the simplest; a long run takes more."""
STEPS = 12

WITHDRAWN = "Withdrawn. Nothing was changed."
COUNTS = "You approved this."

somebody_asked = precondition(lambda self: self.life.wishes)


class Lives(RuleBasedStateMachine):
    """One record, people who ask, others who decide, and the rest of the world."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.house = self.world.house
        self.life = Life(self.world.run(self.world.visit.make()), self.world.sent)
        self.number = 0
        self.rival: When | None = None

    @initialize(approvers=st.sampled_from([1, 2]))
    def changes_wait(self, approvers: int) -> None:
        self.an_admin_sets_the_policy(approvers=approvers, when="always")

    @rule(approvers=st.sampled_from([1, 2]), when=st.sampled_from(["always", "never", "published"]))
    def an_admin_sets_the_policy(self, approvers: int, when: str) -> None:
        words = f"when:{when} approvers:{approvers} expires:7d remind:1d"
        self.world.run(_types(self.house.guest("priya"), f"/bcdc policy {BRANCH} {words}"))
        # The record is a draft.
        self.needed = approvers if when == "always" else 0

    @rule(who=st.sampled_from(["robin", "robin", "priya"]), presses=st.integers(1, 3))
    def somebody_asks(self, who: str, presses: int = 1) -> None:
        value = self._new_value("Value")

        async def ask() -> None:
            guest = self.house.guest(who)
            await _types(guest, f'/bcdc patch-package {self.life.package.name} notes="{value}"')
            message = guest.messages()[-1]
            await asyncio.gather(
                *(guest.presses("bcdc:change:apply", message=message) for _ in range(presses))
            )

        self.life.wishes.append(Wish(value, who, self.needed))
        self.world.run(self._act(ask()))

    @somebody_asked
    @rule(
        who=st.sampled_from(
            [
                ("priya",),
                ("alex",),
                ("mei",),
                ("robin",),
                ("priya", "alex"),
                ("priya", "mei"),
                ("alex", "alex"),
            ]
        ),
        verdict=st.sampled_from(["approve", "approve", "approve", "reject", "ask"]),
    )
    def people_decide(self, who: tuple[str, ...], verdict: str = "approve") -> None:
        self.world.run(self._act(self._decide(who, verdict)))

    @somebody_asked
    @rule()
    def whoever_asked_decides(self) -> None:
        self.people_decide((self.life.wishes[-1].by,))

    @somebody_asked
    @rule()
    def whoever_asked_withdraws(self) -> None:
        wish = self.life.wishes[-1]

        async def withdraw() -> str:
            guest = self.house.guest(wish.by)
            return await guest.forges("bcdc:change:cancel", await self._newest())

        wish.withdrawn |= WITHDRAWN in self.world.run(withdraw())

    @rule()
    def somebody_writes_elsewhere(self) -> None:
        value = self._new_value("Outside")
        body = {"match": {"id": self.life.package.id}, "update__notes": value}
        site = self.world.visit.as_user("bcdc-sysadmin")
        self.world.run(site.write("package_revise", body))
        self.life.outside.append((datetime.now(UTC), value))

    @rule(after=st.booleans())
    def the_next_answer_is_lost(self, *, after: bool) -> None:
        self.world.proxy.fault("package_revise", abort(after=after), times=1)

    @rule(when=st.sampled_from(["before", "after"]))
    def the_next_save_is_taken_over(self, when: When) -> None:
        self.rival = when

    @rule(hours=st.sampled_from([2, 30, 200]))
    def time_passes(self, hours: int) -> None:
        self.world.clock.tick(timedelta(hours=hours))
        self.world.run(self.world.swept())

    @rule()
    def the_bot_starts_again(self) -> None:
        self.world.run(self.house.restart())

    @override
    def teardown(self) -> None:
        self.world.proxy.heal()
        self.world.run(self.world.swept())
        self.world.run(Truth(self.world, self.life).holds())

    def _new_value(self, word: str) -> str:
        self.number += 1
        return f"{word} {self.number} of {self.life.package.id}"

    async def _decide(self, who: tuple[str, ...], verdict: str) -> None:
        change_id = await self._newest()
        guests = [self.house.guest(name) for name in who]
        direct = {guest.id: self.house.direct_channel(guest.id) for guest in guests}
        action_id = f"bcdc:change:{verdict}"
        await asyncio.gather(
            *(guest.forges(action_id, change_id, channel=direct[guest.id]) for guest in guests)
        )
        for guest in guests:
            if guest.view:
                await guest.fills(reason="Because")
            if guest.view:
                await guest.closes()
            if COUNTS in text_of(guest.direct()[-1]["blocks"]):
                self.life.approved.add((guest.id, change_id))

    async def _act(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it; where its save is to be taken over, another does it too while that is held."""
        if self.rival is None:
            await work
            return
        held, self.rival = self.world.proxy.hold("package_revise", self.rival), None
        acting = asyncio.create_task(work)
        reached = asyncio.create_task(held.reached.wait())
        await asyncio.wait({acting, reached}, return_when=asyncio.FIRST_COMPLETED)
        if held.reached.is_set():
            work_id = f"{APPLY}:{await self._newest()}"
            await asyncio.to_thread(DBOS.resume_workflows, [work_id], queue_name=APPLY)
            # Longer than the queue is left alone.
            await asyncio.sleep(0.5)
        reached.cancel()
        held.release()
        await acting

    async def states(self) -> list[State]:
        """Where each change of this record stands, oldest first."""
        mine = sa.select(change.c.state).where(change.c.package_id == self.life.package.id)
        async with self.house.bot.db.read() as connection:
            found = await connection.scalars(mine.order_by(change.c.created_at))
        return [State(one) for one in found]

    async def _newest(self) -> str:
        """The id of the newest change of this record."""
        newest = (
            sa.select(change.c.id)
            .where(change.c.package_id == self.life.package.id)
            .order_by(change.c.created_at.desc())
            .limit(1)
        )
        async with self.house.bot.db.read() as connection:
            return str(await connection.scalar(newest))


async def _types(guest: Guest, line: str) -> None:
    if guest.view:
        await guest.closes()
    await guest.types(line)


def one_full_life(life: Lives) -> None:
    """Everything that must not go wrong has its chance to, and each change comes to its end."""
    life.an_admin_sets_the_policy(approvers=2, when="always")
    life.somebody_asks("robin", presses=2)
    life.people_decide(("priya",))
    life.people_decide(("priya", "mei"))
    life.the_next_answer_is_lost(after=True)
    life.people_decide(("alex",))

    life.an_admin_sets_the_policy(approvers=1, when="always")
    life.somebody_asks("priya")
    life.whoever_asked_decides()
    life.people_decide(("mei", "robin"))
    life.the_next_save_is_taken_over("after")
    life.people_decide(("alex", "alex"))

    life.somebody_asks("robin")
    life.whoever_asked_withdraws()
    life.people_decide(("priya",))

    life.somebody_asks("robin")
    life.somebody_writes_elsewhere()
    life.people_decide(("priya",))

    life.somebody_asks("robin")
    life.people_decide(("priya",), "reject")

    life.somebody_asks("robin")
    life.time_passes(200)
    life.people_decide(("priya",))

    life.an_admin_sets_the_policy(approvers=2, when="never")
    life.the_next_answer_is_lost(after=False)
    life.somebody_asks("robin")
    life.teardown()
    assert life.world.run(life.states()) == [
        State.APPLIED,
        State.APPLIED,
        State.WITHDRAWN,
        State.STALE,
        State.REJECTED,
        State.EXPIRED,
        State.APPLIED,
    ]
    assert life.life.wishes[2].withdrawn
    assert {who for who, _change in life.life.approved} == {"U0PRIYA", "U0MEI", "U0ALEX"}


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
        one_full_life(machine())
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
