"""Somebody who goes through the product in a browser, and is looked at on the way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from playwright.async_api import Locator, Page, expect

from tests.browser.page import SlackPage
from tests.house import House

MORNING = 1_767_605_400
"""When every walk begins, in seconds: so its pictures do not change with the day they are taken."""

Look: TypeAlias = Callable[[str, Page], Awaitable[None]]
"""Is shown each view of a walk: its name, and the page it is on."""


@dataclass(slots=True)
class Walker:
    """One person's window on the house, with what every step of a walk does in it."""

    house: House
    window: SlackPage
    look: Look

    @property
    def modal(self) -> Locator:
        return self.window.modal

    @property
    def last(self) -> Locator:
        return self.window.last_message()

    async def connects(self, name: str = "Robin Chen", user_name: str = "cfd-editor") -> None:
        """Open Slack, give the key of a user of the catalogue, and be known."""
        await self.window.page.clock.install(time=MORNING)
        await self.window.open(self.house.slack.url)
        await self.type("connect")
        await self.window.fill("API key", self.house.keys[user_name].get_secret_value())
        await self.window.submit()
        await expect(self.modal).to_contain_text(f"Connected as {name}")
        await self.close()

    async def type(self, words: str) -> None:
        """Type a command and wait until all that comes of it is there."""
        await self.window.send(f"/bcdc {words}")
        await expect(self.window.page.get_by_test_id("composer")).to_have_value("")
        await self.house.settled()
        await self._is_drawn()

    async def see(self, name: str) -> None:
        """Show the view that is there now."""
        await self._is_drawn()
        await self.look(name, self.window.page)

    async def _is_drawn(self) -> None:
        """Wait until the page shows all that Slack has for whoever looks at it."""
        page = self.window.page
        user_id = str(await page.evaluate("document.body.dataset.user"))
        version = self.house.slack.workspace.live.version(user_id)
        drawn = "version => Number(document.body.dataset.version) >= version"
        await page.wait_for_function(drawn, arg=version)

    async def close(self) -> None:
        """Close the form that is open."""
        await self.window.close_modal()
        await expect(self.modal).to_be_hidden()
