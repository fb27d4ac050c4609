"""Subscriptions that cannot be told any more: they rest, and their person hears of it once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.flow.people import Clock
from bot.store.db import Database
from bot.store.deliveries import Audience, AudienceKind, Deliveries
from bot.store.notices import RESTS
from bot.store.subscriptions import Subscription, Subscriptions


class Resting:
    """Puts subscriptions to rest."""

    def __init__(
        self,
        *,
        db: Database,
        subscriptions: Subscriptions,
        deliveries: Deliveries,
        wake: Callable[[], None],
        clock: Clock,
    ) -> None:
        self._db = db
        self._subscriptions = subscriptions
        self._deliveries = deliveries
        self._wake = wake
        self._clock = clock

    async def rest(self, subscriptions: Iterable[Subscription], why: str) -> None:
        """Tell these nothing until they are set again; `why` is Slack's code, or ours."""
        by_id = {one.id: one for one in subscriptions}
        async with self._db.write() as connection:
            now = self._clock()
            rested = await self._subscriptions.rest(connection, by_id, why, now)
            for one in {by_id[key].person: by_id[key] for key in rested}.values():
                await self._deliveries.add(
                    connection,
                    tenant=one.person.tenant,
                    change_id=None,
                    audience=Audience(AudienceKind.USER, one.person.user_id),
                    kind=RESTS,
                    payload={"team": one.team, "channel": one.channel, "why": why},
                    now=now,
                )
        self._wake()

    async def channel(self, tenant: str, channel: str, why: str) -> None:
        """Put all that a channel wants to rest."""
        await self.rest(await self._subscriptions.of_channel(tenant, channel), why)
