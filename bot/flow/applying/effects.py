"""Every kind of write: how it is sent, and how its effect is recognised afterwards.

Nothing here decides anything: `apply.py` looks, compares and sends, for every kind in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType
from typing import Final, Protocol

from typing_extensions import override

from bot.change import ORDER, Absent, Json, Value, Write, WriteKind, same
from bot.ckan.actions import (
    package_create,
    package_delete,
    package_resource_reorder,
    package_revise,
    package_show,
)
from bot.ckan.faults import NotFound
from bot.ckan.keywords import TAG_STRING, TAGS, joined, names
from bot.ckan.models import Package, Resource
from bot.ckan.revise import patch_arguments
from bot.ckan.schema import Field
from bot.ckan.transport import Site
from bot.ckan.upload import Upload
from bot.text import _


class Stands(Enum):
    """How a record stands to a write."""

    DONE = auto()
    AS_SEEN = auto()
    MOVED = auto()


class Effect(Protocol):
    """One kind of write."""

    def stands(self, package: Package | None, write: Write) -> Stands:
        """How the record, None when there is none, stands to the write."""
        ...

    async def send(
        self, site: Site, package: Package | None, write: Write, upload: Upload | None
    ) -> Package:
        """Make the write on the record as it was just read, and answer the record after it."""
        ...


async def record_of(site: Site, write: Write) -> Package | None:
    """The record a write is about, a deleted one too; None when there is none."""
    try:
        return await package_show(site, write.package_id)
    except NotFound:
        return None


class _Patch(Effect):
    """Recognised by the values, and a file by its size and by the time it was put there."""

    @override
    def stands(self, package: Package | None, write: Write) -> Stands:
        if package is None:
            return Stands.MOVED
        target = package.resource(write.resource_id) if write.resource_id else package
        if target is None or (package.deleted and not _revives(write)):
            return Stands.MOVED
        file = _file_of(target, write)
        for alike in (_same, _but_for_case):
            if file in {None, Stands.DONE} and all(
                alike(edit.field, target.value(edit.field), edit.after) for edit in write.edits
            ):
                return Stands.DONE
            if file in {None, Stands.AS_SEEN} and all(
                alike(edit.field, target.value(edit.field), edit.before) for edit in write.edits
            ):
                return Stands.AS_SEEN
        return Stands.MOVED

    @override
    async def send(
        self, site: Site, package: Package | None, write: Write, upload: Upload | None
    ) -> Package:
        part = f"update__resources__{write.resource_id}__upload"
        files = {part: upload} if upload else None
        return await package_revise(site, patch_arguments(_there(package), write), files=files)


class _CreateResource(Effect):
    """Recognised by the id that the bot chose."""

    @override
    def stands(self, package: Package | None, write: Write) -> Stands:
        if package is None or package.deleted:
            return Stands.MOVED
        return Stands.DONE if package.resource(str(write.resource_id)) else Stands.AS_SEEN

    @override
    async def send(
        self, site: Site, package: Package | None, write: Write, upload: Upload | None
    ) -> Package:
        resource = _wanted(write) | {"id": write.resource_id}
        arguments = _match(_there(package)) | {"update__resources__extend": [resource]}
        files = {"update__resources__-1__upload": upload} if upload else None
        return await package_revise(site, arguments, files=files)


class _DeleteResource(Effect):
    """Recognised by absence."""

    @override
    def stands(self, package: Package | None, write: Write) -> Stands:
        resource = package.resource(str(write.resource_id)) if package else None
        if resource is None:
            return Stands.DONE
        as_seen = all(same(resource.value(edit.field), edit.before) for edit in write.edits)
        return Stands.AS_SEEN if as_seen else Stands.MOVED

    @override
    async def send(
        self, site: Site, package: Package | None, write: Write, upload: Upload | None
    ) -> Package:
        arguments = _match(_there(package)) | {"filter": [f"-resources__{write.resource_id}"]}
        return await package_revise(site, arguments)


class _ReorderResources(Effect):
    """Recognised by the order."""

    @override
    def stands(self, package: Package | None, write: Write) -> Stands:
        if package is None or package.deleted:
            return Stands.MOVED
        order: list[Json] = [resource.id for resource in package.resources]
        edit = next(edit for edit in write.edits if edit.field == ORDER)
        if order == edit.after:
            return Stands.DONE
        return Stands.AS_SEEN if order == edit.before else Stands.MOVED

    @override
    async def send(
        self, site: Site, package: Package | None, write: Write, upload: Upload | None
    ) -> Package:
        await package_resource_reorder(site, write.package_id, _wanted(write)[ORDER])
        return await package_show(site, write.package_id)


class _CreatePackage(Effect):
    """Recognised by its name and title: `package_id` is the name, since CKAN takes no id."""

    @override
    def stands(self, package: Package | None, write: Write) -> Stands:
        if package is None or package.deleted:
            return Stands.AS_SEEN
        wanted = _wanted(write)
        mine = package.title == wanted.get("title") and package.owner_org == wanted.get("owner_org")
        return Stands.DONE if mine else Stands.MOVED

    @override
    async def send(
        self, site: Site, package: Package | None, write: Write, upload: Upload | None
    ) -> Package:
        body = _wanted(write) | {"name": write.package_id}
        # The schema's own field for keywords; it only adds, and here there are none to add to.
        body[TAG_STRING] = joined(names(body.pop(TAGS, None)))
        return await package_create(site, {key: value for key, value in body.items() if value})


class _DeletePackage(Effect):
    """Recognised by its life, which CKAN calls `state`."""

    @override
    def stands(self, package: Package | None, write: Write) -> Stands:
        if package is None or package.deleted:
            return Stands.DONE
        # Resources go with their record, whatever became of those that it was made with.
        seen = (edit for edit in write.edits if edit.field != ORDER)
        as_seen = all(same(package.value(edit.field), edit.before) for edit in seen)
        return Stands.AS_SEEN if as_seen else Stands.MOVED

    @override
    async def send(
        self, site: Site, package: Package | None, write: Write, upload: Upload | None
    ) -> Package:
        await package_delete(site, write.package_id)
        return Package({**_there(package).raw, "state": "deleted"})


EFFECTS: Final[Mapping[WriteKind, Effect]] = MappingProxyType(
    {
        WriteKind.PATCH: _Patch(),
        WriteKind.CREATE_RESOURCE: _CreateResource(),
        WriteKind.DELETE_RESOURCE: _DeleteResource(),
        WriteKind.REORDER_RESOURCES: _ReorderResources(),
        WriteKind.CREATE_PACKAGE: _CreatePackage(),
        WriteKind.DELETE_PACKAGE: _DeletePackage(),
    }
)


def moved(package: Package | None, write: Write, *, doubt: bool = False) -> str:
    """What somebody else did to the record; after a write that may have been made, that too."""
    target = package.resource(write.resource_id) if package and write.resource_id else package
    if write.kind is WriteKind.REORDER_RESOURCES and package and not package.deleted:
        return _("Somebody added, removed or moved resources meanwhile.")
    if target is None or package is None or package.deleted:
        return _("“{title}” was deleted meanwhile, so nothing was changed.").format(
            title=write.title
        )
    if write.kind is WriteKind.CREATE_PACKAGE:
        return _("Another record is called “{name}” now, so nothing was changed.").format(
            name=write.package_id
        )
    now = [
        _("{label} is now: {value}").format(
            label=edit.label,
            value=Field(edit.field, edit.label).describe(target.value(edit.field)) or _("empty"),
        )
        for edit in write.edits
        if edit.label and not same(target.value(edit.field), edit.before)
    ]
    what = _("Somebody changed this meanwhile, so nothing was changed.")
    if doubt:
        what = _(
            "Somebody changed “{title}” at the same moment. What you asked for may have been saved "
            "and then replaced: look at it before you try again."
        ).format(title=write.title)
    return "\n".join([what, *now])


def _same(_field: str, stored: Value, wanted: Value) -> bool:
    return same(stored, wanted)


def _but_for_case(field: str, stored: Value, wanted: Value) -> bool:
    """The same, or a format that CKAN itself has put into capitals."""
    if field == "format" and isinstance(stored, str) and isinstance(wanted, str):
        return stored.casefold() == wanted.casefold()
    return same(stored, wanted)


def _file_of(target: Package | Resource, write: Write) -> Stands | None:
    """How the resource's file stands to the write; None where no file is wanted."""
    if write.file is None or not isinstance(target, Resource):
        return None
    if target.text("last_modified") == write.file.seen:
        return Stands.AS_SEEN
    mine = target.is_upload and target.raw.get("size") == write.file.size
    return Stands.DONE if mine else Stands.MOVED


def _wanted(write: Write) -> dict[str, Json]:
    return {edit.field: edit.after for edit in write.edits if not isinstance(edit.after, Absent)}


def _match(package: Package) -> dict[str, Json]:
    return {"match": {"id": package.id, "metadata_modified": package.metadata_modified}}


def _revives(write: Write) -> bool:
    return any(edit.field == "state" for edit in write.edits)


def _there(package: Package | None) -> Package:
    if package is None:
        raise LookupError("a write that needs its record was sent without one")
    return package
