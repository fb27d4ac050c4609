"""The audit in rows for a file, without what its reader may not see."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Final

from typing_extensions import override

from bot.change import Absent, FieldEdit, Json, State, Write
from bot.ckan.models import Rights
from bot.ckan.visibility import as_told
from bot.context import Person, Reader
from bot.store.trail import Trace, Trails
from bot.text import _
from bot.trail import Span, Trail

EVERYTHING: Final = Rights(sysadmin=True)
"""What an operator at the machine itself sees."""


class AuditTrail(Trail):
    """The audit of a person's tenant, seen with that person's rights in one catalogue."""

    def __init__(self, trails: Trails, person: Person, reader: Reader, now: datetime) -> None:
        self._trails = trails
        self._person = person
        self._reader = reader
        self._now = now

    @override
    async def rows(self, span: Span) -> AsyncIterator[Sequence[Json]]:
        rights, catalogue = await self._reader.rights(), self._reader.catalogue
        await self._trails.note(self._person, catalogue, span, self._now)
        async for trace in self._trails.read(self._person.tenant, span):
            yield row_of(trace, rights if trace.catalogue == catalogue else Rights())


def row_of(trace: Trace, rights: Rights) -> Sequence[Json]:
    """The cells of an entry, as `bot.trail.TRAIL` names them, for somebody with these rights.

    Values of what is not public are there for those who may edit it, and contacts that are not
    displayed as well.
    """
    own = rights.sysadmin or rights.may_edit(trace.facts.organization_id)
    seen = own or trace.facts.public
    # Why something was not saved may quote a contact that is not displayed.
    why = own or (seen and trace.to_state not in _MAY_QUOTE) or not trace.change_id
    before, after = _sides(trace.writes, own=own) if seen else ({}, {})
    detail = {name: value for name, value in trace.detail.items() if name not in _TOLD}
    result = trace.detail.get("outcome") or trace.detail.get("verdict") or ""
    rights_then = trace.detail.get("role") or (trace.facts.role if trace.writes else "")
    return (
        trace.at.isoformat(timespec="seconds"),
        trace.event,
        trace.catalogue,
        trace.change_id,
        ", ".join(dict.fromkeys(write.package_id for write in trace.writes)),
        ", ".join(dict.fromkeys(one.resource_id for one in trace.writes if one.resource_id)),
        trace.title if seen else "",
        _name(trace.asked_by, ""),
        _name(trace.by, _("the bot")),
        rights_then,
        trace.from_state or "",
        trace.to_state or "",
        before or "",
        after or "",
        result,
        trace.reason if why else "",
        detail or "",
    )


_MAY_QUOTE: Final = frozenset({State.FAILED, State.STALE})
_TOLD = frozenset({"outcome", "verdict", "role", "write"})


def _name(person: Person | None, nobody: str) -> str:
    if person is None:
        return nobody
    return person.user_id or _("erased person")


def _sides(writes: Sequence[Write], *, own: bool) -> tuple[dict[str, Json], dict[str, Json]]:
    """The values before and after by field; of several writes by their order and object."""
    sides = [_values(write, own=own) for write in writes]
    if len(sides) == 1:
        return sides[0]
    names = [
        f"{number} {write.kind} {write.resource_id or write.package_id}"
        for number, write in enumerate(writes, 1)
    ]
    return (
        {name: before for name, (before, _after) in zip(names, sides, strict=True)},
        {name: after for name, (_before, after) in zip(names, sides, strict=True)},
    )


def _values(write: Write, *, own: bool) -> tuple[dict[str, Json], dict[str, Json]]:
    edits: Iterable[FieldEdit] = write.edits if own else map(as_told, write.edits)
    before: dict[str, Json] = {}
    after: dict[str, Json] = {}
    for edit in edits:
        if not isinstance(edit.before, Absent):
            before[edit.field] = edit.before
        if not isinstance(edit.after, Absent):
            after[edit.field] = edit.after
    if write.file:
        before["upload"], after["upload"] = write.file.replaces, write.file.name
    return before, after
