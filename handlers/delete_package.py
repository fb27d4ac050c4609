"""`/bcdc delete-package <package>`: take a draft out of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from bot.change import Change, FieldEdit, Value, Write, WriteKind
from bot.ckan.models import Package
from bot.ckan.moves import state_title
from bot.ckan.schema import Field
from bot.command import Arg, ChangeCommand, Role, Subject
from bot.context import Context
from bot.errors import FieldErrors, GoneError, NotAllowedError
from bot.text import _

CONFIRM = "confirm"
_KEPT = _("Its title stays taken until the catalogue's administrators clear it away for good.")


@dataclass(frozen=True, slots=True)
class Args:
    package: Annotated[str, Arg(_("the record's name, id or link"))]


async def subject(ctx: Context, args: Args) -> Subject:
    package = await _deletable(ctx, args.package)
    asked = Field(
        CONFIRM,
        _("Type the record's name to delete it"),
        help=_("Its name: {name}").format(name=package.name),
        required=True,
    )
    return Subject(package, None, (asked,), values={}, saves=False)


async def propose(ctx: Context, args: Args, values: Mapping[str, Value]) -> Change:
    package = await _deletable(ctx, args.package)
    if str(values.get(CONFIRM) or "").strip() != package.name:
        raise FieldErrors(
            {CONFIRM: _("To delete the record, type its name: {name}").format(name=package.name)}
        )
    edit = FieldEdit("state", "", before=package.value("state"), after="deleted")
    write = Write(WriteKind.DELETE_PACKAGE, package.id, None, package.title, (edit,))
    kept = (_KEPT,) if (await ctx.ckan.schema()).titles_are_unique else ()
    return Change(title=package.title, writes=(write,), warnings=kept)


async def _deletable(ctx: Context, name: str) -> Package:
    """The record, when it is this person's to delete: editors' drafts, any of an admin's."""
    package = await ctx.ckan.package(name)
    if package.deleted:
        raise GoneError(_("This record is deleted already."))
    rights = await ctx.ckan.rights()
    draft = package.publish_state in {"", "DRAFT"}
    if (
        not draft
        and rights.may_edit(package.owner_org)
        and not rights.may_approve(package.owner_org)
    ):
        raise NotAllowedError(
            _(
                "Editors delete drafts only, and this record is {state}. Ask an admin of "
                "{organization}, or ask for it to be archived: /bcdc set-state {name}"
            ).format(
                state=state_title(package.publish_state),
                organization=package.organization_title,
                name=package.name,
            )
        )
    return package


COMMAND = ChangeCommand(
    name="delete-package",
    summary=_("Delete a record that is a draft"),
    args=Args,
    needs=Role.CONNECTED,
    subject=subject,
    propose=propose,
    pick="package",
    examples=("delete-package a-mistaken-draft",),
    also=("delete", "remove"),
)
