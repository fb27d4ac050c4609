"""How an editor keeps up with the work, step by step: Home, links, freshness, shortcuts."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.async_api import expect

from tests.browser.journey import BRANCH, RECORD, SandboxHouse
from tests.browser.page import SlackPage
from tests.browser.walker import Look, Walker


async def keep_up(house: SandboxHouse, window: SlackPage, look: Look) -> None:
    """See what waits on Home, what a link leads to, and what is late."""
    await house.indexed()
    editor = _Editor(house, window, look)
    await editor.connects()
    await editor.shares_a_link()
    await editor.looks_what_is_late()
    await editor.takes_a_link_from_a_message()
    await editor.comes_home()
    await editor.reads_all_commands()


@dataclass(slots=True)
class _Editor(Walker):
    house: SandboxHouse

    async def shares_a_link(self) -> None:
        """Share a record in a channel, and open it from its card."""
        url = f"{self.house.settings.catalogues['sandbox'].rstrip('/')}/dataset/{RECORD}"
        await self.window.send(f"This is the record I meant: {url}")
        card = self.last.get_by_test_id("attachment")
        await expect(card).to_contain_text("Children in Care by Community")
        await self.house.settled()
        await self.see("link-card")
        await card.get_by_role("button", name="Show", exact=False).first.click()
        await self.house.settled()
        await expect(self.last).to_contain_text("Open in the catalogue")
        await self.see("link-shown")

    async def looks_what_is_late(self) -> None:
        """Ask for an organization's freshness, and for a picture of it."""
        await self.type(f"freshness {BRANCH}")
        await expect(self.last).to_contain_text("resources of Information Management")
        await self.see("freshness")
        await self.last.get_by_role("button", name="As a picture").click()
        await self.house.settled()
        await expect(self.last).to_contain_text("The picture is in your direct messages")
        await self.window.open_channel("BC Data Catalogue")
        await expect(self.last).to_contain_text("Updates of data")
        await self.see("freshness-picture")
        await self.window.open_channel("general")

    async def takes_a_link_from_a_message(self) -> None:
        """Make the link of a message a resource, and leave the form for later."""
        await self.window.send("All years are at https://example.test/data/All_years.csv")
        await self.house.settled()
        message = self.window.messages.filter(has_text="All years are at").last
        await message.hover()
        await message.get_by_test_id("message-actions").click()
        await self.see("message-menu")
        await self.window.page.get_by_role("menuitem", name="Make link a resource").click()
        await expect(self.modal.get_by_role("button", name="Next")).to_be_visible()
        await self.see("link-resource")
        await self.close()

    async def comes_home(self) -> None:
        """Begin two things, and find them on Home with what else there is."""
        await self.type(f"patch-package {RECORD} purpose=Planning")
        await self.type(f"create-resource {RECORD}")
        await self.window.fill("Name", "All years")
        await self.window.select("Frequency of Resource Update", "Annually")
        await self.window.submit()
        await expect(self.modal).to_contain_text("Give a file, or the link")
        await self.close()
        await self.window.open_channel("BC Data Catalogue")
        await self.window.open_home()
        await self.house.settled()
        await self.see("home-begin")
        end = self.window.page.get_by_text("Your catalogues and keys")
        # At once: Home may be drawn anew at any moment.
        await end.evaluate("element => element.scrollIntoView()")
        await self.see("home-end")

    async def reads_all_commands(self) -> None:
        """Open the list of commands, which is longer than the screen and has nothing to press."""
        await self.window.page.get_by_test_id("home").get_by_text("All commands").click()
        await expect(self.modal).to_contain_text("What you can type after /bcdc")
        await self.see("home-commands")
        await self.close()
