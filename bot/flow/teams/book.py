"""What a channel hears of the catalogue, as its people see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from bot.context import Heard
from bot.notices.filters import AnyOf, Term, parsed, spoken
from bot.notices.rhythm import DAYS, Every
from bot.store.index import Index
from bot.store.subscriptions import AWAKE, GONE, Subscription, Subscriptions
from bot.text import _


class Book:
    """The subscriptions of one channel; implements `bot.context.Subscribed`."""

    def __init__(
        self, subscriptions: Subscriptions, index: Index, tenant: str, channel: str | None
    ) -> None:
        self._subscriptions = subscriptions
        self._index = index
        self._tenant = tenant
        self._channel = channel

    async def here(self) -> Sequence[Heard]:
        """All that the channel hears, oldest first."""
        if self._channel is None:
            return ()
        found = await self._subscriptions.of_channel(self._tenant, self._channel)
        names: dict[tuple[str, str], str] = {}
        for catalogue in {one.catalogue for one in found}:
            ids = [one.about for one in found if one.catalogue == catalogue]
            for key, name in (await self._index.names(catalogue, ids)).items():
                names[catalogue, key] = name
        return tuple(_heard(one, names.get((one.catalogue, one.about), one.about)) for one in found)


def _heard(one: Subscription, named: str) -> Heard:
    return Heard(
        id=one.id,
        title=one.title,
        catalogue=one.catalogue,
        wants=one.wants,
        told=one.rhythm.told,
        by=one.person,
        restricted=one.restricted,
        words=words_of(one, named),
        rests="" if one.rests == AWAKE else _RESTS.get(one.rests, _("the bot cannot post here")),
    )


def words_of(one: Subscription, named: str) -> str:
    """What is typed to set it, where what it is about is `named` so."""
    rhythm = one.rhythm
    # Else what is subscribed to, and how, would be a part of the first alternative.
    wants = f"({one.wants})" if isinstance(parsed(one.wants), AnyOf) else one.wants
    words = [spoken(Term(one.scope, (named,))), wants]
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
