"""What a change does, in a person's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from bot.answer import Go
from bot.change import State, Write, WriteKind
from bot.ckan.links import package_url, resource_url
from bot.ckan.moves import STATE, state_title
from bot.context import Reader
from bot.text import _

_ABOUT: Final[Mapping[WriteKind, str]] = MappingProxyType(
    {
        WriteKind.PATCH: _("You are about to change this"),
        WriteKind.CREATE_RESOURCE: _("You are about to add this resource"),
        WriteKind.DELETE_RESOURCE: _("You are about to delete this resource"),
        WriteKind.REORDER_RESOURCES: _("You are about to put the resources in another order"),
        WriteKind.CREATE_PACKAGE: _("You are about to create this record"),
        WriteKind.DELETE_PACKAGE: _("You are about to delete this record"),
    }
)
_DONE: Final[Mapping[WriteKind, str]] = MappingProxyType(
    {
        WriteKind.PATCH: _("Changed"),
        WriteKind.CREATE_RESOURCE: _("Resource added"),
        WriteKind.DELETE_RESOURCE: _("Resource deleted"),
        WriteKind.REORDER_RESOURCES: _("Resources put in another order"),
        WriteKind.CREATE_PACKAGE: _("Record created"),
        WriteKind.DELETE_PACKAGE: _("Record deleted"),
    }
)


_WISH: Final[Mapping[WriteKind, str]] = MappingProxyType(
    {
        WriteKind.PATCH: _("asks to change"),
        WriteKind.CREATE_RESOURCE: _("asks to add this resource"),
        WriteKind.DELETE_RESOURCE: _("asks to delete this resource"),
        WriteKind.REORDER_RESOURCES: _("asks to put the resources in another order in"),
        WriteKind.CREATE_PACKAGE: _("asks to create"),
        WriteKind.DELETE_PACKAGE: _("asks to delete"),
    }
)


def wish(writes: Sequence[Write], *, undoes: bool) -> str:
    """What somebody asks for, before the title of what it is about."""
    if undoes and not _deletes(writes):
        return _("asks to put this back")
    if wanted := _wanted_state(writes):
        return _("asks to move this to {state}").format(state=state_title(wanted))
    return _WISH[writes[0].kind]


def about(writes: Sequence[Write], *, undoes: bool) -> str:
    """What a preview says before the title of what it is about."""
    if undoes and not _deletes(writes):
        return _("You are about to put this back")
    return _ABOUT[writes[0].kind]


def done(writes: Sequence[Write], *, undoes: bool) -> str:
    """What an outcome says when it was applied."""
    if not writes or (undoes and not _deletes(writes)):
        return _("Put back as it was")
    if wanted := _wanted_state(writes):
        return _("Moved to {state}").format(state=state_title(wanted))
    return _DONE[writes[0].kind]


def _deletes(writes: Sequence[Write]) -> bool:
    """Whether something goes, also where that takes back that it was made."""
    return writes[0].kind in {WriteKind.DELETE_RESOURCE, WriteKind.DELETE_PACKAGE}


def steps_after(state: State, writes: Sequence[Write]) -> tuple[Go, ...]:
    """What people usually do next."""
    match state:
        case State.APPLIED:
            return tuple(
                Go(_("Add a resource"), "create-resource", write.package_id)
                for write in writes
                if write.kind is WriteKind.CREATE_PACKAGE
            )
        case State.REJECTED | State.EXPIRED | State.WITHDRAWN if wanted := _wanted_state(writes):
            about = writes[0].package_id
            return (
                Go(_("Edit the record"), "patch-package", about),
                Go(_("Ask again"), "set-state", about, wanted),
            )
    return ()


def _wanted_state(writes: Sequence[Write]) -> str:
    """The last state that a record there is moves to; "" where it stays in the one it has."""
    moves = [write for write in writes if write.kind is WriteKind.PATCH]
    edits = [edit for write in moves for edit in write.edits if edit.field == STATE]
    return str(edits[-1].after) if edits else ""


def last_copy(writes: Sequence[Write]) -> str:
    """The address of what will be gone for good, so that a copy can be kept; "" for nothing."""
    for write in writes:
        if write.file and write.file.replaces:
            return write.file.replaces
        if write.kind is WriteKind.DELETE_RESOURCE:
            for edit in write.edits:
                if edit.field == "url" and isinstance(edit.before, str):
                    return edit.before
    return ""


def page_of(reader: Reader, write: Write, *, applied: bool) -> str:
    """The catalogue's page of what a write is about: a resource's only while there is one.

    "" where the catalogue is no longer served.
    """
    if not reader.url:
        return ""
    if write.kind is (WriteKind.DELETE_PACKAGE if applied else WriteKind.CREATE_PACKAGE):
        return f"{reader.url}/dataset"
    gone = write.kind is (WriteKind.DELETE_RESOURCE if applied else WriteKind.CREATE_RESOURCE)
    if gone or not write.resource_id:
        return package_url(reader.url, write.package_id)
    return resource_url(reader.url, write.package_id, write.resource_id)
