from __future__ import annotations

from collections import Counter
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ckan.models import Package
from bot.notices.freshness import Promise, Standing
from bot.store.db import Database
from bot.store.index import Index
from bot.store.look import EVERYONE
from bot.store.upkeep import Upkeeps


def record(key: str, *, org: str = "org-1", state: str = "PUBLISHED", cycle: str = "") -> Package:
    return Package(
        {
            "id": key,
            "name": key,
            "title": f"Record {key}",
            "owner_org": org,
            "publish_state": state,
            "resource_status": "onGoing",
            "resources": [
                {
                    "id": f"{key}-file",
                    "name": f"File of {key}",
                    "resource_update_cycle": cycle,
                    "created": "2025-01-15T20:00:00",
                    "last_modified": "2026-02-03T20:00:00.000001" if cycle else None,
                }
            ],
        }
    )


async def test_what_is_promised_is_found_by_organization(db: Database) -> None:
    index, upkeep = Index(db), Upkeeps(db)
    await index.put("test", EVERYONE, [record("a", cycle="daily"), record("b", org="org-2")])
    await index.put("other", EVERYONE, [record("c", cycle="daily")])
    (kept,) = await upkeep.kept("test", organizations=["org-1"])
    assert (kept.resource_id, kept.title, kept.about) == ("a-file", "File of a", "Record a")
    assert kept.promise == Promise("daily", date(2026, 2, 3), date(2025, 1, 15))
    everything = await upkeep.kept("test")
    assert [one.package_id for one in everything] == ["a", "b"]
    assert everything[1].promise == Promise("", None, date(2025, 1, 15))


async def test_what_is_not_published_has_no_part_in_it(db: Database) -> None:
    index, upkeep = Index(db), Upkeeps(db)
    await index.put("test", "user-1", [record("a", state="DRAFT"), record("b")])
    assert await upkeep.kept("test") == []
    assert [one.package_id for one in await upkeep.kept("test", viewer="user-1")] == ["b"]
    assert await upkeep.kept("test", viewer="user-2") == []


async def test_what_is_in_two_parts_counts_once(db: Database) -> None:
    index, upkeep = Index(db), Upkeeps(db)
    for viewer in (EVERYONE, "user-1"):
        await index.put("test", viewer, [record("a")])
    assert len(await upkeep.kept("test", viewer="user-1")) == 1


async def test_a_month_is_kept_as_it_was_on_its_last_day(db: Database) -> None:
    upkeep = Upkeeps(db)
    noted_days = 0

    async def noted(_connection: AsyncConnection) -> None:
        nonlocal noted_days
        noted_days += 1

    assert await upkeep.last_day("test") is None
    for day, late in ((date(2026, 1, 30), 1), (date(2026, 1, 31), 2), (date(2026, 2, 1), 3)):
        standings = {"org-1": Counter({Standing.OVERDUE: late}), "org-2": Counter([Standing.DUE])}
        await upkeep.keep_day("test", day, standings, noted)
    assert await upkeep.last_day("test") == date(2026, 2, 1)
    months = await upkeep.months("test", ["org-1", "org-2"], most=12)
    assert [(one.month, one.standings[Standing.OVERDUE]) for one in months] == [
        ("2026-01", 2),
        ("2026-02", 3),
    ]
    assert months[0].standings[Standing.DUE] == 1
    assert [one.month for one in await upkeep.months("test", ["org-1"], most=1)] == ["2026-02"]
    assert await upkeep.months("test", ["org-3"], most=12) == []
    await upkeep.keep_day("test", date(2026, 3, 1), {}, noted)
    assert await upkeep.last_day("test") == date(2026, 2, 1)
    assert noted_days == 3
