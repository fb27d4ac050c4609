"""The few web pages people need: find a record, see it, and find one's API key."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from sandbox.catalogue.state import Catalogue


@dataclass(frozen=True, slots=True)
class Pages:
    """Server-rendered pages of one catalogue."""

    catalogue: Catalogue

    def routes(self) -> list[web.AbstractRouteDef]:
        return []
