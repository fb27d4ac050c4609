"""Who and where, from Slack's payloads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.context import Person, Place


def person_of(body: Mapping[str, Any]) -> Person:
    """The person of any payload: tenant is the enterprise, else the person's own team."""
    user = body.get("user")
    if isinstance(user, Mapping):
        enterprise = body.get("enterprise")
        team = user.get("team_id") or _id(body.get("team"))
        return Person((_id(enterprise) if enterprise else "") or team, str(user["id"]))
    event = body.get("event")
    user_id = event.get("user") if isinstance(event, Mapping) else body.get("user_id")
    return Person(str(body.get("enterprise_id") or body.get("team_id")), str(user_id))


def place_of(body: Mapping[str, Any], channel: str | None = None) -> Place:
    """The team, and the channel the payload names, else the one that `place_token` made."""
    channel, file_id, link_id, *_more = [*(channel or "").split(":"), "", ""]
    container = body.get("container") or {}
    found = (
        body.get("channel_id")
        or _id(body.get("channel"))
        or container.get("channel_id")
        or channel
        or None
    )
    return Place(str(body.get("team_id") or _id(body.get("team"))), found, file_id, link_id)


def place_token(place: Place) -> str:
    """What a view carries so that its submission comes from the same place."""
    return ":".join((place.channel or "", place.file_id, place.link_id)).rstrip(":")


def _id(raw: object) -> str:
    return str(raw.get("id") or "") if isinstance(raw, Mapping) else ""
