"""What to offer while a person types, within Slack's three seconds, whatever the catalogue does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from bot.ckan.links import is_id, parse_reference
from bot.context import Person, Place, Reader
from bot.errors import CatalogueError, NotConnectedError, UserError
from bot.flow.index.own_part import OwnParts
from bot.flow.people import People
from bot.store.index import Index
from bot.store.look import EVERYONE, Sight
from bot.store.names import Entry, Kind, of_organizations, of_package
from bot.text import _

OFFERED = 100
"""As many as Slack takes."""
READING = _("Still reading the catalogue…")
"""What is said of a list that may lack names: not all are known yet, or not in time."""


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What may be meant by `typed`, best first, and what to know of the list."""

    entries: tuple[Entry, ...]
    note: str = ""
    typed: str = ""


class TypeAhead:
    """Looks names up in the index; asks the catalogue only while the index is being filled."""

    def __init__(self, *, index: Index, people: People, own_parts: OwnParts) -> None:
        self._index = index
        self._people = people
        self._own_parts = own_parts

    async def suggest(
        self, person: Person, place: Place, kind: Kind, typed: str, *, of: str = ""
    ) -> Suggestions:
        """Names of that kind; resources may be those `of` one record, or beside one of them."""
        until = asyncio.get_running_loop().time() + self._own_parts.pace.patience
        ctx = await self._people.context(person, place)
        catalogue = ctx.ckan.catalogue
        reference = parse_reference(typed, ctx.catalogues)
        if reference.catalogue not in {"", catalogue}:
            told = _("That link leads to the catalogue “{name}”: type /bcdc use {name} first.")
            return Suggestions((), told.format(name=reference.catalogue), typed)
        text = reference.name if reference.catalogue else typed
        if reference.resource and not of:
            kind = Kind.RESOURCE
        seen, part = await asyncio.gather(
            self._own_parts.of(person, catalogue), self._index.part(catalogue, EVERYONE)
        )
        package_id = await self._record_of(catalogue, seen.sight, of) if of else ""
        found = await self._index.find(
            catalogue, kind, text, sight=seen.sight, package_id=package_id, limit=OFFERED
        )
        if not found and kind is Kind.PACKAGE and is_id(text):
            found = await self._index.find(catalogue, Kind.RESOURCE, text, sight=seen.sight)
        filled = part is not None and part.complete and seen.complete
        note = seen.note or (part.fault if part else "")
        if not filled or (not found and (reference.catalogue or is_id(text))):
            asked, failed = await self._ask(ctx.ckan, kind, text, package_id, until)
            found = _merged(found, asked)
            note = note or failed
        if not filled:
            note = " ".join(filter(None, (READING, note)))
        return Suggestions(tuple(found[:OFFERED]), note, typed)

    async def _record_of(self, catalogue: str, sight: Sight, of: str) -> str:
        """The id of the record that was chosen by its own id or that of a resource."""
        found = await self._index.find(catalogue, Kind.RESOURCE, of, sight=sight, limit=1)
        return found[0].package_id if found and found[0].id == of else of

    async def _ask(
        self, reader: Reader, kind: Kind, text: str, package_id: str, until: float
    ) -> tuple[Sequence[Entry], str]:
        """What the catalogue itself finds in the time there is, and why it finds nothing."""
        try:
            async with asyncio.timeout_at(until):
                return await _asked(reader, kind, text, package_id), ""
        except TimeoutError:
            return (), _("The catalogue does not answer.")
        except (CatalogueError, NotConnectedError) as error:
            return (), str(error)
        except UserError:
            return (), ""


async def _asked(reader: Reader, kind: Kind, text: str, package_id: str) -> list[Entry]:
    if kind is Kind.ORGANIZATION:
        found = await reader.find_organizations(text, limit=20) if text.strip() else ()
        return list(of_organizations(one.organization for one in found))
    if package_id:
        entries: Iterable[Entry] = of_package(await reader.package(package_id))
    elif kind is Kind.RESOURCE and is_id(text):
        package, _resource = await reader.resource(text)
        entries = (one for one in of_package(package) if one.id == text)
    else:
        listing = await reader.find_packages(text)
        entries = chain.from_iterable(of_package(one) for one in listing.packages)
    return [one for one in entries if one.kind is kind]


def _merged(known: Sequence[Entry], asked: Sequence[Entry]) -> list[Entry]:
    return list({one.id: one for one in (*known, *asked)}.values())
