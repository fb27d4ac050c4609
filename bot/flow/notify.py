"""What people are told of a change on the bot's own account: rows of the one delivery table."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import State
from bot.flow.people import Clock
from bot.store.changes import StoredChange
from bot.store.db import Database
from bot.store.deliveries import Audience, AudienceKind, Deliveries, Delivery

OUTCOME = "outcome"
UNDONE = "undone"
PUT_BACK = "put back"


class Notify:
    """Decides who hears of an outcome."""

    def __init__(self, db: Database, deliveries: Deliveries, clock: Clock) -> None:
        self._db = db
        self._deliveries = deliveries
        self._clock = clock

    async def outcome(
        self, connection: AsyncConnection, change: StoredChange, state: State, *, public: bool
    ) -> None:
        """Tell of a public record where it was asked for, of any other its person alone."""
        if state is State.APPLIED and public and change.place.channel:
            audience = Audience(AudienceKind.CHANNEL, change.place.channel)
        else:
            audience = Audience(AudienceKind.USER, change.requester.user_id)
        await self._add(connection, change, change.id, audience, OUTCOME)
        if state is State.APPLIED and change.reverts:
            for told in await self._deliveries.told(connection, change.reverts, OUTCOME):
                await self._add(connection, change, change.reverts, told.audience, UNDONE)

    async def put_back(self, connection: AsyncConnection, change: StoredChange) -> None:
        """Tell the person that somebody else's save replaced what was applied."""
        audience = Audience(AudienceKind.USER, change.requester.user_id)
        await self._add(connection, change, change.id, audience, PUT_BACK)

    async def instead(self, closed: Delivery, user_id: str, why: str) -> None:
        """Tell the person what the channel cannot be told; `why` is Slack's code."""
        async with self._db.write() as connection:
            await self._deliveries.add(
                connection,
                tenant=closed.tenant,
                change_id=closed.change_id,
                audience=Audience(AudienceKind.USER, user_id),
                kind=closed.kind,
                payload={"instead_of": closed.audience.id, "why": why},
                now=self._clock(),
            )

    async def _add(
        self,
        connection: AsyncConnection,
        change: StoredChange,
        change_id: str,
        audience: Audience,
        kind: str,
    ) -> None:
        await self._deliveries.add(
            connection,
            tenant=change.requester.tenant,
            change_id=change_id,
            audience=audience,
            kind=kind,
            payload={},
            now=self._clock(),
        )
