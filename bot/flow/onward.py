"""Changes that follow from others: what is asked of the admins next, and what goes back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import Facts, FieldEdit, Json, State, Write, WriteKind
from bot.ckan.moves import ASKED, STATE
from bot.context import Person, Place
from bot.flow.consent import Consent
from bot.flow.notify import Notify
from bot.store import approvals, moves, writes
from bot.store.stored import Origin, StoredChange, columns_of

BACK: Final[Mapping[str, str]] = MappingProxyType({ASKED: "DRAFT", "PENDING ARCHIVE": "PUBLISHED"})
"""By the state in which something is asked, the one that the record was in before."""

Enqueue = Callable[[AsyncConnection, str], Awaitable[None]]


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
    facts = replace(change.facts, asks="", reserved=True)
    change_id = await _follow(
        connection,
        change,
        replace(made, before=made.after, after=change.facts.asks),
        by=change.requester,
        place=change.place,
        state=State.PENDING,
        facts=facts,
        now=now,
    )
    await _ask(connection, change_id, change.requester.tenant, consent, notify, now)


async def ask(
    connection: AsyncConnection,
    change: StoredChange,
    consent: Consent,
    notify: Notify,
    now: datetime,
) -> None:
    """Let the change wait for what the policy demands, and tell those who may decide."""
    await _ask(connection, change.id, change.requester.tenant, consent, notify, now)


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
    back = replace(made, after=BACK[str(made.before)])
    change_id = await _follow(
        connection, asked, back, by=by, place=place, state=State.APPROVED, facts=Facts(), now=now
    )
    await apply(connection, change_id)


async def _ask(
    connection: AsyncConnection,
    change_id: str,
    tenant: str,
    consent: Consent,
    notify: Notify,
    now: datetime,
) -> None:
    asked = await approvals.ask(connection, change_id, tenant, consent.policy, now)
    await moves.wait_until(connection, change_id, asked.due_at)
    await notify.asked(connection, change_id, tenant, consent)


async def _follow(
    connection: AsyncConnection,
    change: StoredChange,
    edit: FieldEdit,
    *,
    by: Person,
    place: Place,
    state: State,
    facts: Facts,
    now: datetime,
) -> str:
    about = change.writes[0].write
    args: dict[str, Json] = {"package": about.package_id, "state": [str(edit.after)]}
    row = {
        **columns_of(Origin(by, place, change.catalogue, "set-state", args)),
        "state": state,
        "title": change.title,
        "package_id": about.package_id,
        "seen": {},
        "typed": {},
        "facts": facts.kept(),
        # Whoever decides is to heed them too.
        "warnings": list(change.warnings) if state is State.PENDING else [],
    }
    change_id = await moves.create(connection, by, now, row)
    write = Write(WriteKind.PATCH, about.package_id, None, about.title, (edit,))
    await writes.replace(connection, change_id, by.tenant, (write,))
    return change_id
