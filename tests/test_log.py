"""Logs: one line each, with the request's id, and no secret however it got there."""

from __future__ import annotations

import io
import json
import logging
import sys
import uuid
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from bot import log
from bot.log import REDACTED, redact, redacted

UUID = "0a1b2c3d-1111-4222-8333-0123456789ab"
JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJqdGkiOiJhYmMifQ.c2lnbmF0dXJl"
RESPONSE_URL = "https://hooks.slack.com/commands/T1/2/abc"


class Lines(io.StringIO):
    """Standard error, as what was written to it."""

    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def lines() -> Iterator[Lines]:
    root, dbos = logging.getLogger(), logging.getLogger("dbos")
    before = (root.handlers[:], root.level, dbos.handlers, dbos.propagate, sys.excepthook)
    stream = Lines()
    log.configure(level="INFO", form="json", stream=stream)
    yield stream
    root.handlers[:], level, dbos.handlers, dbos.propagate, sys.excepthook = before
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.fixture
def canary() -> Iterator[str]:
    secret = f"canary{uuid.uuid4().hex}"
    log.register_secret(secret)
    yield secret
    log.forget_secret(secret)


def test_a_line_holds_time_level_logger_event_and_fields(lines: Lines) -> None:
    log.logger("bot.flow").info("Applied %s", "it", change="c1")
    [line] = lines.entries()
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "Applied it", "level": "info", "logger": "bot.flow", "change": "c1"}


def test_libraries_write_the_same_lines(lines: Lines) -> None:
    for name in ("aiohttp.server", "slack_bolt.AsyncApp", "dbos", "sqlalchemy.pool"):
        logging.getLogger(name).warning("from %s", name)
    assert [(line["logger"], line["event"]) for line in lines.entries()] == [
        ("aiohttp.server", "from aiohttp.server"),
        ("slack_bolt.AsyncApp", "from slack_bolt.AsyncApp"),
        ("dbos", "from dbos"),
        ("sqlalchemy.pool", "from sqlalchemy.pool"),
    ]


def test_dbos_keeps_its_hands_off_a_configured_log(lines: Lines) -> None:
    from dbos._logger import init_logger  # noqa: PLC0415 (what DBOS does at its start)

    init_logger()
    logging.getLogger("dbos").error("once")
    assert [line["event"] for line in lines.entries()] == ["once"]


def test_wordy_libraries_stay_quiet_even_when_debugging(lines: Lines) -> None:
    log.configure(level="DEBUG", form="json", stream=lines)
    logging.getLogger("aiosqlite").debug("parameters")
    logging.getLogger("slack_sdk").debug("bodies")
    log.logger("bot").debug("ours")
    assert [line["event"] for line in lines.entries()] == ["ours"]


def test_lines_below_the_level_are_not_written(lines: Lines) -> None:
    log.configure(level="ERROR", form="json", stream=lines)
    log.logger("bot").warning("no")
    logging.getLogger("sqlalchemy").warning("no")
    assert lines.entries() == []


def test_warnings_are_logged(lines: Lines) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn("old thing", DeprecationWarning, stacklevel=1)
    assert "old thing" in lines.entries()[0]["event"]


def test_every_line_of_a_request_carries_its_id(lines: Lines) -> None:
    with log.request() as request_id:
        assert log.request_id() == request_id
        logging.getLogger("aiohttp").error("inside")
        log.logger("bot").info("inside")
    log.logger("bot").info("outside")
    assert log.request_id() is None
    ids = [line.get("request_id") for line in lines.entries()]
    assert ids == [request_id, request_id, None]


def test_two_requests_have_two_ids() -> None:
    with log.request() as first, log.request() as second:
        assert first != second


def test_a_traceback_tells_the_way_and_no_values(lines: Lines, canary: str) -> None:
    def fail(held: str) -> None:
        assert held
        raise ValueError(f"refused {canary} with Bearer abc")

    try:
        fail("a local" + " value")
    except ValueError:
        log.logger("bot").exception("It failed")
    [line] = lines.entries()
    assert "Traceback" in line["exception"]
    assert "ValueError: refused [redacted] with Bearer [redacted]" in line["exception"]
    assert canary not in lines.getvalue()
    assert "a local value" not in lines.getvalue()


def test_a_chained_cause_is_redacted_too(lines: Lines, canary: str) -> None:
    try:
        try:
            raise KeyError(canary)
        except KeyError as cause:
            raise RuntimeError("outer") from cause
    except RuntimeError:
        logging.getLogger("dbos").exception("It failed")
    assert canary not in lines.getvalue()
    assert "RuntimeError: outer" in lines.entries()[0]["exception"]


def test_a_crash_of_the_process_is_a_redacted_line(lines: Lines, canary: str) -> None:
    error = RuntimeError(canary)
    sys.excepthook(RuntimeError, error, None)
    [line] = lines.entries()
    assert (line["level"], line["event"]) == ("critical", "The bot stopped at an error")
    assert canary not in lines.getvalue()


def test_an_interrupt_is_no_crash(lines: Lines) -> None:
    with pytest.raises(SystemExit) as caught:
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert caught.value.code == 130
    assert lines.entries() == []


def test_a_person_at_a_terminal_reads_plain_lines(canary: str) -> None:
    class Terminal(Lines):
        @override
        def isatty(self) -> bool:
            return True

    root = logging.getLogger()
    before = root.handlers[:]
    terminal = Terminal()
    try:
        log.configure(level="INFO", form="auto", stream=terminal)
        log.logger("bot").info("Ready", page="http://127.0.0.1:1/", token=canary)
    finally:
        root.handlers[:] = before
        structlog.reset_defaults()
    assert "Ready" in terminal.getvalue()
    assert "http://127.0.0.1:1/" in terminal.getvalue()
    assert canary not in terminal.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        "api_key",
        "apikey",
        "key",
        "X-CKAN-API-Key",
        "Authorization",
        "SLACK_BOT_TOKEN",
        "token",
        "client_secret",
        "ENCRYPTION_KEYS",
        "password",
        "response_url",
        "Cookie",
        "X-Slack-Signature",
    ],
)
def test_what_a_secret_name_holds_is_never_written(name: str) -> None:
    assert redacted({"outer": [{name: "anything"}]}) == {"outer": [{name: REDACTED}]}
    assert redacted({name: {"nested": "anything"}}) == {name: REDACTED}


def test_harmless_names_and_numbers_under_any_name_stay() -> None:
    line = {"keys": 3, "token": None, "keyboard": "qwerty", "tokenizer": "x", "package_id": UUID}
    assert redacted(line) == line


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-123-456-abcDEF",
        "xapp-1-A1-2-abc",
        "xoxe.xoxb-1-abc",
        "xoxp-1",
        JWT,
        RESPONSE_URL,
        "http://127.0.0.1:8081/response/abc123",
    ],
)
def test_what_looks_like_a_secret_is_taken_out_of_any_text(secret: str) -> None:
    assert redact(f"before {secret} after") == f"before {REDACTED} after"
    assert secret not in redact(f"({secret!r})")


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"Authorization: {UUID}", f"Authorization: {REDACTED}"),
        (f"{{'X-CKAN-API-Key': '{UUID}'}}", f"{{'X-CKAN-API-Key': '{REDACTED}'}}"),
        (f"apikey={UUID}&x=1", f"apikey={REDACTED}&x=1"),
        (f"/bcdc connect my key is {UUID}", f"/bcdc connect my key is {REDACTED}"),
        ("Bearer abc.def", f"Bearer {REDACTED}"),
        ("authorization: Bearer abc", f"authorization: Bearer {REDACTED}"),
        ("client_secret=abc, x", f"client_secret={REDACTED}, x"),
        ("postgresql://bot:hunter2@db/bot", f"postgresql://{REDACTED}@db/bot"),
    ],
)
def test_a_secret_is_known_by_its_neighbourhood(text: str, clean: str) -> None:
    assert redact(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        f"package {UUID} was read",
        "https://catalogue.data.gov.bc.ca/dataset/bc-airports?x=1",
        "https://slack.com/api/views.open",
        "patched 3 fields of bc-airports in 12 ms",
        "tokens: none",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert redact(text) in {text, text.replace("none", REDACTED)}


secret_texts = st.text(
    alphabet=st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_categories=["Cs"]),
    min_size=8,
    max_size=60,
).map(lambda text: f"§{text}§")
structures = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=8,
)


@given(secret_texts, structures, st.text(), st.text())
def test_a_registered_secret_is_nowhere_in_a_line(
    secret: str, rest: object, before: str, after: str
) -> None:
    log.register_secret(secret)
    try:
        text = f"{before}{secret}{after}"
        line = redacted(
            {
                "event": text,
                text: [rest, text, (text, {"deep": {text}})],
                "bytes": text.encode(),
                "error": ValueError(text),
                "object": [Unknown(text)],
            }
        )
    finally:
        log.forget_secret(secret)
    assert secret not in json.dumps(line, ensure_ascii=False)


@given(structures)
def test_redacting_twice_changes_nothing_more(value: object) -> None:
    once = redacted(value)
    assert redacted(once) == once


@given(st.uuids(), st.sampled_from(["apikey", "api_key", "Authorization", "X-CKAN-API-Key"]))
def test_a_catalogue_key_is_known_by_its_header(key: uuid.UUID, header: str) -> None:
    for text in (f"{header}={key}", f'"{header}": "{key}"', f"{header}: {key}"):
        assert str(key) not in redact(text)


def test_a_short_text_is_too_common_to_be_taken_out() -> None:
    log.register_secret("of")
    assert redact("a list of things") == "a list of things"


def test_the_longer_of_two_secrets_goes_whole() -> None:
    for secret in ("abcdefgh", "abcdefghijkl"):
        log.register_secret(secret)
    try:
        assert redact("abcdefghijkl") == REDACTED
    finally:
        for secret in ("abcdefgh", "abcdefghijkl"):
            log.forget_secret(secret)


class Unknown:
    """An object that tells too much of itself."""

    def __init__(self, text: str) -> None:
        self.text = text

    @override
    def __repr__(self) -> str:
        return f"Unknown({self.text})"
