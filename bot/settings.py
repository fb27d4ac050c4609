"""The settings, read once from the environment and `.env`, and one sentence for each wrong value.

The names are those of the environment variables in lower case. Secrets never show in a `repr`.
"""

from __future__ import annotations

import base64
import binascii
import difflib
import ipaddress
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple, Self
from urllib.parse import SplitResult, urlsplit

from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    Field,
    PlainValidator,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

ENV_FILE = Path(".env")
KEY_BYTES = 32
MEGABYTE = 1 << 20  # as CKAN counts its upload limit

_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")
_HOST = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*")
_ADMIN = re.compile(r"(?:(?P<tenant>[TE][A-Z0-9]+):)?(?P<user>[UW][A-Z0-9]+)")
# Shorter names are too much like those of other programs to speak of a slip.
_SHORTEST_SLIP = 8
_LARGEST_PORT = 65_535


class SettingsError(Exception):
    """Wrong settings; `str(error)` has one line `NAME: sentence` for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class Mode(StrEnum):
    """How Slack reaches the bot."""

    SOCKET = "socket"
    HTTP = "http"
    SANDBOX = "sandbox"


class Admin(NamedTuple):
    """An operator: a user of one tenant, or of the home workspace when `tenant` is None."""

    tenant: str | None
    user_id: str


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_host(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return _HOST.fullmatch(host) is not None
    return True


def _web_address(text: str, what: str) -> SplitResult:
    """Split an address that is safe to send secrets to: https, or http on this machine."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(f"{what} is not a web address.") from None
    if "@" in parts.netloc:
        raise ValueError(f"{what} has a user name or password in it; leave them out.")
    if parts.scheme not in {"http", "https"} or not _is_host(host) or port == 0:
        raise ValueError(f"{what} is not a web address like https://www.example.ca.")
    if parts.scheme == "http" and not _is_loopback(host):
        raise ValueError(f"{what} must start with https://, or its secrets travel in the open.")
    if "?" in text or "#" in text:
        raise ValueError(f"{what} has a ? or # in it; give the address of the site only.")
    if re.search(r"//|\\|%|\s|(^|/)\.{1,2}(/|$)", parts.path):
        raise ValueError(f"{what} has a path that can be read in two ways; write it plainly.")
    return parts


def _catalogues(value: object) -> Mapping[str, str]:
    example = 'Write it as JSON, like {"production": "https://catalogue.data.gov.bc.ca"}.'
    try:
        # Pairs and not a dict, so that a name given twice is seen.
        pairs = json.loads(str(value), object_pairs_hook=list)
    except ValueError:
        raise ValueError(f"is not valid JSON. {example}") from None
    if not isinstance(pairs, list) or not all(isinstance(pair, tuple) for pair in pairs):
        raise ValueError(f"is not a JSON object of names and addresses. {example}")
    if not pairs:
        raise ValueError(f"names no catalogue. {example}")
    found: dict[str, str] = {}
    for name, address in pairs:
        if not _NAME.fullmatch(name):
            raise ValueError(f"“{name}” is no name: use up to 30 of a-z, 0-9 and -.")
        if name in found:
            raise ValueError(f"“{name}” is there twice.")
        parts = _web_address(str(address), f"the address of “{name}”")
        found[name] = parts.geturl().rstrip("/")
    return MappingProxyType(found)


def _api_url(text: object) -> str:
    return _web_address(str(text), "the address").geturl().rstrip("/") + "/"


def _file_hosts(text: object) -> tuple[str, ...]:
    hosts = [host.lower() for host in _words(str(text))]
    for entry in hosts:
        host, colon, port = entry.partition(":")
        if not _is_host(host) or (colon and not _is_port(port)):
            raise ValueError(f"“{entry}” is no host or host:port; write files.slack.com.")
    if not hosts:
        raise ValueError("names no host; write files.slack.com, or leave it out.")
    return tuple(hosts)


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text) <= _LARGEST_PORT


def _database_url(value: object) -> URL:
    try:
        url = make_url(str(value)) if not isinstance(value, URL) else value
    except (ArgumentError, ValueError):
        raise ValueError(
            "is not a database address; write postgresql://host/database, "
            "with user:password@ before the host."
        ) from None
    match url.drivername:
        case "postgres" | "postgresql" | "postgresql+psycopg":
            return url.set(drivername="postgresql+psycopg")
        case "sqlite" | "sqlite+aiosqlite" if url.database and url.database != ":memory:":
            return url.set(drivername="sqlite+aiosqlite")
        case "sqlite" | "sqlite+aiosqlite":
            raise ValueError("needs a file, or everything is lost at a restart.")
    raise ValueError("must start with postgresql:// or sqlite:///; nothing else is supported.")


def parse_keys(value: object) -> tuple[SecretStr, ...]:
    """Split keys at commas and blanks, each 32 bytes in urlsafe base64; raises ValueError."""
    keys = _words(re.sub(r"\s", ",", str(value)))
    for number, key in enumerate(keys, start=1):
        try:
            size = len(base64.b64decode(key, altchars=b"-_", validate=True))
        except (binascii.Error, ValueError):
            size = 0
        if size != KEY_BYTES:
            raise ValueError(
                f"key {number} is not {KEY_BYTES} bytes in urlsafe base64; "
                "make one with: openssl rand -base64 32 | tr +/ -_"
            )
    return tuple(SecretStr(key) for key in keys)


def _admins(text: object) -> tuple[Admin, ...]:
    admins = []
    for entry in _words(str(text)):
        if not (match := _ADMIN.fullmatch(entry)):
            raise ValueError(f"“{entry}” is no Slack user; write U0123ABCD or T0123ABCD:U0123ABCD.")
        admins.append(Admin(match["tenant"], match["user"]))
    return tuple(admins)


def _whole_number(least: int, most: int) -> Callable[[object], int]:
    def parse(text: object) -> int:
        try:
            number = int(str(text))
        except ValueError:
            number = least - 1
        if not least <= number <= most:
            raise ValueError(f"must be a whole number from {least} to {most}.")
        return number

    return parse


def _one_of(*choices: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        found = next((choice for choice in choices if choice.lower() == text.strip().lower()), None)
        if found is None:
            raise ValueError(f"must be one of {', '.join(choices)}.")
        return found

    return check


def _token(prefix: str, what: str) -> Callable[[SecretStr], SecretStr]:
    def check(secret: SecretStr) -> SecretStr:
        text = secret.get_secret_value()
        if not text.startswith(prefix) or re.search(r"\s", text):
            raise ValueError(f"is not {what}, which starts with {prefix}.")
        return secret

    return check


def _no_space(secret: SecretStr) -> SecretStr:
    if re.search(r"\s", secret.get_secret_value()):
        raise ValueError("has a space in it; copy it again.")
    return secret


def _host(text: str) -> str:
    host = text.strip().lower()
    if not _is_host(host):
        raise ValueError("must be an address to listen on, like 127.0.0.1 or 0.0.0.0.")
    return host


def _folder(path: Path) -> Path:
    folder = path.expanduser().absolute()
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file; name a folder.")
    return folder


_Secret = Annotated[SecretStr, AfterValidator(_no_space)]


class Settings(BaseSettings):
    """Everything that can be set; `load` reads it."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,
        validate_default=False,
        arbitrary_types_allowed=True,
    )

    slack_bot_token: Annotated[SecretStr, AfterValidator(_token("xoxb-", "a bot token"))] | None = (
        None
    )
    slack_app_token: (
        Annotated[SecretStr, AfterValidator(_token("xapp-", "an app-level token"))] | None
    ) = None
    slack_signing_secret: _Secret | None = None
    slack_client_id: str | None = None
    slack_client_secret: _Secret | None = None
    slack_api_url: Annotated[str, PlainValidator(_api_url)] = "https://slack.com/api/"
    slack_file_hosts: Annotated[tuple[str, ...], NoDecode, PlainValidator(_file_hosts)] = (
        "files.slack.com",
    )
    catalogues: Annotated[Mapping[str, str], NoDecode, PlainValidator(_catalogues)] = Field(
        default_factory=lambda: MappingProxyType(
            {
                "production": "https://catalogue.data.gov.bc.ca",
                "test": "https://cat.data.gov.bc.ca",
            }
        )
    )
    default_catalogue: str = "production"
    data_dir: Annotated[Path, AfterValidator(_folder)] = Field(
        default_factory=lambda: Path("data").absolute()
    )
    database_url: Annotated[URL | None, NoDecode, PlainValidator(_database_url)] = None
    encryption_keys: Annotated[tuple[SecretStr, ...], NoDecode, PlainValidator(parse_keys)] = ()
    host: Annotated[str, AfterValidator(_host)] = "127.0.0.1"
    port: Annotated[int, PlainValidator(_whole_number(0, _LARGEST_PORT))] = 8080
    bot_admins: Annotated[tuple[Admin, ...], NoDecode, PlainValidator(_admins)] = ()
    subscribers: Annotated[str, AfterValidator(_one_of("anyone", "connected", "operators"))] = (
        "anyone"
    )
    metrics_token: _Secret | None = None
    max_upload_mb: Annotated[int, PlainValidator(_whole_number(1, 100_000))] = 150
    log_level: Annotated[str, AfterValidator(_one_of(*_LOG_LEVELS))] = "INFO"
    log_format: Annotated[str, AfterValidator(_one_of("auto", "json", "console"))] = "auto"

    @property
    def mode(self) -> Mode:
        """Socket Mode with an app token, else HTTP with a signing secret, else the sandbox."""
        if self.slack_app_token:
            return Mode.SOCKET
        return Mode.HTTP if self.slack_signing_secret else Mode.SANDBOX

    @property
    def database(self) -> URL:
        """The database's URL with an async driver: DATABASE_URL, or SQLite in DATA_DIR."""
        file = str(self.data_dir / "bot.sqlite3")
        return self.database_url or URL.create("sqlite+aiosqlite", database=file)

    @property
    def secrets(self) -> tuple[str, ...]:
        """All that is secret in them, so that no log shows it."""
        given = (
            self.slack_bot_token,
            self.slack_app_token,
            self.slack_signing_secret,
            self.slack_client_secret,
            self.metrics_token,
            *self.encryption_keys,
        )
        texts = [secret.get_secret_value() for secret in given if secret]
        return (*texts, *([self.database.password] if self.database.password else []))

    @property
    def file_scheme(self) -> str:
        """How files are fetched from SLACK_FILE_HOSTS: as SLACK_API_URL is."""
        return urlsplit(self.slack_api_url).scheme

    @property
    def max_upload_bytes(self) -> int:
        """MAX_UPLOAD_MB in bytes."""
        return self.max_upload_mb * MEGABYTE

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if problems := list(_contradictions(self)):
            raise SettingsError(problems)
        return self


def _contradictions(settings: Settings) -> Iterator[str]:
    bot, app = settings.slack_bot_token, settings.slack_app_token
    signing, client = settings.slack_signing_secret, settings.slack_client_id
    if (client is None) is not (settings.slack_client_secret is None):
        lacking = "SLACK_CLIENT_ID" if client is None else "SLACK_CLIENT_SECRET"
        yield f"{lacking}: SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are set together or not at all."
    if (app or signing) and not (bot or client):
        yield "SLACK_BOT_TOKEN: is needed to answer in Slack; the app's page shows it."
    if (bot or client) and not (app or signing):
        yield (
            "SLACK_SIGNING_SECRET: is needed to hear Slack over HTTP; "
            "or set SLACK_APP_TOKEN to use Socket Mode."
        )
    if settings.default_catalogue not in settings.catalogues:
        name, known = settings.default_catalogue, ", ".join(settings.catalogues)
        yield f"DEFAULT_CATALOGUE: “{name}” is not one of CATALOGUES, which has {known}."


def load(
    overrides: Mapping[str, str] | None = None, *, env_file: Path | None = ENV_FILE
) -> Settings:
    """Read the settings from `overrides`, else the environment, else `env_file`.

    `overrides` is keyed like the environment. Raises SettingsError with every wrong value.
    """
    given = (overrides or {}).items()
    values: dict[str, Any] = {name.lower(): text for name, text in given if text}
    try:
        return Settings(_env_file=env_file, **values)
    except ValidationError as error:
        raise SettingsError([_sentence(**detail) for detail in error.errors()]) from None


def _sentence(*, loc: tuple[int | str, ...], msg: str, ctx: Any = None, **_: Any) -> str:
    return f"{str(loc[0]).upper()}: {(ctx or {}).get('error', msg)}"


def slips(
    environ: Mapping[str, str] | None = None, *, env_file: Path | None = ENV_FILE
) -> list[str]:
    """Tell of each variable that looks like a misspelt setting: unknown, and near a known name."""
    given = {
        *(os.environ if environ is None else environ),
        *(dotenv_values(env_file) if env_file else ()),
    }
    known = [name.upper() for name in Settings.model_fields]
    told = []
    for name in sorted(given - set(known)):
        near = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.85)
        if near and name.upper() not in known and len(name) >= _SHORTEST_SLIP:
            told.append(f"{name}: is not a setting and is ignored; did you mean {near[0]}?")
        elif name.startswith("SLACK_"):
            told.append(f"{name}: is not a setting and is ignored.")
    return told
