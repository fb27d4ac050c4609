"""`/bcdc schema [package or resource] [field]`: the fields there are, and what they may hold."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from rapidfuzz import fuzz, process, utils

from bot.answer import Answer, Entry, Fact, paged
from bot.ckan.schema import Field, Schema
from bot.command import Arg, ReadCommand, Role
from bot.context import Context
from bot.errors import CatalogueError, NotFoundError
from bot.text import _, ngettext

SIZE = 15
CHOICES = 40
NEAR = 70
"""How like a name must be, of 100, to be one that was meant."""
KINDS = {"package": False, "record": False, "dataset": False, "resource": True}


@dataclass(frozen=True, slots=True)
class Args:
    kind: Annotated[str, Arg(_("package or resource"))] = ""
    field: Annotated[str, Arg(_("one field, by its name or label"), rest=True)] = ""


async def answer(ctx: Context, args: Args) -> Answer:
    schema = await ctx.ckan.schema()
    kinds, wanted = _wanted(args)
    if wanted:
        field, of_resource = _named(schema, args)
        return _explained(ctx, schema, await _offered(ctx, field), of_resource)
    rows = [row for of_resource in kinds for row in _fields(schema, of_resource=of_resource)]
    shown, part = paged(rows, ctx.page, SIZE)
    of_one = _("Fields of a resource") if kinds[0] else _("Fields of a record")
    return Answer(
        headline=of_one if len(kinds) == 1 else _("Fields of records and resources"),
        entries=tuple(_entry(schema, row) for row in shown),
        note=_("For what a field may hold, type its name too: /bcdc schema {name}").format(
            name=shown[0].name if shown else "title"
        ),
        part=part,
    )


async def rows(ctx: Context, args: Args) -> AsyncIterator[Sequence[str]]:
    schema = await ctx.ckan.schema()
    kinds, wanted = _wanted(args)
    for of_resource in kinds:
        for field in _fields(schema, of_resource=of_resource):
            if wanted and not _is(field, wanted):
                continue
            of = _("a resource") if of_resource else _("a record")
            offered = (await _offered(ctx, field)).choices
            choices = "; ".join(f"{one.value} = {one.label}" for one in offered)
            yield (of, field.name, field.label, _mandatory(schema, field), choices, field.help)


def _wanted(args: Args) -> tuple[tuple[bool, ...], str]:
    """For records, resources or both; and the field's name or label, "" for all."""
    kind = args.kind.casefold().removesuffix("s")
    if not kind:
        return (False, True), ""
    if kind in KINDS:
        return (KINDS[kind],), args.field
    return (False, True), f"{args.kind} {args.field}".strip()


def _fields(schema: Schema, *, of_resource: bool) -> list[Field]:
    return [
        field
        for field in (schema.resource_fields if of_resource else schema.dataset_fields)
        if not field.hidden
    ]


def _is(field: Field, wanted: str) -> bool:
    return wanted.casefold() in {field.name.casefold(), field.label.casefold()}


def _named(schema: Schema, args: Args) -> tuple[Field, bool]:
    kinds, wanted = _wanted(args)
    # A label may begin with the word for a kind, as in "Resource Type".
    whole = f"{args.kind} {args.field}".strip()
    for words, among in ((wanted, kinds), (whole, (False, True))):
        for kind in among:
            for field in _fields(schema, of_resource=kind):
                if _is(field, words):
                    return field, kind
    known = [field.name for kind in kinds for field in _fields(schema, of_resource=kind)]
    near = process.extract(
        wanted, known, scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=NEAR
    )
    sentence = _("There is no field “{name}”.").format(name=wanted) + " "
    if near:
        names = dict.fromkeys(name for name, _score, _index in near)
        sentence += _("Did you mean {names}?").format(names=", ".join(names))
    else:
        sentence += _("Type /bcdc schema to see all there are.")
    raise NotFoundError(sentence)


async def _offered(ctx: Context, field: Field) -> Field:
    """The field with its choices, those too that the schema leaves to the server.

    While the catalogue does not answer, those that this process holds.
    """
    known = ctx.ckan.known_choices()
    if field.choices or field.name not in known:
        return field
    try:
        offered = await ctx.ckan.choices()
    except CatalogueError:
        offered = known
    return replace(field, choices=offered[field.name])


def _explained(ctx: Context, schema: Schema, field: Field, of_resource: bool) -> Answer:  # noqa: FBT001  # comes of a pair
    facts = [
        Fact(_("Name"), field.name, code=True),
        Fact(_("Of"), _("a resource") if of_resource else _("a record")),
        Fact(_("Mandatory"), _mandatory(schema, field)),
    ]
    parts = [
        Entry(
            title=part.label,
            facts=(
                Fact(_("Name"), part.name, code=True),
                Fact(_("Mandatory"), _mandatory(schema, part)),
                *(
                    (Fact(_("May hold"), "; ".join(one.label for one in part.choices)),)
                    if part.choices
                    else ()
                ),
            ),
        )
        for part in field.subfields
    ]
    number = len(field.choices)
    shown, part = paged(field.choices, ctx.page, CHOICES)
    if shown:
        label = ngettext("{n} choice", "{n} choices", number).format(n=number)
        facts.append(Fact(label, "; ".join(f"{one.label} ({one.value})" for one in shown)))
    return Answer(
        headline=field.label,
        entries=(Entry(title="", text=field.help, facts=tuple(facts)), *parts),
        part=part if number else None,
    )


def _entry(schema: Schema, field: Field) -> Entry:
    facts = [Fact(_("Mandatory"), _mandatory(schema, field))]
    if field.choices:
        facts.append(Fact(_("Choices"), str(len(field.choices))))
    if field.subfields:
        facts.append(Fact(_("Parts"), ", ".join(part.label for part in field.subfields)))
    facts.append(Fact(_("Name"), field.name, code=True))
    return Entry(title=field.label, facts=tuple(facts))


def _mandatory(schema: Schema, field: Field) -> str:
    demanded = field.required or "conditional_required" in field.validators
    condition = field.condition
    if condition is None:
        return _("Yes") if demanded else _("No")
    named = (schema.field(condition.field, of_resource=one) for one in (True, False))
    source = max(named, key=lambda one: bool(one.choices))
    values = _(" or ").join(sorted(map(source.describe, condition.values)))
    when = (
        _("Yes, when {field} is {values}") if demanded else _("No; only when {field} is {values}")
    )
    return when.format(field=source.label, values=values)


COMMAND = ReadCommand(
    name="schema",
    summary=_("Show the fields of records and resources"),
    args=Args,
    needs=Role.ANYONE,
    answer=answer,
    public=True,
    columns=(_("Of"), _("Name"), _("Label"), _("Mandatory"), _("Choices"), _("Help")),
    rows=rows,
    examples=("schema resource", "schema package license_id"),
    also=("fields",),
)
