"""A file that is slow to arrive: its person sees how much is there, and stops it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from sandbox.catalogue import RunningCatalogue
from tests.house import Guest, open_house
from tests.outside import until

OPEN = "children-in-care-by-community"
CONTENT = b"1,2\n" * 2_500_000


@pytest.fixture
async def slow(catalogue: RunningCatalogue) -> AsyncIterator[str]:
    """The address of the catalogue behind a narrow line."""
    async with aiohttp.ClientSession() as session:

        async def forward(request: web.Request) -> web.Response:
            body = bytearray()
            async for chunk in request.content.iter_chunked(1 << 18):
                body += chunk
                if request.path.endswith("package_revise"):
                    await asyncio.sleep(0.3)
            async with session.post(
                f"{catalogue.url}{request.rel_url}",
                data=bytes(body),
                headers={name: request.headers[name] for name in KEPT & set(request.headers)},
            ) as answer:
                return web.Response(
                    status=answer.status, body=await answer.read(), content_type="application/json"
                )

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", forward)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        await runner.cleanup()


KEPT = {"Authorization", "Content-Type"}


async def clicks(guest: Guest, action_id: str) -> None:
    """Press without waiting for what comes of it."""
    assert guest.view
    block = next(one for one in guest.view["blocks"] if one["type"] == "actions")
    await guest.house.slack.workspace.click(
        guest.id, view_id=guest.view["id"], block_id=block["block_id"], action_id=action_id
    )


async def test_a_file_is_stopped_half_way_and_nothing_was_changed(
    catalogue: RunningCatalogue, slow: str, tmp_path: Path
) -> None:
    before = len(catalogue.catalogue.package(OPEN)["resources"])
    async with open_house(tmp_path, slow, catalogue.keys) as house:
        robin = house.guest("robin")
        await robin.connects("cfd-editor")
        await robin.types(f"/bcdc create-resource {OPEN}")
        file = house.slack.workspace.files.add(robin.id, "all.csv", CONTENT)
        await robin.fills(name="All", resource_update_cycle="monthly", upload=[file.id])
        await clicks(robin, "bcdc:change:apply")
        await until(lambda: " MB of 9.5 MB" in robin.reads(), "that some of it is on its way")
        await clicks(robin, "bcdc:change:cancel")
        await until(lambda: "Stopped." in robin.reads(), "that it stopped")
        await house.settled()
        assert "Stopped. Nothing was changed." in robin.reads()
    assert len(catalogue.catalogue.package(OPEN)["resources"]) == before
