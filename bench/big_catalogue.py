"""A catalogue of very many records, which answers at once, or hangs when it is told to."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

RECORDS = 50_000
DRAFTS = 500
_WORDS = [
    "air",
    "quality",
    "water",
    "forest",
    "parcel",
    "lake",
    "river",
    "stream",
    "road",
    "trail",
    "census",
    "health",
    "school",
    "child",
    "family",
    "growth",
    "permit",
    "licence",
    "well",
    "snow",
    "ice",
    "fire",
    "fuel",
    "timber",
    "harvest",
    "range",
    "land",
    "title",
    "survey",
    "contour",
    "elevation",
    "hazard",
    "flood",
    "slope",
    "soil",
    "crop",
    "farm",
    "fish",
    "salmon",
    "habitat",
    "species",
    "plant",
    "bird",
    "mine",
    "mineral",
    "coal",
    "gas",
    "oil",
    "pipeline",
    "energy",
    "power",
    "grid",
    "transit",
    "ferry",
    "port",
    "rail",
    "bridge",
    "region",
    "district",
    "boundary",
    "point",
    "polygon",
    "annual",
    "monthly",
    "daily",
    "historic",
    "current",
    "provincial",
    "regional",
]
_START = datetime(2020, 1, 1, tzinfo=UTC)


def records() -> list[dict[str, Any]]:
    """Records that look different from each other, newest first, the same in every run."""
    chance = random.Random(5)  # noqa: S311  # titles, no secrets
    made = [_record(number, chance) for number in range(RECORDS + DRAFTS)]
    return made[::-1]


def _record(number: int, chance: random.Random) -> dict[str, Any]:
    words = chance.sample(_WORDS, 5)
    modified = _START + timedelta(minutes=number)
    return {
        "id": f"00000000-0000-4000-8000-{number:012}",
        "name": f"{'-'.join(words)}-{number}",
        "title": f"{' '.join(words).capitalize()} {number}",
        "owner_org": "o-1",
        "organization": {"title": "Data Branch"},
        "publish_state": "DRAFT" if number >= RECORDS else "PUBLISHED",
        "metadata_visibility": "Public",
        "metadata_modified": modified.replace(tzinfo=None).isoformat(timespec="microseconds"),
        "resources": [],
    }


class Catalogue:
    """The actions that the index needs."""

    def __init__(self) -> None:
        everything = records()
        self._drafts = [one for one in everything if one["publish_state"] == "DRAFT"]
        self._public = [one for one in everything if one["publish_state"] != "DRAFT"]
        self._answers = asyncio.Event()
        self._answers.set()

    async def hang(self, _request: web.Request) -> web.Response:
        self._answers.clear()
        return web.Response()

    async def answer(self, request: web.Request) -> web.Response:
        await self._answers.wait()
        known = bool(request.headers.get("Authorization"))
        arguments = await request.json()
        match request.match_info["name"]:
            case "package_search":
                found = self._drafts if arguments.get("include_private") else self._public
                return _ok(_page(found, arguments))
            case "whoami":
                return _ok("bench" if known else "")
            case "user_show":
                return _ok({"id": "u-bench", "name": "bench", "fullname": "Bench"})
            case "organization_list_for_user":
                return _ok([{"id": "o-1", "name": "data", "title": "Data Branch"}])
            case "organization_or_group_list_related":
                return _ok([{"id": "o-1", "name": "data", "title": "Data Branch"}])
            case "status_show":
                return _ok({"ckan_version": "2.9.11"})
            case "help_show" if arguments["name"] != "api_token_create":
                return _ok("")
        return web.json_response(
            {"success": False, "error": {"__type": "Not Found Error"}}, status=404
        )


def _page(found: Sequence[dict[str, Any]], arguments: dict[str, Any]) -> dict[str, Any]:
    start, rows = int(arguments.get("start", 0)), int(arguments.get("rows", 10))
    return {"count": len(found), "results": found[start : start + rows]}


def _ok(result: object) -> web.Response:
    return web.Response(
        text=json.dumps({"success": True, "result": result}), content_type="application/json"
    )


def main(port: int) -> None:
    catalogue = Catalogue()
    app = web.Application()
    app.router.add_post("/hang", catalogue.hang)
    app.router.add_post("/api/action/{name}", catalogue.answer)
    web.run_app(app, host="127.0.0.1", port=port, print=None)


if __name__ == "__main__":
    main(int(sys.argv[1]))
