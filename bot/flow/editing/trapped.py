"""The ways out where a contact of another organization keeps a person from saving a record."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from bot.ckan.models import Package
from bot.ckan.offered import CONTACT_ORG
from bot.command import Subject
from bot.context import Context
from bot.errors import FieldErrors, UserError
from bot.forms.foreign import ForeignContact, foreign_contacts
from bot.text import _

NAMED = 5
"""People who are named where one of them is to be asked."""


async def forewarned(ctx: Context, subject: Subject) -> Subject:
    """The subject with what would keep its record from being saved, told before anybody types."""
    found = await _foreign(ctx, subject.package) if subject.saves else []
    if not found:
        return subject
    here = any(field.name == CONTACT_ORG.partition(".")[0] for field in subject.fields)
    heed = {contact.block_id: contact.sentence for contact in found} if here else {}
    sentences = [contact.sentence for contact in found]
    sentences += await _ways_out(ctx, subject.package, found, here=here)
    return replace(subject, heed={**heed, "": " ".join(sentences)})


async def with_ways_out(
    ctx: Context, package: Package, errors: FieldErrors, *, here: bool
) -> FieldErrors:
    """What is wrong with a record, and what can be done about its contacts, `here` or elsewhere."""
    found = await _foreign(ctx, package)
    if not found:
        return errors
    ways = await _ways_out(ctx, package, found, here=here)
    return FieldErrors(errors.by_field, (*errors.general, *ways))


async def _foreign(ctx: Context, package: Package) -> list[ForeignContact]:
    org = (await ctx.ckan.schema()).part(CONTACT_ORG)
    if org is None or not org.choices_helper:
        return []
    rights = await ctx.ckan.rights()
    titles = {row.id: row.title for row in await ctx.ckan.organizations()}
    return [*foreign_contacts(package, None if rights.sysadmin else rights.editor, titles)]


async def _ways_out(
    ctx: Context, package: Package, found: Collection[ForeignContact], *, here: bool
) -> list[str]:
    ways = []
    if not here:
        ways.append(
            _("The contacts are changed with: /bcdc patch-package {name}").format(name=package.name)
        )
    if all(contact.title for contact in found):
        bodies = {package.owner_org, *(contact.organization for contact in found)}
        names = await _who_may_edit(ctx, bodies)
        whom = ", ".join(names[:NAMED])
        ways.append(
            _("Who may save it with these contacts: {names}, or a catalogue administrator.").format(
                names=whom
            )
            if names
            else _("Only a catalogue administrator may save it with these contacts.")
        )
    return ways


async def _who_may_edit(ctx: Context, organization_ids: Collection[str]) -> list[str]:
    """The names of those who may edit in all of these organizations, as far as can be told."""
    bodies = [row for row in await ctx.ckan.organizations() if row.id in organization_ids]
    people: dict[str, str] = {}
    everywhere: set[str] | None = None
    try:
        for body in bodies:
            members = await ctx.ckan.editors(body)
            people |= {one.user.id: one.user.fullname or one.user.name for one in members}
            there = {one.user.id for one in members}
            everywhere = there if everywhere is None else everywhere & there
    except UserError:
        return []
    return sorted(people[user_id] for user_id in everywhere or ())
