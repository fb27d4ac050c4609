"""`/bcdc show-resource <resource>`: one resource, every field that holds something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.answer import Answer, Entry, Fact, to_edit
from bot.ckan.links import resource_url
from bot.ckan.models import moment_of
from bot.command import Arg, ReadCommand, Role
from bot.context import Context
from bot.text import _


@dataclass(frozen=True, slots=True)
class Args:
    resource: Annotated[
        str, Arg(_("the resource's title, id or link"), rest=True, names="resource")
    ]


async def answer(ctx: Context, args: Args) -> Answer:
    package, resource = await ctx.ckan.resource(args.resource)
    fields = (await ctx.ckan.schema()).resource_fields
    may_edit = (await ctx.ckan.rights()).may_edit(package.owner_org)
    facts = [Fact(_("Record"), package.title), Fact(_("Id"), resource.id, code=True)]
    facts += [
        Fact(field.label, (moment_of(shown) if "T" in shown else None) or shown)
        for field in fields
        if field.name not in {"name", "description"}
        and (shown := field.describe(resource.value(field.name)))
    ]
    return Answer(
        headline=resource.title,
        entries=(
            Entry(
                title=_("Open in the catalogue"),
                url=resource_url(ctx.ckan.url, package.id, resource.id),
                facts=tuple(facts),
                text=resource.text("description"),
            ),
        ),
        buttons=to_edit(resource) if may_edit else (),
    )


COMMAND = ReadCommand(
    name="show-resource",
    summary=_("Show a resource and its fields"),
    args=Args,
    needs=Role.ANYONE,
    answer=answer,
    public=True,
    examples=("show-resource 3b7c1c0a-3f0e-5d0b-9a67-0c1f6a1f2b3c",),
    also=("show", "view", "resource"),
)
