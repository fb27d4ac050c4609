"""A record as it would be after some writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.change import Absent, Json, Write, WriteKind
from bot.ckan.models import Package


def package_after(package: Package, writes: Iterable[Write]) -> Package:
    """The record with the wanted values of `writes` in place; the stored one is not touched."""
    raw: dict[str, Json] = dict(package.raw)
    for write in writes:
        raw = _after(raw, write)
    return Package(raw)


def _after(raw: dict[str, Json], write: Write) -> dict[str, Json]:
    resources: list[Json] = [dict(resource.raw) for resource in Package(raw).resources]
    match write.kind:
        case WriteKind.PATCH if write.resource_id is None:
            return _edited(raw, write)
        case WriteKind.PATCH:
            resources = [
                _edited(row, write) if row.get("id") == write.resource_id else row
                for row in resources
                if isinstance(row, dict)
            ]
        case WriteKind.CREATE_RESOURCE:
            resources.append(_edited({"id": write.resource_id}, write))
        case WriteKind.DELETE_RESOURCE:
            resources = [
                row
                for row in resources
                if isinstance(row, dict) and row.get("id") != write.resource_id
            ]
        case WriteKind.REORDER_RESOURCES:
            return raw
        case WriteKind.CREATE_PACKAGE:
            return _edited(raw, write)
        case WriteKind.DELETE_PACKAGE:
            return raw | {"state": "deleted"}
    return raw | {"resources": resources}


def _edited(raw: Mapping[str, Json], write: Write) -> dict[str, Json]:
    edited = dict(raw)
    for edit in write.edits:
        if isinstance(edit.after, Absent):
            edited.pop(edit.field, None)
        else:
            edited[edit.field] = edit.after
    return edited
