"""`/bcdc patch-resource <resource> [field=value …]`: change some fields, the rest stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from bot.change import Change, FieldEdit, Value, Write, WriteKind
from bot.command import Arg, ChangeCommand, Role, Subject
from bot.context import Context
from bot.text import _


@dataclass(frozen=True, slots=True)
class Args:
    resource: Annotated[str, Arg(_("the resource's title, id or link"), names="resource")]


async def subject(ctx: Context, args: Args) -> Subject:
    package, resource = await ctx.ckan.resource(args.resource)
    schema = await ctx.ckan.schema()
    return Subject(package, resource, schema.resource_fields)


async def propose(ctx: Context, args: Args, values: Mapping[str, Value]) -> Change:
    package, resource = await ctx.ckan.resource(args.resource)
    fields = {field.name: field for field in (await ctx.ckan.schema()).resource_fields}
    edits = tuple(
        FieldEdit(name, fields[name].label, before=resource.value(name), after=value)
        for name, value in values.items()
    )
    write = Write(WriteKind.PATCH, package.id, resource.id, resource.title, edits)
    return Change(title=package.titled(resource.title), writes=(write,))


COMMAND = ChangeCommand(
    name="patch-resource",
    summary=_("Change fields of a resource"),
    args=Args,
    needs=Role.CONNECTED,
    subject=subject,
    propose=propose,
    pick="resource",
    examples=(
        'patch-resource 3b7c1c0a-3f0e-5d0b-9a67-0c1f6a1f2b3c description="All years" format=csv',
    ),
    also=("edit", "change", "modify", "patch"),
)
