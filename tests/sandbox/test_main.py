"""The sandbox as a process of its own."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    Start = Callable[..., Awaitable[tuple[asyncio.subprocess.Process, dict[str, Any]]]]


@pytest.fixture
async def run() -> AsyncIterator[Start]:
    processes: list[asyncio.subprocess.Process] = []

    async def started(*arguments: str) -> tuple[asyncio.subprocess.Process, dict[str, Any]]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "sandbox",
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        processes.append(process)
        assert process.stdout is not None
        async with asyncio.timeout(60):
            return process, json.loads(await process.stdout.readline())

    yield started
    for process in processes:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_one_line_tells_the_page_and_the_settings_of_the_bot(run: Start) -> None:
    process, ready = await run("--with-parent")
    settings = ready["env"]
    client = AsyncWebClient(token=settings["SLACK_BOT_TOKEN"], base_url=settings["SLACK_API_URL"])
    assert (await client.auth_test())["team_id"] == "T0BCDC"
    assert settings["SLACK_API_URL"] == f"http://{settings['SLACK_FILE_HOSTS']}/api/"
    assert settings["SLACK_APP_TOKEN"].startswith("xapp-")
    catalogue = json.loads(settings["CATALOGUES"])[settings["DEFAULT_CATALOGUE"]]
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{catalogue}/api/3/action/status_show") as status,
    ):
        assert (await status.json())["success"] is True
    assert process.stdin is not None
    process.stdin.close()
    async with asyncio.timeout(60):
        assert await process.wait() == 0


async def test_it_ends_on_sigterm_and_takes_a_catalogue_and_verbs(
    run: Start,
    tmp_path: Path,
) -> None:
    verbs = [{"verb": "help", "usage": "help [verb]", "summary": "Commands"}]
    (tmp_path / "verbs.json").write_text(json.dumps(verbs), encoding="utf-8")
    process, ready = await run(
        "--catalogue",
        "http://127.0.0.1:9",
        "--verbs",
        str(tmp_path / "verbs.json"),
        "--delivery",
        "http://127.0.0.1:9/slack/events",
    )
    assert json.loads(ready["env"]["CATALOGUES"]) == {"sandbox": "http://127.0.0.1:9"}
    assert "SLACK_APP_TOKEN" not in ready["env"]
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{ready['page']}page/workspace") as overview,
    ):
        assert (await overview.json())["commands"][0]["verbs"] == verbs
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(60):
        assert await process.wait() == 0


async def test_it_serves_a_catalogue_of_ckans_own_records_when_asked(run: Start) -> None:
    _process, ready = await run("--with-parent", "--plain")
    settings = ready["env"]
    catalogue = json.loads(settings["CATALOGUES"])[settings["DEFAULT_CATALOGUE"]]
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{catalogue}/api/3/action/scheming_dataset_schema_list") as answer,
    ):
        assert "not known" in await answer.json()
