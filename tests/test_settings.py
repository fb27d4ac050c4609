"""Each setting: what it accepts, and the one sentence it says otherwise."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import Admin, Mode, Settings, SettingsError, load, slips

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
JSON_EXAMPLE = 'Write it as JSON, like {"production": "https://catalogue.data.gov.bc.ca"}.'


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a test sets is set."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def read(**environment: str) -> Settings:
    return load(environment, env_file=None)


def catalogues(address: str) -> str:
    return json.dumps({"production": address})


def problem(**environment: str) -> str:
    with pytest.raises(SettingsError) as caught:
        read(**environment)
    return str(caught.value)


WRONG = [
    ("SLACK_BOT_TOKEN", "xoxp-1", "is not a bot token, which starts with xoxb-."),
    ("SLACK_BOT_TOKEN", "xoxb-1 2", "is not a bot token, which starts with xoxb-."),
    ("SLACK_APP_TOKEN", "xoxb-1", "is not an app-level token, which starts with xapp-."),
    ("SLACK_SIGNING_SECRET", "a b", "has a space in it; copy it again."),
    (
        "SLACK_API_URL",
        "slack.com",
        "the address is not a web address like https://www.example.ca.",
    ),
    (
        "SLACK_API_URL",
        "http://slack.com/api/",
        "the address must start with https://, or its secrets travel in the open.",
    ),
    ("SLACK_FILE_HOSTS", ",", "names no host; write files.slack.com, or leave it out."),
    (
        "SLACK_FILE_HOSTS",
        "https://files.slack.com",
        "“https://files.slack.com” is no host or host:port; write files.slack.com.",
    ),
    (
        "SLACK_FILE_HOSTS",
        "files.slack.com:0",
        "“files.slack.com:0” is no host or host:port; write files.slack.com.",
    ),
    (
        "DATABASE_URL",
        "bot.sqlite3",
        "is not a database address; write postgresql://host/database, "
        "with user:password@ before the host.",
    ),
    (
        "DATABASE_URL",
        "mysql://host/database",
        "must start with postgresql:// or sqlite:///; nothing else is supported.",
    ),
    ("DATABASE_URL", "sqlite://", "needs a file, or everything is lost at a restart."),
    ("DATABASE_URL", "sqlite:///:memory:", "needs a file, or everything is lost at a restart."),
    ("CATALOGUES", "{", f"is not valid JSON. {JSON_EXAMPLE}"),
    ("CATALOGUES", '"x"', f"is not a JSON object of names and addresses. {JSON_EXAMPLE}"),
    ("CATALOGUES", '["x"]', f"is not a JSON object of names and addresses. {JSON_EXAMPLE}"),
    ("CATALOGUES", "{}", f"names no catalogue. {JSON_EXAMPLE}"),
    (
        "CATALOGUES",
        '{"A b": "https://a.example"}',
        "“A b” is no name: use up to 30 of a-z, 0-9 and -.",
    ),
    (
        "CATALOGUES",
        '{"a": "https://a.example", "a": "https://b.example"}',
        "“a” is there twice.",
    ),
    (
        "CATALOGUES",
        '{"a": 7}',
        "the address of “a” is not a web address like https://www.example.ca.",
    ),
    (
        "CATALOGUES",
        catalogues("https://[1"),
        "the address of “production” is not a web address.",
    ),
    (
        "CATALOGUES",
        catalogues("https://host:port"),
        "the address of “production” is not a web address.",
    ),
    (
        "CATALOGUES",
        catalogues("http://a.example"),
        "the address of “production” must start with https://, or its secrets travel in the open.",
    ),
    (
        "CATALOGUES",
        catalogues("https://key@a.example"),
        "the address of “production” has a user name or password in it; leave them out.",
    ),
    (
        "CATALOGUES",
        catalogues("https://a.example/?x=1"),
        "the address of “production” has a ? or # in it; give the address of the site only.",
    ),
    (
        "CATALOGUES",
        catalogues("https://a.example/b/../c"),
        "the address of “production” has a path that can be read in two ways; write it plainly.",
    ),
    (
        "CATALOGUES",
        catalogues("https://a.example/b%2fc"),
        "the address of “production” has a path that can be read in two ways; write it plainly.",
    ),
    (
        "DEFAULT_CATALOGUE",
        "staging",
        "“staging” is not one of CATALOGUES, which has production, test.",
    ),
    (
        "ENCRYPTION_KEYS",
        f"{KEY},short",
        "key 2 is not 32 bytes in urlsafe base64; "
        "make one with: openssl rand -base64 32 | tr +/ -_",
    ),
    ("HOST", "a host", "must be an address to listen on, like 127.0.0.1 or 0.0.0.0."),
    ("PORT", "http", "must be a whole number from 0 to 65535."),
    ("PORT", "70000", "must be a whole number from 0 to 65535."),
    ("MAX_UPLOAD_MB", "0", "must be a whole number from 1 to 100000."),
    ("METRICS_TOKEN", "a b", "has a space in it; copy it again."),
    ("BOT_ADMINS", "@robin", "“@robin” is no Slack user; write U0123ABCD or T0123ABCD:U0123ABCD."),
    ("LOG_LEVEL", "loud", "must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL."),
    ("LOG_FORMAT", "xml", "must be one of auto, json, console."),
    ("SUBSCRIBERS", "everyone", "must be one of anyone, connected, operators."),
]


@pytest.mark.parametrize(("name", "value", "sentence"), WRONG)
def test_a_wrong_value_gets_one_clear_sentence(name: str, value: str, sentence: str) -> None:
    assert problem(**{name: value}) == f"{name}: {sentence}"


def test_every_setting_but_free_words_has_a_sentence() -> None:
    free = {"SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "DATA_DIR"}  # each has a test below
    assert {name for name, _, _ in WRONG} | free == {name.upper() for name in Settings.model_fields}


def test_all_wrong_values_are_told_at_once() -> None:
    assert problem(PORT="x", HOST="a b").count("\n") == 1


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        (
            {"SLACK_CLIENT_ID": "1.2", "SLACK_SIGNING_SECRET": "s"},
            "SLACK_CLIENT_SECRET: SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are set together "
            "or not at all.",
        ),
        (
            {"SLACK_CLIENT_SECRET": "c"},
            "SLACK_CLIENT_ID: SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are set together "
            "or not at all.",
        ),
        (
            {"SLACK_APP_TOKEN": "xapp-1"},
            "SLACK_BOT_TOKEN: is needed to answer in Slack; the app's page shows it.",
        ),
        (
            {"SLACK_SIGNING_SECRET": "s"},
            "SLACK_BOT_TOKEN: is needed to answer in Slack; the app's page shows it.",
        ),
        (
            {"SLACK_BOT_TOKEN": "xoxb-1"},
            "SLACK_SIGNING_SECRET: is needed to hear Slack over HTTP; "
            "or set SLACK_APP_TOKEN to use Socket Mode.",
        ),
    ],
)
def test_settings_that_do_not_fit_together_say_which(
    environment: dict[str, str], sentence: str
) -> None:
    assert problem(**environment) == sentence


@pytest.mark.parametrize(
    ("environment", "mode"),
    [
        ({}, Mode.SANDBOX),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}, Mode.SOCKET),
        (
            {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_SIGNING_SECRET": "s"},
            Mode.SOCKET,
        ),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}, Mode.HTTP),
        (
            {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "c", "SLACK_SIGNING_SECRET": "s"},
            Mode.HTTP,
        ),
    ],
)
def test_the_credentials_decide_how_slack_reaches_the_bot(
    environment: dict[str, str], mode: Mode
) -> None:
    assert read(**environment).mode is mode


def test_without_any_setting_the_documented_defaults_hold() -> None:
    settings = read()
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.slack_file_hosts == ("files.slack.com",)
    assert settings.catalogues == {
        "production": "https://catalogue.data.gov.bc.ca",
        "test": "https://cat.data.gov.bc.ca",
    }
    assert (settings.default_catalogue, settings.host, settings.port) == (
        "production",
        "127.0.0.1",
        8080,
    )
    assert settings.max_upload_bytes == 150 * 1024 * 1024
    assert (
        settings.database.render_as_string() == f"sqlite+aiosqlite:///{Path.cwd()}/data/bot.sqlite3"
    )


def test_an_empty_value_is_as_if_it_were_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    assert read(SLACK_BOT_TOKEN="").port == 8080


def test_overrides_win_over_the_environment_and_it_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text('PORT=1\nHOST=file.example\nLOG_LEVEL="debug"\n')
    monkeypatch.setenv("HOST", "environment.example")
    monkeypatch.setenv("PORT", "2")
    settings = load({"PORT": "3"}, env_file=env_file)
    assert (settings.port, settings.host, settings.log_level) == (3, "environment.example", "DEBUG")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_plain_postgresql_address_gets_the_async_driver(scheme: str) -> None:
    url = read(DATABASE_URL=f"{scheme}://bot:hunter2@db.example:5433/bot?sslmode=require").database
    assert url.drivername == "postgresql+psycopg"
    assert (url.host, url.port, url.database) == ("db.example", 5433, "bot")
    assert url.password == "hunter2"
    assert url.query == {"sslmode": "require"}


def test_a_sqlite_file_gets_the_async_driver() -> None:
    assert read(DATABASE_URL="sqlite:////var/bot.db").database.render_as_string() == (
        "sqlite+aiosqlite:////var/bot.db"
    )


def test_catalogues_keep_their_order_and_lose_the_last_slash() -> None:
    wanted = {"test": "http://127.0.0.1:5055/", "production": "https://a.example/data/"}
    found = read(CATALOGUES=json.dumps(wanted)).catalogues
    assert list(found.items()) == [
        ("test", "http://127.0.0.1:5055"),
        ("production", "https://a.example/data"),
    ]


@pytest.mark.parametrize(
    "address", ["http://localhost:5000", "http://[::1]:80", "http://127.9.9.9"]
)
def test_a_catalogue_on_this_machine_may_do_without_https(address: str) -> None:
    assert read(CATALOGUES=catalogues(address)).catalogues["production"] == address


def test_another_slack_decides_how_files_are_fetched() -> None:
    settings = read(
        SLACK_API_URL="http://127.0.0.1:9/api", SLACK_FILE_HOSTS="127.0.0.1:9, B.example"
    )
    assert settings.slack_api_url == "http://127.0.0.1:9/api/"
    assert settings.slack_file_hosts == ("127.0.0.1:9", "b.example")
    assert settings.file_scheme == "http"
    assert read().file_scheme == "https"


def test_admins_are_users_of_a_tenant_or_of_the_home_workspace() -> None:
    assert read(BOT_ADMINS="T1:U2, W3,").bot_admins == (Admin("T1", "U2"), Admin(None, "W3"))


def test_an_ipv6_address_can_be_listened_on() -> None:
    assert read(HOST="::").host == "::"


def test_settings_cannot_be_changed() -> None:
    settings = read()
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1
    with pytest.raises(TypeError):
        settings.catalogues["evil"] = "https://evil.example"


@pytest.mark.parametrize("show", [repr, str, lambda settings: str(dict(settings))])
def test_no_secret_shows_when_settings_are_printed(show: Callable[[Settings], str]) -> None:
    canary = "canary0123456789"
    settings = read(
        SLACK_BOT_TOKEN=f"xoxb-{canary}",
        SLACK_APP_TOKEN=f"xapp-{canary}",
        SLACK_SIGNING_SECRET=canary,
        SLACK_CLIENT_ID="1.2",
        SLACK_CLIENT_SECRET=canary,
        METRICS_TOKEN=canary,
        ENCRYPTION_KEYS=KEY,
        DATABASE_URL=f"postgresql://bot:{canary}@db.example/bot",
    )
    shown = show(settings)
    assert canary not in shown
    assert KEY not in shown


@given(st.text(max_size=40))
def test_no_sentence_repeats_a_secret(text: str) -> None:
    secret = f"x{text}"
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "ENCRYPTION_KEYS"):
        assert f"{secret}canary" not in problem(**{name: f"{secret}canary"})


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_catalogues(text: str) -> None:
    try:
        found = read(CATALOGUES=catalogues(f"https://{text}")).catalogues["production"]
    except SettingsError as error:
        assert str(error).startswith("CATALOGUES: ")  # noqa: PT017 (either outcome is right)
    else:
        assert found.startswith("https://")
        assert not set("@?#%\\ ") & set(found)


def test_a_data_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert problem(DATA_DIR=str(file)) == f"DATA_DIR: {file} is a file; name a folder."


def test_a_misspelt_setting_is_told_with_the_right_name() -> None:
    given_names = dict.fromkeys(
        ["SLACK_BOT_TOKN", "CATALOGUE", "SLACK_COLOUR", "CATALOGUE_URL", "HOSTS", "PATH", "PORT"],
        "x",
    )
    assert slips(given_names, env_file=None) == [
        "CATALOGUE: is not a setting and is ignored; did you mean CATALOGUES?",
        "SLACK_BOT_TOKN: is not a setting and is ignored; did you mean SLACK_BOT_TOKEN?",
        "SLACK_COLOUR: is not a setting and is ignored.",
    ]


def test_a_slip_in_the_env_file_is_told_too(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("DATABSE_URL=sqlite:///x\nDATABASE_URL=sqlite:///x\n")
    assert slips({}, env_file=env_file) == [
        "DATABSE_URL: is not a setting and is ignored; did you mean DATABASE_URL?"
    ]


def test_names_in_lower_case_are_settings_too() -> None:
    assert slips({"database_url": "x"}, env_file=None) == []
    assert read(port="1").port == 1
