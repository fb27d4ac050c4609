"""What a channel hears of records: from the bot, from others, and only what it may."""

from __future__ import annotations

from typing import Any

from bot.ckan.models import Package
from tests.ckan.places import BRANCH, Place, Visit
from tests.house import CHANNEL, Guest, House, text_of

ELSEWHERE = "C0PUBLISHING"
NOT_OPEN = "22"
"""A licence that asks for no confirmations."""


def posts(guest: Guest, channel: str = CHANNEL) -> list[dict[str, Any]]:
    """What the bot says to everyone in a channel, threads too."""
    return [
        one
        for one in guest.messages(channel)
        if one["user"] == "U0BCDCBOT" and not one["ephemeral"]
    ]


def said(guest: Guest, channel: str = CHANNEL) -> list[str]:
    return [text_of(one["blocks"]) for one in posts(guest, channel)]


async def waiting(visit: Visit, **more: Any) -> Package:
    """A new record that waits to be published."""
    package = await visit.make(license_id=NOT_OPEN, **more)
    moved = {"match": {"id": package.id}, "update__publish_state": "PENDING PUBLISH"}
    await visit.as_user("cfd-editor").write("package_revise", moved)
    return package


async def publishes(guest: Guest, package: Package) -> None:
    """Let an admin publish it, from another channel."""
    await guest.types(f"/bcdc set-state {package.name} published", ELSEWHERE)
    await guest.presses("bcdc:change:apply")
    await guest.closes()
    await guest.house.settled()


async def test_a_channel_hears_what_the_bot_publishes(
    house: House, place: Place, visit: Visit
) -> None:
    package = await waiting(visit)
    robin, alex = house.guest("robin"), house.guest("alex")
    told = await robin.types(f"/bcdc subscribe org:{BRANCH} event:published")
    assert "This channel now hears of" in told
    await alex.connects("cfd-org-admin")
    await publishes(alex, package)
    (notice,) = said(robin)
    assert f"Published: \n{package.title}" in notice
    assert "by cfd-org-admin" in notice
