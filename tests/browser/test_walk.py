"""The README's steps in a browser, with the real bot: every view of them is sound."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.browser import page as browser
from tests.browser.journey import sandbox_house, walk
from tests.browser.looking_up import look_up
from tests.browser.page import DESKTOP, PHONE, SlackPage, faults
from tests.browser.walker import Look
from tests.house import House

Walk = Callable[[House, SlackPage, Look], Awaitable[None]]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "390"])
@pytest.mark.parametrize("walk", [walk, look_up], ids=["newcomer", "looking up"])
async def test_every_view_of_a_walk_is_sound(
    chromium: str, tmp_path: Path, size: tuple[int, int], walk: Walk
) -> None:
    unsound: dict[str, list[str]] = {}

    async def look(name: str, page: Page) -> None:
        if found := await faults(page):
            unsound[name] = found

    async with sandbox_house(tmp_path) as house, browser.window(chromium, size=size) as window:
        await walk(house, window, look)
    assert unsound == {}
