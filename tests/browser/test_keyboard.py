"""A record is made by keys alone, and what is focused says what it is, in the order it stands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser import page as browser
from tests.browser.journey import BRANCH, SandboxHouse, sandbox_house
from tests.browser.page import SlackPage, answered

STEPS = 80
"""Presses of Tab after which nothing new comes."""
_NAME = """() => {
  const node = document.activeElement;
  const label = node.labels?.[0] ?? document.getElementById(node.getAttribute("aria-labelledby"));
  const text = node.getAttribute("aria-label") ?? label?.textContent ?? node.textContent;
  return text.replace(" (optional)", "").trim();
}"""
_ORDER = """() => [...document.querySelectorAll(".modal-body .label > span:first-child")]
  .map((node) => node.textContent)"""


@dataclass(slots=True)
class _Keys:
    """Somebody who has no mouse."""

    house: SandboxHouse
    page: Page

    async def type(self, text: str) -> None:
        await self.page.keyboard.type(text)

    async def press(self, key: str) -> None:
        await self.page.keyboard.press(key)

    async def commands(self, words: str) -> None:
        """Type a command where the focus is, which is the message box."""
        await expect(self.page.get_by_test_id("composer")).to_be_focused()
        await self.type(f"/bcdc {words}")
        await self.press("Enter")
        await answered(self.page)
        await expect(self.page.get_by_test_id("composer")).to_have_value("")
        await self.house.settled()

    async def focused(self) -> str:
        return str(await self.page.evaluate(_NAME))

    async def tabs_to(self, name: str) -> list[str]:
        """Press Tab until this is focused; the names of all that were on the way."""
        passed = [await self.focused()]
        while passed[-1] != name:
            assert len(passed) < STEPS, passed
            await self.press("Tab")
            passed.append(await self.focused())
        return passed

    async def picks(self, label: str, text: str) -> None:
        """Choose from a list by typing."""
        await self.tabs_to(label)
        await self.type(text)
        await expect(self.page.get_by_role("option").first).to_be_visible()
        await self.press("Enter")

    async def fills(self, label: str, text: str) -> None:
        await self.tabs_to(label)
        await self.type(text)


async def test_a_record_is_made_by_keys_alone(chromium: str, tmp_path: Path) -> None:
    async with sandbox_house(tmp_path) as house, browser.window(chromium) as window:
        await window.open(house.slack.url)
        keys = _Keys(house, window.page)
        await keys.commands("connect")
        await keys.tabs_to("API key")
        await keys.type(house.keys["cfd-editor"].get_secret_value())
        await keys.press("Enter")
        await expect(window.modal).to_contain_text("Connected as Robin Chen")
        await keys.press("Escape")
        await keys.commands(f"create-package {BRANCH}")
        await _fills_the_first_page(keys, window)
        await _names_contacts(keys, window)
        await keys.tabs_to("Preview now")
        await keys.press("Enter")
        await expect(window.modal.get_by_role("button", name="Apply")).to_be_visible()
        await keys.tabs_to("Apply")
        await keys.press("Space")
        await expect(window.modal).to_contain_text("Record created")
        await house.settled()
        await keys.press("Escape")
        await keys.commands("show-package families-by-keys")
        await expect(window.last_message()).to_contain_text("Families by keys")


async def _fills_the_first_page(keys: _Keys, window: SlackPage) -> None:
    await expect(window.modal.get_by_label("Title")).to_be_focused()
    passed = await keys.tabs_to("Preview now")
    order = await window.page.evaluate(_ORDER)
    assert [name for name in passed if name in order] == order
    await keys.tabs_to("Next")
    await keys.press("Enter")
    # Refused where it is empty, with the focus on the first that is.
    await expect(window.modal.get_by_label("Title")).to_be_focused()
    await keys.type("Families by keys")
    await keys.fills("Description", "How many families were granted respite.")
    await keys.picks("Licence", "open gov")
    await keys.picks("Security Classification", "public")
    await keys.picks("Who can view this data?", "public")
    await keys.picks("Who can download this data?", "public")
    await keys.picks("Who can view this record?", "public")
    await keys.fills("Keywords", "families")
    await keys.picks("Resource Status", "on going")
    await keys.tabs_to("Next")
    await keys.press("Enter")
    await expect(window.modal).to_contain_text("2 of 4")
    await keys.house.settled()


async def _names_contacts(keys: _Keys, window: SlackPage) -> None:
    await expect(window.modal.get_by_label("Name")).to_be_focused()
    await keys.type("Respite desk")
    await keys.fills("Email", "respite@gov.bc.ca")
    await keys.picks("Role", "point of contact")
    await keys.tabs_to("Add: Contacts")
    await keys.press("Enter")
    await expect(window.modal.get_by_role("heading", name="Contacts 2")).to_be_visible()
    await keys.house.settled()
    await keys.tabs_to("Remove Contacts 2")
    await keys.press("Space")
    await expect(window.modal.get_by_role("heading", name="Contacts 2")).to_be_hidden()
    await keys.house.settled()
