"""What an editor looks up, step by step: lists, the tree, fields."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.async_api import expect

from tests.browser.journey import BRANCH
from tests.browser.page import SlackPage
from tests.browser.walker import Look, Walker
from tests.house import House


async def look_up(house: House, window: SlackPage, look: Look) -> None:
    """List records, organizations and fields as Robin Chen."""
    editor = _Editor(house, window, look)
    await editor.connects()
    await editor.looks_up()


@dataclass(slots=True)
class _Editor(Walker):
    async def looks_up(self) -> None:
        await self.type("list-packages strategic services")
        await expect(self.last).to_contain_text("Which organization do you mean")
        await self.see("choose-org")
        await self.type(f"list-packages {BRANCH}")
        await expect(self.last.get_by_role("button", name="Next")).to_be_visible()
        await self.see("list-packages")
        await self.type("org-tree")
        await expect(self.last).to_contain_text("Early Years Services")
        await self.see("org-tree")
        await self.type("schema package license_id")
        await expect(self.last).to_contain_text("Access Only")
        await self.see("schema")
