"""`/bcdc set-state <package> [state]`: move a record through the publication workflow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from bot.change import Change, FieldEdit, Value, Write, WriteKind
from bot.ckan.models import Package
from bot.ckan.moves import STATE, may_make, moves_of, path_to, states
from bot.ckan.schema import Choice, Move, Schema
from bot.command import Arg, ChangeCommand, Role, Subject
from bot.context import Context
from bot.errors import FieldErrors, GoneError
from bot.text import _

_ENDS = {"PENDING ARCHIVE", "ARCHIVED"}
_OVER = {"obsolete", "historicalArchive", "destroyed"}


@dataclass(frozen=True, slots=True)
class Args:
    package: Annotated[str, Arg(_("the record's title, name, id or link"), names="package")]
    state: Annotated[tuple[str, ...], Arg(_("the state to move it to"), many=True)] = ()


async def subject(ctx: Context, args: Args) -> Subject | None:
    if args.state:
        return None
    package = await ctx.ckan.package(args.package)
    schema, rights = await ctx.ckan.schema(), await ctx.ckan.rights()
    _refuse_without_states(schema)
    field = schema.field(STATE, of_resource=False)
    choices = tuple(
        Choice(
            move.to,
            field.describe(move.to)
            if may_make(move, rights, package.owner_org)
            else _("{state} (asks an admin)").format(state=field.describe(move.to)),
        )
        for move in moves_of(schema, package)
    )
    now = _("It is now: {state}").format(state=field.describe(package.publish_state))
    asked = replace(field, label=_("Move to"), help=now, choices=choices, required=True)
    return Subject(package, None, (asked,), values={})


async def propose(ctx: Context, args: Args, values: Mapping[str, Value]) -> Change:
    package, schema = await ctx.ckan.package(args.package), await ctx.ckan.schema()
    _refuse_without_states(schema)
    wanted = str(values.get(STATE) or " ".join(args.state))
    target, field = _meant(schema, wanted), schema.field(STATE, of_resource=False)
    if target == package.publish_state:
        # There may be a way round that leads back, which would take it out of sight.
        raise GoneError(_("This record is {state} already.").format(state=field.describe(target)))
    rights, before = await ctx.ckan.rights(), package.value(STATE)
    writes: list[Write] = []
    for move in path_to(schema, package, target) or (Move(target, frozenset()),):
        if writes and not may_make(move, rights, package.owner_org):
            # What leads there asks the admins for the rest.
            break
        edit = FieldEdit(STATE, field.label, before=before, after=move.to)
        writes.append(Write(WriteKind.PATCH, package.id, None, package.title, (edit,)))
        before = move.to
    return Change(title=package.title, writes=tuple(writes), warnings=_hints(package, target))


def _refuse_without_states(schema: Schema) -> None:
    if not states(schema):
        raise GoneError(
            _(
                "The records of this catalogue have no states to move between. Who can see one is "
                "changed with /bcdc patch-package."
            )
        )


def _meant(schema: Schema, wanted: str) -> str:
    """The state by value or label, in any letter case, with blanks or hyphens.

    The beginning of one is enough where no other begins so: `publish` and `archive` are such.
    """
    known = {_folded(text): one.value for one in states(schema) for text in (one.label, one.value)}
    typed = _folded(wanted)
    begun = {value for text, value in known.items() if typed and text.startswith(typed)}
    if found := known.get(typed) or (begun.pop() if len(begun) == 1 else None):
        return found
    names = ", ".join(one.label for one in states(schema)) or _("none")
    if not wanted:
        raise FieldErrors({STATE: _("Choose where to move it: {names}.").format(names=names)})
    raise FieldErrors(
        {STATE: _("There is no state “{state}”. States: {names}").format(state=wanted, names=names)}
    )


def _folded(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _hints(package: Package, target: str) -> tuple[str, ...]:
    status, title = package.text("resource_status"), package.title
    if target not in _ENDS:
        return ()
    if status == "obsolete" and not title.upper().startswith("DEPRECATED"):
        return (
            _("The title of an obsolete record usually begins so: DEPRECATED - {title}").format(
                title=title
            ),
        )
    if status in _OVER:
        return ()
    return (
        _(
            "Before a record is archived, its resource status usually becomes Obsolete, with the "
            "record that replaces it: /bcdc patch-package {name}"
        ).format(name=package.name),
    )


COMMAND = ChangeCommand(
    name="set-state",
    summary=_("Ask to publish or archive a record, or take that back"),
    args=Args,
    needs=Role.CONNECTED,
    subject=subject,
    propose=propose,
    pick="package",
    examples=("set-state children-in-care pending publish", "set-state children-in-care draft"),
    also=("publish", "unpublish", "archive", "retire", "move", "state"),
)
