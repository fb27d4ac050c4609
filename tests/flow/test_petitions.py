from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from bot.errors import CatalogueError
from bot.flow.deciding.petitions import PATIENCE, Petitions
from bot.notices.events import Event, Happening, Kind, Subject
from bot.store.subscriptions import Subscription

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SUBJECT = Subject(
    "p1", "Parks", "o1", "Branch", {"state": frozenset({"pending publish"})}, " parks"
)


class Away:
    """A catalogue that nothing can be asked of, and nothing waits for."""

    async def restricted(self) -> tuple[Subscription, ...]:
        raise CatalogueError("away")

    async def waiting_on(self, *_where: str) -> tuple[()]:
        return ()


def petitions() -> Petitions:
    away: Any = Away()
    unasked = cast("Any", None)
    return Petitions(
        subscriptions=away,
        sights=unasked,
        readers=unasked,
        changes=away,
        consents=unasked,
        keys=unasked,
        notify=unasked,
        clock=lambda: NOW,
    )


def asked(at: datetime, change_id: str | None = None) -> Event:
    happening = Happening(Kind.WAITING)
    return Event(
        catalogue="test",
        subject=SUBJECT,
        happening=happening,
        at=at,
        public=False,
        change_id=change_id,
    )


async def test_while_nobody_can_say_who_decides_a_request_waits_for_an_hour() -> None:
    with pytest.raises(CatalogueError):
        await petitions().follow([asked(NOW - PATIENCE + timedelta(seconds=1))], {})
    await petitions().follow([asked(NOW - PATIENCE)], {})


async def test_what_the_bot_itself_asked_for_is_not_asked_again() -> None:
    await petitions().follow([asked(NOW, change_id="c1")], {})
