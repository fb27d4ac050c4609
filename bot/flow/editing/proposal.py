"""What is checked of a proposed change before anybody sees its preview."""

from __future__ import annotations

from dataclasses import replace

from bot.change import Change, Facts, Write, WriteKind, same
from bot.ckan.models import Package
from bot.ckan.moves import STATE
from bot.ckan.offered import DISPLAYED
from bot.context import Context
from bot.errors import FieldErrors, GoneError, NotAllowedError
from bot.flow.applying.effects import EFFECTS, Stands, moved
from bot.flow.editing.after import package_after
from bot.flow.editing.moving import Heeded, check_moves, facts_of, targets_of
from bot.flow.editing.trapped import with_ways_out
from bot.flow.editing.unique import taken
from bot.forms.check import check_record
from bot.forms.complete import lacks_contact
from bot.text import _, clean, ngettext, shorten


def changed(change: Change) -> Change:
    """The change without edits that would change nothing.

    Raises FieldErrors when nothing is left.
    """
    writes = tuple(map(_changed, change.writes))
    if not any(write.edits or write.file for write in writes):
        raise FieldErrors({}, (_("Nothing would change: these are the values it has now."),))
    return replace(change, writes=tuple(write for write in writes if write.edits or write.file))


def _changed(write: Write) -> Write:
    match write.kind:
        case WriteKind.PATCH:
            edits = (edit for edit in write.edits if not same(edit.before, edit.after))
        case WriteKind.REORDER_RESOURCES:
            edits = (edit for edit in write.edits if edit.before != edit.after)
        case _:
            return write
    return replace(write, edits=tuple(edits))


async def checked(ctx: Context, change: Change) -> Change:
    """The change with all that is to be heeded and confirmed before it is applied.

    Raises FieldErrors for what the catalogue would refuse (docs/catalogue.md, "What blocks a
    save"), GoneError when the record is not as the change takes it to be, NotAllowedError when it
    is not the person's to change.
    """
    schema, rights, user = await ctx.ckan.schema(), await ctx.ckan.rights(), await ctx.ckan.user()
    capabilities = await ctx.ckan.capabilities()
    titles = {row.id: row.title for row in await ctx.ckan.organizations()}
    heeded, facts = Heeded(), Facts()
    for package_id in dict.fromkeys(write.package_id for write in change.writes):
        writes = [write for write in change.writes if write.package_id == package_id]
        before = await _before(ctx, writes)
        after = package_after(before, writes)
        await may_edit(ctx, after)
        targets = targets_of(writes) if before.id else ()
        facts = facts_of(schema, rights, before, after, targets)
        if any(write.kind in _UNCHECKED for write in writes):
            heeded += Heeded(_gone_with(before, writes))
            continue
        errors, found = check_record(
            schema,
            after,
            edited_resource=writes[0].resource_id,
            contact_organizations=None if rights.sysadmin else rights.editor,
            organization_titles=titles,
            siblings=capabilities.revalidates_siblings,
        )
        if targets:
            heeded += check_moves(schema, before, after, targets)
        lack = _lacks_contact(writes, after) if schema.part(DISPLAYED) else {}
        lack |= await taken(ctx, writes, after)
        if lack or errors:
            by_field = {**(errors.by_field if errors else {}), **lack}
            if STATE in by_field and not after.publish_state:
                by_field[STATE] = _stateless(after)
            wrong = FieldErrors(by_field, errors.general if errors else ())
            here = writes[0].resource_id is None and not targets
            raise await with_ways_out(ctx, after, wrong, here=here)
        heeded += Heeded(found)
    return replace(
        change,
        warnings=change.warnings + _pointed_out(change) + heeded.warnings,
        confirmations=change.confirmations + heeded.confirmations,
        facts=replace(facts, asked_as=user.id if user else ""),
    )


def _stateless(package: Package) -> str:
    return _(
        "The record is from before the catalogue's states and has none, so nothing of it can be "
        "saved. Make it a draft first: /bcdc set-state {name} draft"
    ).format(name=package.name)


def _lacks_contact(writes: list[Write], after: Package) -> dict[str, str]:
    """Where the contacts were edited, or are new, one of them must be seen by everybody."""
    edited = {edit.field for write in writes if not write.resource_id for edit in write.edits}
    new = any(write.kind is WriteKind.CREATE_PACKAGE for write in writes)
    lack = lacks_contact(after) if new or "contacts" in edited else ""
    return {"contacts": lack} if lack else {}


def _pointed_out(change: Change) -> tuple[str, ...]:
    """What nobody can bring back, and a file that an export which went wrong may have left."""
    told = []
    if any(write.kind is WriteKind.DELETE_RESOURCE for write in change.writes):
        told.append(
            _("A deleted resource is gone for good, with its file: nobody can bring it back.")
        )
    for write in change.writes:
        if write.file and not write.file.size:
            name = shorten(clean(write.file.name), 100)
            told.append(_("There is nothing in the file {name}.").format(name=name))
    return tuple(told)


def _gone_with(package: Package, writes: list[Write]) -> tuple[str, ...]:
    """What goes with a record that is deleted, also where that undoes its creation."""
    number = len(package.resources)
    if not number or all(write.kind is not WriteKind.DELETE_PACKAGE for write in writes):
        return ()
    told = ngettext("With it goes {n} resource.", "With it go {n} resources.", number)
    return (told.format(n=number),)


_UNCHECKED = frozenset({WriteKind.DELETE_PACKAGE, WriteKind.REORDER_RESOURCES})
"""CKAN validates nothing for these (docs/catalogue.md, "What blocks a save")."""


async def _before(ctx: Context, writes: list[Write]) -> Package:
    """The record the writes start from, which must be as they take it to be."""
    if writes[0].kind is WriteKind.CREATE_PACKAGE:
        return Package({})
    package = await ctx.ckan.package(writes[0].package_id)
    await may_edit(ctx, package)
    seen = package
    for write in writes:
        if EFFECTS[write.kind].stands(seen, write) is Stands.MOVED:
            raise GoneError(moved(seen, write))
        seen = package_after(seen, [write])
    return package


async def may_edit(ctx: Context, package: Package) -> None:
    """Raise NotAllowedError where the person may not change records of the owning organization.

    Nobody may while operators suspend it.
    """
    await ctx.operations.check_organization(package.owner_org)
    rights = await ctx.ckan.rights()
    if rights.may_edit(package.owner_org):
        return
    raise NotAllowedError(
        _(
            "You may not change this record: it belongs to {organization}, where you are not an "
            "editor. Ask one of its editors or admins."
        ).format(organization=package.organization_title or _("another organization"))
    )
