"""A list that somebody asked for, sent as a file while the person is told how that stands."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from slack_sdk.web.async_client import AsyncWebClient

from bot.context import Person
from bot.flow.commands.asking import Export
from bot.slack.desk import PATIENCE, Desk
from bot.slack.export import send_export, sent, writing
from bot.slack.surface import Surface


async def send_list(
    desk: Desk,
    client: AsyncWebClient,
    asked: Awaitable[Export],
    person: Person,
    surface: Surface,
    meanwhile: Surface | None = None,
) -> None:
    """Send the list to the person's direct messages; after a while say that it is on its way.

    `meanwhile` is where that is said when `surface` would then take the place of what was there.
    """

    async def exported() -> str:
        return sent(await send_export(client, await asked, person))

    working = asyncio.ensure_future(desk.work(surface, exported()))
    done, _late = await asyncio.wait({working}, timeout=PATIENCE)
    if not done:
        await (meanwhile or surface).show(writing())
    await working
