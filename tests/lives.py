"""A world in which changes live, and what must be true of them whatever happened.

It is asked of the catalogue, of the audit and of what people were told, never of the code that
did it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from freezegun import freeze_time
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import BORN, MOVES, State
from bot.ckan import actions
from bot.ckan.models import Package
from bot.ckan.transport import Transport
from bot.store.approval_tables import decision
from bot.store.tables import audit, change, change_write, delivery, person
from sandbox.catalogue import start
from tests.buttons import action_ids
from tests.ckan.places import Place, Visit
from tests.house import CHANNEL, House, open_house, text_of
from tests.proxy import running_proxy

T = TypeVar("T")

USERS = {
    "robin": "cfd-editor",
    "priya": "cfd-org-admin",
    "mei": "cfd-org-admin",
    "alex": "cfd-ministry-admin",
}
"""People of Slack, and who they are in the catalogue."""
ADMINS = {"cfd-org-admin", "cfd-ministry-admin"}
APPROVE = "bcdc:change:approve"
SAID = {
    State.APPLIED: ("Changed: ",),
    State.REJECTED: ("rejected this: Because", "asks for changes: Because"),
    State.EXPIRED: ("Nobody decided in time",),
    State.STALE: ("Somebody changed",),
    State.FAILED: ("Nothing was changed.",),
}
"""What whoever asked is told of an end that others made, in one of these words."""


class World:
    """A house over a sandbox, in a loop of its own, in which one life comes after the other."""

    def __init__(self, folder: Path, **more: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._stack = AsyncExitStack()
        self.clock = self._stack.enter_context(freeze_time(tick=True, real_asyncio=True))
        self.run(self._open(folder, more))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    @property
    def sent(self) -> int:
        """How many saves of the bot's have reached the catalogue."""
        return self.proxy.forwarded["package_revise"]

    def close(self) -> None:
        self.run(self._stack.aclose())
        self._loop.close()

    async def swept(self) -> None:
        """Longer than a sweep, and all that it leads to."""
        await asyncio.sleep(1.2)
        await self.house.settled()

    async def _open(self, folder: Path, more: dict[str, str]) -> None:
        catalogue = await start(generation="2.12")
        self._stack.push_async_callback(catalogue.stop)
        keys = catalogue.keys
        self.proxy = await self._stack.enter_async_context(running_proxy(catalogue.url))
        self.house: House = await self._stack.enter_async_context(
            open_house(folder, self.proxy.url, keys, **more)
        )
        transport = await self._stack.enter_async_context(Transport({"here": catalogue.url}))
        self.visit = Visit(Place("2.12", catalogue.url, keys), transport, [])
        directory = self.house.slack.workspace.directory
        directory.channels[CHANNEL].members.update(directory.people)
        for name, user in USERS.items():
            await self.house.guest(name).connects(user)


@dataclass
class Wish:
    """What somebody pressed to have saved: by policy it waits for so many others."""

    value: str
    by: str
    needed: int
    withdrawn: bool = False


@dataclass
class Life:
    """What was done to one record, as those know it who did it.

    `outside` are when and what others wrote, `approved` people (of Slack) who were told that their
    approval of a change counts, `sent` how many saves had gone out before.
    """

    package: Package
    sent: int
    wishes: list[Wish] = field(default_factory=list)
    outside: list[tuple[datetime, str]] = field(default_factory=list)
    approved: set[tuple[str, str]] = field(default_factory=set)


class Truth:
    """What must be true when a life is over."""

    def __init__(self, world: World, life: Life) -> None:
        self._world = world
        self._house = world.house
        self._life = life

    async def holds(self) -> None:
        """Fail where anything was done twice, lost, or told wrongly."""
        package_id = self._life.package.id
        both = sa.select(change_write).join(change).where(change.c.package_id == package_id)
        async with self._house.bot.db.read() as connection:
            writes = (await connection.execute(both)).all()
            rows = (
                await connection.execute(sa.select(change).where(change.c.package_id == package_id))
            ).all()
            assert len(writes) == len(rows) == len(self._life.wishes)
            for write in writes:
                (edit,) = write.edits
                wish = next(one for one in self._life.wishes if one.value == edit["after"])
                row = next(one for one in rows if one.id == write.change_id)
                await self._is_in_the_audit(connection, row, write)
                await self._was_agreed_to(connection, row, wish)
                await self._was_told(connection, row, wish)
                self._has_its_card(row, wish)
        applied = {row.id for row in rows if row.state == State.APPLIED}
        await self._was_saved_once([one for one in writes if one.change_id in applied])

    async def _is_in_the_audit(self, connection: AsyncConnection, row: Any, write: Any) -> None:
        """It tells a way along the table that ends where the change stands, and all on that way."""
        about = sa.select(audit).where(audit.c.change_id == row.id).order_by(audit.c.id)
        entries = (await connection.execute(about)).all()
        moves = [one for one in entries if one.event == "change.moved"]
        assert State(moves[0].to_state) in BORN
        for before, after in pairwise(moves):
            assert after.from_state == before.to_state
            assert State(after.to_state) in MOVES[State(after.from_state)]
        assert moves[-1].to_state == row.state
        decided = sum(one.event == "change.decided" for one in entries)
        assert decided == len(await self._counted(connection, row.id))
        settled = [one.detail["outcome"] for one in entries if one.event == "write.settled"]
        assert settled == ([write.outcome] if write.settled_at else [])

    async def _was_agreed_to(self, connection: AsyncConnection, row: Any, wish: Wish) -> None:
        """Saved with as many others behind it as were needed, and not without."""
        names = {self._house.guest(name).id: user for name, user in USERS.items()}
        counted = await self._counted(connection, row.id)
        deciders = {names[one.user_id] for one in counted}
        assert deciders <= ADMINS - {USERS[wish.by]}
        approved = {one.user_id for one in counted if one.verdict == "approve"}
        enough = len({names[one] for one in approved}) >= wish.needed
        assert enough or row.state not in {State.APPROVED, State.APPLYING, State.APPLIED}
        assert not enough or row.state != State.PENDING
        assert not wish.withdrawn or row.state == State.WITHDRAWN
        told = {who for who, change_id in self._life.approved if change_id == row.id}
        assert told <= approved

    async def _was_told(self, connection: AsyncConnection, row: Any, wish: Wish) -> None:
        """Whoever asked hears of the end that others made, in one message, and it is true."""
        about = (delivery.c.change_id == row.id, delivery.c.kind == "outcome")
        told = (await connection.scalars(sa.select(delivery.c.ts).where(*about))).all()
        direct = self._house.guest(wish.by).direct()
        read = [text_of(one["blocks"]) for one in direct if one["ts"] in told]
        assert len(read) == len(told) == (row.state in SAID)
        assert all(any(words in text for words in SAID[State(row.state)]) for text in read)
        changed = [text for one in direct if "Changed: " in (text := text_of(one["blocks"]))]
        saved = sum(f"→ {wish.value}" in text for text in changed)
        assert saved == (row.state == State.APPLIED)

    def _has_its_card(self, row: Any, wish: Wish) -> None:
        """Another admin has one card of what waits, with buttons for as long as it does."""
        shown = self._house.guest("alex").direct()
        cards = [one for one in shown if f"After: {wish.value}" in text_of(one["blocks"])]
        assert len(cards) == (wish.needed > 0)
        for card in cards:
            assert (APPROVE in action_ids(card["blocks"])) == (row.state == State.PENDING)

    async def _was_saved_once(self, writes: Sequence[Any]) -> None:
        """A save for each applied change and each other writer's, each on what its person saw."""
        saves = [(at, None, value) for at, value in self._life.outside]
        saves += [(one.settled_at, one.edits[0]["before"], one.edits[0]["after"]) for one in writes]
        now = self._life.package.text("notes")
        for _at, before, after in sorted(saves, key=lambda one: one[0]):
            assert before in {None, now}, "what somebody else wrote was overwritten"
            now = after
        site = self._world.visit.as_user("bcdc-sysadmin")
        assert (await actions.package_show(site, self._life.package.id)).text("notes") == now
        assert await self._world.visit.saves(self._life.package.id) == len(saves)
        # One that changes nothing leaves no trace there.
        assert self._world.sent - self._life.sent == len(writes)

    @staticmethod
    async def _counted(connection: AsyncConnection, change_id: str) -> Sequence[Any]:
        """The decisions that count, each with its person of Slack."""
        counted = (
            sa.select(decision, person.c.user_id)
            .join(person, person.c.id == decision.c.person_id)
            .where(decision.c.change_id == change_id, decision.c.outcome == "counted")
        )
        return (await connection.execute(counted)).all()
