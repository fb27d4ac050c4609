"""`/bcdc show-package <package>`: a record as people read it, and its resources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.answer import Answer, Entry, Fact, Go
from bot.ckan.models import Package, Resource
from bot.command import Arg, ReadCommand, Role
from bot.context import Context
from bot.text import _, ngettext

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Args:
    package: Annotated[str, Arg("the record's id, name or link", rest=True)]


async def answer(ctx: Context, args: Args) -> Answer:
    package = await ctx.ckan.package(args.package)
    may_edit = (await ctx.ckan.rights()).may_edit(package.owner_org)
    resources = package.resources
    entries = [_record(ctx, package)]
    entries += [
        _resource(ctx, package, resource, may_edit=may_edit) for resource in resources[:SHOWN]
    ]
    hidden = len(resources) - SHOWN
    return Answer(
        headline=package.title,
        entries=tuple(entries),
        note=ngettext(
            "{n} more resource is on the web page.",
            "{n} more resources are on the web page.",
            hidden,
        ).format(n=hidden)
        if hidden > 0
        else "",
    )


def _record(ctx: Context, package: Package) -> Entry:
    facts = [Fact(_("Published by"), package.organization_title or package.owner_org)]
    if package.publish_state:
        facts.append(Fact(_("State"), package.publish_state.capitalize()))
    if package.private:
        facts.append(Fact(_("Visible to"), _("Signed-in government users only")))
    facts += [
        Fact(_("Resources"), str(len(package.resources))),
        Fact(_("Name"), package.name, code=True),
        Fact(_("Id"), package.id, code=True),
    ]
    return Entry(
        title=_("Open in the catalogue"),
        url=f"{ctx.ckan.url}/dataset/{package.id}",
        facts=tuple(facts),
        text=package.text("notes"),
    )


def _resource(ctx: Context, package: Package, resource: Resource, *, may_edit: bool) -> Entry:
    return Entry(
        title=" · ".join(filter(None, (resource.title, resource.text("format")))),
        url=f"{ctx.ckan.url}/dataset/{package.id}/resource/{resource.id}",
        facts=(Fact(_("Id"), resource.id, code=True),),
        buttons=(Go(_("Edit"), "patch-resource", resource.id),) if may_edit else (),
    )


COMMAND = ReadCommand(
    name="show-package",
    summary=_("Show a record and its resources"),
    args=Args,
    needs=Role.ANYONE,
    answer=answer,
    examples=("show-package adoptions-and-children-in-care-by-service-delivery-area",),
)
