"""The workspaces that have the bot: who it is there, and Slack's Web API with its token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Protocol, cast

import aiohttp
from cachetools import TTLCache
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryState
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from typing_extensions import override

from bot.context import Person
from bot.errors import NotInstalledError, UserError
from bot.text import _

TIMEOUT = 20
PATIENCE = 12
"""Seconds of a `Retry-After` that a call waits for by itself."""
PASSING_FAULTS = frozenset({"internal_error", "fatal_error", "service_unavailable"})
"""Errors that Slack gives for faults of its own."""
_SEEN_TWICE = frozenset({"chat.postMessage", "files.completeUploadExternal"})
REMEMBERED = 60
"""Seconds an installation is remembered: one that ended is noticed after that."""


class _ShortWaits(AsyncRateLimitErrorRetryHandler):
    """Waits out a short 429; a longer one is for the caller, who may put the call off."""

    @override
    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if response is None or response.status_code != HTTPStatus.TOO_MANY_REQUESTS:
            return False
        headers = {name.lower(): value for name, value in response.headers.items()}
        value = headers.get("retry-after", "1")
        seconds = value[0] if isinstance(value, list) else value
        return float(seconds) <= PATIENCE


class _Again(AsyncConnectionErrorRetryHandler):
    """Asks again where the connection broke, or the fault was Slack's own.

    Not for what may have been done all the same and everybody would see twice: that is for the
    caller, who marks it.
    """

    @override
    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if request.url.rpartition("/")[2] in _SEEN_TWICE:
            return False
        if response is None:
            return await super()._can_retry_async(state=state, request=request, error=error)
        told = (response.body or {}).get("error")
        return response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or told in PASSING_FAULTS


class Installed(Protocol):
    """Who the bot is in a workspace."""

    async def find(self, enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        """The bot there; None where it is not installed."""
        ...


async def tested(client: AsyncWebClient) -> AsyncSlackResponse:
    """What Slack says of the client's token (`auth.test`).

    Raises UserError naming the wrong setting.
    """
    try:
        return await client.auth_test()
    except SlackApiError as error:
        sentence = _("SLACK_BOT_TOKEN: Slack does not accept it ({error}).")
        raise UserError(sentence.format(error=error.response["error"])) from None
    except (aiohttp.ClientError, TimeoutError):
        sentence = _("SLACK_API_URL: Slack cannot be reached at {url}.")
        raise UserError(sentence.format(url=client.base_url)) from None


class HomeWorkspace(Installed):
    """The one workspace of SLACK_BOT_TOKEN."""

    def __init__(self, identity: AuthorizeResult) -> None:
        self._identity = identity

    @classmethod
    async def recognise(
        cls, token: str, api_url: str, session: aiohttp.ClientSession
    ) -> HomeWorkspace:
        """Ask Slack whose token it is. Raises UserError naming the wrong setting."""
        told = await tested(AsyncWebClient(token=token, base_url=api_url, session=session))
        return cls(
            AuthorizeResult(
                enterprise_id=told.get("enterprise_id"),
                team_id=told["team_id"],
                bot_id=told.get("bot_id"),
                bot_user_id=told["user_id"],
                bot_token=token,
            )
        )

    @property
    def tenant(self) -> str:
        """The tenant of its people: the enterprise, else the team."""
        return str(self._identity.enterprise_id or self._identity.team_id)

    @override
    async def find(self, enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        return self._identity


class ManyWorkspaces(Installed):
    """The workspaces that installed the bot by OAuth."""

    def __init__(self, store: AsyncInstallationStore) -> None:
        self._store = store
        self._found: TTLCache[tuple[str | None, str | None], AuthorizeResult] = TTLCache(
            maxsize=1000, ttl=REMEMBERED
        )

    @override
    async def find(self, enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        key = (enterprise_id, team_id)
        if key in self._found:
            return self._found[key]
        bot = await self._store.async_find_bot(enterprise_id=enterprise_id, team_id=team_id)
        if bot is None:
            return None
        self._found[key] = AuthorizeResult(
            enterprise_id=bot.enterprise_id,
            team_id=team_id,
            bot_id=bot.bot_id,
            bot_user_id=bot.bot_user_id,
            bot_token=bot.bot_token,
        )
        return self._found[key]


class Workspaces:
    """One client a token, over one HTTP session."""

    def __init__(self, api_url: str, session: aiohttp.ClientSession, installed: Installed) -> None:
        self._api_url = api_url
        self._session = session
        self._installed = installed
        self._clients: dict[str, AsyncWebClient] = {}

    async def client(self, person: Person, team: str) -> AsyncWebClient:
        """The client for a person in a team. Raises NotInstalledError where it is not installed."""
        enterprise = person.tenant if person.tenant != team else None
        identity = await self._installed.find(enterprise, team)
        if identity is None or not identity.bot_token:
            raise NotInstalledError(_("The bot is not installed in this workspace any more."))
        token = identity.bot_token
        if token not in self._clients:
            client = AsyncWebClient(
                token=token, base_url=self._api_url, session=self._session, timeout=TIMEOUT
            )
            client.retry_handlers = [_Again(), _ShortWaits()]
            self._clients[token] = client
        return self._clients[token]


def authorized(
    installed: Installed,
) -> Callable[[str | None, str | None], Awaitable[AuthorizeResult]]:
    """What Bolt asks before it calls a listener, by the names of its arguments."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        # Bolt tells a person itself where the bot is not installed, on None.
        return cast("AuthorizeResult", await installed.find(enterprise_id, team_id))

    return authorize
