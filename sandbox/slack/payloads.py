"""Payloads as Slack sends them, and nothing it leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.records import Channel, Delivery, Json

if TYPE_CHECKING:
    from sandbox.slack.directory import Directory
    from sandbox.slack.records import Person

_CHANNEL_NAMES = {"im": "directmessage", "private": "privategroup"}


def channel_name(channel: Channel) -> str:
    """The name payloads give a conversation: only public channels are called by their own."""
    return _CHANNEL_NAMES.get(channel.kind, channel.name)


class Payloads:
    """Builds the payloads of one workspace and app."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def command(
        self,
        person: Person,
        channel: Channel,
        command: str,
        text: str,
        *,
        trigger_id: str,
        response_url: str,
    ) -> Delivery:
        """A slash command; its fields are all texts, as in a form."""
        directory = self._directory
        payload = {
            "token": directory.app.verification_token,
            "team_id": directory.team_id,
            "team_domain": directory.team_domain,
            "channel_id": channel.id,
            "channel_name": channel_name(channel),
            "user_id": person.id,
            "user_name": person.name,
            "command": command,
            "text": text,
            "api_app_id": directory.app.id,
            "is_enterprise_install": "false",
            "response_url": response_url,
            "trigger_id": trigger_id,
        }
        return Delivery("slash_commands", payload, "command")

    def interaction(self, kind: str, person: Person, **parts: object) -> Delivery:
        """A `block_actions`, `block_suggestion`, `view_…`, `shortcut` or `message_action`."""
        directory = self._directory
        payload: Json = {
            "type": kind,
            "token": directory.app.verification_token,
            "team": {"id": directory.team_id, "domain": directory.team_domain},
            "user": {"id": person.id, "username": person.name, "team_id": directory.team_id},
            "enterprise": None,
            "is_enterprise_install": False,
        }
        if kind.startswith(("block", "view")):
            payload["api_app_id"] = directory.app.id
            payload["user"]["name"] = person.name
        return Delivery("interactive", {**payload, **parts}, kind)

    def event(self, event: Json) -> Delivery:
        """An Events API callback."""
        directory = self._directory
        authorization = {
            "enterprise_id": None,
            "team_id": directory.team_id,
            "user_id": directory.app.bot_user_id,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        event_id = directory.new_id("Ev")
        payload = {
            "token": directory.app.verification_token,
            "team_id": directory.team_id,
            "api_app_id": directory.app.id,
            "event": {**event, "event_ts": directory.new_ts()},
            "type": "event_callback",
            "event_id": event_id,
            "event_time": int(directory.clock()),
            "authorizations": [authorization],
            "is_ext_shared_channel": False,
            "event_context": f"4-{event_id}",
        }
        return Delivery("events_api", payload, str(event["type"]))
