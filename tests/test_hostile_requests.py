"""Requests that no client of Slack's makes are refused, and are no fault of ours."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.catalogue import start as start_catalogue
from tests.house import House, open_house

DEEP = 100_000


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    catalogue = await start_catalogue(seed=False)
    async with open_house(
        tmp_path, catalogue.url, {}, delivery="http", METRICS_TOKEN="made-up-for-a-test"
    ) as house:
        yield house
    await catalogue.stop()


async def _status(house: House, head: str, body: bytes = b"", **headers: bytes) -> int:
    """The status of an answer to a request as it stands, however wrong."""
    lines = [head.encode() + b" HTTP/1.1", b"Host: 127.0.0.1", b"Connection: close"]
    lines += [name.replace("_", "-").encode() + b": " + value for name, value in headers.items()]
    lines.append(b"Content-Length: %d" % len(body))
    reader, writer = await asyncio.open_connection("127.0.0.1", house.bot.port)
    writer.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
    await writer.drain()
    answer = await asyncio.wait_for(reader.read(), 60)
    writer.close()
    return int(answer.split()[1])


def _signed(house: House, body: bytes) -> dict[str, bytes]:
    stamp = b"%d" % time.time()
    secret = house.slack.signing_secret.encode()
    signature = hmac.new(secret, b"v0:" + stamp + b":" + body, hashlib.sha256).hexdigest()
    return {
        "X_Slack_Request_Timestamp": stamp,
        "X_Slack_Signature": b"v0=" + signature.encode(),
    }


async def test_a_body_nested_without_end_makes_no_sense(house: House) -> None:
    for kind, body in (
        (b"application/json", b"[" * DEEP),
        (b"application/json", b'{"a":' * DEEP + b"1" + b"}" * DEEP),
        (b"application/x-www-form-urlencoded", b"payload=" + b"[" * DEEP + b"]" * DEEP),
    ):
        headers = _signed(house, body)
        status = await _status(house, "POST /slack/events", body, Content_Type=kind, **headers)
        assert 400 <= status < 500, body[:20]


@pytest.mark.parametrize("stamp", [b"9" * 5000, b"1" * 400, b"\xff", b"0x10", b"1e9"])
async def test_a_time_beyond_all_numbers_is_not_signed(house: House, stamp: bytes) -> None:
    headers = _signed(house, b"") | {"X_Slack_Request_Timestamp": stamp}
    assert await _status(house, "POST /slack/events", **headers) == 401


async def test_bytes_that_are_no_text_open_no_door(house: House) -> None:
    nobody = {"Authorization": b"Bearer \xff\xfe", "X_Forwarded_For": b"192.0.2.1"}
    assert await _status(house, "GET /metrics", **nobody) == 401
    headers = _signed(house, b"") | {"X_Slack_Signature": b"v0=\xff"}
    assert await _status(house, "POST /slack/events", **headers) == 401
