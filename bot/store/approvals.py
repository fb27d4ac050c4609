"""Changes that wait for approval: who is asked, who decided, and what comes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import State
from bot.context import Person, Place
from bot.policy import Policy
from bot.store import audit, moves, people
from bot.store.approval_tables import REFUSED, approval, decision
from bot.store.audit import Event
from bot.store.columns import new_id
from bot.store.db import Database, insert
from bot.store.tables import change
from bot.store.tables import person as person_table


class Verdict(StrEnum):
    """What somebody decides."""

    APPROVE = "approve"
    REJECT = "reject"
    ASK = "ask"


class Weighed(StrEnum):
    """What a decision came to."""

    COUNTED = "counted"
    REFUSED = REFUSED


@dataclass(frozen=True, slots=True)
class Approval:
    """What a change waits for."""

    needed: int
    self_approval: bool
    asked_at: datetime
    expires_at: datetime
    remind_at: datetime | None

    @property
    def due_at(self) -> datetime:
        """When the sweep is to look at it next."""
        return min(self.expires_at, self.remind_at or self.expires_at)


@dataclass(frozen=True, slots=True)
class Decision:
    """What one person decided; `outcome` is None until the catalogue was asked whether they may.

    `told` is why not, `ckan_name` what the catalogue calls its person.
    """

    id: str
    change_id: str
    person: Person
    place: Place
    verdict: Verdict
    reason: str
    at: datetime
    outcome: Weighed | None
    ckan_user_id: str
    ckan_name: str
    told: str


@dataclass(frozen=True, slots=True)
class Decider:
    """Who a decision's person is in the catalogue, and with which rights: admin or sysadmin."""

    ckan_user_id: str
    ckan_name: str
    role: str


Also = Callable[[AsyncConnection, State | None], Awaitable[object]]
"""Runs in the transaction of a decision, with the state it moved the change to."""

_ENDS = {Verdict.REJECT: State.REJECTED, Verdict.ASK: State.REJECTED}


class Approvals:
    """Stores what waits and what was decided; each method is one transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def of(self, change_id: str) -> Approval | None:
        """What the change waits for, or waited for."""
        async with self._db.read() as connection:
            row = (
                await connection.execute(
                    sa.select(approval).where(approval.c.change_id == change_id)
                )
            ).one_or_none()
        if row is None:
            return None
        return Approval(row.needed, row.self_approval, row.asked_at, row.expires_at, row.remind_at)

    async def decisions(self, change_id: str) -> Sequence[Decision]:
        """Decisions that count, oldest first."""
        return await self._read(
            decision.c.change_id == change_id, decision.c.outcome == Weighed.COUNTED
        )

    async def agreed(self, change_id: str) -> tuple[str, ...]:
        """Names of those whose approvals count."""
        made = await self.decisions(change_id)
        names = dict.fromkeys(one.ckan_name for one in made if one.verdict is Verdict.APPROVE)
        return tuple(names)

    async def decision(self, decision_id: str) -> Decision | None:
        found = await self._read(decision.c.id == decision_id)
        return found[0] if found else None

    async def decide(
        self,
        change_id: str,
        person: Person,
        place: Place,
        verdict: Verdict,
        reason: str,
        now: datetime,
        also: Callable[[AsyncConnection, str], Awaitable[None]],
    ) -> str:
        """Note a decision on a waiting change, and answer its id; a second time it is the first.

        `also` runs in the same transaction with that id. "" when the change waits no more.
        """
        async with self._db.write() as connection:
            row = await _locked(connection, change_id)
            if row is None or row.state != State.PENDING:
                return ""
            person_id = await people.id_of(connection, person, now)
            known = await connection.scalar(
                sa.select(decision.c.id).where(
                    decision.c.change_id == change_id,
                    decision.c.person_id == person_id,
                    decision.c.verdict == verdict,
                    decision.c.outcome.is_distinct_from(REFUSED),
                )
            )
            if known is not None:
                return str(known)
            decision_id = new_id()
            await connection.execute(
                sa.insert(decision).values(
                    id=decision_id,
                    tenant=row.tenant,
                    change_id=change_id,
                    person_id=person_id,
                    team=place.team,
                    channel=place.channel,
                    verdict=verdict,
                    reason=reason,
                    at=now,
                    ckan_user_id="",
                    ckan_name="",
                    told="",
                )
            )
            await also(connection, decision_id)
        return decision_id

    async def refuse(
        self, decision_id: str, told: str, also: Callable[[AsyncConnection], Awaitable[None]]
    ) -> None:
        """The decision was not its person's to make; a new one may be."""
        async with self._db.write() as connection:
            refused = await connection.execute(
                sa.update(decision)
                .where(decision.c.id == decision_id, decision.c.outcome.is_(None))
                .values(outcome=Weighed.REFUSED, told=told)
            )
            if refused.rowcount:
                await also(connection)

    async def count(
        self, made: Decision, decider: Decider, now: datetime, also: Also
    ) -> State | None:
        """Let the decision count, and move the change where that is enough.

        Answers the state it came to, PENDING while more are needed, None when the change waited no
        more. Two people of Slack who are one in the catalogue count once.
        """
        async with self._db.write() as connection:
            row = await _locked(connection, made.change_id)
            if row is None or row.state != State.PENDING:
                return None
            counted = await connection.execute(
                sa.update(decision)
                .where(decision.c.id == made.id, decision.c.outcome.is_(None))
                .values(
                    outcome=Weighed.COUNTED,
                    ckan_user_id=decider.ckan_user_id,
                    ckan_name=decider.ckan_name,
                )
            )
            if not counted.rowcount:
                return State.PENDING
            await audit.record(
                connection,
                Event.CHANGE_DECIDED,
                at=now,
                tenant=row.tenant,
                catalogue=row.catalogue,
                change_id=made.change_id,
                person_id=await people.id_of(connection, made.person, now),
                detail={"verdict": made.verdict, "role": decider.role},
            )
            to = _ENDS.get(made.verdict) or await self._enough(connection, made.change_id)
            if to is not None:
                values: dict[str, Any] = {"state": to, "due_at": None, "reason": made.reason}
                await moves.make(connection, made.change_id, values, by=made.person, now=now)
            await also(connection, to)
            return to or State.PENDING

    async def _enough(self, connection: AsyncConnection, change_id: str) -> State | None:
        approved = await connection.scalar(
            sa.select(sa.func.count(sa.distinct(decision.c.ckan_user_id))).where(
                decision.c.change_id == change_id,
                decision.c.verdict == Verdict.APPROVE,
                decision.c.outcome == Weighed.COUNTED,
            )
        )
        needed = await connection.scalar(
            sa.select(approval.c.needed).where(approval.c.change_id == change_id)
        )
        return State.APPROVED if (approved or 0) >= (needed or 1) else None

    async def remind(
        self, change_id: str, also: Callable[[AsyncConnection], Awaitable[None]]
    ) -> None:
        """Give the reminder of a change that still waits, once."""
        async with self._db.write() as connection:
            row = await _locked(connection, change_id)
            if row is None or row.state != State.PENDING:
                return
            reminded = await connection.execute(
                sa.update(approval)
                .where(approval.c.change_id == change_id, approval.c.remind_at.is_not(None))
                .values(remind_at=None)
            )
            if reminded.rowcount:
                await also(connection)

    async def _read(self, *conditions: sa.ColumnElement[bool]) -> Sequence[Decision]:
        query = (
            sa.select(decision, person_table.c.user_id, person_table.c.tenant.label("own_tenant"))
            .join(person_table, person_table.c.id == decision.c.person_id)
            .where(*conditions)
            .order_by(decision.c.at, decision.c.id)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(
            Decision(
                id=row.id,
                change_id=row.change_id,
                person=Person(row.own_tenant, row.user_id),
                place=Place(row.team, row.channel),
                verdict=Verdict(row.verdict),
                reason=row.reason,
                at=row.at,
                outcome=None if row.outcome is None else Weighed(row.outcome),
                ckan_user_id=row.ckan_user_id,
                ckan_name=row.ckan_name,
                told=row.told,
            )
            for row in rows
        )


async def ask(
    connection: AsyncConnection, change_id: str, tenant: str, policy: Policy, now: datetime
) -> Approval:
    """Note what a change waits for from now on, as the policy stands."""
    asked = Approval(
        needed=policy.approvers,
        self_approval=policy.self_approval,
        asked_at=now,
        expires_at=now + policy.expires,
        remind_at=now + policy.reminds if policy.reminds else None,
    )
    await connection.execute(
        insert(connection, approval)
        .values(
            change_id=change_id,
            tenant=tenant,
            needed=asked.needed,
            self_approval=asked.self_approval,
            asked_at=asked.asked_at,
            expires_at=asked.expires_at,
            remind_at=asked.remind_at,
        )
        .on_conflict_do_nothing()
    )
    return asked


async def _locked(connection: AsyncConnection, change_id: str) -> Any:
    """The change's row, for which rivals queue; None when there is none."""
    return (
        await connection.execute(
            sa.select(change).where(change.c.id == change_id).with_for_update()
        )
    ).one_or_none()
