"""The README's steps in a browser, with the real bot: every view of them is sound."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.browser import page as browser
from tests.browser.journey import sandbox_house
from tests.browser.page import DESKTOP, PHONE, faults
from tests.browser.walks import WALKS


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "390"])
@pytest.mark.parametrize("name", WALKS)
async def test_every_view_of_a_walk_is_sound(
    chromium: str, tmp_path: Path, size: tuple[int, int], name: str
) -> None:
    unsound: dict[str, list[str]] = {}

    async def look(view: str, page: Page) -> None:
        if found := await faults(page):
            unsound[view] = found

    async with sandbox_house(tmp_path) as house, browser.window(chromium, size=size) as window:
        await WALKS[name](house, window, look)
    assert unsound == {}
