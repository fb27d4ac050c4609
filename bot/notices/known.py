"""Two known states of a record, and what happened between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from bot.change import ABSENT, Json, Write, WriteKind, same
from bot.ckan.models import PUBLIC_STATES, Package, Resource
from bot.notices.events import Happening, Kind, Moved

DERIVED: Final = frozenset({
    *("metadata_created", "metadata_modified", "record_last_modified", "record_create_date"),
    *("record_publish_date", "record_archive_date", "revision_id", "revision_timestamp"),
    *("num_resources", "num_tags", "isopen", "license_title", "license_url", "organization"),
    *("relationships_as_subject", "relationships_as_object", "tracking_summary", "private"),
    *("id", "type", "state", "creator_user_id", "publish_state", "resources"),
})  # fmt: skip
"""What the catalogue itself keeps of a record, or what is told in another way."""
DERIVED_OF_RESOURCES: Final = frozenset({
    *("id", "package_id", "position", "created", "metadata_modified", "revision_id", "state"),
    *("cache_last_updated", "cache_url", "mimetype_inner", "datastore_active", "url_type"),
    *("revision_timestamp", "tracking_summary", "has_views"),
})  # fmt: skip
STAMPS: Final = frozenset({"last_modified", "size", "hash", "mimetype"})
"""What moves when the data of a resource does."""

_KEPT: Final = frozenset({
    *("id", "state", "publish_state", "private", "resources", "metadata_modified", "organization"),
    "license_title",
})  # fmt: skip
"""What is kept of a record although it is not compared."""
_KEPT_OF_RESOURCES: Final = frozenset({"id", "url_type", "created"})


def kept(package: Package) -> dict[str, Json]:
    """The record with all that is compared or told of it, and nothing that is empty."""
    raw: dict[str, Json] = {
        name: value
        for name, value in package.raw.items()
        if (name not in DERIVED or name in _KEPT) and value not in _EMPTY
    }
    organization = package.raw.get("organization")
    title = organization.get("title") if isinstance(organization, dict) else None
    return raw | {
        "organization": {"title": title},
        "resources": [
            {
                name: value
                for name, value in resource.raw.items()
                if (name not in DERIVED_OF_RESOURCES or name in _KEPT_OF_RESOURCES)
                and value not in _EMPTY
            }
            for resource in package.resources
        ],
    }


_EMPTY: Final[tuple[Json, ...]] = (None, "", [])


def happenings(before: Package | None, after: Package | None) -> tuple[Happening, ...]:
    """What happened to a record between two states of it; None where there is none to be seen."""
    if after is None or after.deleted:
        return () if before is None or before.deleted else (Happening(Kind.ARCHIVED),)
    if before is None or before.deleted:
        return (Happening(_first(after)),)
    return tuple(_between(before, after))


def _first(after: Package) -> Kind:
    """What it means that a record is seen for the first time."""
    by_state = {"PENDING PUBLISH": Kind.WAITING, "ARCHIVED": Kind.ARCHIVED}
    if after.publish_state in PUBLIC_STATES:
        return Kind.PUBLISHED
    return by_state.get(after.publish_state, Kind.CREATED)


def _between(before: Package, after: Package) -> Iterator[Happening]:
    if before.publish_state != after.publish_state:
        state = Moved("publish_state", before.publish_state, after.publish_state)
        yield Happening(_state_kind(before.publish_state, after.publish_state), (state,))
    changed = list(_moved(before.raw, after.raw, DERIVED))
    old = {one.id: one for one in before.resources}
    new = {one.id: one for one in after.resources}
    for gone in (one for one in before.resources if one.id not in new):
        yield Happening(Kind.REMOVED, (_whole(gone, removed=True),))
    refreshed: list[Moved] = []
    for resource in after.resources:
        if resource.id not in old:
            yield Happening(Kind.ADDED, (_whole(resource, removed=False),))
            continue
        replaced, values, stamps = _resource(old[resource.id], resource)
        if replaced:
            yield Happening(Kind.FILE, replaced)
        changed += values
        refreshed += stamps
    if [one for one in old if one in new] != [one for one in new if one in old]:
        order: Json = [one.title for one in before.resources]
        changed.append(Moved("resources", order, [one.title for one in after.resources]))
    if changed:
        yield Happening(Kind.CHANGED, tuple(changed))
    if refreshed:
        yield Happening(Kind.CHANGED, tuple(refreshed), automated=True)


def _state_kind(before: str, after: str) -> Kind:
    """What a move of the publication workflow means (docs/catalogue.md, "States and moves")."""
    if after.startswith("PENDING"):
        return Kind.WAITING
    if after == "ARCHIVED":
        return Kind.ARCHIVED
    if before.startswith("PENDING"):
        went_on = before == "PENDING PUBLISH" and after == "PUBLISHED"
        return Kind.PUBLISHED if went_on else Kind.SENT_BACK
    return Kind.PUBLISHED if after == "PUBLISHED" else Kind.SENT_BACK


def _resource(
    before: Resource, after: Resource
) -> tuple[tuple[Moved, ...], list[Moved], list[Moved]]:
    """What shows another file, which values changed, and what a refresh of linked data left."""
    moved = list(_moved(before.raw, after.raw, DERIVED_OF_RESOURCES, after))
    stamps = [one for one in moved if one.field in STAMPS]
    values = [one for one in moved if one.field not in STAMPS]
    if not after.is_upload:
        return (), values, stamps
    address = [one for one in values if one.field == "url"]
    if not stamps and not address:
        return (), values, []
    file = Moved("url", _name(before.text("url")), _name(after.text("url")), after.id, after.title)
    return (file, *stamps), [one for one in values if one.field != "url"], []


def _moved(
    before: Mapping[str, Json],
    after: Mapping[str, Json],
    derived: frozenset[str],
    resource: Resource | None = None,
) -> Iterator[Moved]:
    where = (resource.id, resource.title) if resource else ("", "")
    for name in dict.fromkeys([*after, *before]):
        if name in derived:
            continue
        old, new = before.get(name, ABSENT), after.get(name, ABSENT)
        if not same(old, new):
            yield Moved(name, old, new, *where)


def _whole(resource: Resource, *, removed: bool) -> Moved:
    title = resource.title
    before, after = (title, ABSENT) if removed else (ABSENT, title)
    return Moved("resource", before, after, resource.id, title)


def _name(url: str) -> str:
    return url.rpartition("/")[2]


def before_writes(after: Package, writes: Iterable[Write]) -> Package | None:
    """The record as it was before these writes made it what it is; None before it was made."""
    raw: dict[str, Json] = dict(after.raw)
    for write in reversed(list(writes)):
        if write.kind is WriteKind.CREATE_PACKAGE:
            return None
        raw = _before(raw, write)
    return Package(raw)


def _before(raw: dict[str, Json], write: Write) -> dict[str, Json]:
    rows: list[Json] = [dict(one.raw) for one in Package(raw).resources]
    match write.kind:
        case WriteKind.PATCH if write.resource_id is None:
            return _put_back(raw, write)
        case WriteKind.PATCH:
            rows = [_row_before(row, write) for row in rows if isinstance(row, dict)]
        case WriteKind.CREATE_RESOURCE:
            rows = [row for row in rows if isinstance(row, dict) and row["id"] != write.resource_id]
        case WriteKind.DELETE_RESOURCE:
            gone: dict[str, Json] = {"id": write.resource_id, "name": write.title}
            rows.append(_put_back(gone, write))
        case WriteKind.REORDER_RESOURCES:
            rows = _ordered(rows, write)
        case WriteKind.DELETE_PACKAGE:
            return _put_back(raw | {"state": "active"}, write)
        case WriteKind.CREATE_PACKAGE:
            return raw
    return raw | {"resources": rows}


def _row_before(row: dict[str, Json], write: Write) -> dict[str, Json]:
    if row.get("id") != write.resource_id:
        return row
    if write.file:
        row = row | {"last_modified": write.file.seen or None, "size": None}
        row["url"] = write.file.replaces or row.get("url")
    return _put_back(row, write)


def _put_back(raw: Mapping[str, Json], write: Write) -> dict[str, Json]:
    back = dict(raw)
    for edit in write.edits:
        if edit.before is ABSENT:
            back.pop(edit.field, None)
        else:
            back[edit.field] = edit.before  # type: ignore[assignment]  # not ABSENT, as just seen
    return back


def _ordered(rows: list[Json], write: Write) -> list[Json]:
    """The rows in the order of ids that they had."""
    order = write.edits[0].before
    by_id = {row.get("id"): row for row in rows if isinstance(row, dict)}
    return [by_id[one] for one in order if one in by_id] if isinstance(order, list) else rows
