"""What of a record is edited in its forms, on which page, and where the rest is edited."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from bot.change import ORDER, Json
from bot.ckan.models import Package, Rights
from bot.ckan.moves import STATE
from bot.ckan.offered import CONTACT_ORG, DISPLAYED, LICENCE, OWNER
from bot.ckan.plain import EXTRAS
from bot.ckan.schema import PRIVATE, Choice, Field, Schema, with_choices
from bot.text import _

LONGEST_NAME: Final = 100
"""Characters of a record's name at most."""
_PAGE: Final = 20
"""Fields on a page at most."""


@dataclass(frozen=True, slots=True)
class Section:
    """A page of a form: its title, and the names of its fields."""

    title: str
    fields: tuple[str, ...]


_SECTIONS: Final = (
    _("About"),
    _("Access"),
    _("Contacts"),
    _("Links and dates"),
    _("Status"),
    _("More"),
)
_PLACES: Final[Mapping[str, int]] = MappingProxyType(
    {
        "title": 0,
        "name": 0,
        OWNER: 0,
        "notes": 0,
        "purpose": 0,
        "data_quality": 0,
        "lineage_statement": 0,
        "tag_string": 0,
        LICENCE: 1,
        "security_class": 1,
        "view_audience": 1,
        "download_audience": 1,
        "metadata_visibility": 1,
        PRIVATE: 1,
        "contacts": 2,
        "author": 2,
        "author_email": 2,
        "maintainer": 2,
        "maintainer_email": 2,
        "support_url": 0,
        "more_info": 3,
        "url": 3,
        "dates": 3,
        ORDER: 3,
        "resource_status": 4,
        "replacement_record": 4,
        "retention_expiry_date": 4,
        "source_data_path": 4,
        "version": 5,
        EXTRAS: 5,
    }
)
"""Where fields of BCDC and of CKAN itself belong; one that is not named follows the one before."""


def record_fields(
    schema: Schema,
    choices: Mapping[str, tuple[Choice, ...]],
    rights: Rights,
    package: Package,
) -> tuple[Field, ...]:
    """The fields of a record with the choices that this person has.

    Organizations are those where the person may create records, which is all the catalogue takes,
    and what is stored (docs/catalogue.md, "What blocks a save").
    """
    open_fields = [field for field in schema.dataset_fields if field.name != STATE]
    contacts = {str(contact.get("org") or "") for contact in package.contacts}
    allowed = {
        OWNER: _allowed(choices.get(OWNER, ()), rights, {package.owner_org}),
        CONTACT_ORG: _allowed(choices.get(CONTACT_ORG, ()), rights, contacts),
        LICENCE: choices.get(LICENCE, ()),
    }
    open_fields = [_explained(field) for field in open_fields]
    return with_choices(open_fields, {path: one for path, one in allowed.items() if one})


def _explained(field: Field) -> Field:
    """The field with what else is to know of it, or of a part of it."""
    if field.name == OWNER:
        mine = _("You can choose among the organizations where you may create records.")
        return replace(field, help=f"{field.help} {mine}".strip())
    told = _("Without this tick the contact is hidden: only those who may edit the record see it.")
    parts = (
        replace(part, help=told) if f"{field.name}.{part.name}" == DISPLAYED else part
        for part in field.subfields
    )
    return replace(field, subfields=tuple(parts))


def sections(fields: Sequence[Field]) -> tuple[Section, ...]:
    """The pages of a form over these fields, in an order that people fill them in."""
    pages: dict[int, list[str]] = {}
    place = 0
    for field in fields:
        place = _PLACES.get(field.name, place)
        if not field.hidden:
            pages.setdefault(place, []).append(field.name)
    found = [
        Section(_SECTIONS[place], tuple(names[at : at + _PAGE]))
        for place, names in sorted(pages.items())
        for at in range(0, len(names), _PAGE)
    ]
    return tuple(found)


def essentials_first(fields: Sequence[Field]) -> tuple[Section, ...]:
    """The pages of a form for a new record: what it must have, then the rest."""
    needed = {field.name for field in fields if field.required and not field.composite}
    # What hangs on one of these is asked for beside it.
    must = [
        field
        for field in fields
        if field.name in needed or (field.condition and field.condition.field in needed)
    ]
    rest = [field for field in fields if field not in must]
    contacts = [field for field in rest if field.name == "contacts"]
    first = [Section(_("What it must have"), tuple(field.name for field in must))]
    if contacts:
        first.append(Section(_("Contacts"), ("contacts",)))
    return (*first, *sections([field for field in rest if field not in contacts]))


def new_contact(schema: Schema, owner_org: str) -> Mapping[str, Json]:
    """What a new contact of BCDC's starts with: the owning organization, and shown to everybody."""
    begun: dict[str, Json] = {CONTACT_ORG: owner_org, DISPLAYED: ["displayed"]}
    return begun if schema.part(DISPLAYED) else {}


def name_from(title: str) -> str:
    """The name that a title makes, as the end of a record's address; "" where it makes none."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_]+", "-", plain).strip("-")[:LONGEST_NAME].rstrip("-")


def edited_elsewhere(schema: Schema) -> Mapping[str, str]:
    """Why some values of a record are not edited with its fields, and where they are."""
    own_verb = _(
        "Resources have commands of their own, such as /bcdc patch-resource and"
        " /bcdc create-resource."
    )
    unused = _("The catalogue's records do not use it.")
    reasons = {
        STATE: _("The state of a record is changed with /bcdc set-state."),
        "state": _("That is whether a record is deleted: see /bcdc delete-package."),
        "private": _("The catalogue sets it by who can view the record."),
        "resources": own_verb,
        "plugin_data": _("Only the catalogue's administrators may set it."),
        "type": _("A record keeps its type."),
        "id": _("A record keeps its id."),
        "groups": _("The bot leaves the groups of a record as they are."),
        **dict.fromkeys(
            (
                "author",
                "author_email",
                "maintainer",
                "maintainer_email",
                "url",
                "version",
                "extras",
                "relationships_as_object",
                "relationships_as_subject",
            ),
            unused,
        ),
    }
    return {name: reason for name, reason in reasons.items() if schema.has(name) == (name == STATE)}


def _allowed(choices: Iterable[Choice], rights: Rights, stored: set[str]) -> tuple[Choice, ...]:
    """Choices the catalogue takes from this person, after what is stored though it takes it not."""
    mine = tuple(one for one in choices if rights.may_edit(one.value))
    others = (one for one in choices if one.value in stored and not rights.may_edit(one.value))
    marked = (
        replace(
            one, label=_("{organization} (not yours)").format(organization=one.label), closed=True
        )
        for one in others
    )
    return (*marked, *mine)
