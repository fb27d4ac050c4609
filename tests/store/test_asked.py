from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.context import Person, Place
from bot.store.asked import Asked, Question
from bot.store.columns import new_id
from bot.store.db import Database

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def question(at: datetime = NOON, channel: str | None = "C1") -> Question:
    return Question(
        new_id(), Person("T1", "U1"), Place("T1", channel), "test", "find-org a &amp; b", 3, at
    )


async def test_a_question_is_found_as_it_was_kept(db: Database) -> None:
    asked = Asked(db)
    kept = [question(), question(channel=None)]
    await asked.keep(kept)
    await asked.keep([])
    assert [await asked.find(one.id) for one in kept] == kept
    assert await asked.find("0" * 32) is None


async def test_a_question_is_forgotten_after_a_day(db: Database) -> None:
    asked = Asked(db)
    old, recent = question(NOON), question(NOON + timedelta(hours=1))
    await asked.keep([old, recent])
    await asked.prune(NOON + timedelta(hours=24, minutes=30))
    assert await asked.find(old.id) is None
    assert await asked.find(recent.id) == recent
