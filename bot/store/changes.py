"""Changes and their writes: what is proposed, where it stands, what became of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import LIVE, MOVES, Change, Json, State
from bot.context import Person
from bot.errors import GoneError
from bot.store import audit, moves, people, writes
from bot.store.audit import Event
from bot.store.db import Database
from bot.store.stored import Origin, StoredChange, columns_of, stored_change
from bot.store.tables import STANDING, Outcome, change, change_write, delivery
from bot.store.tables import person as person_table
from bot.text import _

__all__ = ["UNTOLD", "Changes", "Origin", "StoredChange"]

UNTOLD = (State.DRAFT, State.PREVIEWED, State.CANCELLED, State.EXPIRED)
"""What nobody but the requester has seen is not history."""

Also = Callable[[AsyncConnection], Awaitable[object]]


class Changes:
    """Stores changes; each method is one transaction, with its audit entry in it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def open_draft(
        self,
        origin: Origin,
        *,
        title: str = "",
        package_id: str | None = None,
        seen: Mapping[str, Json] | None = None,
        typed: Mapping[str, Json] | None = None,
        now: datetime,
        due_at: datetime | None,
    ) -> str:
        """Begin a change that has no writes yet, and answer its id."""
        async with self._db.write() as connection:
            return await moves.create(
                connection,
                origin.person,
                now,
                {
                    **columns_of(origin),
                    "state": State.DRAFT,
                    "title": title,
                    "package_id": package_id,
                    "seen": dict(seen or {}),
                    "typed": dict(typed or {}),
                    "due_at": due_at,
                },
            )

    async def save_typed(
        self,
        change_id: str,
        person: Person,
        typed: Mapping[str, Json],
        now: datetime,
        seen: Mapping[str, Json] | None = None,
    ) -> bool:
        """Keep the form of the person's own draft; False when it is none.

        With `seen` the form is from now on compared with that.
        """
        return await self._update(
            change_id,
            change.c.state == State.DRAFT,
            change.c.requester_id == people.ids_of(person),
            typed=dict(typed),
            updated_at=now,
            **({} if seen is None else {"seen": dict(seen)}),
        )

    async def preview(
        self,
        change_id: str | None,
        origin: Origin,
        proposed: Change,
        *,
        typed: Mapping[str, Json],
        seen: Mapping[str, Json] | None = None,
        now: datetime,
        due_at: datetime | None,
    ) -> str:
        """Store what is proposed, in the person's own draft or anew; answer the id.

        Raises `GoneError` when that draft is somebody else's, decided, or gone.
        """
        records = {write.package_id for write in proposed.writes}
        values: dict[str, Any] = {
            "state": State.PREVIEWED,
            "title": proposed.title,
            "package_id": records.pop() if len(records) == 1 else None,
            "reverts": proposed.reverts,
            "typed": dict(typed),
            "warnings": list(proposed.warnings),
            "confirmations": list(proposed.confirmations),
            "facts": proposed.facts.kept(),
            "due_at": due_at,
        }
        if seen is not None:
            values["seen"] = dict(seen)
        async with self._db.write() as connection:
            if change_id is None:
                values = {"seen": {}, **columns_of(origin), **values}
                change_id = await moves.create(connection, origin.person, now, values)
            elif not await moves.make(
                connection,
                change_id,
                values,
                change.c.state == State.DRAFT,
                change.c.catalogue == origin.catalogue,
                change.c.requester_id == people.ids_of(origin.person),
                by=origin.person,
                now=now,
            ):
                sentence = _("This draft is no longer valid: start again from the record as it is.")
                raise GoneError(sentence)
            await writes.replace(connection, change_id, origin.person.tenant, proposed.writes)
        return change_id

    async def get(self, change_id: str) -> StoredChange | None:
        """The change with its writes; None when there is none of that id."""
        found = await self._read(change.c.id == change_id)
        return found[0] if found else None

    async def move(
        self,
        change_id: str,
        to: State,
        *,
        now: datetime,
        person: Person | None = None,
        requester: Person | None = None,
        since: State | None = None,
        reason: str = "",
        due_at: datetime | None = None,
        also: Also | None = None,
        detail: Mapping[str, Json] | None = None,
    ) -> bool:
        """Move the change, if it stands where `MOVES` allows that; False when it does not.

        `person` is who does it (None: the bot), `requester` whose change it has to be, `since`
        where it has to stand, `due_at` when the sweep is to look at it next. `also` runs in the
        same transaction, after a move only: what it raises takes the move back. `detail` is kept in
        the audit. Of two undos of one change the second is refused.
        """
        values: dict[str, Any] = {"state": to, "due_at": due_at}
        if reason:
            values["reason"] = reason
        conditions: list[sa.ColumnElement[bool]] = [
            change.c.state.in_([state for state, ways in MOVES.items() if to in ways])
        ]
        if since is not None:
            conditions.append(change.c.state == since)
        if requester is not None:
            conditions.append(change.c.requester_id == people.ids_of(requester))
        async with self._db.write() as connection:
            moved = await moves.make(
                connection, change_id, values, *conditions, by=person, now=now, detail=detail
            )
            if moved and also is not None:
                await also(connection)
        return moved

    async def wait_until(self, change_id: str, due_at: datetime) -> None:
        """Let the sweep look at the change then."""
        async with self._db.write() as connection:
            await moves.wait_until(connection, change_id, due_at)

    async def mark_sent(self, write_id: str, now: datetime) -> bool:
        """Note before the request that it may have happened; False when the write is settled."""
        async with self._db.write() as connection:
            return await writes.mark_sent(connection, write_id, now)

    async def sending(self, write_id: str, bytes_sent: int) -> bool:
        """Note how much of a file is on its way; False when its person wants that stopped."""
        async with self._db.write() as connection:
            return await writes.sending(connection, write_id, bytes_sent)

    async def stop(self, change_id: str, person: Person, now: datetime) -> bool:
        """Ask for the person's own change to end before its file is sent; False when it has."""
        return await self._update(
            change_id,
            change.c.state.in_([State.APPROVED, State.APPLYING]),
            change.c.requester_id == people.ids_of(person),
            stop_at=now,
        )

    async def settle(
        self,
        write_id: str,
        outcome: Outcome,
        detail: Mapping[str, Json],
        now: datetime,
        *,
        package_id: str | None = None,
    ) -> bool:
        """Note what became of the write; False when that was known.

        `package_id` is the id of a record that the write made.
        """
        async with self._db.write() as connection:
            if not await writes.settle(connection, write_id, outcome, detail, now):
                return False
            if package_id is not None:
                await writes.made(connection, write_id, package_id)
            row = (
                await connection.execute(
                    sa.select(change.c.id, change.c.tenant, change.c.catalogue)
                    .join(change_write, change_write.c.change_id == change.c.id)
                    .where(change_write.c.id == write_id)
                )
            ).one()
            await audit.record(
                connection,
                Event.WRITE_SETTLED,
                at=now,
                tenant=row.tenant,
                catalogue=row.catalogue,
                change_id=row.id,
                detail={"write": write_id, "outcome": outcome},
            )
        return True

    async def pending_of(self, person: Person) -> tuple[StoredChange, ...]:
        """What the person has begun or asked for and what still leads somewhere, newest first.

        Forms in which nothing was done are left out: closed, they are forgotten.
        """
        found = await self._read(
            change.c.requester_id == people.ids_of(person), change.c.state.in_(LIVE)
        )
        return tuple(one for one in found if one.typed or one.state is not State.DRAFT)

    async def ended_of(
        self, person: Person, catalogue: str, *, limit: int
    ) -> tuple[StoredChange, ...]:
        """The person's own changes that left their preview and lead nowhere any more."""
        return await self._read(
            change.c.requester_id == people.ids_of(person),
            change.c.catalogue == catalogue,
            change.c.state.not_in([*UNTOLD, *LIVE]),
            limit=limit,
        )

    async def history_of(
        self,
        *,
        tenant: str,
        catalogue: str,
        package_id: str | None = None,
        resource_id: str | None = None,
        limit: int = 20,
    ) -> tuple[StoredChange, ...]:
        """Changes that left their preview and touch the record, or the resource; newest first."""
        touches = sa.select(change_write.c.change_id)
        if package_id is not None:
            touches = touches.where(change_write.c.package_id == package_id)
        if resource_id is not None:
            touches = touches.where(change_write.c.resource_id == resource_id)
        return await self._read(
            change.c.tenant == tenant,
            change.c.catalogue == catalogue,
            change.c.state.not_in(UNTOLD),
            change.c.id.in_(touches),
            limit=limit,
        )

    async def waiting_on(self, catalogue: str, package_id: str) -> tuple[StoredChange, ...]:
        """Changes of the same record that wait for approval, in any tenant."""
        return await self._read(
            change.c.catalogue == catalogue,
            change.c.state == State.PENDING,
            change.c.package_id == package_id,
        )

    async def to_decide(self, person: Person, catalogue: str) -> tuple[StoredChange, ...]:
        """Changes of other people in the tenant that wait for approval, oldest first."""
        return await self._read(
            change.c.tenant == person.tenant,
            change.c.catalogue == catalogue,
            change.c.state == State.PENDING,
            change.c.requester_id.is_distinct_from(people.ids_of(person)),
            order=change.c.created_at.asc(),
        )

    async def asked_in(self, tenant: str, catalogue: str, channel: str) -> tuple[StoredChange, ...]:
        """What was asked in a channel, or is told there, and waits for approval, oldest first."""
        told = sa.select(delivery.c.change_id).where(
            delivery.c.audience_kind == "channel", delivery.c.audience == channel
        )
        return await self._read(
            change.c.tenant == tenant,
            change.c.catalogue == catalogue,
            change.c.state == State.PENDING,
            (change.c.channel == channel) | change.c.id.in_(told),
            order=change.c.created_at.asc(),
        )

    async def reverting(self, change_id: str) -> StoredChange | None:
        """The undo of this change that is under way or done."""
        found = await self._read(change.c.reverts == change_id, change.c.state.in_(STANDING))
        return found[0] if found else None

    async def due(self, now: datetime, limit: int = 100) -> tuple[StoredChange, ...]:
        """Changes whose time has come, the longest due first."""
        return await self._read(
            change.c.due_at <= now,
            change.c.state.in_(LIVE),
            order=change.c.due_at.asc(),
            limit=limit,
        )

    async def _update(
        self, change_id: str, *conditions: sa.ColumnElement[bool], **values: object
    ) -> bool:
        async with self._db.write() as connection:
            updated = await connection.execute(
                sa.update(change).where(change.c.id == change_id, *conditions).values(values)
            )
        return bool(updated.rowcount)

    async def _read(
        self,
        *conditions: sa.ColumnElement[bool],
        order: sa.ColumnElement[Any] | None = None,
        limit: int | None = None,
    ) -> tuple[StoredChange, ...]:
        query = (
            sa.select(change, person_table.c.user_id)
            .join(person_table, person_table.c.id == change.c.requester_id)
            .where(*conditions)
            .order_by(change.c.updated_at.desc() if order is None else order, change.c.id)
            .limit(limit)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
            found = await writes.of_changes(connection, [row.id for row in rows])
        return tuple(stored_change(row, found.get(row.id, ())) for row in rows)
