"""type-ahead among 50,000 records, letter by letter, of a person with records of their own"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import sqlite3
import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from bench.big_catalogue import DRAFTS, RECORDS, records
from bench.servers import a_big_catalogue, the_bot
from bench.table import Line

_TITLES = 40
_FILLED_WITHIN = 300.0
_KEY = "bench-key-of-nobody-at-all"


def measure(slack: Mapping[str, str], folder: Path) -> list[Line]:
    data = folder / "type-ahead"
    with a_big_catalogue() as catalogue:
        url = f"http://127.0.0.1:{catalogue}"
        given = {"CATALOGUES": json.dumps({"test": url}), "DEFAULT_CATALOGUE": "test"}
        with the_bot({**slack, **given}, data) as (port, _pid, _seconds):
            bot = _Slack(port, slack["SLACK_SIGNING_SECRET"])
            seconds = _filled(data)
            bot.connect(_KEY, _opened(data))
            _own_part(data, bot)
            warm = [bot.types(text) for text in _typed()]
            _post(catalogue, "/hang")
            with _database(data) as database, database:
                # As old as after a minute.
                due_at = datetime.now(UTC) - timedelta(minutes=1)
                database.execute(
                    "UPDATE index_state SET due_at = ? WHERE viewer != ''",
                    [f"{due_at:%Y-%m-%d %H:%M:%S.%f}"],
                )
            hanging = [bot.types(text) for text in _typed()]
    return [
        Line("type-ahead, first fill", RECORDS / seconds, "rows/s"),
        Line("type-ahead, p50", statistics.median(warm), "ms"),
        Line("type-ahead, p99", _p99(warm), "ms", 50),
        Line("type-ahead, the catalogue hanging, p50", statistics.median(hanging), "ms"),
        Line("type-ahead, the catalogue hanging, p99", _p99(hanging), "ms", 50),
        Line("type-ahead, the catalogue hanging, slowest", max(hanging), "ms", 2500),
    ]


def _opened(data: Path) -> str:
    """The id of a form to connect, as if it had just been opened."""
    asked_id = uuid4().hex
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}"
    row = (asked_id, "T0BCDC", "U0BENCH", "T0BCDC", "test", "connect", 0, now)
    with _database(data) as database, database:
        database.execute(
            "INSERT INTO asked (id, tenant, user_id, team, catalogue, text, page, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )
    return asked_id


def _typed() -> Iterator[str]:
    """Titles of the catalogue, each typed letter by letter."""
    for record in records()[:: RECORDS // _TITLES]:
        title = record["title"]
        yield from (title[:end] for end in range(1, 13))


def _p99(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=100)[98]


class _Slack:
    """One connection that sends what Slack sends."""

    def __init__(self, port: int, secret: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self._secret = secret

    def types(self, text: str) -> float:
        """Type in a select, and answer the milliseconds until its options came."""
        started = time.perf_counter()
        options = self._send(
            type="block_suggestion", block_id="package_id", action_id="value", value=text
        )
        taken = (time.perf_counter() - started) * 1000
        if not options:
            raise SystemExit(f"nothing was offered for {text!r} after {taken:.0f} ms")
        return taken

    def connect(self, key: str, asked_id: str) -> None:
        values = {"api_key": {"value": {"type": "plain_text_input", "value": key}}}
        view = {
            "id": "V0BENCH",
            "type": "modal",
            "callback_id": "bcdc:connect",
            "private_metadata": asked_id,
            "state": {"values": values},
        }
        self._send(type="view_submission", view=view, trigger_id="1.2.bench")

    def _send(self, **payload: Any) -> Any:
        payload |= {
            "team": {"id": "T0BCDC"},
            "user": {"id": "U0BENCH", "team_id": "T0BCDC"},
            "api_app_id": "A0BCDC",
            "is_enterprise_install": False,
        }
        body = urlencode({"payload": json.dumps(payload)})
        timestamp = str(int(time.time()))
        digest = hmac.new(self._secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": f"v0={digest.hexdigest()}",
        }
        self._connection.request("POST", "/slack/events", body, headers)
        response = self._connection.getresponse()
        told = response.read()
        if response.status != http.client.OK:
            raise SystemExit(f"a payload was answered {response.status}")
        answer = json.loads(told) if told else {}
        groups = answer.get("option_groups") or [answer]
        return [option for group in groups for option in group.get("options", ())]


def _filled(data: Path) -> float:
    """Wait until the index is filled, and answer the seconds from its first row."""
    begun = None
    deadline = time.monotonic() + _FILLED_WITHIN
    while time.monotonic() < deadline:
        number = _number(data, "SELECT count(*) FROM index_entry WHERE kind = 'package'")
        begun = begun or (time.monotonic() if number else None)
        if begun and _number(data, "SELECT count(*) FROM index_state WHERE complete"):
            return time.monotonic() - begun
        time.sleep(0.1)
    raise SystemExit("the index was not filled")


def _own_part(data: Path, bot: _Slack) -> None:
    """Use type-ahead until the person's own part is there."""
    own = "SELECT count(*) FROM index_entry WHERE viewer != ''"
    deadline = time.monotonic() + _FILLED_WITHIN
    while _number(data, own) < DRAFTS:
        bot.types("a")
        time.sleep(0.1)
        if time.monotonic() > deadline:
            raise SystemExit("the person's own part was not read")


def _number(data: Path, query: str) -> int:
    with _database(data) as database:
        return int(database.execute(query).fetchone()[0])


def _database(data: Path) -> closing[sqlite3.Connection]:
    [file] = data.glob("*.sqlite3")
    return closing(sqlite3.connect(file, timeout=30))


def _post(port: int, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", path)
    connection.getresponse().read()
    connection.close()
