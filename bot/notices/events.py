"""What can happen to a record that teams want to hear of, and what filters see of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from bot.change import Value
from bot.ckan.keywords import TAGS, names
from bot.ckan.models import Package
from bot.ckan.search import plain
from bot.text import _


class Kind(StrEnum):
    """What happened, in the word that `event:` takes."""

    PUBLISHED = "published"
    ARCHIVED = "archived"
    CREATED = "created"
    CHANGED = "metadata-changed"
    FILE = "file-replaced"
    ADDED = "resource-added"
    REMOVED = "resource-removed"
    SENT_BACK = "sent-back"
    WAITING = "approval-waiting"
    OVERDUE = "overdue"


HEADLINES: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.PUBLISHED: _("Published"),
        Kind.ARCHIVED: _("Archived"),
        Kind.CREATED: _("Created"),
        Kind.CHANGED: _("Metadata changed"),
        Kind.FILE: _("File replaced"),
        Kind.ADDED: _("Resource added"),
        Kind.REMOVED: _("Resource removed"),
        Kind.SENT_BACK: _("Sent back"),
        Kind.WAITING: _("Waiting for approval"),
        Kind.OVERDUE: _("Update overdue"),
    }
)

Traits: TypeAlias = Mapping[str, frozenset[str]]
"""What filters look at: the folded values by the name of the filter."""

WORDS: Final = 4000
"""Characters of a record's text that a search looks through."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One value of a record, or of the resource of that id and title, before and after."""

    field: str
    before: Value
    after: Value
    resource_id: str = ""
    resource_title: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened to a record; `automated` when only a data refresh left its mark."""

    kind: Kind
    moved: tuple[Moved, ...] = ()
    automated: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """The record of an event as it was then: what a message names, and what filters look at."""

    package_id: str
    title: str
    owner_org: str
    organization: str
    traits: Traits
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a record.

    `public` says that everyone could see it then; `author` is a user name of the catalogue, "" for
    nobody known; `tenant` and `user_id` name the person who did it through the bot.
    """

    catalogue: str
    subject: Subject
    happening: Happening
    at: datetime
    public: bool
    author: str = ""
    tenant: str = ""
    user_id: str = ""
    change_id: str | None = None
    id: int = 0

    @property
    def kind(self) -> Kind:
        return self.happening.kind

    @property
    def traits(self) -> Traits:
        """All that filters look at: the record, what happened to it, where, and by whom."""
        return {
            **self.subject.traits,
            "event": frozenset({folded(self.kind)}),
            "field": frozenset(folded(one.field) for one in self.happening.moved),
            "author": frozenset({folded(self.author)} if self.author else ()),
        }


@dataclass(frozen=True, slots=True)
class Doer:
    """Who did it: the user name of the catalogue, and the person of the tenant if by the bot."""

    author: str = ""
    tenant: str = ""
    user_id: str = ""
    change_id: str | None = None


NOBODY: Final = Doer()


def subject_of(package: Package) -> Subject:
    """The record as an event remembers it."""
    return Subject(
        package_id=package.id,
        title=package.title,
        owner_org=package.owner_org,
        organization=package.organization_title,
        traits=_traits(package),
        words=_words(package),
    )


def _traits(package: Package) -> dict[str, frozenset[str]]:
    resources = package.resources
    return {
        "state": _folded([package.publish_state]),
        "type": _folded(resource.text("bcdc_type") for resource in resources),
        "format": _folded(resource.text("format") for resource in resources),
        "tag": _folded(names(package.value(TAGS))),
        "licence": _folded([package.text("license_id"), package.text("license_title")]),
        "visibility": _folded([package.text("metadata_visibility")]),
    }


def _words(package: Package) -> str:
    """The record's own words, each with a blank before it."""
    tags = " ".join(sorted(_folded(names(package.value(TAGS)))))
    texts = (package.title, package.name, tags, package.organization_title, package.text("notes"))
    return f" {plain(' '.join(texts))}"[:WORDS]


def folded(text: str) -> str:
    """The text as filters compare it: case, hyphens and underscores tell nothing apart."""
    return " ".join(_BETWEEN.split(text.casefold())).strip()


_BETWEEN = re.compile(r"[\s_-]+")


def _folded(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(filter(None, map(folded, texts)))
