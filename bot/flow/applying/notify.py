"""What people are told of a change on the bot's own account: rows of the one delivery table."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import State
from bot.flow.deciding.consent import Consent
from bot.flow.people import Clock
from bot.store.approvals import Decision
from bot.store.changes import Changes, StoredChange
from bot.store.db import Database
from bot.store.deliveries import Audience, AudienceKind, Deliveries, Delivery

OUTCOME = "outcome"
UNDONE = "undone"
PUT_BACK = "put back"
CARD = "card"
REMINDER = "reminder"
UNHEARD = "unheard"
UNCOUNTED = "uncounted"
CARDS = frozenset({CARD, REMINDER, UNHEARD, UNCOUNTED})
"""What is told of a change that waits for approval."""


class Notify:
    """Decides who hears of an outcome."""

    def __init__(
        self, db: Database, changes: Changes, deliveries: Deliveries, clock: Clock
    ) -> None:
        self._db = db
        self._changes = changes
        self._deliveries = deliveries
        self._clock = clock

    async def outcome(
        self, connection: AsyncConnection, change: StoredChange, state: State, *, public: bool
    ) -> None:
        """Tell of a public record where it was asked for, of any other its person alone."""
        if state is State.APPLIED and public and change.place.channel:
            audience = Audience(AudienceKind.CHANNEL, change.place.channel)
            await self._add(connection, change, change.id, audience, OUTCOME)
        else:
            await self._tell(connection, change, OUTCOME)
        await self.card(connection, change.id)
        if state is State.APPLIED and change.reverts:
            for told in await self._deliveries.told(connection, change.reverts, OUTCOME):
                await self._add(connection, change, change.reverts, told.audience, UNDONE)

    async def asked(
        self, connection: AsyncConnection, change_id: str, tenant: str, consent: Consent
    ) -> None:
        """Put the card of a waiting change before those who may decide."""
        audiences = [(Audience(AudienceKind.USER, one.user_id), "") for one in consent.connected]
        if consent.policy.channel:
            channel = Audience(AudienceKind.CHANNEL, consent.policy.channel)
            audiences.append((channel, consent.policy.team))
        for audience, team in audiences:
            await self._deliveries.add(
                connection,
                tenant=tenant,
                change_id=change_id,
                audience=audience,
                kind=CARD,
                payload={"team": team} if team else {},
                now=self._clock(),
            )

    async def card(self, connection: AsyncConnection, change_id: str) -> None:
        """Draw the cards of a change anew, wherever they stand."""
        await self._deliveries.redo(connection, change_id, CARD)

    async def ended(self, connection: AsyncConnection, change: StoredChange) -> None:
        """Tell all concerned that what was asked waits no more."""
        await self._tell(connection, change, OUTCOME)
        await self.card(connection, change.id)

    async def remind(self, connection: AsyncConnection, change: StoredChange) -> None:
        """Remind those who may decide, where the card is."""
        for told in await self._deliveries.told(connection, change.id, CARD):
            await self._deliveries.add(
                connection,
                tenant=change.requester.tenant,
                change_id=change.id,
                audience=told.audience,
                kind=REMINDER,
                payload=told.payload,
                now=self._clock(),
            )

    async def uncounted(self, connection: AsyncConnection, made: Decision) -> None:
        """Tell somebody who decided that it did not count, and why."""
        await self._deliveries.add(
            connection,
            tenant=made.person.tenant,
            change_id=made.change_id,
            audience=Audience(AudienceKind.USER, made.person.user_id),
            kind=UNCOUNTED,
            payload={"decision": made.id},
            now=self._clock(),
        )

    async def unheard(self, closed: Delivery) -> None:
        """Tell the one who asked that a channel of approvers cannot be told."""
        change = await self._changes.get(closed.change_id)
        if change is None:
            return
        async with self._db.write() as connection:
            await self._tell(connection, change, UNHEARD)

    async def put_back(self, connection: AsyncConnection, change: StoredChange) -> None:
        """Tell the person that somebody else's save replaced what was applied."""
        await self._tell(connection, change, PUT_BACK)

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

    async def _tell(self, connection: AsyncConnection, change: StoredChange, kind: str) -> None:
        """Tell the one who asked, if the bot knows them in Slack."""
        if change.requester.user_id:
            audience = Audience(AudienceKind.USER, change.requester.user_id)
            await self._add(connection, change, change.id, audience, kind)

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
