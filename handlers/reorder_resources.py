"""`/bcdc reorder-resources <package> [order …]`: the resources of a record in another order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from bot.change import ORDER, Change, FieldEdit, Json, Value, Write, WriteKind
from bot.ckan.models import Package
from bot.ckan.schema import Choice, Field
from bot.command import Arg, ChangeCommand, Role, Subject
from bot.context import Context
from bot.errors import FieldErrors, UsageError
from bot.text import _


@dataclass(frozen=True, slots=True)
class Args:
    package: Annotated[str, Arg(_("the record's title, name, id or link"), names="package")]
    order: Annotated[
        tuple[str, ...], Arg(_("ids of the resources that come first, in their order"), many=True)
    ] = ()


async def subject(ctx: Context, args: Args) -> Subject | None:
    """A form with the place of each resource, unless the order was typed."""
    if args.order:
        return None
    package = await ctx.ckan.package(args.package)
    places = [str(place) for place in range(1, len(package.resources) + 1)]
    choices = tuple(Choice(place, place) for place in places)
    fields = tuple(
        Field(row.id, row.title, required=True, choices=choices) for row in package.resources
    )
    values: dict[str, Json] = {
        row.id: place for row, place in zip(package.resources, places, strict=True)
    }
    return Subject(package, None, fields, values, saves=False)


async def propose(ctx: Context, args: Args, values: Mapping[str, Value]) -> Change:
    package = await ctx.ckan.package(args.package)
    before = [resource.id for resource in package.resources]
    after = _first(package, args.order) if args.order else _placed(before, values)
    edits = (
        FieldEdit(ORDER, _("Order"), list(before), list(after)),
        FieldEdit("order", _("Order"), _told(package, before), _told(package, after)),
    )
    write = Write(WriteKind.REORDER_RESOURCES, package.id, None, package.title, edits)
    return Change(title=package.title, writes=(write,))


def _first(package: Package, wanted: Sequence[str]) -> list[str]:
    """The wanted ones first, the others after them as they were. Raises UsageError."""
    ids = [resource.id for resource in package.resources]
    first: list[str] = []
    for one in wanted:
        found = next((known for known in ids if known in one), None)
        if found is None:
            raise UsageError(
                _("“{id}” is no resource of “{title}”.").format(id=one, title=package.title)
            )
        first.append(found)
    return [*dict.fromkeys(first), *(known for known in ids if known not in first)]


def _placed(ids: Sequence[str], places: Mapping[str, Value]) -> list[str]:
    """The moved ones at their places, the others between them as they were.

    Raises FieldErrors where two want one place.
    """
    taken: dict[int, str] = {}
    for moved, place in places.items():
        if int(str(place)) in taken:
            both = _("Two resources cannot both be number {place}.").format(place=place)
            raise FieldErrors({moved: both})
        taken[int(str(place))] = moved
    others = iter([one for one in ids if one not in places])
    return [taken.get(place) or next(others) for place in range(1, len(ids) + 1)]


def _told(package: Package, order: Sequence[str]) -> str:
    titles = {resource.id: resource.title for resource in package.resources}
    return "\n".join(f"{place}. {titles[one]}" for place, one in enumerate(order, start=1))


COMMAND = ChangeCommand(
    name="reorder-resources",
    summary=_("Put the resources of a record in another order"),
    args=Args,
    needs=Role.CONNECTED,
    subject=subject,
    propose=propose,
    pick="package",
    examples=(
        "reorder-resources adoptions-and-children-in-care-by-service-delivery-area "
        "3b7c1c0a-3f0e-5d0b-9a67-0c1f6a1f2b3c",
    ),
    also=("reorder", "sort", "order"),
)
