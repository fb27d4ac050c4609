"""Structured logs with a request id, and no secret in any of them.

Everything logged by us, aiohttp, Bolt, DBOS and SQLAlchemy goes through the same processors: the
request's id is added, secrets are taken out, and one line is written to standard error.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from types import TracebackType
from typing import TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

REDACTED = "[redacted]"

# Field names whose value is never written, wherever in a line they are.
_SECRET_NAME = re.compile(
    r"api_?keys?$|(^|[_-])keys?$|tokens?$|secrets?$|passw(or)?d$|authorization|bearer|cookie"
    r"|response_url|signature",
    re.IGNORECASE,
)
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_SECRET_TEXTS: tuple[tuple[re.Pattern[str], str], ...] = (
    # Slack's tokens of every kind.
    (re.compile(r"\bx(?:ox[a-z]|app|oxe\.xox[bp])-[\w.-]+", re.ASCII), REDACTED),
    # JSON Web Tokens: CKAN's API tokens are some.
    (re.compile(r"\beyJ[\w-]{5,500}\.[\w-]+(?:\.[\w-]*)?", re.ASCII), REDACTED),
    # Who has a response_url may write as the bot. GovSlack and a sandbox have other hosts.
    (re.compile(r"https?://[^\s/\"'<>]+/(?:commands|actions|app|response)/[^\s\"'<>]+"), REDACTED),
    (re.compile(r"\b(bearer|basic)\s+[^\s,;\"']+", re.IGNORECASE), rf"\1 {REDACTED}"),
    # User and password of an address.
    (re.compile(r"(://)[^\s/@]+@"), rf"\1{REDACTED}@"),
    # A name of the list above with its value in running text, as in a repr, a header or a URL.
    (
        re.compile(
            r"((?:x-ckan-api-key|api_?key|authorization|password|secret|token)"
            r"[\"']?\s*[:=]\s*[\"']?(?:(?:bearer|basic)\s+)?)(?!\[redacted\]|(?:bearer|basic)\s)[^\s\"',;&)}\]]+",
            re.IGNORECASE,
        ),
        rf"\1{REDACTED}",
    ),
    # A CKAN key is a UUID like any id, so only its neighbourhood tells it apart.
    (re.compile(rf"(\bkeys?\b[^\n]{{0,12}}?){_UUID}", re.IGNORECASE), rf"\1{REDACTED}"),
)
# A registered secret that is shorter would blot out ordinary words.
_SHORTEST_SECRET = 8

# Libraries that are wordy, or print bodies and parameters, below these levels.
_LEAST = {
    "aiohttp.access": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "alembic": logging.WARNING,
    "asyncio": logging.INFO,
    "dbos": logging.WARNING,
    "psycopg": logging.WARNING,
    "slack_bolt": logging.INFO,
    "slack_sdk": logging.INFO,
    "sqlalchemy": logging.WARNING,
}

_registered: set[str] = set()


def register_secret(value: str) -> None:
    """Take this exact text out of every line from now on; under 8 characters it is ignored."""
    if len(value) >= _SHORTEST_SECRET:
        _registered.add(value)


def forget_secret(value: str) -> None:
    """Undo `register_secret`, once the secret is of no use to anybody."""
    _registered.discard(value)


def redact(text: str) -> str:
    """Answer the text with everything that is or looks like a secret taken out."""
    # Longest first, since one secret may be the beginning of another.
    for secret in sorted(_registered, key=len, reverse=True):
        text = text.replace(secret, REDACTED)
    for pattern, replacement in _SECRET_TEXTS:
        text = pattern.sub(replacement, text)
    return text


def redacted(value: object, name: str = "") -> object:
    """Answer the value, which was given under `name`, as what may be logged: JSON's types only."""
    match value:
        case None | bool() | int() | float():
            return value
        case _ if _SECRET_NAME.search(name):
            return REDACTED
        case str():
            return redact(value)
        case Mapping():
            return {redact(str(key)): redacted(each, str(key)) for key, each in value.items()}
        case bytes() | bytearray():
            return redact(value.decode(errors="replace"))
        case Sequence() | AbstractSet():
            return [redacted(each) for each in value]
        case BaseException():
            return redact(f"{type(value).__name__}: {value}")
    return redact(repr(value))


def configure(*, level: str, form: str, stream: TextIO | None = None) -> None:
    """Send every log line to `stream` (standard error), as `json`, `console` or `auto`.

    `level` and `form` are LOG_LEVEL and LOG_FORMAT; `auto` is `console` for a terminal. May be
    called again; the last call counts.
    """
    stream = stream or sys.stderr
    to_person = form == "console" or (form == "auto" and stream.isatty())
    given: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    render: Processor = (
        structlog.dev.ConsoleRenderer(colors=stream.isatty())
        if to_person
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            # DBOS gives the id of the workflow that speaks.
            foreign_pre_chain=[*given, structlog.stdlib.ExtraAdder(allow=["operationUUID"])],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.StackInfoRenderer(),
                # Plain text: a traceback with local variables would tell what they hold.
                structlog.processors.format_exc_info,
                _redact_line,
                render,
            ],
        )
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *given,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for library, least in _LEAST.items():
        logging.getLogger(library).setLevel(max(least, logging.getLevelName(level)))
    # DBOS writes in its own way unless it finds a handler of its own.
    dbos = logging.getLogger("dbos")
    dbos.handlers, dbos.propagate = [handler], False
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_crash


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """Answer the logger of a module."""
    return structlog.stdlib.get_logger(name)


@contextmanager
def request() -> Iterator[str]:
    """Yield a new request id, which is in every line logged meanwhile, tasks included.

    People are told the id when something unknown goes wrong, so it is short.
    """
    request_id = secrets.token_hex(4)
    with structlog.contextvars.bound_contextvars(request_id=request_id):
        yield request_id


def request_id() -> str | None:
    """Answer the id of the request being served, if any."""
    return cast("str | None", structlog.contextvars.get_contextvars().get("request_id"))


def _redact_line(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    return {name: redacted(value, name) for name, value in line.items()}


def _log_crash(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.exit(130)
    logger("bot").critical("The bot stopped at an error", exc_info=(kind, error, traceback))
