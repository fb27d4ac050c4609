"""Titles and names that other records have, deleted ones among them, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable

from bot.change import Write, WriteKind
from bot.ckan.editable import name_from
from bot.ckan.models import Package
from bot.context import Context
from bot.errors import NotFoundError
from bot.text import _


async def taken(ctx: Context, writes: Iterable[Write], after: Package) -> dict[str, str]:
    """Sentences, by field, for a new title or name that another record has.

    As far as its person may see that record: of a deleted record that only others may see nobody
    but the catalogue can tell, which says so when it is asked to save (docs/catalogue.md, "What
    blocks a save").
    """
    edited = {
        edit.field
        for write in writes
        if write.resource_id is None and write.kind in {WriteKind.PATCH, WriteKind.CREATE_PACKAGE}
        for edit in write.edits
    }
    found: dict[str, str] = {}
    if "name" in edited and (other := await _other(ctx, after.name, after)):
        found["name"] = _of_name(other)
    titles = (await ctx.ckan.schema()).titles_are_unique
    if "title" in edited and titles and (other := await _titled(ctx, after)):
        found["title"] = _of_title(other)
    return found


async def _other(ctx: Context, name: str, package: Package) -> Package | None:
    """Another record of that name."""
    try:
        other = await ctx.ckan.package(name) if name else None
    except NotFoundError:
        return None
    return other if other and other.name == name and other.id != package.id else None


async def _titled(ctx: Context, package: Package) -> Package | None:
    """Another record of the same title, which searches find unless it was deleted."""
    title = package.text("title")
    if not title:
        return None
    listed = (await ctx.ckan.find_packages(title)).packages
    # A deleted record is in no search, and mostly still has the name that its title made.
    named = await _other(ctx, name_from(title), package)
    others = (one for one in (*listed, *filter(None, [named])) if one.id != package.id)
    return next((one for one in others if one.title == title), None)


def _of_name(other: Package) -> str:
    if other.deleted:
        return _("A record that was deleted still has this name. Choose another one.")
    return _("Another record has this name. Choose another one.")


def _of_title(other: Package) -> str:
    if other.deleted:
        return _(
            "A record that was deleted still has this title, until the catalogue's administrators "
            "remove it for good. Choose another one, or ask them."
        )
    return _("Another record has this title. Choose another one.")
