"""What the catalogue holds, in memory: people, organizations, records, tokens, files, history."""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.catalogue.errors import NotFoundError, Record
from sandbox.catalogue.schema import BCDC, Kind

Generation = Literal["2.9", "2.12"]
Capacity = Literal["admin", "editor", "member"]

NAMESPACE = uuid.UUID("7f0c8a52-3e4b-5d1a-9c55-6b1f0b6a2d11")


def fixed_id(kind: str, name: str) -> str:
    """The same id for the same thing in every run."""
    return str(uuid.uuid5(NAMESPACE, f"{kind}/{name}"))


def utcnow() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account; `api_key` is the legacy key shown on the account page."""

    id: str
    name: str
    fullname: str
    email: str
    api_key: str
    sysadmin: bool = False
    about: str = ""
    created: str = "2023-04-03T16:12:09.318000"


@dataclass(slots=True)
class Organization:
    """A ministry, or a branch with its ministry's name as `parent`; `members` by person's id."""

    id: str
    name: str
    title: str
    description: str = ""
    short_name: str = ""
    url: str = ""
    parent: str | None = None
    created: str = "2023-04-03T16:12:09.318000"
    members: dict[str, Capacity] = field(default_factory=dict)


@dataclass(slots=True)
class Token:
    """An API token; only its id (the `jti` claim) is kept, as in CKAN."""

    id: str
    name: str
    user_id: str
    created_at: str
    last_access: str | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent; of one over the limit only the size is kept."""

    name: str
    content: bytes
    size: int
    mimetype: str | None


@dataclass(slots=True)
class Catalogue:
    """The whole state. Records are kept by id in the form `records.show` completes."""

    generation: Generation = "2.9"
    kind: Kind = BCDC
    max_upload_mb: int = 150
    clock: Callable[[], dt.datetime] = utcnow
    site_url: str = ""
    people: dict[str, Person] = field(default_factory=dict)
    organizations: dict[str, Organization] = field(default_factory=dict)
    packages: dict[str, Record] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)
    activities: list[Record] = field(default_factory=list)
    tag_ids: dict[str, str] = field(default_factory=dict)
    save_seconds: float = 0.0
    """How long a write holds its record, for tests of what happens meanwhile."""
    locks: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    @property
    def older(self) -> bool:
        """Whether it answers as CKAN 2.9, the generation BCDC runs."""
        return self.generation == "2.9"

    def now(self) -> str:
        """This moment in CKAN's form, always with microseconds."""
        return self.clock().isoformat(timespec="microseconds")

    def person(self, name_or_id: object) -> Person:
        for person in self.people.values():
            if name_or_id in {person.id, person.name}:
                return person
        raise NotFoundError

    def organization(self, name_or_id: object) -> Organization:
        for organization in self.organizations.values():
            if name_or_id in {organization.id, organization.name}:
                return organization
        raise NotFoundError

    def package(self, name_or_id: object) -> Record:
        """The stored record; a name is found among the records that are not deleted first."""
        if isinstance(name_or_id, str) and name_or_id in self.packages:
            return self.packages[name_or_id]
        named = [pkg for pkg in self.packages.values() if pkg["name"] == name_or_id]
        if not named:
            raise NotFoundError
        return min(named, key=lambda pkg: pkg["state"] == "deleted")

    def package_of(self, resource_id: object) -> tuple[Record, Record]:
        """The stored record a resource belongs to, and the resource."""
        for package in self.packages.values():
            for resource in package["resources"]:
                if resource["id"] == resource_id:
                    return package, resource
        raise NotFoundError

    def above(self, organization: Organization) -> list[Organization]:
        """The organization and those it belongs to, nearest first."""
        chain = [organization]
        while chain[-1].parent:
            chain.append(self.organization(chain[-1].parent))
        return chain

    def roles_of(self, person: Person) -> list[tuple[Organization, Capacity]]:
        """Where the person is a member, as what; what comes down from a ministry is not said."""
        return [
            (organization, organization.members[person.id])
            for organization in self.organizations.values()
            if person.id in organization.members
        ]

    def tag_id(self, name: str) -> str:
        return self.tag_ids.setdefault(name, fixed_id("tag", name))

    def remember(
        self,
        kind: str,
        person: Person | None,
        package: Record,
        *,
        shown: Record | None = None,
        at: dt.datetime | None = None,
    ) -> None:
        """Add to the history of a record; CKAN 2.9 keeps none for private ones.

        `shown` is the whole record, which later CKANs keep with each entry.
        """
        if self.older and package.get("private"):
            return
        data: Record = {"package": {"title": package["title"]}}
        if not self.older and shown is not None:
            data = {"actor": person.name if person else None, "package": shown}
        entry: Record = {
            "id": str(uuid.uuid4()),
            "timestamp": (at or self.clock()).isoformat(timespec="microseconds"),
            "user_id": person.id if person else "",
            "object_id": package["id"],
            "activity_type": f"{kind} package",
            "data": data,
        }
        if not self.older:
            label = f"member-{package['owner_org']}" if package.get("private") else "public"
            entry["permission_labels"] = [label]
        self.activities.append(entry)

    def add_person(self, name: str, fullname: str, *, sysadmin: bool = False) -> Person:
        """Someone new, with a key that is the same in every run."""
        person = Person(
            id=fixed_id("person", name),
            name=name,
            fullname=fullname,
            email=f"{name}@example.test",
            api_key=fixed_id("key", name),
            sysadmin=sysadmin,
        )
        self.people[person.id] = person
        return person

    def add_organization(
        self,
        name: str,
        title: str,
        *,
        parent: str | None = None,
        members: Mapping[str, Capacity] | None = None,
        **more: str,
    ) -> Organization:
        """A new organization; `parent` and the keys of `members` are names."""
        organization = Organization(
            id=more.pop("id", fixed_id("organization", name)),
            name=name,
            title=title,
            parent=parent,
            members={self.person(who).id: role for who, role in (members or {}).items()},
            **more,
        )
        self.organizations[organization.id] = organization
        return organization

    def add_package(self, name: str, title: str, owner_org: str, **fields: Any) -> Record:
        """A record put in as it is, unchecked, so that a test may start from any state.

        `owner_org` is a name or an id. Left out, the fields a complete public draft needs are
        filled in; a field given as None is left away. Resources need only what differs from a
        complete tabular one. Returns the stored record.
        """
        owner = self.organization(owner_org)
        stamp = str(fields.pop("metadata_modified", self.now()))
        package: Record = {
            "id": fixed_id("package", name),
            "type": self.kind.dataset_type,
            "state": "active",
            "private": fields.get("metadata_visibility") == "IDIR",
            "creator_user_id": next(iter(self.people), ""),
            "metadata_created": fields.pop("metadata_created", stamp),
            "metadata_modified": stamp,
            "notes": title,
            "license_id": "2",
            "tags": [],
            **(_draft(owner) if self.kind.bcdc else {}),
            **fields,
            "name": name,
            "title": title,
            "owner_org": owner.id,
        }
        package["tags"] = sorted(
            tag["name"] if isinstance(tag, dict) else tag for tag in package["tags"]
        )
        package["resources"] = [
            self._resource(package, at, dict(given))
            for at, given in enumerate(package.get("resources", []))
        ]
        self.packages[package["id"]] = {k: v for k, v in package.items() if v is not None}
        return self.packages[package["id"]]

    def _resource(self, package: Record, at: int, given: Record) -> Record:
        resource = {
            "id": fixed_id("resource", f"{package['name']}/{at}"),
            "package_id": package["id"],
            "url": "",
            "state": "active",
            "hash": "",
            "created": package["metadata_created"],
            "metadata_modified": package["metadata_modified"],
            **(TABLE if self.kind.bcdc else {"format": "CSV"}),
            **given,
        }
        return {key: value for key, value in resource.items() if value is not None}


TABLE: Record = {
    "bcdc_type": "document",
    "format": "csv",
    "resource_type": "data",
    "resource_update_cycle": "annually",
    "resource_storage_location": "external",
    "resource_access_method": "direct access",
    "projection_name": "",
    "spatial_datatype": "",
    "iso_topic_category": [],
}
"""What BCDC asks of a table somewhere on the web."""


def _draft(owner: Organization) -> Record:
    """What BCDC asks of a public draft."""
    return {
        "publish_state": "DRAFT",
        "resource_status": "onGoing",
        "security_class": "PUBLIC",
        "view_audience": "Public",
        "download_audience": "Public",
        "metadata_visibility": "Public",
        "replacement_record": "",
        "retention_expiry_date": "",
        "source_data_path": "",
        "contacts": [
            {
                "name": f"{owner.title} data team",
                "email": f"{owner.name}@example.test",
                "org": owner.id,
                "role": "pointOfContact",
                "displayed": ["displayed"],
            }
        ],
    }
