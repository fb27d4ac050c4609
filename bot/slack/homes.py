"""Fills people's Home tabs: at once with what is known, then with all, and again after events."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final
from weakref import WeakValueDictionary

from slack_sdk.errors import SlackApiError

from bot.context import Person, Place
from bot.flow.home import Home, HomePage
from bot.flow.people import Clock
from bot.log import logger
from bot.slack.blocks import Block, actions, context, divider, fit_view, header
from bot.slack.identity import person_of, place_of
from bot.slack.render import entry_blocks, go_button
from bot.slack.surfaces import Body
from bot.slack.tasks import Tasks
from bot.slack.views import View
from bot.slack.workspaces import Workspaces
from bot.store.homes import BEHIND, Event, Homes
from bot.text import _

_log = logger(__name__)

KEPT_CURRENT: Final = timedelta(days=30)
"""After this without a look at it, a tab waits until it is opened again."""
SETTLED: Final = timedelta(seconds=30)
"""So long an event may be committed after another that began later."""


class HomeTabs:
    """Publishes Home, one view after the other for each person."""

    def __init__(
        self, *, home: Home, homes: Homes, workspaces: Workspaces, tasks: Tasks, clock: Clock
    ) -> None:
        self._home = home
        self._homes = homes
        self._workspaces = workspaces
        self._tasks = tasks
        self._clock = clock
        self._turns: WeakValueDictionary[Person, asyncio.Lock] = WeakValueDictionary()
        self._floor: int | None = None
        self._newest = -1
        self._moved_at = clock()
        self._told: frozenset[Event] = frozenset()
        self._behind: set[Person] = set()

    async def open(self, body: Body) -> None:
        """Fill the tab that a person has just opened."""
        if self._floor is None:
            self._floor = await self._homes.newest()
        person, place = person_of(body), Place(place_of(body).team)
        async with self._turn(person):
            await self._publish(person, place, await self._home.known(person, place))
            await self._homes.opened(person, place.team, self._clock())
            await self._publish(person, place, await self._home.filled(person, place))

    async def round(self) -> None:
        """Fill again the tabs that something has happened to since the last round."""
        now, newest = self._clock(), await self._homes.newest()
        if self._floor is None:
            self._floor = newest
        if newest != self._newest:
            self._moved_at = now
        elif now - self._moved_at > SETTLED:
            return
        after = max(self._floor, newest - BEHIND)
        events = await self._homes.events(after, now - KEPT_CURRENT)
        fresh = {one.person: one.team for one in events if one not in self._told}
        self._told = frozenset(events)
        for person, team in fresh.items():
            self._behind.add(person)
            self._tasks.start(self._again(person, Place(team)))
        self._newest = newest

    async def is_current(self) -> bool:
        """Whether all that has happened so far was looked at."""
        return self._newest == await self._homes.newest() and not self._behind

    async def _again(self, person: Person, place: Place) -> None:
        try:
            async with self._turn(person):
                await self._publish(person, place, await self._home.filled(person, place))
        finally:
            self._behind.discard(person)

    async def _publish(self, person: Person, place: Place, page: HomePage) -> None:
        client = await self._workspaces.client(person, place.team)
        try:
            await client.views_publish(user_id=person.user_id, view=home_view(page))
        except SlackApiError as error:
            _log.warning("home_not_published", error=error.response["error"])

    def _turn(self, person: Person) -> asyncio.Lock:
        return self._turns.setdefault(person, asyncio.Lock())


def home_view(page: HomePage) -> View:
    """The Home tab, most important first."""
    blocks: list[Block] = [header(page.headline)]
    blocks += [context(page.note)] if page.note else []
    blocks += actions([go_button(go) for go in page.starts])
    for section in page.sections:
        blocks += [divider(), header(section.title)]
        for entry in section.entries:
            blocks += entry_blocks(entry)
        blocks += [context(section.note)] if section.note else []
    end = [context(_("Type /bcdc in any channel, for example /bcdc find-org and a word."))]
    return {"type": "home", "blocks": fit_view(blocks, end=end)}
