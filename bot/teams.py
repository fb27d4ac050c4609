"""The parts that tell teams what happens to records, put together for the composition root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr

from bot.ckan.transport import Site
from bot.context import Reader
from bot.flow.resting import Resting
from bot.flow.sights import Sights
from bot.flow.subscribing import Subscribing
from bot.flow.telling import Telling
from bot.flow.told import Told
from bot.slack.channels import SlackChannels
from bot.slack.notices import NoticeSender
from bot.slack.workspaces import Workspaces
from bot.store.db import Database
from bot.store.deliveries import Deliveries, Delivery, SendResult
from bot.store.events import Events
from bot.store.keys import Keys
from bot.store.notices import Threads
from bot.store.subscriptions import Subscriptions


@dataclass(frozen=True, slots=True)
class Teams:
    """What the rest of the bot uses of it."""

    subscribing: Subscribing
    telling: Telling
    told: Told
    sender: NoticeSender


def put_together(
    *,
    db: Database,
    keys: Keys,
    deliveries: Deliveries,
    subscriptions: Subscriptions,
    workspaces: Workspaces,
    sites: Callable[[str, SecretStr | None], Site],
    readers: Callable[[str], Reader],
    is_looking: Callable[[], bool],
    others: Callable[[Delivery], Awaitable[SendResult]],
    wake: Callable[[], None],
    clock: Callable[[], datetime],
) -> Teams:
    """The parts over these; `others` sends every message that is not theirs."""
    events = Events(db)
    sights = Sights(keys=keys, sites=sites)
    channels = SlackChannels(workspaces)
    resting = Resting(
        db=db, subscriptions=subscriptions, deliveries=deliveries, wake=wake, clock=clock
    )
    told = Told(
        events=events,
        subscriptions=subscriptions,
        sights=sights,
        readers=readers,
        channels=channels,
        resting=resting,
    )
    return Teams(
        subscribing=Subscribing(
            db=db, subscriptions=subscriptions, events=events, sights=sights, channels=channels
        ),
        telling=Telling(
            db=db,
            deliveries=deliveries,
            subscriptions=subscriptions,
            readers=readers,
            is_looking=is_looking,
            wake=wake,
            clock=clock,
        ),
        told=told,
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
