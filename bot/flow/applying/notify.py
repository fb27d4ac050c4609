"""What people are told of a change on the bot's own account: rows of the one delivery table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import Json, State
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
_NOTHING: Final[Mapping[str, Json]] = MappingProxyType({})


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
            channel = Audience(AudienceKind.CHANNEL, change.place.channel)
            tenant = change.requester.tenant
            await self._add(connection, tenant, change.id, channel, OUTCOME)
        else:
            await self._tell(connection, change, OUTCOME)
        await self.card(connection, change.id)
        if state is State.APPLIED and change.reverts:
            for told in await self._deliveries.told(connection, change.reverts, OUTCOME):
                await self._add(connection, told.tenant, change.reverts, told.audience, UNDONE)

    async def asked(
        self, connection: AsyncConnection, change_id: str, tenant: str, consent: Consent
    ) -> None:
        """Put the card of a waiting change before those who may decide."""
        for one in consent.connected:
            await self._add(connection, tenant, change_id, _direct(one.user_id), CARD)
        policy = consent.policy
        if policy.channel:
            channel = Audience(AudienceKind.CHANNEL, policy.channel)
            where = {"team": policy.team} if policy.team else {}
            await self._add(connection, tenant, change_id, channel, CARD, where)

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
            await self._add(
                connection, told.tenant, change.id, told.audience, REMINDER, told.payload
            )

    async def uncounted(self, connection: AsyncConnection, made: Decision) -> None:
        """Tell somebody who decided that it did not count, and why."""
        person = made.person
        await self._add(
            connection,
            person.tenant,
            made.change_id,
            _direct(person.user_id),
            UNCOUNTED,
            {"decision": made.id},
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
        payload = {"instead_of": closed.audience.id, "why": why}
        async with self._db.write() as connection:
            await self._add(
                connection,
                closed.tenant,
                closed.change_id,
                _direct(user_id),
                closed.kind,
                payload,
            )

    async def _tell(self, connection: AsyncConnection, change: StoredChange, kind: str) -> None:
        """Tell the one who asked, if the bot knows them in Slack."""
        who = change.requester
        if who.user_id:
            await self._add(connection, who.tenant, change.id, _direct(who.user_id), kind)

    async def _add(
        self,
        connection: AsyncConnection,
        tenant: str,
        change_id: str,
        audience: Audience,
        kind: str,
        payload: Mapping[str, Json] = _NOTHING,
    ) -> None:
        await self._deliveries.add(
            connection,
            tenant=tenant,
            change_id=change_id,
            audience=audience,
            kind=kind,
            payload=payload,
            now=self._clock(),
        )


def _direct(user_id: str) -> Audience:
    """The direct messages of a user."""
    return Audience(AudienceKind.USER, user_id)
