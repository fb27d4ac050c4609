"""The HTTP server: who is heard, and what operators are told."""

from __future__ import annotations

import gc
import hmac
import io
import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import pytest_asyncio

from bot.app import Bot
from bot.store.deliveries import Audience, AudienceKind
from bot.store.notices import RESTS
from sandbox.catalogue import start as start_catalogue
from tests.house import CHANNEL, House, open_house

# One house for all who only knock.
pytestmark = pytest.mark.asyncio(loop_scope="module")

METRICS_TOKEN = "made-up-for-a-test"
TEAM = {"id": "T0BCDC", "domain": "bcdc"}
USER = {"id": "U0ROBIN", "team_id": "T0BCDC"}


@dataclass(frozen=True, slots=True)
class Door:
    """The bot's own HTTP server, knocked at by anybody."""

    house: House
    session: aiohttp.ClientSession

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        url = f"http://127.0.0.1:{self.house.bot.port}{path}"
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.get(url, headers=sent) as answer:
            return answer.status, await answer.text()

    async def post(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        url = f"http://127.0.0.1:{self.house.bot.port}/slack/events"
        async with self.session.post(url, data=io.BytesIO(body), headers=headers) as answer:
            return answer.status, await answer.text()

    async def signed(self, body: bytes, kind: str = "json") -> tuple[int, str]:
        """Post what Slack's secret signs."""
        return await self.post(body, self.signature(body) | {"Content-Type": f"application/{kind}"})

    async def interacts(self, **payload: Any) -> tuple[int, str]:
        body = urlencode({"payload": json.dumps({"team": TEAM, "user": USER} | payload)})
        return await self.signed(body.encode(), "x-www-form-urlencoded")

    def signature(self, body: bytes, at: int | None = None) -> dict[str, str]:
        stamp = str(at or int(time.time()))
        secret = self.house.slack.signing_secret.encode()
        signature = hmac.new(secret, f"v0:{stamp}:".encode() + body, "sha256").hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}"}


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Door]:
    catalogue = await start_catalogue(seed=False)
    async with (
        open_house(
            folder, catalogue.url, {}, delivery="http", METRICS_TOKEN=METRICS_TOKEN
        ) as house,
        aiohttp.ClientSession() as session,
    ):
        yield Door(house, session)
        await house.bot.tasks.drain()
    await catalogue.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    """Open one door for all: nobody who knocks here changes anything."""
    async with opened(tmp_path_factory.mktemp("door")) as door:
        yield door


@pytest_asyncio.fixture(loop_scope="module")
async def own_door(tmp_path: Path) -> AsyncIterator[Door]:
    """Open a door for one test, which counts or breaks what is behind it."""
    async with opened(tmp_path) as door:
        yield door


CHECK = b"ssl_check=1&token=x"


async def test_slacks_own_checks_are_answered(door: Door) -> None:
    assert (await door.signed(CHECK, "x-www-form-urlencoded"))[0] == 200
    asked = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
    status, text = await door.signed(asked)
    assert status == 200
    assert "abc" in text


@pytest.mark.parametrize(
    "wrong",
    [
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0=0000"},
        {"X-Slack-Signature": "v0=é"},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "yesterday"},
        {"X-Slack-Request-Timestamp": "-1"},
        {"X-Slack-Request-Timestamp": "1.5"},
        {"X-Slack-Request-Timestamp": "9" * 40},
        {"X-Slack-Request-Timestamp": "1"},
    ],
    ids=str,
)
async def test_a_wrong_signature_or_timestamp_is_refused(door: Door, wrong: dict[str, str]) -> None:
    status, text = await door.post(CHECK, door.signature(CHECK) | wrong)
    assert status == 401
    assert "not signed" in text


@pytest.mark.parametrize("name", ["X-Slack-Signature", "X-Slack-Request-Timestamp"])
async def test_a_missing_signature_or_timestamp_is_refused(door: Door, name: str) -> None:
    headers = door.signature(CHECK)
    del headers[name]
    assert (await door.post(CHECK, headers))[0] == 401


@pytest.mark.parametrize("away", [-600, 600])
async def test_an_old_or_early_request_is_refused_although_it_is_signed(
    door: Door, away: int
) -> None:
    assert (await door.post(CHECK, door.signature(CHECK, int(time.time()) + away)))[0] == 401


async def test_a_body_changed_on_the_way_is_refused(door: Door) -> None:
    assert (await door.post(CHECK + b"&more=1", door.signature(CHECK)))[0] == 401


@pytest.mark.parametrize("kind", ["json", "x-www-form-urlencoded"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"{",
        b"[]",
        b"[1, 2]",
        b"null",
        b'"text"',
        b"{}",
        b"\xff\xfe",
        b"payload=",
        b"payload=%7B",
        b"payload=[]",
        b"payload=null",
        b"payload={}",
        b'{"type": "event_callback"}',
        b'{"type": "event_callback", "event": null}',
        b'{"type": "event_callback", "event": {"type": 7}, "team_id": "T0BCDC"}',
        b'{"type": "event_callback", "event": {"type": "app_home_opened"}}',
        b'payload={"type": "block_actions"}',
        b'payload={"type": "block_actions", "actions": []}',
        b'payload={"type": "block_actions", "actions": [{}]}',
        b'payload={"type": "block_actions", "actions": [{"action_id": "bcdc:change:apply"}]}',
        b'payload={"type": "view_submission"}',
        b'payload={"type": "view_submission", "view": {}}',
        b'payload={"type": "view_submission", "view": {"callback_id": "bcdc:connect"}}',
        b'payload={"type": "view_closed", "view": null}',
        b'payload={"type": "block_suggestion"}',
        b'payload={"type": "shortcut"}',
        b"command=/bcdc",
        b"command=/bcdc&text=help",
        b"command=/bcdc&text=connect&team_id=T0BCDC&user_id=U0ROBIN",
    ],
    ids=repr,
)
async def test_a_signed_body_without_sense_is_no_fault_of_ours(
    door: Door, body: bytes, kind: str
) -> None:
    status, _text = await door.signed(body, kind)
    assert status < 500


async def test_what_nobody_declared_is_acknowledged_and_does_nothing(door: Door) -> None:
    view = {"id": "V1", "type": "modal", "callback_id": "bcdc:nothing", "state": {"values": {}}}
    sent: list[dict[str, Any]] = [
        {"type": "view_submission", "view": view | {"private_metadata": ""}},
        {"type": "view_closed", "view": view},
        {"type": "shortcut", "callback_id": "nothing", "trigger_id": "1.2"},
        {"type": "message_action", "callback_id": "nothing", "trigger_id": "1.3"},
        {"type": "block_actions", "actions": [{"action_id": "bcdc:nothing"}], "trigger_id": "1"},
        {"type": "block_actions", "actions": [{"action_id": "bcdc:link"}], "trigger_id": "2"},
    ]
    for payload in sent:
        assert (await door.interacts(**payload))[0] == 200, payload
    event = {"type": "event_callback", "team_id": "T0BCDC", "event_id": "E1"}
    told = event | {"event": {"type": "emoji_changed"}}
    assert (await door.signed(json.dumps(told).encode()))[0] == 200


async def test_a_body_that_is_too_large_is_refused(door: Door) -> None:
    body = b"x" * (5 * 1024 * 1024)
    assert (await door.signed(body))[0] == 413


async def test_it_lives_and_is_ready(door: Door) -> None:
    assert await door.get("/healthz") == (200, "ok")
    assert await door.get("/readyz") == (200, "ready")


# The driver leaves a connection that never came about to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_it_is_not_ready_without_its_database(own_door: Door) -> None:
    database = own_door.house.bot.db
    await database.dispose()
    folder = own_door.house.settings.data_dir
    for file in list(folder.glob("bot.sqlite3*")):
        file.unlink()
    (folder / "bot.sqlite3").mkdir()
    status, why = await own_door.get("/readyz")
    assert status == 503
    assert "database" in why
    assert (await own_door.get("/healthz"))[0] == 200
    gc.collect()


async def test_it_is_not_ready_while_the_socket_is_cut(tmp_path: Path) -> None:
    catalogue = await start_catalogue(seed=False)
    async with (
        open_house(tmp_path, catalogue.url, {}) as house,
        aiohttp.ClientSession() as session,
    ):
        door = Door(house, session)
        assert (await door.get("/readyz"))[0] == 200
        async with session.post(f"http://127.0.0.1:{house.bot.port}/slack/events") as answer:
            assert answer.status == 404
        await house.slack.stop()
        status, why = await door.get("/readyz")
        assert (status, "Slack" in why) == (503, True)
    await catalogue.stop()


async def test_before_its_start_it_is_not_ready(door: Door, tmp_path: Path) -> None:
    bot = Bot(door.house.settings)
    assert await bot._ready() == "starting"  # noqa: SLF001  # nobody can ask before it listens
    await bot.db.dispose()


async def test_metrics_are_for_this_machine_and_for_who_has_the_token(door: Door) -> None:
    status, text = await door.get("/metrics")
    assert status == 200
    assert "bcdc_slack_requests_total" in text
    for forwarded in ({"X_Forwarded_For": "203.0.113.9"}, {"Forwarded": "for=203.0.113.9"}):
        assert (await door.get("/metrics", **forwarded))[0] == 401
        wrong = forwarded | {"Authorization": "Bearer wrong"}
        assert (await door.get("/metrics", **wrong))[0] == 401
        right = forwarded | {"Authorization": f"Bearer {METRICS_TOKEN}"}
        assert (await door.get("/metrics", **right))[0] == 200


async def test_metrics_count_what_was_heard_and_name_nobody(own_door: Door) -> None:
    robin = own_door.house.guest("robin")
    await robin.types("/bcdc help")
    await robin.types("/bcdc find-org secret-words-of-robin")
    _status, text = await own_door.get("/metrics")
    assert 'bcdc_slack_requests_total{kind="slash_command"} 2.0' in text
    assert "bcdc_ckan_request_seconds_count" in text
    for word in ("U0ROBIN", "T0BCDC", "secret-words", "robin"):
        assert word not in text


async def test_metrics_count_the_messages_of_the_bots_own(own_door: Door) -> None:
    bot, robin = own_door.house.bot, own_door.house.guest("robin")
    async with bot.db.write() as connection:
        for user_id in (robin.id, "U0NOBODY"):
            await bot.deliveries.add(
                connection,
                tenant=TEAM["id"],
                change_id=None,
                audience=Audience(AudienceKind.USER, user_id),
                kind=RESTS,
                payload={"team": TEAM["id"], "channel": CHANNEL, "why": "is_archived"},
                now=datetime.now(UTC),
            )
    await own_door.house.settled()
    assert "rest" in robin.direct()[-1]["text"]
    _status, text = await own_door.get("/metrics")
    assert 'bcdc_deliveries_total{outcome="sent"} 1.0' in text
    assert 'bcdc_deliveries_total{outcome="refused"} 1.0' in text


async def test_the_home_tab_offers_what_the_person_can_do(door: Door) -> None:
    robin = door.house.guest("robin")
    await door.house.slack.workspace.open_home(robin.id)
    await door.house.slack.workspace.settled()
    await door.house.settled()
    home = door.house.slack.workspace.home(robin.id)
    assert home
    assert "bcdc:go:connect" in str(home)
    assert os.fspath(door.house.settings.data_dir) not in str(home)
