"""A record as it would be after some writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.change import Absent, Json, Write
from bot.ckan.models import Package


def package_after(package: Package, writes: Iterable[Write]) -> Package:
    """The record with the wanted values of `writes` in place; the stored one is not touched."""
    raw: dict[str, Json] = dict(package.raw)
    for write in writes:
        if write.resource_id is None:
            raw = _edited(raw, write)
        else:
            raw["resources"] = [
                _edited(resource.raw, write)
                if resource.id == write.resource_id
                else dict(resource.raw)
                for resource in Package(raw).resources
            ]
    return Package(raw)


def _edited(raw: Mapping[str, Json], write: Write) -> dict[str, Json]:
    edited = dict(raw)
    for edit in write.edits:
        if isinstance(edit.after, Absent):
            edited.pop(edit.field, None)
        else:
            edited[edit.field] = edit.after
    return edited
