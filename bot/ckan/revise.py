"""The arguments with which `package_revise` sets exactly the wanted fields of one write.

`update` merges: lists by position, objects by key, and an empty list changes nothing. So whatever
is stored as a list or an object is first removed by `filter`, which runs before, and then set
whole (docs/catalogue.md, "Saving with package_revise").
"""

from __future__ import annotations

import json

from bot.change import Absent, Json, Write
from bot.ckan.models import Package


def patch_arguments(package: Package, write: Write) -> dict[str, Json]:
    """What to send so that the record, still as it was just read, differs in the wanted fields.

    The resource is named by its whole id, since positions shift. Values are CKAN's own JSON, and
    ABSENT takes a field away.
    """
    prefix = f"resources__{write.resource_id}__" if write.resource_id else ""
    stored = package.resource(write.resource_id) if write.resource_id else package
    removed: list[Json] = []
    wanted: dict[str, Json] = {}
    for edit in write.edits:
        now = stored.value(edit.field) if stored else None
        if isinstance(now, list | dict) or isinstance(edit.after, Absent):
            removed.append(f"-{prefix}{edit.field}")
        if not isinstance(edit.after, Absent):
            wanted[f"update__{prefix}{edit.field}"] = spelled(edit.after)
    arguments: dict[str, Json] = {
        "match": {"id": package.id, "metadata_modified": package.metadata_modified},
        **wanted,
    }
    if removed:
        arguments["filter"] = removed
    return arguments


def spelled(value: Json) -> Json:
    """A value as an argument of its own, which CKAN reads as JSON where it can.

    So a text such as `null` or `[1]` goes in quotation marks.
    """
    if not isinstance(value, str):
        return value
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return value
    return json.dumps(value)
