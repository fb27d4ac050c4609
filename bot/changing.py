"""The parts that decide on changes and apply them, put together for the composition root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ckan.transport import Site
from bot.flow.applying.apply import Applying
from bot.flow.applying.notify import Notify
from bot.flow.applying.refused import Refusals
from bot.flow.applying.second_look import SecondLook
from bot.flow.applying.writer import Writers
from bot.flow.deciding.approve import Approving
from bot.flow.deciding.consent import Consents
from bot.flow.deciding.decide import Deciding
from bot.flow.deciding.deciders import Deciders
from bot.flow.deciding.waiting import Waiting
from bot.flow.editing.files import Files
from bot.flow.index.own_part import OwnParts
from bot.flow.operating import Operating
from bot.flow.people import People
from bot.flow.teams.witness import Witness
from bot.jobs.engine import APPLY, DECIDE, Engine, Work
from bot.store.approvals import Approvals
from bot.store.changes import Changes
from bot.store.db import Database
from bot.store.keys import Keys
from bot.store.second_looks import SecondLooks


@dataclass(frozen=True, slots=True)
class Changing:
    """What the rest of the bot uses of it."""

    engine: Engine
    deciding: Deciding
    approving: Approving
    waiting: Waiting
    second_look: SecondLook

    @property
    def rounds(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        """What looks at what is due."""
        return self.second_look.round, self.waiting.round


def put_together(
    *,
    db: Database,
    keys: Keys,
    changes: Changes,
    approvals: Approvals,
    consents: Consents,
    people: People,
    files: Files,
    sites: Callable[[str, SecretStr | None], Site],
    operating: Operating,
    notify: Notify,
    witness: Witness,
    own_parts: OwnParts,
    wake: Callable[[], None],
    sweep: Callable[[], Awaitable[None]],
    clock: Callable[[], datetime],
) -> Changing:
    """The parts over these; the engine calls `sweep`, which calls the `rounds` of all."""
    deciders = Deciders(keys, sites, clock)
    applying = Applying(
        changes=changes,
        files=files,
        writers=Writers(
            keys=keys,
            approvals=approvals,
            deciders=deciders,
            operations=operating.of,
            sites=sites,
            clock=clock,
        ),
        consents=consents,
        refusals=Refusals(people),
        operations=operating.of,
        notify=notify,
        witness=witness,
        wake=wake,
        learn=own_parts.learn,
        clock=clock,
    )

    async def apply(connection: AsyncConnection, change_id: str) -> None:
        await engine.enqueue(connection, APPLY, change_id)

    async def weigh(connection: AsyncConnection, decision_id: str) -> None:
        await engine.enqueue(connection, DECIDE, decision_id)

    approving = Approving(
        changes=changes,
        approvals=approvals,
        keys=keys,
        deciders=deciders,
        operations=operating.of,
        notify=notify,
        apply=apply,
        weigh=weigh,
        wake=wake,
        clock=clock,
    )
    works = {
        APPLY: Work(applying, applying.gave_up, held=operating.held),
        DECIDE: Work(approving, approving.gave_up),
    }
    engine = Engine(db, works=works, sweep=sweep)
    return Changing(
        engine=engine,
        deciding=Deciding(
            changes=changes,
            operations=operating.of,
            consents=consents,
            notify=notify,
            apply=apply,
            wake=wake,
            clock=clock,
        ),
        approving=approving,
        waiting=Waiting(
            changes=changes, approvals=approvals, notify=notify, wake=wake, clock=clock
        ),
        second_look=SecondLook(
            changes=changes,
            looks=SecondLooks(db),
            keys=keys,
            sites=sites,
            notify=notify,
            wake=wake,
            clock=clock,
        ),
    )
