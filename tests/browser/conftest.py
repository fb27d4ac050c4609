"""A sandbox workspace with a small app in it, and a browser on its page."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sandbox.slack import RunningSlack, new_workspace, start
from tests.browser import page as browser
from tests.browser.kitchen import VERBS, Kitchen, start_kitchen
from tests.browser.page import DESKTOP, PHONE, SlackPage

ROBIN = "U0ROBIN"
GENERAL = "C0GENERAL"


@pytest.fixture
async def slack() -> AsyncIterator[RunningSlack]:
    """Serve a fresh workspace."""
    running = await start("127.0.0.1", 0, workspace=new_workspace(verbs=VERBS))
    running.workspace.catalogue_url = "http://127.0.0.1:9/"
    yield running
    await running.stop()


@pytest.fixture
async def kitchen(slack: RunningSlack) -> AsyncIterator[Kitchen]:
    """Connect the small app to the workspace."""
    running = await start_kitchen(slack)
    yield running
    await running.handler.close_async()


@pytest.fixture
async def window(chromium: str, slack: RunningSlack) -> AsyncIterator[SlackPage]:
    """Open the page as Robin Chen in #general."""
    async with browser.window(chromium, size=DESKTOP) as page:
        await page.open(slack.url, user=ROBIN, channel=GENERAL)
        yield page


@pytest.fixture(params=[DESKTOP, PHONE], ids=["1280", "390"])
async def any_window(
    request: pytest.FixtureRequest, chromium: str, slack: RunningSlack
) -> AsyncIterator[SlackPage]:
    """Open the page at both widths, as Robin Chen in #general."""
    async with browser.window(chromium, size=request.param) as page:
        await page.open(slack.url, user=ROBIN, channel=GENERAL)
        yield page
