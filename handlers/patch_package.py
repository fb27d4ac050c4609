"""`/bcdc patch-package <package> [field=value …]`: change some fields of a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from bot.change import Change, FieldEdit, Value, Write, WriteKind
from bot.ckan.editable import edited_elsewhere, new_contact, record_fields, sections
from bot.ckan.keywords import TAG_STRING, TAGS, as_tags
from bot.ckan.models import Package
from bot.command import Arg, ChangeCommand, Role, Subject
from bot.context import Context
from bot.text import _


@dataclass(frozen=True, slots=True)
class Args:
    package: Annotated[str, Arg(_("the record's title, name, id or link"), names="package")]


async def subject(ctx: Context, args: Args) -> Subject:
    package, schema = await ctx.ckan.package(args.package), await ctx.ckan.schema()
    fields = record_fields(schema, await ctx.ckan.choices(), await ctx.ckan.rights(), package)
    return Subject(
        package,
        None,
        fields,
        elsewhere=edited_elsewhere(schema),
        pages=sections(fields),
        defaults=new_contact(schema, package.owner_org),
    )


async def propose(ctx: Context, args: Args, values: Mapping[str, Value]) -> Change:
    package = await ctx.ckan.package(args.package)
    schema = await ctx.ckan.schema()
    edits = []
    for name, value in values.items():
        label = schema.field(name, of_resource=False).label
        # What sets the keywords exactly is not the field that shows them.
        field, after = (TAGS, as_tags(str(value))) if name == TAG_STRING else (name, value)
        edits.append(FieldEdit(field, label, before=package.value(field), after=after))
    write = Write(WriteKind.PATCH, package.id, None, package.title, tuple(edits))
    warnings = (*_breaks_links(values), *await _moves_away(ctx, package, values))
    return Change(title=package.title, writes=(write,), warnings=warnings)


def _breaks_links(values: Mapping[str, Value]) -> tuple[str, ...]:
    if "name" not in values:
        return ()
    return (_("Links to the record's old address stop working when its URL changes."),)


async def _moves_away(
    ctx: Context, package: Package, values: Mapping[str, Value]
) -> tuple[str, ...]:
    """What it means that another organization owns the record from now on."""
    owner = str(values.get("owner_org", package.owner_org))
    if owner == package.owner_org:
        return ()
    titles = {row.id: row.title for row in await ctx.ckan.organizations()}
    return (
        _(
            "The record moves from {old} to {new}: both have to agree in writing, and its editors "
            "of now may change it afterwards only where they are editors there too."
        ).format(old=package.organization_title or package.owner_org, new=titles.get(owner, owner)),
    )


COMMAND = ChangeCommand(
    name="patch-package",
    summary=_("Change fields of a record"),
    args=Args,
    needs=Role.CONNECTED,
    subject=subject,
    propose=propose,
    pick="package",
    examples=(
        'patch-package children-in-care notes="Counts by year" contacts.0.email=data@gov.bc.ca',
        "patch-package children-in-care dates.1.type=Modified dates.1.date=2024-05-01",
        "patch-package children-in-care tags=children,care",
        "patch-package children-in-care +health -test",
    ),
    also=("edit", "change", "modify", "update", "patch"),
)
