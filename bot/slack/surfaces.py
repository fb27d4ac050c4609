"""From a payload of Slack's to the surface where its answer belongs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.context import Place
from bot.log import logger
from bot.slack.identity import person_of, place_of, place_token
from bot.slack.surface import Ephemeral, Modal, Surface
from bot.slack.views import loading_view, verb_of
from bot.slack.workspaces import Workspaces
from bot.text import _

_log = logger(__name__)

Body: TypeAlias = Mapping[str, Any]


class Surfaces:
    """Finds, opens and addresses surfaces."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def of(self, body: Body, *, replace: bool) -> Surface:
        """Where the answer to a click belongs: its view, or a message to the person alone."""
        place = place_of(body)
        client = await self.client(body)
        view = body.get("view")
        if view and view.get("type") == "modal":
            return Modal(client, view["id"], verb_of(view), place.channel)
        message = self.message(client, body, replace=replace)
        if view:  # the Home tab, where a message could not stand
            return await self.open(client, body, "answer", place, message) or message
        return message

    def message(self, client: AsyncWebClient, body: Body, *, replace: bool) -> Ephemeral:
        ephemeral = bool((body.get("container") or {}).get("is_ephemeral"))
        return Ephemeral(
            client,
            body.get("response_url") or "",
            person_of(body),
            place_of(body).channel,
            replace=replace and ephemeral,
        )

    async def modal(self, body: Body, verb: str, channel: str | None) -> Modal:
        client = await self.client(body)
        return Modal(client, body["view"]["id"], verb, channel)

    async def modal_for(self, body: Body, verb: str) -> Surface | None:
        """The modal the click was in, or a new one."""
        place = place_of(body)
        client = await self.client(body)
        view = body.get("view")
        if view and view.get("type") == "modal":
            await client.views_update(view_id=view["id"], view=loading_view(verb))
            return Modal(client, view["id"], verb, place.channel)
        return await self.open(client, body, verb, place, self.message(client, body, replace=False))

    async def open(
        self, client: AsyncWebClient, body: Body, verb: str, place: Place, instead: Surface
    ) -> Modal | None:
        """A waiting modal, opened at once; None, and a sentence, when it is too late for one."""
        try:
            opened = await client.views_open(trigger_id=body["trigger_id"], view=loading_view(verb))
        except SlackApiError as error:
            _log.warning("view_not_opened", error=error.response["error"])
            await instead.show(_("That took too long to reach the bot. Please try again."))
            return None
        return Modal(client, opened["view"]["id"], verb, place_token(place))

    async def client(self, body: Body) -> AsyncWebClient:
        return await self._workspaces.client(person_of(body), place_of(body).team)
