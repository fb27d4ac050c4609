"""the largest file, through the running bot from a message in Slack to a catalogue"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from bench.table import Line
from bot.ckan.transport import Transport
from sandbox.catalogue import start
from tests.ckan.places import Place, Visit
from tests.outside import open_outside
from tests.passing import memory_over_idle


def measure(_slack: Mapping[str, str], folder: Path) -> list[Line]:
    data = folder / "whole-way"
    data.mkdir()
    over_idle = asyncio.run(_measured(data))
    return [Line("file of 140 MB, memory of the bot over idle", over_idle, "MB", 16)]


async def _measured(data: Path) -> float:
    catalogue = await start(generation="2.12")
    keys = catalogue.keys
    try:
        async with (
            Transport({"here": catalogue.url}) as transport,
            open_outside(data, catalogue.url, keys) as house,
        ):
            visit = Visit(Place("2.12", catalogue.url, keys), transport, [])
            return await memory_over_idle(house, await visit.make())
    finally:
        await catalogue.stop()
