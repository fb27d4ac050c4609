"""The README's steps in a browser, with the real bot: every view of them is sound."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.browser import page as browser
from tests.browser.journey import sandbox_house
from tests.browser.page import DESKTOP, PHONE, SlackPage, faults
from tests.browser.walks import WALKS


@pytest.mark.parametrize("name", WALKS)
async def test_every_view_of_a_walk_is_sound_at_both_widths(
    chromium: str, tmp_path: Path, name: str
) -> None:
    unsound: dict[tuple[str, int], list[str]] = {}

    async def look(view: str, page: Page) -> None:
        # Walked on a phone, where there is least room to press anything.
        for size in (DESKTOP, PHONE):
            await SlackPage(page).resize(size)
            if found := await faults(page):
                unsound[view, size[0]] = found

    async with sandbox_house(tmp_path) as house, browser.window(chromium, size=PHONE) as window:
        await WALKS[name](house, window, look)
    assert unsound == {}
