"""Who may see a record, and which of its contacts.

CKAN hands drafts and hidden contacts to anyone who knows the id; the bot does not
(docs/catalogue.md, "Who sees what"). Everything the bot shows goes through here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from bot.change import ABSENT, FieldEdit, Json, Value
from bot.ckan.models import BCDC_TYPE, PUBLIC_STATES, Package, Rights, is_displayed


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person with these rights; None for one without a key.

    Records put to a viewer were read with that person's own key, so that a private one was CKAN's
    to show.
    """

    rights: Rights | None


@dataclass(frozen=True, slots=True)
class Channel:
    """All who read a channel.

    `allowed` are ids of organizations whose admins let their restricted records be told there,
    `drafts` of those whose admins let what is not published be told there too.
    """

    allowed: frozenset[str] = frozenset()
    drafts: frozenset[str] = frozenset()


Audience: TypeAlias = Viewer | Channel
OPENING: Final = frozenset({"metadata_visibility", "private", "publish_state"})
"""Fields that decide whether a record is everyone's."""
ANYONE: Final = Viewer(None)
_ANY: Final = "[* TO *]"
_PUBLISHED: Final = " OR ".join(f'"{state}"' for state in sorted(PUBLIC_STATES))
NOT_PUBLIC: Final = "+({})".format(
    " OR ".join(
        (
            "capacity:private",
            f"(metadata_visibility:{_ANY} -metadata_visibility:Public)",
            f"(publish_state:{_ANY} -publish_state:({_PUBLISHED}))",
            f"(dataset_type:{BCDC_TYPE} -publish_state:{_ANY})",
        )
    )
)
"""Solr's filter for active records that are not `Package.is_public`, and for no others.

A group that only takes away finds nothing in Solr, so each begins with what there is.
"""


def may_see(package: Package, audience: Audience) -> bool:
    """Whether the audience may know of the record at all.

    Public records are everyone's. Restricted ones are for people whose key CKAN shows them to,
    and for channels that were allowed them; drafts and archived ones for those who may edit them,
    and for channels that were allowed drafts; deleted ones never for a channel.
    """
    if package.is_public:
        return True
    if isinstance(audience, Channel):
        if package.owner_org in audience.drafts and not package.deleted:
            return True
        return _published(package) and package.owner_org in audience.allowed
    if audience.rights is None:
        return False
    return _published(package) or audience.rights.may_edit(package.owner_org)


def shown_contacts(package: Package, audience: Audience) -> tuple[dict[str, Json], ...]:
    """The contacts the audience may see: those the record does not hide, all of them to editors."""
    if _may_edit(package, audience):
        return package.contacts
    return tuple(one for one in package.contacts if not package.hides(one))


def as_seen(package: Package, audience: Audience) -> Package | None:
    """The record without contacts that are not for the audience; None when it may not see it."""
    if not may_see(package, audience):
        return None
    shown = shown_contacts(package, audience)
    if len(shown) == len(package.contacts):
        return package
    return Package({**package.raw, "contacts": list(shown)})


def as_told(edit: FieldEdit) -> FieldEdit:
    """The edit as everyone may read it: without contacts that are not marked as displayed."""
    if edit.field != "contacts":
        return edit
    return replace(edit, before=_told(edit.before), after=_told(edit.after))


def _told(contacts: Value) -> Value:
    if not isinstance(contacts, list):
        return ABSENT
    return [one for one in contacts if isinstance(one, dict) and is_displayed(one)]


def _published(package: Package) -> bool:
    return package.raw.get("state", "active") == "active" and package.is_published


def _may_edit(package: Package, audience: Audience) -> bool:
    rights = audience.rights if isinstance(audience, Viewer) else None
    return rights is not None and rights.may_edit(package.owner_org)
