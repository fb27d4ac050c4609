"""What an editor does to have a record published, and to be rid of one, step by step."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.async_api import expect

from tests.browser.journey import SandboxHouse
from tests.browser.page import SlackPage
from tests.browser.walker import Look, Walker

INCOMPLETE = "respite-hours-granted"
COMPLETE = "youth-transition-agreements"


async def publish(house: SandboxHouse, window: SlackPage, look: Look) -> None:
    """Ask for what lacks something, then for what lacks nothing, and delete a draft."""
    editor = _Editor(house, window, look)
    await editor.connects()
    await editor.is_told_what_lacks()
    await editor.asks_to_publish()
    await editor.deletes()


@dataclass(slots=True)
class _Editor(Walker):
    house: SandboxHouse

    async def is_told_what_lacks(self) -> None:
        """Choose a state in a form, and read all that the record lacks for it."""
        record = self.house.catalogue.catalogue.package(INCOMPLETE)
        record.update(contacts=[], tags=[])
        await self.type(f"set-state {INCOMPLETE}")
        await self.see("state-form")
        await self.window.select("Move to", "Pending Publish")
        await self.window.submit()
        await self.house.settled()
        await self.see("state-lacks")
        await self.close()

    async def asks_to_publish(self) -> None:
        """Confirm what only a person can know, then ask."""
        await self.type(f"set-state {COMPLETE} pending publish")
        await self.see("state-preview")
        await self.window.click_button("Apply")
        await self.house.settled()
        await self.see("state-unticked")
        for box in await self.modal.get_by_role("checkbox").all():
            await box.check()
        await self.window.click_button("Apply")
        await expect(self.modal.get_by_role("button", name="Apply")).to_have_count(0)
        await self.house.settled()
        await self.see("state-asked")
        await self.close()

    async def deletes(self) -> None:
        """Mistype the name of a draft, then type it, and take that back."""
        await self.type(f"delete-package {INCOMPLETE}")
        await self.window.fill("Type the record's name to delete it", "respite")
        await self.window.submit()
        await self.house.settled()
        await self.see("delete-mistyped")
        await self.window.fill("Type the record's name to delete it", INCOMPLETE)
        await self.window.submit()
        await expect(self.modal.get_by_role("button", name="Apply")).to_be_visible()
        await self.see("delete-preview")
        await self.window.click_button("Apply")
        await self.house.settled()
        await self.see("deleted")
        await self.close()
        await self.type("pending")
        await self.see("nothing-pending")
