"""The first question of a verb: which record, and then which of its resources."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from bot.command import Picks
from bot.context import Context, Person, Place
from bot.errors import CatalogueError, NotFoundError, UserError
from bot.flow.index.own_part import OwnParts
from bot.flow.pages import PickPage
from bot.flow.people import People, banner
from bot.store.index import Index
from bot.store.names import Entry, Kind, of_package


class Picking:
    """Finds what was chosen, from the index where the catalogue does not answer in time.

    `about` says in a few words which file or link a request is about.
    """

    def __init__(
        self,
        *,
        index: Index,
        people: People,
        own_parts: OwnParts,
        about: Callable[[Context], Awaitable[str]],
    ) -> None:
        self._index = index
        self._people = people
        self._own_parts = own_parts
        self._about = about

    async def page(
        self,
        command: Picks,
        person: Person,
        place: Place,
        chosen: str = "",
        error: str = "",
    ) -> PickPage:
        """The question, with what was chosen so far: the id of a record or of a resource."""
        ctx = await self._people.context(person, place)
        empty = question(command, ctx, await self._about(ctx), error)
        if not chosen:
            return empty
        try:
            entries, resource_id = await self._record(ctx, person, chosen)
        except UserError as failed:
            return empty if error else replace(empty, error=str(failed))
        package, *resources = entries
        return replace(
            empty,
            package=package,
            resources=tuple(resources) if command.pick == "resource" else (),
            resource_id=resource_id,
        )

    async def _record(
        self, ctx: Context, person: Person, chosen: str
    ) -> tuple[Sequence[Entry], str]:
        """A record with its resources, and the resource if that was chosen.

        Raises NotFoundError and CatalogueError.
        """
        package, resource_id = await self._known(ctx, person, chosen)
        if package is None:
            return await _asked(ctx, chosen)
        try:
            async with asyncio.timeout(self._own_parts.pace.patience):
                return list(of_package(await ctx.ckan.package(package.id))), resource_id
        except (TimeoutError, CatalogueError):
            seen = await self._own_parts.of(person, ctx.ckan.catalogue)
            resources = await self._index.find(
                ctx.ckan.catalogue,
                Kind.RESOURCE,
                sight=seen.sight,
                package_id=package.id,
                limit=1000,
            )
            return [package, *resources], resource_id

    async def _known(self, ctx: Context, person: Person, chosen: str) -> tuple[Entry | None, str]:
        """What the index knows of the id of a record, or of a resource and its record."""
        catalogue = ctx.ckan.catalogue
        seen = await self._own_parts.of(person, catalogue)

        async def exact(kind: Kind, key: str) -> Entry | None:
            found = await self._index.find(catalogue, kind, key, sight=seen.sight, limit=1)
            return found[0] if found and found[0].id == key else None

        if package := await exact(Kind.PACKAGE, chosen):
            return package, ""
        resource = await exact(Kind.RESOURCE, chosen)
        if resource is None:
            return None, ""
        return await exact(Kind.PACKAGE, resource.package_id), chosen


def question(command: Picks, ctx: Context, about: str = "", error: str = "") -> PickPage:
    """The form that asks what a verb is to work on, with nothing chosen yet."""
    shown = " · ".join(filter(None, (about, banner(ctx))))
    asked = next(one for one in command.parameters if one.name == command.pick)
    label = asked.arg.help[:1].upper() + asked.arg.help[1:]
    return PickPage(command.name, command.pick, label, command.summary, shown, error)


async def _asked(ctx: Context, chosen: str) -> tuple[Sequence[Entry], str]:
    try:
        found = await ctx.ckan.package(chosen)
    except NotFoundError as not_a_record:
        try:
            found, resource = await ctx.ckan.resource(chosen)
        except NotFoundError:
            raise not_a_record from None
        return list(of_package(found)), resource.id
    return list(of_package(found)), ""
