"""The stored changes as handlers read them."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import override

from bot.change import State
from bot.ckan.models import Rights
from bot.context import Ledger, Past, Person
from bot.errors import GoneError
from bot.store.approvals import Approvals
from bot.store.changes import UNTOLD, Changes, StoredChange
from bot.text import _

SHOWN = 20


class ChangeLedger(Ledger):
    """Changes of one catalogue in the person's own tenant."""

    def __init__(
        self, changes: Changes, approvals: Approvals, person: Person, catalogue: str
    ) -> None:
        self._changes = changes
        self._approvals = approvals
        self._person = person
        self._catalogue = catalogue

    @override
    async def pending(self) -> Sequence[Past]:
        rows = await self._changes.pending_of(self._person)
        return [await self._past(row) for row in rows if row.catalogue == self._catalogue][:SHOWN]

    @override
    async def to_decide(self, rights: Rights) -> Sequence[Past]:
        rows = await self._changes.to_decide(self._person, self._catalogue)
        mine = [row for row in rows if rights.may_approve(row.facts.organization_id)]
        return [await self._past(row) for row in mine][:SHOWN]

    @override
    async def recent(self, most: int) -> Sequence[Past]:
        rows = await self._changes.ended_of(self._person, self._catalogue, limit=most)
        return [await self._past(row) for row in rows]

    @override
    async def asked_in(self, channel: str) -> Sequence[Past]:
        tenant = self._person.tenant
        rows = await self._changes.asked_in(tenant, self._catalogue, channel)
        return [await self._past(row) for row in rows][:SHOWN]

    @override
    async def history(self, *, package_id: str, resource_id: str | None) -> Sequence[Past]:
        rows = await self._changes.history_of(
            tenant=self._person.tenant,
            catalogue=self._catalogue,
            package_id=package_id,
            resource_id=resource_id,
            limit=SHOWN,
        )
        return [await self._past(row) for row in rows]

    @override
    async def change(self, change_id: str) -> Past:
        row = await self._changes.get(change_id)
        if (
            row is None
            or row.requester.tenant != self._person.tenant
            or row.catalogue != self._catalogue
            or (row.state in UNTOLD and row.requester != self._person)
        ):
            raise GoneError(
                _("There is no change with that id here. /bcdc history and a record shows its own.")
            )
        return await self._past(row)

    async def _past(self, row: StoredChange) -> Past:
        undo = await self._changes.reverting(row.id)
        return Past(
            id=row.id,
            title=_called(row),
            state=row.state,
            person=row.requester,
            at=row.updated_at,
            writes=tuple(stored.write for stored in row.writes),
            reason=row.reason,
            undone=undo is not None,
            undoes=row.reverts is not None,
            saved=tuple(one.settled_at for one in row.writes if one.settled_at),
            agreed=await self._approvals.agreed(row.id),
            asked_of=tuple(admin.name for admin in row.facts.admins),
            public=row.facts.public,
        )


def _called(row: StoredChange) -> str:
    """Its title; of a record that is not there yet the one typed so far."""
    typed = row.typed.get("title") if row.state is State.DRAFT else None
    return str(typed or row.title)
