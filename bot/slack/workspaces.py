"""Slack's Web API for each workspace, with its token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

TIMEOUT = 20


class Workspaces:
    """One client a team, over one HTTP session."""

    def __init__(
        self,
        base_url: str,
        session: aiohttp.ClientSession,
        token_of: Callable[[str], Awaitable[str]],
    ) -> None:
        self._base_url = base_url
        self._session = session
        self._token_of = token_of
        self._clients: dict[str, AsyncWebClient] = {}

    async def client(self, team: str) -> AsyncWebClient:
        """The client for a team. Raises what `token_of` raises where it is not installed."""
        token = await self._token_of(team)
        client = self._clients.get(team)
        if client is None or client.token != token:
            client = AsyncWebClient(
                token=token, base_url=self._base_url, session=self._session, timeout=TIMEOUT
            )
            client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
            self._clients[team] = client
        return client
