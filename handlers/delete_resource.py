"""`/bcdc delete-resource <resource>`: take a resource and its file out of its record, for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from bot.change import ABSENT, Change, FieldEdit, Value, Write, WriteKind
from bot.command import Arg, ChangeCommand, Role
from bot.context import Context
from bot.text import _


@dataclass(frozen=True, slots=True)
class Args:
    resource: Annotated[str, Arg(_("the resource's title, id or link"), names="resource")]


async def propose(ctx: Context, args: Args, _values: Mapping[str, Value]) -> Change:
    package, resource = await ctx.ckan.resource(args.resource)
    edits = tuple(
        FieldEdit(field.name, field.label, resource.value(field.name), ABSENT)
        for field in (await ctx.ckan.schema()).resource_fields
    )
    write = Write(WriteKind.DELETE_RESOURCE, package.id, resource.id, resource.title, edits)
    return Change(title=package.titled(resource.title), writes=(write,))


COMMAND = ChangeCommand(
    name="delete-resource",
    summary=_("Delete a resource of a record"),
    args=Args,
    needs=Role.CONNECTED,
    propose=propose,
    pick="resource",
    examples=("delete-resource 3b7c1c0a-3f0e-5d0b-9a67-0c1f6a1f2b3c",),
    also=("delete", "remove"),
)
