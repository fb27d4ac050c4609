"""What the index keeps of an organization, a record or a resource, and what it is found by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from bot.ckan.models import PUBLIC_STATES, Organization, Package
from bot.ckan.search import plain
from bot.notices.freshness import promise_of
from bot.text import clean

KEY: Final = 200
"""Characters of a folded title that tell it from another."""

WORDS: Final = 2000
"""Bytes a name is found by: PostgreSQL takes no more into an index."""


class Kind(StrEnum):
    """What is looked up."""

    ORGANIZATION = "organization"
    PACKAGE = "package"
    RESOURCE = "resource"


@dataclass(frozen=True, slots=True)
class Entry:
    """One name: `about` is the parent's or the record's title, `state` the record's.

    `modified` is the record's, as CKAN writes it; resources keep their `position` in it, how often
    their data is to be updated (`cycle`), and on which day it was or they were added.
    """

    kind: Kind
    id: str
    name: str
    title: str
    about: str = ""
    state: str = ""
    owner_org: str = ""
    package_id: str = ""
    position: int = 0
    modified: str = ""
    cycle: str = ""
    updated: str = ""
    added: str = ""

    @property
    def published(self) -> bool:
        """Whether the state alone hides it from nobody."""
        return self.state in {"", *PUBLIC_STATES}

    @property
    def title_key(self) -> str:
        """The folded title."""
        return plain(self.title)[:KEY]

    @property
    def words(self) -> str:
        """What it is found by, folded: title, name and what it belongs to.

        A bar begins what may be asked for by its beginning, a blank every word. Most names say
        what their titles say, and are left out: every letter here costs each look-up.
        """
        title, name = f"| {plain(self.title)} ", f"| {plain(self.name)} "
        words = f"{title}{'' if title.startswith(name) else name}/ {plain(self.about)} "
        return words.encode()[:WORDS].decode(errors="ignore")

    def row(self, catalogue: str, viewer: str) -> dict[str, Any]:
        """The entry as a row of the part of `viewer`."""
        return {
            "catalogue": catalogue,
            "viewer": viewer,
            "kind": self.kind,
            "id": self.id,
            "name": self.name,
            "title": self.title,
            "about": self.about,
            "state": self.state,
            "owner_org": self.owner_org,
            "package_id": self.package_id,
            "position": self.position,
            "modified": self.modified,
            "title_key": self.title_key,
            "words": self.words,
            "cycle": self.cycle,
            "updated": self.updated,
            "added": self.added,
        }


def of_package(package: Package) -> Iterator[Entry]:
    """A record and its resources."""
    title = clean(package.title)
    yield Entry(
        Kind.PACKAGE,
        package.id,
        package.name,
        title,
        clean(package.organization_title),
        package.publish_state,
        package.owner_org,
        package.id,
        modified=package.metadata_modified,
    )
    seen: set[str] = set()
    for position, resource in enumerate(package.resources):
        if resource.id and resource.id not in seen:
            seen.add(resource.id)
            promise = promise_of(package, resource)
            yield Entry(
                Kind.RESOURCE,
                resource.id,
                "",
                clean(resource.title),
                title,
                package.publish_state,
                package.owner_org,
                package.id,
                position,
                package.metadata_modified,
                promise.cycle,
                _day(promise.updated),
                _day(promise.added),
            )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def of_organizations(organizations: Iterable[Organization]) -> Iterator[Entry]:
    """Organizations under their parents, in the order of their titles."""
    ordered = sorted(organizations, key=lambda one: (plain(one.title), one.name))
    for position, one in enumerate(ordered):
        yield Entry(
            Kind.ORGANIZATION,
            one.id,
            one.name,
            clean(one.title),
            clean(one.parent_title),
            owner_org=one.id,
            position=position,
        )
