"""Installing the bot into a workspace by OAuth, and its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from bot.log import logger

_log = logger(__name__)

INSTALL = "/slack/install"
REDIRECT = "/slack/oauth_redirect"


def oauth_flow(
    *,
    client_id: str,
    client_secret: str,
    scopes: list[str],
    client: AsyncWebClient,
    installations: AsyncInstallationStore,
    states: AsyncOAuthStateStore,
) -> AsyncOAuthFlow:
    """Bolt's own pages for installing."""
    settings = AsyncOAuthSettings(
        client_id=client_id,
        client_secret=client_secret,
        scopes=scopes,
        install_path=INSTALL,
        redirect_uri_path=REDIRECT,
        installation_store=installations,
        state_store=states,
    )
    return AsyncOAuthFlow(client=client, settings=settings)


def forget_when_removed(app: AsyncApp, installations: AsyncInstallationStore) -> None:
    """Forget a workspace's token when the bot is removed there."""

    async def forget(ack: Callable[[], Awaitable[Any]], body: Mapping[str, Any]) -> None:
        await ack()
        await installations.async_delete_installation(
            enterprise_id=body.get("enterprise_id"), team_id=body.get("team_id")
        )
        _log.info("removed_from_workspace", team=body.get("team_id"))

    app.event("app_uninstalled")(forget)
    app.event("tokens_revoked")(forget)
