"""Socket Mode: the connection that the bot opens itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from bot.errors import UserError
from bot.text import _

_REFUSED: Final = frozenset(
    {
        "access_denied",
        "account_inactive",
        "invalid_auth",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "token_expired",
        "token_revoked",
    }
)
"""What Slack says of a token that will not do, however often it is asked."""


@asynccontextmanager
async def connected(bolt: AsyncApp, app_token: SecretStr) -> AsyncIterator[AsyncSocketModeHandler]:
    """The connection, for as long as the block. Raises UserError when Slack refuses the token."""
    socket = AsyncSocketModeHandler(bolt, app_token.get_secret_value())
    try:
        await _check(socket)
        await socket.connect_async()  # type: ignore[no-untyped-call]  # Bolt has no types there
        yield socket
    finally:
        await socket.close_async()  # type: ignore[no-untyped-call]  # as above


async def _check(socket: AsyncSocketModeHandler) -> None:
    """Ask where to connect to: left to itself the client asks again, whatever Slack answers."""
    try:
        told = await socket.client.web_client.apps_connections_open(app_token=socket.app_token)
        socket.client.wss_uri = told["url"]
    except SlackApiError as error:
        if (reason := str(error.response.get("error"))) in _REFUSED:
            sentence = _("SLACK_APP_TOKEN: Slack does not accept it ({error}).")
            raise UserError(sentence.format(error=reason)) from None
