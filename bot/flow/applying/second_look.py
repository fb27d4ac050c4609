"""Some saves are undone by somebody else's a moment later, and nobody is told: so look again.

A `package_patch` of another client that waited for ours puts the old title, name, description,
licence or owner back, and the catalogue calls both a success (docs/catalogue.md, "Saving with
package_revise").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final

from pydantic import SecretStr

from bot.change import FieldEdit, State, Write, WriteKind, same
from bot.ckan.actions import package_show
from bot.ckan.faults import CKANAPIError, NotAuthorized, NotFound
from bot.ckan.transport import Site
from bot.faults import OneByOne
from bot.flow.applying.notify import Notify
from bot.flow.people import Clock
from bot.store.changes import Changes, StoredChange
from bot.store.keys import Keys
from bot.store.second_looks import SecondLooks
from bot.text import _

AFTER: Final = timedelta(seconds=30)
"""A save takes seconds, on a large record tens of seconds."""
AGAIN: Final = timedelta(minutes=2)
"""Until the next look where the catalogue does not answer."""
PATIENCE: Final = timedelta(hours=1)

_FRAGILE: Final = frozenset({"title", "name", "notes", "license_id", "owner_org"})


def is_fragile(writes: Iterable[Write]) -> bool:
    """Whether somebody else's save may put back what these writes changed."""
    return any(_fragile(write) for write in writes)


class SecondLook:
    """Looks at applied changes again, and tells their person what was put back."""

    def __init__(
        self,
        *,
        changes: Changes,
        looks: SecondLooks,
        keys: Keys,
        sites: Callable[[str, SecretStr | None], Site],
        notify: Notify,
        wake: Callable[[], None],
        clock: Clock,
    ) -> None:
        self._changes = changes
        self._looks = looks
        self._keys = keys
        self._sites = sites
        self._notify = notify
        self._wake = wake
        self._clock = clock
        self._one_by_one = OneByOne(clock)

    async def round(self) -> None:
        """Look at what is due."""
        due = await self._looks.due(self._clock())
        await self._one_by_one.do(due, self._look, str)

    async def _look(self, change_id: str) -> None:
        now = self._clock()
        change = await self._changes.get(change_id)
        if change is None or change.state is not State.APPLIED:
            return
        late = now > change.updated_at + PATIENCE
        if not await self._looks.take(change_id, now, None if late else now + AGAIN):
            return
        binding = await self._keys.get(change.requester, change.catalogue)
        if binding is None or await self._changes.reverting(change_id):
            await self._looks.settle(change_id, "")
            return
        try:
            back = await _put_back(self._sites(change.catalogue, binding.secret), change)
        except (NotFound, NotAuthorized):
            back = []
        except CKANAPIError:
            return  # due again
        if not back:
            await self._looks.settle(change_id, "")
            return
        await self._looks.settle(
            change_id,
            _told(back),
            lambda connection: self._notify.put_back(connection, change),
        )
        self._wake()


async def _put_back(site: Site, change: StoredChange) -> list[FieldEdit]:
    back: list[FieldEdit] = []
    for write in (stored.write for stored in change.writes):
        if edits := _fragile(write):
            package = await package_show(site, write.package_id)
            back += [
                edit
                for edit in edits
                if same(now := package.value(edit.field), edit.before) and not same(now, edit.after)
            ]
    return back


def _fragile(write: Write) -> list[FieldEdit]:
    if write.kind is not WriteKind.PATCH or write.resource_id is not None:
        return []
    return [edit for edit in write.edits if edit.field in _FRAGILE]


def _told(back: Iterable[FieldEdit]) -> str:
    return _(
        "Somebody else's save put back what you changed: {fields}. The catalogue does so by "
        "mistake when two people save at the same moment. Save it again, unless it was meant."
    ).format(fields=", ".join(edit.label for edit in back))
