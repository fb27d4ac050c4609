"""`/bcdc create-package [org] [from:<package>]`: a new record, as a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Final

from bot.change import ABSENT, ORDER, Change, FieldEdit, Json, Value, Write, WriteKind
from bot.ckan.copying import Copied, copied_resources, copy_of
from bot.ckan.editable import (
    LONGEST_NAME,
    edited_elsewhere,
    essentials_first,
    name_from,
    new_contact,
    record_fields,
)
from bot.ckan.keywords import TAG_STRING, TAGS, as_tags
from bot.ckan.models import Package
from bot.ckan.moves import FIRST, STATE, states
from bot.ckan.schema import PRIVATE, Field, Schema
from bot.command import Arg, ChangeCommand, Role, Subject
from bot.context import Context
from bot.errors import FieldErrors, NoEditorError, NotAllowedError, NotFoundError
from bot.text import _

_OTHER_NAMES: Final = 50
"""How many names like the title's are tried."""
_OWN_OF_NEW: Final = (STATE, PRIVATE, "type")
_NOTHING: Final[tuple[Json, ...]] = (None, "", [])


@dataclass(frozen=True, slots=True)
class Args:
    org: Annotated[str, Arg(_("the organization's name, id or title"))] = ""
    from_: Annotated[str, Arg(_("a record to copy"), setting=True)] = ""


async def subject(ctx: Context, args: Args) -> Subject:
    schema, rights = await ctx.ckan.schema(), await ctx.ckan.rights()
    package = await _copied(ctx, args)
    owner = await _owner(ctx, args.org, package)
    copied = copy_of(schema, package, rights) if args.from_ else Copied({})
    values = dict(copied.values)
    begun = new_contact(schema, owner)
    if begun:
        contact: dict[str, Json] = {
            path.partition(".")[2]: value for path, value in begun.items() if value
        }
        values.setdefault("contacts", [contact])
    if schema.has(PRIVATE):
        # Where there are no drafts, others see a record when its editor says so.
        values[PRIVATE] = True
    if owner:
        values["owner_org"] = owner
    fields = record_fields(schema, await ctx.ckan.choices(), rights, Package(values))
    fields = tuple(_explained(schema, field) for field in fields)
    elsewhere = edited_elsewhere(schema)
    if copied.links:
        fields += (copied.links,)
        elsewhere = {name: said for name, said in elsewhere.items() if name != ORDER}
    heading = (
        _("A copy of {title}").format(title=package.title) if args.from_ else _("A new record")
    )
    return Subject(
        Package({"owner_org": owner}),
        None,
        fields,
        values=values,
        elsewhere=elsewhere,
        pages=essentials_first(fields),
        defaults=begun,
        heading=heading,
        heed={"": " ".join(copied.left_out)} if copied.left_out else {},
    )


async def _copied(ctx: Context, args: Args) -> Package:
    return await ctx.ckan.package(args.from_) if args.from_ else Package({})


async def _owner(ctx: Context, org: str, copied: Package) -> str:
    """The organization that was named, or that goes without saying; "" for a choice."""
    rights = await ctx.ckan.rights()
    if org:
        found = await ctx.ckan.organization(org)
        if not rights.may_edit(found.id):
            raise NotAllowedError(
                _(
                    "You may not create records for {organization}. Ask one of its admins to make "
                    "you an editor."
                ).format(organization=found.title)
            )
        return found.id
    if copied.owner_org and rights.may_edit(copied.owner_org):
        return copied.owner_org
    if not rights.editor and not rights.sysadmin:
        raise NoEditorError
    return next(iter(rights.editor)) if len(rights.editor) == 1 else ""


def _explained(schema: Schema, field: Field) -> Field:
    if field.name == "name":
        made = _("Leave this empty, and it is made from the title.")
        return replace(field, required=False, help=made)
    if field.name == "title" and schema.titles_are_unique:
        taken = _("No two records may share a title, and a deleted one keeps its own.")
        return replace(field, help=f"{field.help} {taken}".strip())
    return field


async def propose(ctx: Context, args: Args, values: Mapping[str, Value]) -> Change:
    found, schema = await subject(ctx, args), await ctx.ckan.schema()
    labels = {field.name: field.label for field in schema.dataset_fields}
    body: dict[str, Value] = {**found.stored, **values}
    title = str(body.get("title") or "")
    name = str(body.get("name") or "")
    body["name"] = await _named(ctx, name, title)
    if states(schema):
        body[STATE] = FIRST
    if TAG_STRING in body:
        body[TAGS] = as_tags(str(body.pop(TAG_STRING)))
        labels[TAGS] = labels[TAG_STRING]
    if body.get("metadata_visibility") == "IDIR":
        # Else everybody could read it until it is saved again.
        body["private"] = True
    body["type"] = schema.dataset_type
    taken = body.pop(ORDER, None)
    if isinstance(taken, list) and taken:
        package = await _copied(ctx, args)
        body[ORDER] = copied_resources(schema, package, [str(one) for one in taken])
        labels[ORDER] = _("Resources")
    edits = tuple(
        FieldEdit(field, labels.get(field, ""), ABSENT, body[field])
        for field in dict.fromkeys((*_in_order(found, labels), *_OWN_OF_NEW))
        if body.get(field) not in _NOTHING
    )
    write = Write(WriteKind.CREATE_PACKAGE, str(body["name"]), None, title, edits)
    return Change(title=title, writes=(write,), warnings=_left_out(found, body))


def _in_order(found: Subject, labels: Mapping[str, str]) -> list[str]:
    names = [TAGS if field.name == TAG_STRING else field.name for field in found.fields]
    return [name for name in names if name in labels]


def _left_out(found: Subject, body: Mapping[str, Value]) -> tuple[str, ...]:
    """What a copy does not take over."""
    told = found.heed.get("", "")
    links = any(field.name == ORDER for field in found.fields)
    if not links or body.get(ORDER):
        return (told,) if told else ()
    return (told, _("Its links are not copied: choose them in the form, on the page with links."))


async def _named(ctx: Context, given: str, title: str) -> str:
    """The name given, or one that is free, made from the title."""
    name = given or name_from(title)
    if not name:
        return ""
    # Whether a name that was given is free is checked with all the rest.
    if given or await _is_free(ctx, name):
        return name
    for number in range(2, _OTHER_NAMES):
        end = f"-{number}"
        if await _is_free(ctx, other := name[: LONGEST_NAME - len(end)] + end):
            return other
    raise FieldErrors({"name": _("Records with such names are many. Choose one yourself.")})


async def _is_free(ctx: Context, name: str) -> bool:
    try:
        return (await ctx.ckan.package(name)).name != name
    except NotFoundError:
        return True


COMMAND = ChangeCommand(
    name="create-package",
    summary=_("Create a record, as a draft"),
    args=Args,
    needs=Role.CONNECTED,
    subject=subject,
    propose=propose,
    examples=(
        "create-package",
        "create-package information-management-cfd",
        "create-package from:children-in-care",
    ),
    also=("create", "new", "add", "copy"),
)
