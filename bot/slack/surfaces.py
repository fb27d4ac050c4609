"""From a payload of Slack's to the surface where its answer belongs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias
from weakref import WeakValueDictionary

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.context import Place
from bot.log import logger
from bot.slack.identity import person_of, place_of, place_token
from bot.slack.surface import Acts, Ephemeral, Modal, Surface
from bot.slack.views import loading_view, verb_of
from bot.slack.workspaces import Workspaces
from bot.text import _

_log = logger(__name__)

Body: TypeAlias = Mapping[str, Any]


class Surfaces:
    """Finds, opens and addresses surfaces."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces
        self._acts: WeakValueDictionary[tuple[str, ...], Acts] = WeakValueDictionary()

    async def of(self, body: Body, *, replace: bool) -> Surface:
        """Where the answer to a click belongs: its view, or a message to the person alone."""
        place = place_of(body)
        client = await self.client(body)
        view = body.get("view")
        if view and view.get("type") == "modal":
            return self._modal(client, view["id"], verb_of(view), place.channel)
        message = self.message(client, body, replace=replace)
        if view:  # the Home tab, where a message could not stand
            return await self.open(client, body, "answer", place, message) or message
        return message

    def message(self, client: AsyncWebClient, body: Body, *, replace: bool) -> Ephemeral:
        container, place = body.get("container") or {}, place_of(body)
        replace = replace and bool(container.get("is_ephemeral"))
        stands = (str(place.channel), str(container.get("message_ts")))
        return Ephemeral(
            client,
            body.get("response_url") or "",
            person_of(body),
            place.channel,
            replace=replace,
            acts=self._acts_in(*stands) if replace else None,
        )

    async def modal(self, body: Body, verb: str, channel: str | None) -> Modal:
        client = await self.client(body)
        return self._modal(client, body["view"]["id"], verb, channel)

    def _modal(self, client: AsyncWebClient, view_id: str, verb: str, channel: str | None) -> Modal:
        return Modal(client, view_id, verb, channel, self._acts_in(view_id))

    def _acts_in(self, *stands: str) -> Acts:
        return self._acts.setdefault(stands, Acts())

    async def modal_for(self, body: Body, verb: str) -> Surface | None:
        """The modal the click was in, or a new one."""
        place = place_of(body)
        client = await self.client(body)
        view = body.get("view")
        if view and view.get("type") == "modal":
            modal = self._modal(client, view["id"], verb, place.channel)
            await client.views_update(view_id=view["id"], view=loading_view(verb))
            return modal
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
        return self._modal(client, opened["view"]["id"], verb, place_token(place))

    async def client(self, body: Body) -> AsyncWebClient:
        return await self._workspaces.client(person_of(body), place_of(body).team)
