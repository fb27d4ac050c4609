"""`/bcdc list-packages <org or mine> [state:…] [text]`: the records of an organization."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from bot.answer import Answer, Entry, Fact, Go, Part
from bot.ckan.links import package_url
from bot.ckan.models import Listing, Organization, Package
from bot.ckan.moves import state_title
from bot.command import Arg, ReadCommand, Role
from bot.context import Context
from bot.errors import (
    NoEditorError,
    NotConnectedError,
    NotFoundError,
    UnsureError,
    UsageError,
)
from bot.text import _, ngettext

SIZE = 10
LONGEST = 30
"""Words of a title, at most."""
BATCH = 250
MINE = "mine"


@dataclass(frozen=True, slots=True)
class Args:
    organization: Annotated[
        str, Arg(_("an organization (name, title, id or link), or mine"), names="organization")
    ]
    state: Annotated[str, Arg(_("only records in this state"), setting=True)] = ""
    text: Annotated[str, Arg(_("words the records must have"), rest=True)] = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Ids of the organizations, whose records they are in words, and what those must have."""

    ids: tuple[str, ...]
    of: str
    branches: int
    text: str
    state: str

    async def page(self, ctx: Context, page: int, size: int) -> Listing:
        return await ctx.ckan.list_packages(
            self.ids, text=self.text, state=self.state, page=page, size=size
        )


async def answer(ctx: Context, args: Args) -> Answer:
    wanted = await _wanted(ctx, args)
    listing = await wanted.page(ctx, ctx.page, SIZE)
    number = listing.total
    headline = ngettext("{n:,} record {of}", "{n:,} records {of}", number)
    notes = []
    if wanted.branches:
        notes.append(
            ngettext("With its {n} branch.", "With its {n} branches.", wanted.branches).format(
                n=wanted.branches
            )
        )
    if not number:
        notes.append(_("You may not see all there is, or nothing there fits."))
    return Answer(
        headline=headline.format(n=number, of=wanted.of),
        entries=tuple(_entry(ctx, package) for package in listing.packages),
        note=" ".join(notes),
        part=Part.of(listing.first, len(listing.packages), number, SIZE),
    )


async def rows(ctx: Context, args: Args) -> AsyncIterator[Sequence[str]]:
    wanted = await _wanted(ctx, args)
    page, known = 1, 1
    while (page - 1) * BATCH < known:
        listing = await wanted.page(ctx, page, BATCH)
        for one in listing.packages:
            yield (
                one.title,
                one.name,
                one.id,
                one.publish_state,
                one.organization_title,
                one.metadata_modified,
                package_url(ctx.ckan.url, one.name),
            )
        page, known = page + 1, listing.total


async def _wanted(ctx: Context, args: Args) -> Wanted:
    state = await _state(ctx, args.state)
    if args.organization.casefold() == MINE:
        rights = await ctx.ckan.rights()
        if ctx.account is None:
            raise NotConnectedError(
                _("The bot does not know which are yours. Type /bcdc connect to give your key.")
            )
        if not rights.editor and not rights.sysadmin:
            raise NoEditorError
        return Wanted(tuple(sorted(rights.editor)), _("where you may edit"), 0, args.text, state)
    named, text = await _named(ctx, args)
    below = [row for row in await ctx.ckan.organizations() if row.parent_name == named.name]
    ids = (named.id, *(row.id for row in below))
    of = _("of {organization}").format(organization=named.title)
    return Wanted(ids, of, len(below), text, state)


async def _named(ctx: Context, args: Args) -> tuple[Organization, str]:
    """The organization, and the words after its title, which may stand without quotes."""
    words = [args.organization, *args.text.split()]
    unknown: NotFoundError | None = None
    for end in range(min(len(words), LONGEST), 0, -1):
        try:
            return await ctx.ckan.organization(" ".join(words[:end])), " ".join(words[end:])
        except UnsureError as unsure:
            if not unsure.guess:
                raise
            unknown = unknown if isinstance(unknown, UnsureError) else unsure
        except NotFoundError as error:
            unknown = unknown or error
    assert unknown  # noqa: S101  # there is one word at least
    raise unknown


async def _state(ctx: Context, typed: str) -> str:
    """The state as the catalogue spells it. Raises UsageError naming those there are."""
    if not typed:
        return ""
    field = (await ctx.ckan.schema()).field("publish_state", of_resource=False)
    if not field.choices:
        raise UsageError(_("The records of this catalogue have no states: leave out state:…"))
    wanted = " ".join(typed.replace("-", " ").replace("_", " ").upper().split())
    known = [choice.value for choice in field.choices]
    if wanted not in known:
        raise UsageError(
            _("There is no state “{state}”. Choose one of: {states}.").format(
                state=typed, states=", ".join(one.lower().replace(" ", "-") for one in known)
            )
        )
    return wanted


def _entry(ctx: Context, package: Package) -> Entry:
    state = [Fact(_("State"), state_title(package.publish_state))] if package.publish_state else []
    return Entry(
        title=package.title,
        url=package_url(ctx.ckan.url, package.id),
        facts=(
            *state,
            Fact(_("Name"), package.name, code=True),
            Fact(_("Id"), package.id, code=True),
        ),
        buttons=(Go(_("Show"), "show-package", package.id),),
    )


COMMAND = ReadCommand(
    name="list-packages",
    summary=_("List the records of an organization"),
    args=Args,
    needs=Role.ANYONE,
    answer=answer,
    public=True,
    columns=(
        _("Title"),
        _("Name"),
        _("Id"),
        _("State"),
        _("Organization"),
        _("Changed"),
        _("Page"),
    ),
    rows=rows,
    examples=(
        "list-packages information-management-cfd",
        "list-packages mine state:draft",
        'list-packages "BC Parks" trails',
    ),
    also=("list", "records", "packages", "mine"),
)
