"""`make screenshots`: takes the pictures of docs/images on the newcomer's walk."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Page

from tests.browser import page as browser
from tests.browser.journey import sandbox_house, walk
from tests.browser.looking_up import look_up
from tests.browser.page import DESKTOP, PHONE
from tests.parts import find_chromium

IMAGES = Path("docs/images")
MESSAGE = "[data-testid=message]"
DIALOG = "dialog[open]"
PICTURES = {
    "welcome": "",
    "help-verb": MESSAGE,
    "connect": DIALOG,
    "catalogue-key": "",
    "find-org": MESSAGE,
    "show-package": "",
    "form": DIALOG,
    "form-errors": DIALOG,
    "preview": "",
    "confirmation": MESSAGE,
    "home": "",
    "stranger-refused": DIALOG,
    "choose-org": MESSAGE,
    "list-packages": "",
    "org-tree": "",
    "schema": MESSAGE,
}
"""Views of the walks, and what of the window is in their pictures; "" for all of it."""
PHONE_PICTURES = {"form": "", "preview": "", "confirmation": ""}


async def take(chromium: str, size: tuple[int, int], pictures: dict[str, str], ending: str) -> None:
    """Go both walks once, and write a PNG of each of these views."""

    async def look(name: str, page: Page) -> None:
        if name in pictures:
            path = IMAGES / f"{name}{ending}.png"
            await _picture(page, pictures[name], path)

    with TemporaryDirectory(prefix="bcdc-bot-") as folder:
        async with (
            sandbox_house(Path(folder)) as house,
            browser.window(chromium, size=size) as window,
        ):
            await walk(house, window, look)
        async with (
            sandbox_house(Path(folder) / "looking-up") as house,
            browser.window(chromium, size=size) as window,
        ):
            await look_up(house, window, look)


async def _picture(page: Page, part: str, path: Path) -> None:
    """What is on the screen, or a part of it, when fonts and movements are settled."""
    await page.mouse.move(0, 0)  # away from what it would highlight
    shot = page.locator(part).last.screenshot if part else page.screenshot
    await shot(path=path, animations="disabled", caret="hide")


async def main(chromium: str) -> None:
    """Take all pictures, on a desktop and on a phone."""
    await take(chromium, DESKTOP, PICTURES, "")
    await take(chromium, PHONE, PHONE_PICTURES, "-390")


if __name__ == "__main__":
    found = find_chromium()
    if found is None:
        sys.exit("No browser here: install the package chromium, or set CHROMIUM to its path.")
    IMAGES.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(found))
