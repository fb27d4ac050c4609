"""The one way into the store: what happens to a record each time it is saved."""

from __future__ import annotations

import datetime as dt
import json
import mimetypes
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sandbox.catalogue.errors import Record, SearchIndexError, ServerError, ValidationError
from sandbox.catalogue.permissions import check_write
from sandbox.catalogue.records import safe_file_name, show
from sandbox.catalogue.state import Catalogue, Person, Upload
from sandbox.catalogue.validation import validated
from sandbox.catalogue.validators import Save

RECORD_DATES = {
    "DRAFT": "record_create_date",
    "PUBLISHED": "record_publish_date",
    "ARCHIVED": "record_archive_date",
}
READ_BLINDLY = ("name", "publish_state", "metadata_visibility", "id")
# What a resource keeps although a save leaves it out; everything else is gone then.
OUTLASTING = ("hash", "size", "last_modified", "cache_url", "cache_last_updated", "url_type")
SYSTEM_FIELDS = ("id", "type", "creator_user_id", "metadata_created")
LONGEST_TERM = 32_766
"""Bytes that the search takes as one word, which everything is that it does not cut into words."""
CUT_INTO_WORDS = frozenset({"title", "notes", "author", "maintainer"})


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an action: who asks for what. Files stand among the arguments as Upload."""

    catalogue: Catalogue
    person: Person | None
    args: Record = field(default_factory=dict)


def update(call: Call, stored: Record, given: Record, *, ckan_action: str) -> Record:
    """Save a whole record over the stored one, as every write but the first does.

    Stamps the record's dates and decides its privacy before anything is checked. Raises
    NotAuthorizedError, ValidationError, IntegrityError, ServerError; then nothing has changed.
    """
    catalogue = call.catalogue
    _check_text(given)
    if catalogue.kind.bcdc:
        _stamp(catalogue, given)
    else:
        given |= {key: stored[key] for key in ("name", "owner_org") if given.get(key) is None}
    check_write(catalogue, call.person, stored, ckan_action=ckan_action)
    if "resources" not in given and not catalogue.older:
        given["resources"] = [dict(resource) for resource in stored["resources"]]
    uploads = take_uploads(catalogue, given)
    clean = validated(Save(catalogue, call.person, given, stored))
    saved = {
        **{key: stored[key] for key in SYSTEM_FIELDS},
        **clean,
        "private": _is_private(catalogue, given),
        "state": given.get("state") or stored["state"],
    }
    if not catalogue.older and not uploads and _unchanged(stored, saved):
        return stored
    return _store(call, saved, stored, uploads)


def _check_text(value: Any) -> None:
    """Raise ServerError for a NUL in any text, which no database takes."""
    if isinstance(value, str) and "\0" in value:
        raise ServerError
    if isinstance(value, (dict, list)):
        for one in value.values() if isinstance(value, dict) else value:
            _check_text(one)


def _stamp(catalogue: Catalogue, given: Record) -> None:
    """BCDC's own before each update: the record's dates, and a crash over what is not there."""
    if catalogue.older and any(key not in given for key in READ_BLINDLY):
        raise ServerError
    today = catalogue.clock().date().isoformat()
    given["record_last_modified"] = today
    date = RECORD_DATES.get(given.get("publish_state") or "")
    if date and not given.get(date):
        given[date] = today


def _is_private(catalogue: Catalogue, given: Record) -> bool:
    """At BCDC privacy follows who may see the metadata."""
    if catalogue.kind.bcdc:
        return bool(given.get("metadata_visibility") == "IDIR")
    return _truth(given.get("private"))


def _truth(value: object) -> bool:
    """A truth value as CKAN's `boolean_validator` reads it."""
    return str(value).lower() in {"true", "yes", "t", "y", "1"}


def create(call: Call, given: Record) -> Record:
    """Save a new record. Dates and privacy are left as given until the first update."""
    catalogue, person = call.catalogue, call.person
    _check_text(given)
    uploads = take_uploads(catalogue, given)
    clean = validated(Save(catalogue, person, given, None))
    stamp = catalogue.now()
    saved = {
        "id": given.get("id") or str(uuid.uuid4()),
        "type": given.get("type") or catalogue.kind.dataset_type,
        "creator_user_id": person.id if person else "",
        "metadata_created": stamp,
        **clean,
        "private": _truth(given.get("private")),
        "state": (given.get("state") if catalogue.kind.bcdc else None) or "active",
    }
    return _store(call, saved, None, uploads)


def _store(call: Call, saved: Record, stored: Record | None, uploads: dict[int, Upload]) -> Record:
    catalogue = call.catalogue
    _check_search(saved)
    limit = catalogue.max_upload_mb * 1024 * 1024
    if any(upload.size > limit for upload in uploads.values()):
        raise ValidationError({"upload": ["File upload too large"]})
    saved["metadata_modified"] = catalogue.now()
    before = {res["id"]: res for res in (stored or {}).get("resources", [])}
    saved["resources"] = [_settled(saved, res, before) for res in saved["resources"]]
    for gone in before.keys() - {res["id"] for res in saved["resources"]}:
        catalogue.files.pop(gone, None)
    for at, upload in uploads.items():
        catalogue.files[saved["resources"][at]["id"]] = upload
    catalogue.packages[saved["id"]] = saved
    kind = "changed" if stored else "new"
    catalogue.remember(kind, call.person, saved, shown=show(catalogue, saved))
    return saved


def _check_search(saved: Record) -> None:
    """Raise SearchIndexError for a record with a word that is too long for the search."""
    rows = [row for row in saved.get("extras") or () if isinstance(row, dict)]
    words = {row.get("key"): row.get("value") for row in rows} | saved
    kept = [words[key] for key in words.keys() - CUT_INTO_WORDS - {"extras", "resources", "tags"}]
    kept += [resource.get("url") for resource in saved["resources"]]
    for value in kept:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if len(text.encode(errors="replace")) > LONGEST_TERM:
            raise SearchIndexError


def _settled(saved: Record, resource: Record, before: dict[str, Record]) -> Record:
    """The resource with what the system keeps about it."""
    resource.setdefault("id", str(uuid.uuid4()))
    old = before.get(resource["id"])
    if old:
        resource |= {key: old[key] for key in OUTLASTING if key in old and key not in resource}
    url = resource.get("url") or ""
    if resource.get("url_type") == "upload":
        url = url.rsplit("/", 1)[-1]
    elif url and not urlsplit(url).scheme:
        url = "http://" + url.lstrip("/")
    resource.update(
        url=url,
        package_id=saved["id"],
        state="active",
        hash=resource.get("hash", ""),
        created=old["created"] if old else resource.get("created", saved["metadata_modified"]),
        metadata_modified=saved["metadata_modified"],
    )
    if old and {**old, "metadata_modified": ""} == {**resource, "metadata_modified": ""}:
        resource["metadata_modified"] = old["metadata_modified"]
    return resource


def _unchanged(stored: Record, saved: Record) -> bool:
    def content(record: Record) -> Any:
        own = {"metadata_modified", "record_last_modified", "resources"}
        resources = [
            {k: v for k, v in res.items() if k not in {"metadata_modified", "url"}}
            | {"url": res.get("url", "").rsplit("/", 1)[-1]}
            for res in record["resources"]
        ]
        kept = {"state": "active", "package_id": record["id"], "hash": ""}
        return (
            {k: v for k, v in record.items() if k not in own},
            [{**kept, **res} for res in resources],
        )

    return bool(content(stored) == content(saved))


def take_uploads(catalogue: Catalogue, given: Record) -> dict[int, Upload]:
    """Take the files out of a record's resources, by position, leaving name, type and size."""
    found: dict[int, Upload] = {}
    kept = [resource for resource in given.get("resources", []) if resource != {}]
    for at, resource in enumerate(kept):
        if not isinstance(resource, dict):
            continue
        upload = resource.pop("upload", None)
        clear = resource.pop("clear_upload", None)
        name = str(resource.get("url") or "")
        if isinstance(upload, Upload):
            name = safe_file_name(upload.name)
            resource.update(
                url=name,
                url_type="upload",
                size=upload.size,
                last_modified=catalogue.now(),
            )
            found[at] = upload
        elif clear:
            resource["url_type"] = ""
        if "mimetype" not in resource and name:
            resource["mimetype"] = mimetypes.guess_type(name)[0]
    return found


def parse_time(text: str) -> dt.datetime:
    """A time in BCDC's own form, `2022-02-14 00:00:00`."""
    return dt.datetime.strptime(text, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007  # CKAN keeps naive UTC
