"""The README's steps in a browser, with the real bot: every view of them is sound."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.browser import page as browser
from tests.browser.journey import sandbox_house, walk
from tests.browser.page import DESKTOP, PHONE, faults


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "390"])
async def test_newcomer_goes_through_it_all_and_every_view_is_sound(
    chromium: str, tmp_path: Path, size: tuple[int, int]
) -> None:
    unsound: dict[str, list[str]] = {}

    async def look(name: str, page: Page) -> None:
        if found := await faults(page):
            unsound[name] = found

    async with sandbox_house(tmp_path) as house, browser.window(chromium, size=size) as window:
        await walk(house, window, look)
    assert unsound == {}
