"""What a copy of a record takes over, and what it leaves out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from bot.change import ORDER, Json
from bot.ckan.keywords import shown_as_text
from bot.ckan.models import Package, Rights
from bot.ckan.moves import STATE
from bot.ckan.offered import CONTACT_ORG
from bot.ckan.schema import Choice, Field, Schema
from bot.text import _, ngettext

_ONE_OF_A_KIND: Final = frozenset({"title", "name", STATE})
_OF_FILES: Final = frozenset({"url_type", "last_modified"})


@dataclass(frozen=True, slots=True)
class Copied:
    """The values that a copy begins with, by field, and sentences on what it leaves out.

    `links` is the field that asks which of the resources to copy too; None where there are none to
    be copied, since a file belongs to one resource alone.
    """

    values: Mapping[str, Json]
    left_out: tuple[str, ...] = ()
    links: Field | None = None


def copy_of(schema: Schema, package: Package, rights: Rights) -> Copied:
    """What of a record goes into another one that this person makes.

    Contacts of organizations where the person may not create records would be refused
    (docs/catalogue.md, "What blocks a save").
    """
    values: dict[str, Json] = {
        field.name: value
        for field in schema.dataset_fields
        if not field.hidden
        and field.name not in _ONE_OF_A_KIND
        and (value := shown_as_text(package.raw).get(field.name))
    }
    left_out = [_("Not copied: the title, the name and the state.")]
    org = schema.part(CONTACT_ORG)
    if org and org.choices_helper and not rights.sysadmin:
        kept = [row for row in package.contacts if rights.may_edit(str(row.get("org") or ""))]
        if others := len(package.contacts) - len(kept):
            told = ngettext(
                "Not copied: {n} contact of an organization where you may not edit.",
                "Not copied: {n} contacts of organizations where you may not edit.",
                others,
            )
            left_out.append(told.format(n=others))
            values.pop("contacts", None)
            values |= {"contacts": [dict(row) for row in kept]} if kept else {}
    if files := sum(resource.is_upload for resource in package.resources):
        told = ngettext(
            "Not copied: {n} resource with a file. Give the file again when the record is there.",
            "Not copied: {n} resources with files. Give them again when the record is there.",
            files,
        )
        left_out.append(told.format(n=files))
    return Copied(values, tuple(left_out), _links(package))


def copied_resources(schema: Schema, package: Package, ids: Collection[str]) -> list[Json]:
    """These resources of a record as `package_create` takes them, formats in lower case."""
    names = [field.name for field in schema.resource_fields if not field.hidden]
    found: list[Json] = []
    for resource in package.resources:
        if resource.id in ids and not resource.is_upload:
            copy: dict[str, Json] = {
                name: value
                for name in names
                if name not in _OF_FILES and (value := resource.raw.get(name))
            }
            found.append(copy | {"format": resource.text("format").lower()})
    return found


def _links(package: Package) -> Field | None:
    links = tuple(
        Choice(resource.id, resource.title, also=(resource.title,))
        for resource in package.resources
        if not resource.is_upload
    )
    if not links:
        return None
    return Field(
        ORDER,
        _("Links to copy too"),
        help=_("Resources of the other record that are links. Those you take become the copy's."),
        preset="multiple_checkbox",
        validators=("scheming_multiple_choice",),
        choices=links,
    )
