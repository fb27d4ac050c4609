"""The parts that tell teams what happens to records, put together for the composition root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr

from bot.ckan.transport import Site
from bot.context import Reader
from bot.faults import each
from bot.flow.applying.notify import Notify
from bot.flow.deciding.consent import Consents
from bot.flow.deciding.petitions import Petitions
from bot.flow.teams.resting import Resting
from bot.flow.teams.sights import Sights
from bot.flow.teams.subscribing import Subscribing
from bot.flow.teams.telling import Telling
from bot.flow.teams.told import Told
from bot.flow.teams.watch import Watch
from bot.flow.teams.witness import Witness
from bot.slack.channels import SlackChannels
from bot.slack.notices import NoticeSender
from bot.slack.workspaces import Workspaces
from bot.store.changes import Changes
from bot.store.db import Database
from bot.store.deliveries import Deliveries, Delivery, SendResult
from bot.store.events import Events
from bot.store.index import Index
from bot.store.keys import Keys
from bot.store.notices import Threads
from bot.store.snapshots import Snapshots
from bot.store.subscriptions import Subscriptions
from bot.store.watches import Watches


@dataclass(frozen=True, slots=True)
class Teams:
    """What the rest of the bot uses of it."""

    subscribing: Subscribing
    telling: Telling
    told: Told
    sender: NoticeSender
    watch: Watch

    async def round(self) -> None:
        """Look at what is due, and tell what is known."""
        await each(self.watch.round, self.telling.round)


def put_together(
    *,
    db: Database,
    keys: Keys,
    deliveries: Deliveries,
    subscriptions: Subscriptions,
    index: Index,
    subscribers: str,
    workspaces: Workspaces,
    sites: Callable[[str, SecretStr | None], Site],
    readers: Callable[[str, SecretStr | None], Reader],
    changes: Changes,
    consents: Consents,
    notify: Notify,
    witness: Witness,
    is_looking: Callable[[], bool],
    others: Callable[[Delivery], Awaitable[SendResult]],
    wake: Callable[[], None],
    clock: Callable[[], datetime],
) -> Teams:
    """The parts over these; `others` sends every message that is not theirs."""
    events = Events(db)

    def anyone(catalogue: str) -> Reader:
        return readers(catalogue, None)

    sights = Sights(keys=keys, sites=sites)
    channels = SlackChannels(workspaces)
    resting = Resting(
        db=db, subscriptions=subscriptions, deliveries=deliveries, wake=wake, clock=clock
    )
    told = Told(
        events=events,
        subscriptions=subscriptions,
        sights=sights,
        readers=anyone,
        channels=channels,
        resting=resting,
    )
    watch = Watch(
        subscriptions=subscriptions,
        watches=Watches(db),
        snapshots=Snapshots(db),
        sights=sights,
        witness=witness,
        resting=resting,
        readers=anyone,
        clock=clock,
    )
    petitions = Petitions(
        subscriptions=subscriptions,
        sights=sights,
        readers=readers,
        changes=changes,
        consents=consents,
        keys=keys,
        notify=notify,
        clock=clock,
    )
    return Teams(
        subscribing=Subscribing(
            db=db,
            subscriptions=subscriptions,
            events=events,
            index=index,
            sights=sights,
            channels=channels,
            subscribers=subscribers,
        ),
        telling=Telling(
            db=db,
            deliveries=deliveries,
            subscriptions=subscriptions,
            readers=anyone,
            follow=petitions.follow,
            is_looking=lambda: is_looking() or watch.is_looking,
            wake=wake,
            clock=clock,
        ),
        told=told,
        watch=watch,
        sender=NoticeSender(
            workspaces=workspaces,
            told=told,
            deliveries=deliveries,
            threads=Threads(db),
            resting=resting,
            others=others,
            clock=clock,
        ),
    )
