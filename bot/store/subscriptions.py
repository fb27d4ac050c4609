"""Who wants to hear what, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.context import Person
from bot.notices.rhythm import Every, Rhythm
from bot.notices.rules import Rule, Rules
from bot.notices.wanted import ScopeKind
from bot.store.db import Database
from bot.store.notice_tables import notice, subscription

AWAKE: Final = ""
"""What `rests` says of a subscription that is told what it wants."""
GONE: Final = "allowance_gone"
"""And of one whose person may not let the channel hear any more of what not everyone may see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a channel is to hear, and who said so.

    `about` is the id of what `title` names, or the words of a search; `wants` are the filters as
    they are typed. `rests` is Slack's or our own code for why nothing is told, "" where it is.
    """

    id: str
    person: Person
    team: str
    channel: str
    catalogue: str
    scope: ScopeKind
    about: str
    title: str
    branches: bool
    wants: str
    rhythm: Rhythm
    threads: bool
    automated: bool
    restricted: bool
    rests: str = AWAKE
    created_at: datetime
    due_at: datetime | None = None


class Subscriptions:
    """Stores subscriptions."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._rules = Rules(())
        self._revision: tuple[object, ...] = ()

    async def put(self, connection: AsyncConnection, one: Subscription, now: datetime) -> None:
        """Keep a subscription, in place of the one of that id."""
        same = subscription.c.id == one.id
        row = row_of(one, now)
        updated = await connection.execute(sa.update(subscription).where(same).values(row))
        if not updated.rowcount:
            await connection.execute(sa.insert(subscription).values(row))

    async def remove(self, connection: AsyncConnection, subscription_id: str) -> None:
        """Forget a subscription, and what it was still to be told."""
        await connection.execute(
            sa.delete(notice).where(notice.c.subscription_id == subscription_id)
        )
        await connection.execute(
            sa.delete(subscription).where(subscription.c.id == subscription_id)
        )

    async def of_channel(self, tenant: str, channel: str) -> tuple[Subscription, ...]:
        """The subscriptions of a channel, oldest first."""
        return await self._read(subscription.c.tenant == tenant, subscription.c.channel == channel)

    async def find(self, subscription_id: str) -> Subscription | None:
        """The subscription of that id."""
        found = await self._read(subscription.c.id == subscription_id)
        return found[0] if found else None

    async def of_delivery(self, delivery_id: int) -> tuple[Subscription, ...]:
        """The subscriptions that a message is for."""
        mine = sa.select(notice.c.subscription_id).where(notice.c.delivery_id == delivery_id)
        return await self._read(subscription.c.id.in_(mine))

    async def restricted(self) -> tuple[Subscription, ...]:
        """Those that want to hear what not everyone may see."""
        return await self._read(
            subscription.c.restricted.is_(sa.true()), subscription.c.rests == AWAKE
        )

    async def due(self, now: datetime) -> tuple[Subscription, ...]:
        """Those whose digest is due."""
        return await self._read(subscription.c.due_at <= now, subscription.c.rests == AWAKE)

    async def due_again(
        self, connection: AsyncConnection, one: Subscription, due_at: datetime | None
    ) -> bool:
        """Say when the next digest is due; False when somebody else took this one."""
        taken = await connection.execute(
            sa.update(subscription)
            .where(subscription.c.id == one.id, subscription.c.due_at == one.due_at)
            .values(due_at=due_at)
        )
        return bool(taken.rowcount)

    async def rest(
        self, connection: AsyncConnection, ids: Iterable[str], why: str, now: datetime
    ) -> list[str]:
        """Tell these nothing any more until they are set again; answers those that did not rest."""
        rested = await connection.execute(
            sa.update(subscription)
            .where(subscription.c.id.in_(list(ids)), subscription.c.rests == AWAKE)
            .values(rests=why, changed_at=now)
            .returning(subscription.c.id)
        )
        found = [str(one) for one in rested.scalars()]
        await connection.execute(
            sa.delete(notice).where(
                notice.c.subscription_id.in_(found), notice.c.delivery_id.is_(None)
            )
        )
        return found

    async def rules(self) -> Rules:
        """All that is wanted, ready to be asked; read again only when something was changed."""
        revision = sa.select(sa.func.count(), sa.func.max(subscription.c.changed_at))
        async with self._db.read() as connection:
            now = tuple((await connection.execute(revision)).one())
            if now != self._revision:
                awake = sa.select(subscription).where(subscription.c.rests == AWAKE)
                self._rules = Rules(map(_rule, await connection.execute(awake)))
                self._revision = now
        return self._rules

    async def _read(self, *conditions: sa.ColumnElement[bool]) -> tuple[Subscription, ...]:
        query = (
            sa.select(subscription)
            .where(*conditions)
            .order_by(subscription.c.created_at, subscription.c.id)
        )
        async with self._db.read() as connection:
            return tuple(map(_subscription, await connection.execute(query)))


def row_of(one: Subscription, now: datetime) -> dict[str, Any]:
    """The subscription as a row, changed now."""
    return {
        "id": one.id,
        "tenant": one.person.tenant,
        "user_id": one.person.user_id,
        "team": one.team,
        "channel": one.channel,
        "catalogue": one.catalogue,
        "scope": one.scope,
        "about": one.about,
        "title": one.title,
        "branches": one.branches,
        "wants": one.wants,
        "every": one.rhythm.every,
        "local_time": f"{one.rhythm.at:%H:%M}",
        "weekday": one.rhythm.weekday,
        "zone": one.rhythm.zone,
        "threads": one.threads,
        "automated": one.automated,
        "restricted": one.restricted,
        "rests": one.rests,
        "created_at": one.created_at,
        "changed_at": now,
        "due_at": one.rhythm.after(now),
    }


def rule(one: Subscription) -> Rule:
    """What a subscription wants."""
    return Rule(
        id=one.id,
        tenant=one.person.tenant,
        channel=one.channel,
        catalogue=one.catalogue,
        scope=one.scope,
        about=one.about,
        branches=one.branches,
        wants=one.wants,
        automated=one.automated,
        restricted=one.restricted,
        digest=one.rhythm.every is not Every.EVENT,
        since=one.created_at,
    )


def _rule(row: sa.Row[Any]) -> Rule:
    return rule(_subscription(row))


def _subscription(row: sa.Row[Any]) -> Subscription:
    return Subscription(
        id=row.id,
        person=Person(row.tenant, row.user_id),
        team=row.team,
        channel=row.channel,
        catalogue=row.catalogue,
        scope=ScopeKind(row.scope),
        about=row.about,
        title=row.title,
        branches=row.branches,
        wants=row.wants,
        rhythm=Rhythm(Every(row.every), time.fromisoformat(row.local_time), row.weekday, row.zone),
        threads=row.threads,
        automated=row.automated,
        restricted=row.restricted,
        rests=row.rests,
        created_at=row.created_at,
        due_at=row.due_at,
    )
