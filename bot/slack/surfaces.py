"""From a payload of Slack's to the surface where its answer belongs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias
from weakref import WeakValueDictionary

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.context import Place
from bot.log import logger
from bot.slack.identity import person_of, place_of, place_token
from bot.slack.surface import Act, Acts, Ephemeral, Modal, Surface
from bot.slack.views import loading_view, verb_of
from bot.slack.workspaces import Workspaces
from bot.text import _

_log = logger(__name__)

Body: TypeAlias = Mapping[str, Any]

TOO_LATE: Final = _("That took too long to reach the bot. Please try again.")
"""What a person reads where Slack opens no view any more (`expired_trigger_id`)."""


class Surfaces:
    """Finds, opens and addresses surfaces."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces
        self._acts: WeakValueDictionary[str, Acts] = WeakValueDictionary()

    async def of(self, body: Body, *, replace: bool) -> Surface:
        """Where the answer to a click belongs: its view, or a message to the person alone."""
        place, view, act = place_of(body), body.get("view"), self._act(body)
        client = await self.client(body)
        if view and view.get("type") == "modal":
            return Modal(client, view["id"], verb_of(view), place.channel, act)
        message = self.message(client, body, replace=replace, act=act)
        if view:  # the Home tab, where a message could not stand
            return await self.open(client, body, "answer", place, message) or message
        return message

    def message(
        self, client: AsyncWebClient, body: Body, *, replace: bool, act: Act | None = None
    ) -> Ephemeral:
        replace = replace and bool((body.get("container") or {}).get("is_ephemeral"))
        return Ephemeral(
            client,
            body.get("response_url") or "",
            person_of(body),
            place_of(body).channel,
            replace=replace,
            act=act if replace else None,
        )

    async def modal(self, body: Body, verb: str, channel: str | None) -> Modal:
        act = self._act(body)
        return Modal(await self.client(body), body["view"]["id"], verb, channel, act)

    def _act(self, body: Body) -> Act:
        """An act in a view or message; to be counted before anything is waited for."""
        if view := body.get("view"):
            return self._act_in(view["id"])
        container = body.get("container") or {}
        return self._act_in(f"{container.get('channel_id')} {container.get('message_ts')}")

    def _act_in(self, where: str) -> Act:
        return self._acts.setdefault(where, Acts()).begin()

    async def modal_for(self, body: Body, verb: str) -> Surface | None:
        """The modal the click was in, or a new one."""
        place, view, act = place_of(body), body.get("view"), self._act(body)
        client = await self.client(body)
        if view and view.get("type") == "modal":
            modal = Modal(client, view["id"], verb, place.channel, act)
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
            await instead.show(TOO_LATE)
            return None
        act = self._act_in(opened["view"]["id"])
        return Modal(client, opened["view"]["id"], verb, place_token(place), act)

    async def client(self, body: Body) -> AsyncWebClient:
        return await self._workspaces.client(person_of(body), place_of(body).team)
