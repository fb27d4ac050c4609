"""What the bot knows of names where the catalogue does not answer, or has none quite like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.ckan.links import is_id, parse_reference
from bot.ckan.search import OFFERED, nearest
from bot.context import Context
from bot.flow.index.own_part import OwnParts
from bot.store.index import Index
from bot.store.names import Entry, Kind

COMPARED: Final = 5_000
"""Names, the last changed first, that a mistyped one is compared with."""
_NEAR: Final = 70
"""Of 100: how alike a title must be to be offered for what was typed."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """Names that fit, best first, and how many seconds ago they were last known to be true."""

    entries: tuple[Entry, ...]
    age: float


class Recall:
    """Looks in the index with the eyes of the one who asks."""

    def __init__(self, *, index: Index, own_parts: OwnParts) -> None:
        self._index = index
        self._own_parts = own_parts

    async def find(self, ctx: Context, kind: Kind, text: str) -> Remembered | None:
        """What fits the text; None where nothing is remembered at all."""
        catalogue = ctx.ckan.catalogue
        part = await self._index.part(catalogue)
        if part is None or part.synced_at is None:
            return None
        seen = await self._own_parts.of(ctx.person, catalogue)
        reference = parse_reference(text, ctx.catalogues)
        words = reference.name or text
        found = await self._index.find(catalogue, kind, words, sight=seen.sight, limit=OFFERED)
        return Remembered(tuple(found), (ctx.now - part.synced_at).total_seconds())

    async def near(self, ctx: Context, kind: Kind, text: str) -> Sequence[Entry]:
        """What may have been meant by a text that names nothing, best first."""
        if is_id(text) or parse_reference(text, ctx.catalogues).catalogue:
            return ()
        catalogue = ctx.ckan.catalogue
        seen = await self._own_parts.of(ctx.person, catalogue)
        found = await self._index.find(catalogue, kind, text, sight=seen.sight, limit=OFFERED)
        if found:
            return found
        every = await self._index.find(catalogue, kind, sight=seen.sight, limit=COMPARED)
        by_id = {one.id: one for one in every}
        titles = {one.id: one.title for one in every}
        return [by_id[key] for key in nearest(text, titles, near=_NEAR)]
