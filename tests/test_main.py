"""The command line, each time as a process of its own."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.app import load_commands
from bot.settings import Settings
from sandbox.catalogue import RunningCatalogue
from tests.house import House, environment, open_house
from tests.outside import ROOT, open_outside, until
from tests.proxy import slow

README = "<!-- commands -->\nold\n<!-- /commands -->\n<!-- scopes -->\n<!-- /scopes -->\n"
SETTINGS = {name.upper() for name in Settings.model_fields}


def variables(folder: Path, **more: str) -> dict[str, str]:
    """An environment in which only this is set."""
    bare = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return bare | {"PYTHONPATH": str(ROOT), "DATA_DIR": str(folder), "PORT": "0"} | more


def run(
    folder: Path, *arguments: str, status: int = 0, **more: str
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env=variables(folder, **more),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done


@pytest.fixture
async def house(catalogue: RunningCatalogue, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, catalogue.url, catalogue.keys) as house:
        yield house


def of_house(house: House) -> dict[str, str]:
    """The environment of the bot in the house, for another process."""
    url = house.settings.catalogues["test"]
    return environment(house.slack, house.settings.data_dir, str(url), port=0)


def test_the_manifest_is_json_for_either_way_of_delivery(tmp_path: Path) -> None:
    assert json.loads(run(tmp_path, "manifest").stdout)["settings"]["socket_mode_enabled"]
    told = json.loads(run(tmp_path, "manifest", "--url", "https://bot.example.test").stdout)
    assert told["features"]["slash_commands"][0]["url"].startswith("https://bot.example.test/")


def test_the_commands_are_json(tmp_path: Path) -> None:
    told = json.loads(run(tmp_path, "verbs").stdout)
    assert [row["verb"] for row in told] == [command.name for command in load_commands()]


def test_documents_are_written_and_what_is_old_is_told(tmp_path: Path) -> None:
    readme, map_ = tmp_path / "README.md", tmp_path / "docs/architecture.md"
    readme.write_text(README, encoding="utf-8")
    map_.parent.mkdir()
    map_.write_text("<!-- states -->\n<!-- /states -->\n", encoding="utf-8")
    assert "make docs" in run(tmp_path, "docs", "--check", status=1).stderr
    run(tmp_path, "docs")
    assert "/bcdc find-org" in readme.read_text(encoding="utf-8")
    assert "previewed --> approved" in map_.read_text(encoding="utf-8")
    run(tmp_path, "docs", "--check")


def test_migrating_twice_is_migrating_once(tmp_path: Path) -> None:
    run(tmp_path, "migrate")
    assert (tmp_path / "bot.sqlite3").is_file()
    run(tmp_path, "migrate")


@pytest.mark.parametrize(
    "verb", [[], ["web"], ["worker"], ["migrate"], ["doctor"], ["rotate-keys"]]
)
def test_a_wrong_setting_is_told_in_one_sentence(tmp_path: Path, verb: list[str]) -> None:
    done = run(tmp_path, *verb, status=2, CATALOGUES="nope")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("CATALOGUES: ")
    assert not done.stdout


def test_no_log_shows_a_secret_of_the_settings(tmp_path: Path) -> None:
    secrets = {
        "SLACK_SIGNING_SECRET": "made-up-signing-secret",
        "SLACK_BOT_TOKEN": "xoxb-made-up-bot-token",
        "METRICS_TOKEN": "made-up-metrics-token",
        "ENCRYPTION_KEYS": base64.urlsafe_b64encode(bytes(range(32))).decode(),
    }
    url = "postgresql://bot:made-up-password@127.0.0.1/bot"
    script = (
        "import logging, sys; from bot.__main__ import _settings; _settings();"
        "[logging.getLogger('elsewhere').warning('It is %s', one) for one in sys.argv[1:]]"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *secrets.values(), "made-up-password"],
        cwd=tmp_path,
        env=variables(tmp_path, DATABASE_URL=url, **secrets),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.count("It is [redacted]") == len(secrets) + 1, done.stderr


def test_an_unknown_command_is_told(tmp_path: Path) -> None:
    assert "invalid choice" in run(tmp_path, "nonsense", status=2).stderr


async def test_a_second_process_on_the_same_file_is_refused_in_one_sentence(house: House) -> None:
    folder = house.settings.data_dir
    done = await asyncio.to_thread(run, folder, status=2, **of_house(house))
    assert "Another bot already runs on" in done.stderr
    assert done.stderr.count("\n") == 1


async def test_a_token_that_slack_refuses_is_told_in_one_sentence(
    house: House, tmp_path: Path
) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    wrong = of_house(house) | {"SLACK_BOT_TOKEN": "xoxb-1-made-up", "DATA_DIR": str(folder)}
    done = await asyncio.to_thread(run, folder, status=2, **wrong)
    assert done.stderr.startswith("SLACK_BOT_TOKEN: Slack does not accept it")
    other = of_house(house) | {"DATA_DIR": str(folder), "LOG_LEVEL": "ERROR"}
    app = other | {"SLACK_APP_TOKEN": "xapp-1-made-up"}
    done = await asyncio.to_thread(run, folder, status=2, **app)
    assert done.stderr == "SLACK_APP_TOKEN: Slack does not accept it (invalid_auth).\n"
    away = wrong | {"SLACK_API_URL": "http://127.0.0.1:9/api/"}
    done = await asyncio.to_thread(run, folder, status=2, **away)
    assert "SLACK_API_URL: Slack cannot be reached" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATABASE_URL", "postgresql://bot:made-up@127.0.0.1:9/bcdc", "refused"),
        ("DATABASE_URL", "sqlite:////no-such-folder/bot.sqlite3", "unable to open"),
        ("DATABASE_URL", f"sqlite:///{__file__}", "not a database"),
        ("DATA_DIR", "/dev/null/data", "cannot be made"),
    ],
)
def test_what_cannot_be_opened_or_made_is_told_in_one_sentence(
    tmp_path: Path, name: str, value: str, said: str
) -> None:
    told = run(tmp_path, "migrate", status=2, **{name: value}).stderr
    assert told.startswith(f"{name}: ")
    assert said in told
    assert told.count("\n") == 1
    assert "made-up" not in told


@pytest.mark.parametrize("words", [["rotate-keys"], ["audit"], ["erase", "T0BCDC:U0ROBIN"]])
def test_a_database_that_was_never_migrated_is_told(tmp_path: Path, words: list[str]) -> None:
    done = run(tmp_path, *words, status=2)
    assert "run python -m bot migrate" in done.stderr
    assert done.stderr.count("\n") == 1


async def test_where_it_cannot_listen_is_told_in_one_sentence(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    other = of_house(house) | {"DATA_DIR": str(folder), "LOG_LEVEL": "ERROR"}
    taken = str(house.bot.port)
    done = await asyncio.to_thread(run, folder, status=2, **other | {"PORT": taken})
    assert done.stderr == f"PORT: {taken} is taken by another program; choose another.\n"
    done = await asyncio.to_thread(run, folder, status=2, **other | {"HOST": "203.0.113.9"})
    assert done.stderr == "HOST: 203.0.113.9 is no address of this machine.\n"


async def test_the_first_start_tells_where_the_new_key_is(
    catalogue: RunningCatalogue, tmp_path: Path
) -> None:
    async with open_outside(tmp_path, catalogue.url, {}) as house:
        told = f"is in {tmp_path}/encryption.key: keep a copy elsewhere."
        assert told in house.bot.log.read_text(encoding="utf-8")
        assert await house.bot.stop() == 0
        await house.start_bot()
        assert told not in house.bot.log.read_text(encoding="utf-8")


async def test_it_ends_when_told_while_slack_keeps_it_waiting_at_the_start(
    catalogue: RunningCatalogue, tmp_path: Path
) -> None:
    async with open_outside(tmp_path, catalogue.url, {}, roles=()) as house:
        held = house.at_slack.hold("apps.connections.open", "before")
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            cwd=tmp_path,
            env=variables(tmp_path, **house.variables),
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(60):
            await held.reached.wait()
            process.send_signal(signal.SIGTERM)
            _out, told = await process.communicate()
        assert process.returncode == 0
        assert b"Traceback" not in told


async def test_the_doctor_finds_everything_well_or_says_what_is_not(
    house: House, catalogue: RunningCatalogue
) -> None:
    folder = house.settings.data_dir
    done = await asyncio.to_thread(run, folder, "doctor", **of_house(house))
    assert "not well" not in done.stdout
    for part in ("encryption keys", "database", "slack", "catalogue test"):
        assert f"well     {part}: " in done.stdout
    assert house.slack.bot_token not in done.stdout
    await catalogue.stop()
    sick = of_house(house) | {"SLACK_BOT_TOKEN": "xoxb-1-made-up"}
    done = await asyncio.to_thread(run, folder, "doctor", status=1, SLACK_BOT_TOKN="x", **sick)
    assert "not well slack: SLACK_BOT_TOKEN: Slack does not accept it" in done.stdout
    assert "not well catalogue test: " in done.stdout


async def test_the_doctor_tells_of_a_slack_that_does_not_answer(house: House) -> None:
    away = of_house(house) | {"SLACK_API_URL": "http://127.0.0.1:9/api/"}
    done = await asyncio.to_thread(run, house.settings.data_dir, "doctor", status=1, **away)
    assert "not well slack: SLACK_API_URL: Slack cannot be reached at " in done.stdout


def test_the_doctor_tells_of_a_database_that_does_not_answer(tmp_path: Path) -> None:
    done = run(
        tmp_path, "doctor", status=1, CATALOGUES='{"here": "http://127.0.0.1:9"}',
        DEFAULT_CATALOGUE="here", DATABASE_URL="postgresql://bot:made-up@127.0.0.1:9/bcdc",
    )  # fmt: skip
    assert "not well database: DATABASE_URL: " in done.stdout
    assert "made-up" not in done.stdout + done.stderr


def test_the_doctor_needs_no_slack(tmp_path: Path) -> None:
    done = run(
        tmp_path, "doctor", status=1, CATALOGUES='{"here": "http://127.0.0.1:9"}',
        DEFAULT_CATALOGUE="here",
    )  # fmt: skip
    assert "the sandbox is used" in done.stdout
    assert "not well catalogue here: " in done.stdout


async def test_keys_are_encrypted_anew_once(house: House) -> None:
    await house.guest("robin").connects("cfd-editor")
    folder = house.settings.data_dir
    old = (folder / "encryption.key").read_text(encoding="utf-8").strip()
    newest = base64.urlsafe_b64encode(bytes(range(32))).decode()
    both = of_house(house) | {"ENCRYPTION_KEYS": f"{newest},{old}"}
    done = await asyncio.to_thread(run, folder, "rotate-keys", **both)
    assert done.stdout == "1 key was encrypted anew.\n"
    done = await asyncio.to_thread(run, folder, "rotate-keys", **both)
    assert done.stdout == "0 keys were encrypted anew.\n"


async def test_the_whole_audit_is_printed_and_a_person_erased(house: House) -> None:
    await house.guest("robin").connects("cfd-editor")
    folder, told = house.settings.data_dir, of_house(house)
    done = await asyncio.to_thread(run, folder, "audit", "--format", "csv", **told)
    assert done.stdout.splitlines()[0].startswith("time,event,catalogue,")
    assert "U0ROBIN" in done.stdout
    done = await asyncio.to_thread(run, folder, "erase", "T0BCDC:U0ROBIN", **told)
    assert "is erased" in done.stdout
    done = await asyncio.to_thread(run, folder, "audit", "--until", "2999-12-31", **told)
    assert "erased person" in done.stdout
    assert "U0ROBIN" not in done.stdout
    done = await asyncio.to_thread(run, folder, "audit", "--until", "2001-01-01", **told)
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["erase", "robin"], "Write the person as TEAM:USER"),
        (["audit", "--since", "now"], "--since"),
    ],
)
def test_what_is_no_person_or_day_is_told(tmp_path: Path, words: list[str], told: str) -> None:
    run(tmp_path, "migrate")
    assert told in run(tmp_path, *words, status=2).stderr


async def test_without_credentials_it_brings_a_slack_and_a_catalogue_and_ends_when_told(
    tmp_path: Path,
) -> None:
    bare = variables(tmp_path)
    del bare["DATA_DIR"]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        cwd=tmp_path,
        env=bare,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    async with asyncio.timeout(60):
        line = (await process.stdout.readline()).decode()
    assert "/bcdc help" in line, line
    async with aiohttp.ClientSession() as session, session.get(line.split()[1]) as page:
        assert page.status == 200
    process.send_signal(signal.SIGTERM)
    _out, told = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0
    assert b"Traceback" not in told
    # Nothing is left of it.
    assert not (tmp_path / "data").exists()


async def test_an_answer_under_way_is_given_before_the_bot_ends(
    catalogue: RunningCatalogue, tmp_path: Path
) -> None:
    async with open_outside(tmp_path, catalogue.url, {}) as house:
        robin = house.guest("robin")
        house.at_catalogue.fault("organization_show", slow(1.5))
        await robin.types("/bcdc find-org information-management-cfd")
        await until(lambda: house.at_catalogue.requests["organization_show"], "the question")
        assert "Information Management" not in robin.reads()
        assert await house.bot.stop() == 0
        assert "Information Management" in robin.reads()
