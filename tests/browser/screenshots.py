"""`make screenshots`: takes the pictures of docs/images on the walks."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from PIL import Image
from playwright.async_api import Page

from tests.browser import page as browser
from tests.browser.journey import sandbox_house
from tests.browser.page import DESKTOP, PHONE
from tests.browser.walks import WALKS
from tests.parts import find_chromium

IMAGES: Final = Path("docs/images")
MESSAGE: Final = "[data-testid=message]"
CARD: Final = f"{MESSAGE}:has-text('asks to')"
DIALOG: Final = "dialog[open]"
PICTURES: Final[Mapping[str, str]] = {
    "help-verb": MESSAGE,
    "connect": DIALOG,
    "catalogue-key": "",
    "find-org": MESSAGE,
    "show-package": "",
    "form": DIALOG,
    "preview": "",
    "confirmation": MESSAGE,
    "home": "",
    "stranger-refused": DIALOG,
    "choose-org": MESSAGE,
    "list-packages": "",
    "org-tree": "",
    "schema": MESSAGE,
    "record-new": DIALOG,
    "licence": DIALOG,
    "contacts": DIALOG,
    "record-dates-filled": DIALOG,
    "draft-pending": MESSAGE,
    "record-refused": DIALOG,
    "record-preview": DIALOG,
    "record-created": DIALOG,
    "record-access": DIALOG,
    "record-changed": DIALOG,
    "record-undo": DIALOG,
    "file-given": DIALOG,
    "file-preview": DIALOG,
    "file-compared": DIALOG,
    "file-on-its-way": DIALOG,
    "state-lacks": DIALOG,
    "state-preview": DIALOG,
    "state-asked": DIALOG,
    "approval-card": MESSAGE,
    "approval-approved": CARD,
    "approval-preview": MESSAGE,
    "policy-form": DIALOG,
    "delete-mistyped": DIALOG,
    "link-card": MESSAGE,
    "freshness": "",
    "freshness-picture": MESSAGE,
    "home-begin": "",
    "home-end": "",
    "subscribe-form": DIALOG,
    "subscriptions": MESSAGE,
    "notice-thread": "",
    "notice-details": MESSAGE,
    "subscribe-dry-run": MESSAGE,
    "notice-burst": MESSAGE,
    "notice-digest": MESSAGE,
    "stale": DIALOG,
    "foreign-contact": DIALOG,
    "file-too-large": DIALOG,
    "away-form": DIALOG,
    "dead-key": MESSAGE,
}
"""Views of the walks, and what of the window is in their pictures; "" for all of it."""
PHONE_PICTURES: Final[Mapping[str, str]] = {
    "form": "",
    "preview": "",
    "form-of-sixty": "",
    "file-compared": "",
    "record-empty": "",
    "contacts-refused": "",
    "stale": "",
    "approval-sent-back": CARD,
    "approval-sent-back-told": MESSAGE,
    "approval-again-form": "",
    "approval-again": CARD,
    "approval-rejected": CARD,
    "approval-rejected-told": MESSAGE,
    "approval-withdrawn": CARD,
    "approval-withdrawn-told": MESSAGE,
    "approval-stale": CARD,
    "approval-stale-told": MESSAGE,
    "approval-expired": CARD,
    "approval-expired-told": MESSAGE,
}
COLOURS: Final = 128
"""Of a picture: enough for type and signs, at a third of the bytes."""


async def take(chromium: str, size: tuple[int, int], pictures: Mapping[str, str], end: str) -> None:
    """Go all walks once, and write a PNG of each of these views, its name ending in `end`."""

    async def look(view: str, page: Page) -> None:
        if view in pictures:
            await _picture(page, pictures[view], IMAGES / f"{view}{end}.png")

    for name, walk in WALKS.items():
        with TemporaryDirectory(prefix="bcdc-bot-") as folder:
            async with (
                sandbox_house(Path(folder)) as house,
                browser.window(chromium, size=size) as window,
            ):
                await walk(house, window, look)
        sys.stdout.write(f"{name}, {size[0]} wide\n")


async def _picture(page: Page, part: str, path: Path) -> None:
    """What is on the screen, or a part of it, when fonts and movements are settled."""
    await page.mouse.move(0, 0)  # away from what it would highlight
    if part == DIALOG:
        await page.locator(".modal-body").last.evaluate("body => { body.scrollTop = 0; }")
    shot = page.locator(part).last.screenshot if part else page.screenshot
    taken = await shot(animations="disabled", caret="hide")
    with Image.open(io.BytesIO(taken)) as image:
        few = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


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
