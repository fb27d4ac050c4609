"""What a channel hears of the catalogue, as its people see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from bot.context import Heard
from bot.notices.rhythm import DAYS, Every
from bot.notices.wanted import ScopeKind
from bot.store.subscriptions import AWAKE, GONE, Subscription, Subscriptions
from bot.text import _


class Book:
    """The subscriptions of one channel; implements `bot.context.Subscribed`."""

    def __init__(self, subscriptions: Subscriptions, tenant: str, channel: str | None) -> None:
        self._subscriptions = subscriptions
        self._tenant = tenant
        self._channel = channel

    async def here(self) -> Sequence[Heard]:
        """All that the channel hears, oldest first."""
        if self._channel is None:
            return ()
        found = await self._subscriptions.of_channel(self._tenant, self._channel)
        return tuple(map(_heard, found))


def _heard(one: Subscription) -> Heard:
    return Heard(
        id=one.id,
        title=one.title,
        catalogue=one.catalogue,
        wants=one.wants,
        told=one.rhythm.told,
        by=one.person,
        restricted=one.restricted,
        words=_words(one),
        rests="" if one.rests == AWAKE else _RESTS.get(one.rests, _("the bot cannot post here")),
    )


def _words(one: Subscription) -> str:
    """What is typed to set it."""
    rhythm = one.rhythm
    named = f'"{one.about}"' if one.scope is ScopeKind.SEARCH else one.about
    words = [f"{one.scope}:{named}", one.wants]
    words += [] if one.branches else ["branches:no"]
    if rhythm.every is not Every.EVENT:
        words.append(f"digest:{rhythm.every} at:{rhythm.at:%H:%M}")
        words += [f"on:{DAYS[rhythm.weekday]}"] if rhythm.every is Every.WEEK else []
    words += [] if one.threads else ["threads:no"]
    words += [] if one.automated else ["automated:no"]
    words += ["restricted:yes"] if one.restricted else []
    return " ".join(filter(None, words))


_RESTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "is_archived": _("the channel was archived"),
        GONE: _("whoever allowed it may not do so any more"),
    }
)
