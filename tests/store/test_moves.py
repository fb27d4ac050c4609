"""Any moves in any order, one by one and at once, leave each change on a path through MOVES."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from typing_extensions import override

from bot.change import MOVES, Change, State
from bot.context import Person, Place
from bot.store.changes import Changes, Origin
from bot.store.db import Database
from bot.store.migrate import upgrade
from bot.store.tables import STANDING
from tests.audited import entries

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ORIGIN = Origin(Person("T1", "U1"), Place("T1"), "production", "patch-resource")
Answer = TypeVar("Answer")

states = st.sampled_from(State)
picks = st.integers(min_value=0, max_value=50)


class Moves(RuleBasedStateMachine):
    url: str

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.db = Database(self.url)
        self.changes = Changes(self.db)
        self.known: dict[str, State] = {}
        self.reverts: dict[str, str] = {}

    def run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return self.runner.run(work)

    @override
    def teardown(self) -> None:
        self.run(self.db.dispose())
        self.runner.close()

    @rule(undo=st.none() | picks)
    def preview(self, undo: int | None) -> None:
        reverts = None if undo is None or not self.known else self.pick(undo)
        proposed = Change("t", (), reverts=reverts)
        change_id = self.run(
            self.changes.preview(None, ORIGIN, proposed, typed={}, now=NOW, due_at=None)
        )
        self.known[change_id] = State.PREVIEWED
        if reverts is not None:
            self.reverts[change_id] = reverts

    @rule()
    def draft(self) -> None:
        change_id = self.run(self.changes.open_draft(ORIGIN, now=NOW, due_at=None))
        self.known[change_id] = State.DRAFT

    @precondition(lambda self: self.known)
    @rule(which=picks, to=states)
    def move(self, which: int, to: State) -> None:
        change_id = self.pick(which)
        allowed = to in MOVES[self.known[change_id]] and not self.stands_elsewhere(change_id, to)
        assert self.run(self.changes.move(change_id, to, now=NOW)) is allowed
        if allowed:
            self.known[change_id] = to

    @precondition(lambda self: self.known)
    @rule(tries=st.lists(st.tuples(picks, states), min_size=2, max_size=8))
    def race(self, tries: list[tuple[int, State]]) -> None:
        async def at_once() -> list[bool]:
            moves = [self.changes.move(self.pick(which), to, now=NOW) for which, to in tries]
            return await asyncio.gather(*moves)

        before = {change_id: self.path(change_id) for change_id in self.known}
        won = self.run(at_once())
        for change_id, old in before.items():
            new = self.path(change_id)
            mine = [
                to for (which, to), moved in zip(tries, won, strict=True)
                if moved and self.pick(which) == change_id
            ]  # fmt: skip
            assert new[: len(old)] == old
            assert sorted(to for _, to in new[len(old) :]) == sorted(mine)
            self.known[change_id] = new[-1][1]
        self.each_change_is_on_a_path()

    def each_change_is_on_a_path(self) -> None:
        for change_id, state in self.known.items():
            at: State | None = None
            for source, to in self.path(change_id):
                assert source == at
                assert at is None or to in MOVES[at]
                at = to
            assert at == state
        standing = [
            self.reverts[change_id]
            for change_id, state in self.known.items()
            if state in STANDING and change_id in self.reverts
        ]
        assert len(standing) == len(set(standing))

    def path(self, change_id: str) -> list[tuple[State | None, State]]:
        told = self.run(entries(self.db, change_id))
        return [(entry.from_state, entry.to_state) for entry in told]

    def pick(self, which: int) -> str:
        return list(self.known)[which % len(self.known)]

    def stands_elsewhere(self, change_id: str, to: State) -> bool:
        target = self.reverts.get(change_id)
        return (
            to in STANDING
            and target is not None
            and any(
                self.known[other] in STANDING
                for other, reverted in self.reverts.items()
                if reverted == target and other != change_id
            )
        )


def test_changes_stay_on_their_paths_under_any_interleaving(database_url: str) -> None:
    upgrade(database_url)
    machine = type("Moves", (Moves,), {"url": database_url})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
