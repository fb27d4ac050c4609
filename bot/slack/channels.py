"""What Slack knows of channels and people, asked when it matters."""

from __future__ import annotations

from typing import Final

from cachetools import TTLCache
from slack_sdk.errors import SlackApiError
from typing_extensions import override

from bot.context import Person
from bot.flow.teams.told import ChannelFacts, Channels
from bot.slack.workspaces import Workspaces

REMEMBERED: Final = 60
"""Seconds for which what is known of a channel holds."""


class SlackChannels(Channels):
    """Asks the workspace of whoever it is about."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces
        self._known: TTLCache[tuple[str, str], ChannelFacts | None] = TTLCache(
            maxsize=2000, ttl=REMEMBERED
        )

    @override
    async def facts(self, person: Person, team: str, channel: str) -> ChannelFacts | None:
        client = await self._workspaces.client(person, team)
        if (team, channel) not in self._known:
            try:
                shown = (await client.conversations_info(channel=channel))["channel"]
            except SlackApiError as error:
                if error.response["error"] not in {"channel_not_found", "missing_scope"}:
                    raise
                shown = None
            self._known[team, channel] = None if shown is None else _facts(shown)
        return self._known[team, channel]

    @override
    async def zone(self, person: Person, team: str) -> str:
        client = await self._workspaces.client(person, team)
        try:
            return str((await client.users_info(user=person.user_id))["user"].get("tz") or "")
        except SlackApiError:
            return ""


def _facts(shown: dict[str, object]) -> ChannelFacts:
    shared = ("is_shared", "is_ext_shared", "is_pending_ext_shared")
    return ChannelFacts(
        is_member=bool(shown.get("is_member") or shown.get("is_im")),
        is_archived=bool(shown.get("is_archived")),
        is_shared=any(shown.get(name) for name in shared),
    )
