"""A sandbox that serves, a real Slack client for it, and a clock tests can move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import RunningSlack, Workspace, new_workspace, start

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable


class Clock:
    """Time that moves only when told."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[RunningSlack]:
    running = await start(workspace=new_workspace(clock=clock, ack_seconds=1.5))
    yield running
    await running.stop()


@pytest.fixture
def ws(slack: RunningSlack) -> Workspace:
    return slack.workspace


@pytest.fixture
def client(slack: RunningSlack) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
def refused() -> Callable[[Awaitable[Any]], Awaitable[str]]:
    """The error code of a call that Slack refuses."""

    async def code(call: Awaitable[Any]) -> str:
        with pytest.raises(SlackApiError) as caught:
            await call
        return str(caught.value.response["error"])

    return code
