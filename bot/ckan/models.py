"""CKAN's objects as the bot reads them: thin, typed views on what the API answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.change import ABSENT, Json, Value

PUBLIC_STATES = frozenset({"PUBLISHED", "PENDING ARCHIVE"})
"""Publish states that everyone may see (docs/catalogue.md, "Who sees what")."""
BCDC_TYPE = "bcdc_dataset"
"""The type of BCDC's records, all of which have a publish state but for some very old ones."""


def is_displayed(contact: Mapping[str, Json]) -> bool:
    """The flag is a list that holds its own name; older records may hold the bare word."""
    flag = contact.get("displayed")
    return flag == "displayed" or (isinstance(flag, list) and "displayed" in flag)


def moment_of(text: str) -> datetime | None:
    """The moment that CKAN, whose clock is UTC, wrote as text; None for another text."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _text(raw: Mapping[str, Json], key: str) -> str:
    value = raw.get(key)
    return value if isinstance(value, str) else ""


def _rows(raw: Mapping[str, Json], key: str) -> tuple[dict[str, Json], ...]:
    value = raw.get(key)
    return tuple(row for row in value if isinstance(row, dict)) if isinstance(value, list) else ()


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a record, as `resource_show` or `package_show` gives it."""

    raw: Mapping[str, Json]

    @property
    def id(self) -> str:
        return _text(self.raw, "id")

    @property
    def package_id(self) -> str:
        return _text(self.raw, "package_id")

    @property
    def title(self) -> str:
        """What people call it: its name, else its link, else its id."""
        return _text(self.raw, "name") or _text(self.raw, "url") or self.id

    @property
    def is_upload(self) -> bool:
        return self.raw.get("url_type") == "upload"

    def text(self, key: str) -> str:
        """A text value, empty when it is not there."""
        return _text(self.raw, key)

    def value(self, key: str) -> Value:
        """A value as stored; ABSENT when the key is not there."""
        return self.raw.get(key, ABSENT)


@dataclass(frozen=True, slots=True)
class Package:
    """A record, as `package_show` gives it."""

    raw: Mapping[str, Json]

    @property
    def id(self) -> str:
        return _text(self.raw, "id")

    @property
    def name(self) -> str:
        return _text(self.raw, "name")

    @property
    def title(self) -> str:
        return _text(self.raw, "title") or self.name

    def titled(self, resource: str) -> str:
        """The title of one of its resources with its own: many records have one named “Data”."""
        return f"{resource} · {self.title}"

    @property
    def owner_org(self) -> str:
        return _text(self.raw, "owner_org")

    @property
    def organization_title(self) -> str:
        organization = self.raw.get("organization")
        return _text(organization, "title") if isinstance(organization, dict) else ""

    @property
    def publish_state(self) -> str:
        """BCDC's state; empty on a catalogue without one."""
        return _text(self.raw, "publish_state")

    @property
    def metadata_modified(self) -> str:
        return _text(self.raw, "metadata_modified")

    @property
    def private(self) -> bool:
        return self.raw.get("private") is True

    @property
    def deleted(self) -> bool:
        return self.raw.get("state") == "deleted"

    @property
    def is_public(self) -> bool:
        """Published and open to everyone, now; `visibility.NOT_PUBLIC` searches for the others."""
        return (
            self.raw.get("state", "active") == "active"
            and not self.private
            and self.raw.get("metadata_visibility", "Public") == "Public"
            and self.is_published
        )

    @property
    def is_published(self) -> bool:
        """Whether its publish state, where it has one, is for others than its editors.

        One of BCDC's without a state is hidden by the catalogue's own search as well.
        """
        if self.raw.get("publish_state") is None:
            return self.raw.get("type") != BCDC_TYPE
        return self.publish_state in PUBLIC_STATES

    @property
    def contacts(self) -> tuple[dict[str, Json], ...]:
        return _rows(self.raw, "contacts")

    def hides(self, contact: Mapping[str, Json]) -> bool:
        """Whether this contact of it is for those alone who may edit: not marked as displayed.

        The contacts of another schema, which have no such mark, are everyone's.
        """
        marked = self.raw.get("type") == BCDC_TYPE or any(
            "displayed" in one for one in self.contacts
        )
        return marked and not is_displayed(contact)

    @property
    def resources(self) -> tuple[Resource, ...]:
        return tuple(Resource(row) for row in _rows(self.raw, "resources"))

    def resource(self, resource_id: str) -> Resource | None:
        return next((row for row in self.resources if row.id == resource_id), None)

    def text(self, key: str) -> str:
        return _text(self.raw, key)

    def value(self, key: str) -> Value:
        return self.raw.get(key, ABSENT)


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization, its parent by name, and by title where that is known."""

    id: str
    name: str
    title: str
    parent_name: str = ""
    parent_title: str = ""
    package_count: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A part of a list of records: where it begins (from 1), and how many there are in all."""

    packages: tuple[Package, ...]
    first: int
    total: int


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did to a record: when, who ("" where that is not told), and CKAN's word."""

    at: datetime
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class User:
    """The person a key belongs to, without e-mail and key."""

    id: str
    name: str
    fullname: str
    sysadmin: bool


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a role (admin or editor) in an organization, which may be the one above."""

    user: User
    role: str
    organization: Organization


@dataclass(frozen=True, slots=True)
class Rights:
    """Ids of the organizations where a person may approve (`admin`) and edit (`editor`).

    Who may approve may edit. From `organization_list_for_user` with the permissions `admin` and
    `create_dataset`.
    """

    admin: frozenset[str] = frozenset()
    editor: frozenset[str] = frozenset()
    sysadmin: bool = False

    def may_edit(self, organization_id: str) -> bool:
        return self.sysadmin or organization_id in self.editor

    def may_approve(self, organization_id: str) -> bool:
        return self.sysadmin or organization_id in self.admin

    def role(self, organization_id: str) -> str:
        """What the person is there, in CKAN's word; "" for nobody who may edit."""
        if self.sysadmin:
            return "sysadmin"
        if organization_id in self.admin:
            return "admin"
        return "editor" if organization_id in self.editor else ""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a catalogue is: its CKAN version ("" when hidden) and the actions it has."""

    version: str
    actions: frozenset[str]

    def has(self, ckan_action: str) -> bool:
        return ckan_action in self.actions

    @property
    def revalidates_siblings(self) -> bool:
        """Whether each save checks every resource of the record: before 2.12, and when unknown."""
        parts = self.version.split(".")[:2]
        return not all(part.isdigit() for part in parts) or [int(part) for part in parts] < [2, 12]
