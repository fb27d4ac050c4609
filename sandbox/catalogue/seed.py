"""What the catalogue holds at the start: made-up people and records, the same in every run."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sandbox.catalogue.errors import Record
from sandbox.catalogue.formats import spelled
from sandbox.catalogue.schema import load
from sandbox.catalogue.state import Capacity, Catalogue, Person, Upload, fixed_id

FIRST_DAY = dt.datetime(2025, 1, 14, 18, 5, 11, 204_000)  # noqa: DTZ001  # CKAN keeps naive UTC

OF_CKAN = ("name", "title", "owner_org", "notes", "tags", "license_id", "creator", "many_resources")
OF_CKAN_RESOURCE = ("name", "url", "description", "content", "format")
AFTER_PUBLISHING = frozenset({"PUBLISHED", "PENDING ARCHIVE", "ARCHIVED"})


def plant(catalogue: Catalogue) -> None:
    """Fill an empty catalogue."""
    rows: list[Record] = load("people.json")
    for row in rows:
        catalogue.add_person(row["name"], row["fullname"], sysadmin=bool(row.get("sysadmin")))
    for ministry in load("organizations.json"):
        branches = ministry.pop("branches")
        _organization(catalogue, ministry, rows, parent=None)
        for branch in branches:
            _organization(catalogue, branch, rows, parent=ministry["name"])
    for number, record in enumerate(load("records.json")):
        _record(catalogue, number, record if catalogue.kind.bcdc else _of_ckan(record))


def _organization(
    catalogue: Catalogue, row: dict[str, str], people: list[Record], *, parent: str | None
) -> None:
    name = row["name"]
    members: dict[str, Capacity] = {
        person["name"]: person["roles"][name] for person in people if name in person["roles"]
    }
    url = f"https://www2.gov.bc.ca/gov/content/{name}"
    more = {key: row[key] for key in ("description", "short_name") if key in row}
    catalogue.add_organization(name, row["title"], parent=parent, members=members, url=url, **more)


def _record(catalogue: Catalogue, number: int, row: Record) -> None:
    made = FIRST_DAY + dt.timedelta(days=3 * number, minutes=7 * number)
    changed = made + dt.timedelta(days=200, seconds=number)
    resources = list(row.pop("resources", []))
    resources += _many(int(row.pop("many_resources", 0)))
    files = {at: res.pop("content") for at, res in enumerate(resources) if "content" in res}
    for contact in row.get("contacts") or []:
        contact["org"] = fixed_id("organization", contact["org"])
    creator: Person = catalogue.person(row.pop("creator", "bcdc-sysadmin"))
    if catalogue.kind.bcdc:
        row |= _dates(row["publish_state"], made, changed)
    else:
        resources = [
            {**one, "format": spelled(one["format"])} if "format" in one else one
            for one in resources
        ]
    package = catalogue.add_package(
        row.pop("name"),
        row.pop("title"),
        row.pop("owner_org"),
        creator_user_id=creator.id,
        metadata_created=made.isoformat(timespec="microseconds"),
        metadata_modified=changed.isoformat(timespec="microseconds"),
        resources=resources,
        **row,
    )
    for at, text in files.items():
        _file(catalogue, package["resources"][at], text)
    for kind, when in (("new", made), ("changed", changed)):
        catalogue.remember(kind, creator, package, at=when)


def _dates(state: str, made: dt.datetime, changed: dt.datetime) -> Record:
    """The days that BCDC's code writes into a record."""
    dates = {"record_create_date": made, "record_last_modified": changed}
    if state in AFTER_PUBLISHING:
        dates["record_publish_date"] = made + dt.timedelta(days=14)
    if state == "ARCHIVED":
        dates["record_archive_date"] = changed
    return {name: moment.date().isoformat() for name, moment in dates.items()}


def _of_ckan(row: Record) -> Record:
    """The record in CKAN's own fields: what not everyone sees at BCDC is private."""
    open_to_all = row["publish_state"] in {"PUBLISHED", "PENDING ARCHIVE"}
    kept = {key: row[key] for key in OF_CKAN if key in row}
    contact: Record = next(iter(row.get("contacts") or []), {})
    about = {"author": contact.get("name"), "author_email": contact.get("email")}
    resources = [
        {key: resource[key] for key in OF_CKAN_RESOURCE if key in resource}
        for resource in row.get("resources", [])
    ]
    private = not open_to_all or row.get("metadata_visibility") == "IDIR"
    return {**kept, **about, "private": private, "resources": resources}


def _many(count: int) -> list[dict[str, Any]]:
    """A long list of resources, as tiled map sheets have."""
    return [
        {
            "name": f"Map sheet {92 + at // 16}{'ABCDEFGHIJKLMNOP'[at % 16]}",
            "url": f"https://maps.example.test/sheets/{at + 1:03}.pdf",
            "format": "pdf",
        }
        for at in range(count)
    ]


def _file(catalogue: Catalogue, resource: Record, text: str) -> None:
    content = text.encode()
    resource.update(
        url_type="upload",
        size=len(content),
        mimetype="text/csv",
        last_modified=resource["metadata_modified"],
        **({"resource_storage_location": "catalogue data store"} if catalogue.kind.bcdc else {}),
    )
    catalogue.files[resource["id"]] = Upload(resource["url"], content, len(content), "text/csv")
