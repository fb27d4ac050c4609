"""Thousands of changes for thousands of subscriptions, on a bad day, told once.

At a tenth of its size; `FLOOD=1` makes it 10,000 subscriptions and 5,000 changes.
"""

from __future__ import annotations

import asyncio
import csv
import io
import os
import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiohttp import web

from bot.context import Person
from bot.notices.events import Event, Happening, Kind, Moved, Subject
from bot.notices.rhythm import Rhythm
from bot.notices.wanted import ScopeKind
from bot.store import events
from bot.store.columns import new_id
from bot.store.db import Database
from bot.store.deliveries import Deliveries
from bot.store.migrate import upgrade
from bot.store.notice_tables import subscription
from bot.store.subscriptions import Subscription, row_of
from tests.house import text_of, untold
from tests.outside import OutsideHouse, open_outside, until

SIZE = float(os.environ.get("FLOOD", "0.1"))
SUBSCRIPTIONS, CHANGES, CHANNELS = int(10_000 * SIZE), int(5_000 * SIZE), 20
GROUPS = 4
"""A record is heard of in each fourth channel."""
TAGS = 25
"""Of each group."""
REPEATED = "may stand here twice"
ORGANIZATION = {"id": "o-1", "name": "branch", "title": "Branch"}
WITHIN = 300.0


@dataclass(frozen=True, slots=True)
class Flood:
    """A bot that is about to be told of much, and the channels that are to hear of it."""

    house: OutsideHouse
    db: Database
    team: str
    channels: list[str]

    async def subscribe(self) -> None:
        """All subscriptions in one insert: many of a channel want the same."""
        since = datetime.now(UTC) - timedelta(minutes=1)
        rows = [row_of(self._subscription(number, since), since) for number in range(SUBSCRIPTIONS)]
        async with self.db.write() as connection:
            await connection.execute(sa.insert(subscription), rows)

    def _subscription(self, number: int, since: datetime) -> Subscription:
        round_, channel = divmod(number, CHANNELS)
        return Subscription(
            id=new_id(),
            person=Person(self.team, "U0DANA"),
            team=self.team,
            channel=self.channels[channel],
            catalogue="test",
            scope=ScopeKind.ORGANIZATION,
            about=ORGANIZATION["id"],
            title="Branch",
            branches=True,
            wants=f"tag:t{round_ % TAGS * GROUPS + channel % GROUPS}",
            rhythm=Rhythm(),
            threads=True,
            automated=True,
            restricted=False,
            created_at=since,
        )

    async def happen(self) -> None:
        """All changes in one transaction."""
        async with self.db.write() as connection:
            await events.add(connection, map(_event, range(CHANGES)))

    async def ended(self) -> None:
        """Wait until nothing is to be told any more: what comes too often has come by then."""
        async with asyncio.timeout(WITHIN):
            while await Deliveries(self.db).next_due() or await untold(self.db):
                await asyncio.sleep(0.1)

    def posted(self, channel: str) -> list[dict[str, Any]]:
        return self.house.guest("dana").messages(channel)

    def heard(self, channel: str) -> tuple[Counter[str], int]:
        """How often each record was told, by messages that are no repetition; and those that are.

        A record that only a repetition told counts as told by it.
        """
        told: Counter[str] = Counter()
        again: Counter[str] = Counter()
        repetitions = 0
        shown = self.posted(channel)
        for message in shown:
            text = text_of(message.get("blocks", [])) or message["text"]
            repeated = REPEATED in text
            repetitions += repeated
            (again if repeated else told).update(self._named(message, text))
        for record in again.keys() - told.keys():
            told[record] += 1
        return told, repetitions

    def _named(self, message: dict[str, Any], text: str) -> set[str]:
        """The records of a file, or of a message that needs none."""
        for file in message.get("files", ()):
            content = self.house.slack.workspace.files.of(file["id"]).content
            rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
            return {row["Record"] for row in rows}
        return set() if "in the file below" in text else set(re.findall(r"Record \d+", text))


@pytest.fixture
async def catalogue() -> AsyncIterator[str]:
    """The address of a catalogue that has every record it is asked for, and answers at once."""
    app = web.Application()
    app.router.add_post("/api/action/{name}", _answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
async def flood(catalogue: str, tmp_path: Path) -> AsyncIterator[Flood]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'flood.sqlite'}"
    upgrade(url)
    db = Database(url)
    async with open_outside(tmp_path, catalogue, {}, roles=(), DATABASE_URL=url) as house:
        directory = house.slack.workspace.directory
        members = {"U0DANA", directory.app.bot_user_id}
        channels = [directory.add_channel(f"team-{n}", members).id for n in range(CHANNELS)]
        yield Flood(house, db, directory.team_id, channels)
    await db.dispose()


async def test_a_flood_is_told_once_and_in_few_messages_over_two_crashes_and_a_busy_slack(
    flood: Flood,
) -> None:
    house = flood.house
    await flood.subscribe()
    await house.start_bot()
    on_its_way = house.at_slack.hold("chat.postMessage", "after")
    await flood.happen()
    await until(on_its_way.reached.is_set, "that a message is on its way", WITHIN)
    await house.bot.kill()
    # More than there are channels: some of them meet two in a row, and are put off.
    house.slack.workspace.faults.rate_limit("chat.postMessage", times=CHANNELS + 5)
    list_on_its_way = house.at_slack.hold("files.completeUploadExternal", "after")
    await house.start_bot()
    await until(list_on_its_way.reached.is_set, "that a list is on its way", WITHIN)
    await house.bot.kill()
    house.slack.workspace.faults.rate_limit("files.completeUploadExternal", times=CHANNELS + 5)
    await house.start_bot()

    await flood.ended()
    for number, channel in enumerate(flood.channels):
        told, repetitions = flood.heard(channel)
        group = range(number % GROUPS, CHANGES, GROUPS)
        assert told == Counter(f"Record {record}" for record in group)
        assert repetitions <= 2
        lists = [one for one in flood.posted(channel) if one.get("files")]
        # Each crash may have met the same message on its way.
        texts = [one for one in flood.posted(channel) if one not in lists]
        first = [one for one in texts if REPEATED not in text_of(one["blocks"])]
        assert len(first) <= len(lists) + 1
        assert len(lists) <= 4
        assert all("thread_ts" in one for one in lists)


def _event(number: int) -> Event:
    tag = f"t{number % (TAGS * GROUPS)}"
    return Event(
        catalogue="test",
        subject=Subject(
            f"p-{number}",
            f"Record {number}",
            ORGANIZATION["id"],
            ORGANIZATION["title"],
            {"tag": frozenset({tag})},
            f" record {number}",
        ),
        happening=Happening(Kind.CHANGED, (Moved("title", "a", "b"),)),
        at=datetime.now(UTC),
        public=True,
    )


async def _answer(request: web.Request) -> web.Response:
    arguments = await request.json()
    match request.match_info["name"]:
        case "package_search":
            # What the bot looks at for itself does not change here.
            ids = re.findall(r'"(p-\d+)"', arguments.get("fq", ""))
            return _ok({"count": len(ids), "results": list(map(_record, ids))})
        case "organization_or_group_list_related":
            return _ok([ORGANIZATION])
        case "status_show":
            return _ok({"ckan_version": "2.12.0"})
        case "help_show":
            return _ok("")
    refusal = {"success": False, "error": {"__type": "Not Found Error"}}
    return web.json_response(refusal, status=404)


def _ok(result: object) -> web.Response:
    return web.json_response({"success": True, "result": result})


def _record(package_id: str) -> dict[str, Any]:
    return {
        "id": package_id,
        "name": package_id,
        "title": f"Record {package_id.removeprefix('p-')}",
        "owner_org": ORGANIZATION["id"],
        "organization": {"title": ORGANIZATION["title"]},
        "publish_state": "PUBLISHED",
        "metadata_visibility": "Public",
        "metadata_modified": "2026-01-02T03:04:05.000006",
        "resources": [],
    }
