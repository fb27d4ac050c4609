"""`/bcdc show-package <package>`: a record as people read it, the most important first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from bot.answer import Answer, Entry, Fact, Go, to_edit
from bot.ckan.keywords import TAGS, joined, names
from bot.ckan.links import package_url, resource_url
from bot.ckan.models import Package, Resource, moment_of
from bot.ckan.moves import GRANTED, STATE, may_make, moves_of, state_title
from bot.ckan.schema import Schema
from bot.command import Arg, ReadCommand, Role
from bot.context import Context
from bot.errors import CatalogueError
from bot.text import _, ngettext

SHOWN = 8
LONG = 600
"""Characters from which a text stands by itself, whole."""
TOLD = frozenset(
    {"title", "name", "notes", "owner_org", "publish_state", "license_id", "contacts", "tag_string"}
    | {"private"}
)
"""Fields that the first part tells in its own way."""
_ASKS = {"PUBLISHED": _("Ask to publish"), "ARCHIVED": _("Ask to archive")}
"""What a move that asks the admins is called, by the state it asks for."""
EDITS = ((_("Edit record"), "patch-package"), (_("Add a resource"), "create-resource"))


@dataclass(frozen=True, slots=True)
class Args:
    package: Annotated[
        str, Arg(_("the record's title, name, id or link"), rest=True, names="package")
    ]


async def answer(ctx: Context, args: Args) -> Answer:
    package = await ctx.ckan.package(args.package)
    may_edit = (await ctx.ckan.rights()).may_edit(package.owner_org)
    moves = await _moves(ctx, package) if may_edit else []
    resources = package.resources
    entries = [_record(ctx, package)]
    entries += [_resource(ctx, package, row, may_edit=may_edit) for row in resources[:SHOWN]]
    hidden = len(resources) - SHOWN
    return Answer(
        headline=package.title,
        entries=tuple(entries),
        note=ngettext("and {n} more resource", "and {n} more resources", hidden).format(n=hidden)
        if hidden > 0
        else "",
        buttons=tuple(_buttons(ctx, package, moves, may_edit=may_edit)),
        more=await _rest(ctx, package),
    )


def _record(ctx: Context, package: Package) -> Entry:
    facts = [Fact(_("Published by"), package.organization_title or package.owner_org)]
    if package.publish_state:
        facts.append(Fact(_("State"), state_title(package.publish_state)))
    if package.private:
        of_bcdc = "metadata_visibility" in package.raw
        whom = _("Signed-in government users only") if of_bcdc else _("Members of its organization")
        facts.append(Fact(_("Visible to"), whom))
    if package.text("license_title"):
        facts.append(Fact(_("Licence"), package.text("license_title")))
    changed = moment_of(package.metadata_modified)
    if changed:
        facts.append(Fact(_("Last changed"), changed))
    facts.append(Fact(_("Resources"), str(len(package.resources))))
    facts += [
        Fact(
            _("Contact (hidden)") if package.hides(contact) else _("Contact"),
            f"{contact.get('name', '')}, {contact.get('email', '')}".strip(", "),
        )
        for contact in package.contacts
    ]
    facts += [
        Fact(_("Name"), package.name, code=True),
        Fact(_("Id"), package.id, code=True),
    ]
    return Entry(
        title=_("Open in the catalogue"),
        url=package_url(ctx.ckan.url, package.id),
        facts=tuple(facts),
        text=package.text("notes"),
    )


def _resource(ctx: Context, package: Package, resource: Resource, *, may_edit: bool) -> Entry:
    return Entry(
        title=" · ".join(filter(None, (resource.title, resource.text("format")))),
        url=resource_url(ctx.ckan.url, package.id, resource.id),
        facts=(Fact(_("Id"), resource.id, code=True),),
        buttons=to_edit(resource) if may_edit else (),
    )


async def _moves(ctx: Context, package: Package) -> list[Go]:
    """The moves through the publication workflow that this person may make."""
    rights, schema = await ctx.ckan.rights(), await ctx.ckan.schema()
    field = schema.field(STATE, of_resource=False)
    asks = {} if rights.may_approve(package.owner_org) else _ASKS
    return [
        Go(
            asks.get(GRANTED.get(move.to, ""))
            or _("Move to {state}").format(state=field.describe(move.to)),
            "set-state",
            package.id,
            words=move.to,
        )
        for move in moves_of(schema, package)
        if may_make(move, rights, package.owner_org)
    ]


def _buttons(ctx: Context, package: Package, moves: list[Go], *, may_edit: bool) -> Iterator[Go]:
    there = {command.name for command in ctx.commands}
    if may_edit:
        yield from (Go(label, verb, package.id) for label, verb in EDITS if verb in there)
    yield from moves
    if len(package.resources) > SHOWN:
        yield Go(_("All resources"), "list-resources", package.id)
    yield Go(_("History"), "history", package.id)


async def _rest(ctx: Context, package: Package) -> tuple[Entry, ...]:
    """Every other field that holds something; nothing while the schema is not to be had."""
    try:
        schema = await ctx.ckan.schema()
    except CatalogueError:
        return ()
    facts = [*_facts(package, schema)]
    notes = schema.field("notes", of_resource=False)
    texts = [Fact(notes.label, package.text(notes.name)), *facts]
    # The description was told in short already.
    long = [one for one in texts if isinstance(one.value, str) and len(one.value) > LONG]
    short = tuple(one for one in facts if one not in long)
    whole = (Entry(title=one.label, text=str(one.value), whole=True) for one in long)
    others = (Entry(title=_("All else that is recorded"), facts=short),) if short else ()
    return (*whole, *others)


def _facts(package: Package, schema: Schema) -> Iterator[Fact]:
    if keywords := names(package.value(TAGS)):
        yield Fact(_("Keywords"), joined(keywords))
    for field in schema.dataset_fields:
        shown = field.describe(package.value(field.name)) if field.name not in TOLD else ""
        if shown:
            yield Fact(field.label, shown)


COMMAND = ReadCommand(
    name="show-package",
    summary=_("Show a record and its resources"),
    args=Args,
    needs=Role.ANYONE,
    answer=answer,
    public=True,
    pick="package",
    examples=("show-package adoptions-and-children-in-care-by-service-delivery-area",),
    also=("show", "view", "open", "record"),
)
