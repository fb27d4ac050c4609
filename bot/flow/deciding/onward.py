"""Changes that follow from others: what is asked of the admins next, and what goes back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import Facts, FieldEdit, Json, State, Write, WriteKind
from bot.ckan.moves import ASKED, STATE
from bot.context import Person, Place
from bot.flow.applying.notify import Notify
from bot.flow.deciding.consent import Consent
from bot.store import approvals, moves, writes
from bot.store.changes import Changes
from bot.store.stored import Origin, StoredChange, columns_of
from bot.text import _

BACK: Final[Mapping[str, str]] = MappingProxyType({ASKED: "DRAFT", "PENDING ARCHIVE": "PUBLISHED"})
"""By the state in which something is asked, the one that the record was in before."""

Enqueue = Callable[[AsyncConnection, str], Awaitable[None]]
"""Queues durable work for what has that id, within the transaction given."""


def state_edit(change: StoredChange) -> FieldEdit | None:
    """The last move in the workflow that a change makes."""
    edits = [edit for row in change.writes for edit in row.write.edits if edit.field == STATE]
    return edits[-1] if edits else None


async def ask_onward(
    connection: AsyncConnection,
    change: StoredChange,
    consent: Consent,
    notify: Notify,
    now: datetime,
) -> None:
    """Ask the admins for the state that the applied change leads to."""
    made = state_edit(change)
    if made is None:
        return
    edit = replace(made, before=made.after, after=change.facts.asks)
    consent = replace(consent, facts=replace(change.facts, asks="", reserved=True))
    write = _move(change, edit)
    origin = origin_of(change.requester, change.place, change.catalogue, write)
    await ask_for(connection, origin, write, consent, change.warnings, notify, now)


async def ask_for(
    connection: AsyncConnection,
    origin: Origin,
    write: Write,
    consent: Consent,
    warnings: Sequence[str],
    notify: Notify,
    now: datetime,
) -> None:
    """Begin a change that waits for the admins: a move, which whoever decides is to heed."""
    about = consent.facts, warnings
    change_id = await _begin(connection, origin, write, State.PENDING, about, now)
    await ask(connection, change_id, origin.person.tenant, consent, notify, now)


async def ask(
    connection: AsyncConnection,
    change_id: str,
    tenant: str,
    consent: Consent,
    notify: Notify,
    now: datetime,
) -> None:
    """Let the change wait for what the policy demands, and tell those who may decide."""
    asked = await approvals.ask(connection, change_id, tenant, consent.policy, now)
    await moves.wait_until(connection, change_id, asked.due_at)
    await notify.asked(connection, change_id, tenant, consent)


async def send_back(
    connection: AsyncConnection,
    asked: StoredChange,
    by: Person,
    place: Place,
    now: datetime,
    apply: Enqueue,
) -> None:
    """Queue the move back with the decider's key; nothing where no state was asked for."""
    made = state_edit(asked)
    if made is None or str(made.before) not in BACK:
        return
    write = _move(asked, replace(made, after=BACK[str(made.before)]))
    origin = origin_of(by, place, asked.catalogue, write)
    about = Facts(), ()
    await apply(connection, await _begin(connection, origin, write, State.APPROVED, about, now))


async def withdraw(
    changes: Changes,
    notify: Notify,
    where: tuple[str, str],
    is_settled: Callable[[StoredChange, FieldEdit], bool],
    now: datetime,
) -> None:
    """End the requests to move a record, by its catalogue and id, that need no decision any more.

    `is_settled` tells it of a request and the move that it asks for.
    """
    for other in await changes.waiting_on(*where):
        wanted = state_edit(other)
        if wanted and is_settled(other, wanted):
            await changes.move(
                other.id,
                State.WITHDRAWN,
                reason=_("The record was moved to another state meanwhile."),
                now=now,
                also=partial(notify.ended, change=other),
            )


def origin_of(by: Person, place: Place, catalogue: str, write: Write) -> Origin:
    """Where a move of a record comes from: as if that person had typed it there."""
    states: list[Json] = [str(edit.after) for edit in write.edits]
    return Origin(by, place, catalogue, "set-state", {"package": write.package_id, "state": states})


def _move(change: StoredChange, edit: FieldEdit) -> Write:
    about = change.writes[0].write
    return Write(WriteKind.PATCH, about.package_id, None, about.title, (edit,))


async def _begin(
    connection: AsyncConnection,
    origin: Origin,
    write: Write,
    state: State,
    about: tuple[Facts, Sequence[str]],
    now: datetime,
) -> str:
    """Begin a change about which these facts are known, and this is to be heeded."""
    facts, warnings = about
    row = {
        **columns_of(origin),
        "state": state,
        "title": write.title,
        "package_id": write.package_id,
        "seen": {},
        "typed": {},
        "facts": facts.kept(),
        "warnings": list(warnings),
    }
    change_id = await moves.create(connection, origin.person, now, row)
    await writes.replace(connection, change_id, origin.person.tenant, (write,))
    return change_id
