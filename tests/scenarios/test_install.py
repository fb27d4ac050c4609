"""Workspaces install the bot by OAuth, use it, and remove it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
import sqlalchemy as sa

from bot.__main__ import prepare
from bot.app import Bot
from bot.settings import load
from bot.store.approval_tables import policy
from bot.store.tables import oauth_state
from sandbox.catalogue import start as start_catalogue
from sandbox.slack import new_workspace, start
from tests.house import House, environment, text_of
from tests.ports import free_port


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    catalogue = await start_catalogue()
    port = free_port()
    workspace = new_workspace(delivery=f"http://127.0.0.1:{port}/slack/events")
    slack = await start(workspace=workspace)
    given = environment(slack, tmp_path, catalogue.url, port=port, delivery="http")
    del given["SLACK_BOT_TOKEN"]
    settings = load(
        given
        | {
            "SLACK_CLIENT_ID": workspace.app.client_id,
            "SLACK_CLIENT_SECRET": workspace.app.client_secret,
        },
        env_file=None,
    )
    prepare(settings)
    house = House(slack, settings, catalogue.keys, Bot(settings))
    await house.bot.start()
    yield house
    await house.bot.stop()
    await slack.stop()
    await catalogue.stop()


async def _install(house: House, *, state: str | None = None, times: int = 1) -> int:
    """Go through the pages; answers the status of the last one, opened so many times."""
    base = f"http://127.0.0.1:{house.settings.port}"
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        async with browser.get(f"{base}/slack/install") as page:
            found = re.search(r'href="([^"]+oauth/v2/authorize[^"]+)"', await page.text())
            assert found
            cookie = page.headers["Set-Cookie"].partition(";")[0]
        asked = parse_qs(urlsplit(found[1].replace("&amp;", "&")).query)
        state = state or asked["state"][0]
        # The cookie is for https only, and this test has none.
        headers = {"Cookie": cookie}
        for _time in range(times):
            code = house.slack.workspace.new_install_code("U0ROBIN")
            url = f"{base}/slack/oauth_redirect?code={code}&state={state}"
            async with browser.get(url, headers=headers, allow_redirects=False) as done:
                status = done.status
        return status


async def test_an_installed_workspace_is_served_after_a_restart_too(house: House) -> None:
    robin = house.guest("robin")
    assert await _install(house) == 200
    assert "find-org" in await robin.types("/bcdc help")
    await house.restart()
    assert "Information Management" in await robin.types(
        "/bcdc find-org information-management-cfd"
    )


async def test_approvers_in_a_workspace_that_removed_the_bot_are_told_of_to_who_asked(
    house: House,
) -> None:
    assert await _install(house) == 200
    robin, priya = house.guest("robin"), house.guest("priya")
    await robin.connects("cfd-editor")
    await priya.connects("cfd-org-admin")
    await priya.types("/bcdc policy information-management-cfd when:always channel:here")
    async with house.bot.db.write() as connection:
        # As somebody sets it in another workspace, which then removes the bot.
        await connection.execute(sa.update(policy).values(team="T0GONE", tenant="T0GONE"))
    await robin.types('/bcdc patch-package youth-transition-agreements notes="Waits"')
    await robin.presses("bcdc:change:apply")
    await house.settled()
    assert any("cannot hear the bot" in text_of(one["blocks"]) for one in robin.direct())
    assert "asks to" in text_of(priya.direct()[-1]["blocks"])


async def test_a_made_up_state_installs_nothing(house: House) -> None:
    assert await _install(house, state="made-up") == 400


async def test_a_state_is_taken_once(house: House) -> None:
    assert await _install(house, times=2) == 401


async def test_who_only_looks_at_the_page_leaves_nothing_in_the_database(house: House) -> None:
    address = f"http://127.0.0.1:{house.settings.port}/slack/install"
    async with aiohttp.ClientSession() as browser:
        for _time in range(5):
            async with browser.get(address) as page:
                assert page.status == 200
    async with house.bot.db.read() as connection:
        kept = await connection.scalar(sa.select(sa.func.count()).select_from(oauth_state))
    assert kept == 0


async def test_the_token_is_not_in_the_database_file(house: House) -> None:
    assert await _install(house) == 200
    kept = b"".join(_bytes_in(house.settings.data_dir))
    assert house.slack.workspace.directory.app.bot_user_id.encode() not in kept
    assert house.slack.bot_token.encode() not in kept


def _bytes_in(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in folder.iterdir() if file.is_file()]
