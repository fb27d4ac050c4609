from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.store.crypto import Cipher
from bot.store.db import Database
from bot.store.installations import STATE_LIFE, OAuthStates

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
OLD, NEW = b"o" * 32, b"n" * 32


def states(db: Database, *keys: bytes, after: timedelta = timedelta(0)) -> OAuthStates:
    return OAuthStates(db, Cipher(keys), lambda: NOON + after)


async def test_a_state_is_taken_once_by_whichever_process(db: Database) -> None:
    one, other = [await states(db, OLD).async_issue() for _ in range(2)]
    assert one != other
    assert await states(db, NEW, OLD).async_consume(one)
    assert not await states(db, OLD).async_consume(one)
    assert await states(db, OLD).async_consume(other)


async def test_a_state_is_not_taken_after_its_time(db: Database) -> None:
    state = await states(db, OLD).async_issue()
    assert not await states(db, OLD, after=STATE_LIFE).async_consume(state)


@pytest.mark.parametrize("made_up", ["", ".", "a.b", "0123456789abcdef.AAAA", "é.é", "x" * 5000])
async def test_what_was_never_issued_is_not_taken(db: Database, made_up: str) -> None:
    assert not await states(db, OLD).async_consume(made_up)
    theirs = await states(db, NEW).async_issue()
    assert not await states(db, OLD).async_consume(theirs)
