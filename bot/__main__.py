"""The command line: `python -m bot` migrates and runs everything in one process."""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import PIPE, Popen, TimeoutExpired
from tempfile import TemporaryDirectory
from typing import Any

from bot import docs, log
from bot.errors import UserError
from bot.keyfile import key_file
from bot.settings import Mode, Settings, SettingsError, load, slips
from bot.text import ngettext

README = Path("README.md")
ARCHITECTURE = Path("docs/architecture.md")


def main() -> int:
    """Run what the arguments say, and answer the exit status."""
    arguments = _parser().parse_args()
    try:
        return int(arguments.run(arguments))
    except (SettingsError, UserError) as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    parser.set_defaults(run=_run, web=True, worker=True)
    verbs = parser.add_subparsers(title="instead", metavar="COMMAND")

    def add(
        name: str, run: Callable[[Any], int], text: str, **defaults: bool
    ) -> argparse.ArgumentParser:
        verb = verbs.add_parser(name, help=text, description=text)
        verb.set_defaults(run=run, **defaults)
        return verb

    add("web", _run, "hear Slack only", web=True, worker=False)
    add("worker", _run, "apply changes and send messages only", web=False, worker=True)
    add("migrate", _migrate, "bring the database to this release")
    manifest = add("manifest", _manifest, "print Slack's app manifest as JSON")
    manifest.add_argument("--url", default="", help="the bot's public address, for HTTP")
    add("verbs", _verbs, "print the commands as JSON")
    documents = add("docs", _docs, "write the generated parts of the documents")
    documents.add_argument("--check", action="store_true", help="only say whether they are current")
    add("doctor", _doctor, "check the settings, the database, Slack and the catalogues")
    person = add("erase", _erase, "forget everything of a person but what the audit says of an id")
    person.add_argument("who", metavar="TEAM:USER", help="Slack's ids of team and user")
    audit = add("audit", _audit, "print the whole audit")
    audit.add_argument("--format", choices=("csv", "jsonl"), default="jsonl")
    audit.add_argument("--since", type=_day, metavar="2026-01-31", help="from this day on, UTC")
    audit.add_argument("--until", type=_day, metavar="2026-02-28", help="up to this day")
    add("rotate-keys", _rotate, "encrypt every key with the newest of ENCRYPTION_KEYS")
    return parser


def _migrated() -> Settings:
    """The settings, once the database is known to be of this release."""
    from bot.store.migrate import require  # noqa: PLC0415  # loads the database's libraries

    settings = _settings()
    require(settings.database)
    return settings


def _settings(overrides: Mapping[str, str] | None = None) -> Settings:
    settings = load(overrides)
    log.configure(level=settings.log_level, form=settings.log_format)
    for secret in settings.secrets:
        log.register_secret(secret)
    return settings


def _run(arguments: argparse.Namespace) -> int:
    settings = _settings()
    for slip in slips():
        print(slip, file=sys.stderr)
    if settings.mode is not Mode.SANDBOX:
        where = f"{settings.host}:{{port}}"
        if not settings.encryption_keys and not (file := key_file(settings)).exists():
            where += f"\nThe key that encrypts people's keys is in {file}: keep a copy elsewhere."
        return asyncio.run(_serve(settings, arguments, where))
    given = settings.catalogues if "catalogues" in settings.model_fields_set else {}
    with _sandbox(given.values()) as ready:
        overrides = dict(ready["env"])
        if given:
            del overrides["CATALOGUES"], overrides["DEFAULT_CATALOGUE"]
        if "bot_admins" in settings.model_fields_set:
            del overrides["BOT_ADMINS"]
        if given or "data_dir" in settings.model_fields_set:
            del overrides["DATA_DIR"]
        settings = _settings(overrides)
        where = f"Open {ready['page']} and type /bcdc help there."
        return asyncio.run(_serve(settings, arguments, where))


async def _serve(settings: Settings, arguments: argparse.Namespace, where: str) -> int:
    from bot.app import running  # noqa: PLC0415  # loads every library, which other verbs do without

    prepare(settings)
    done, starting = asyncio.Event(), asyncio.current_task()
    assert starting  # noqa: S101  # a coroutine runs in a task

    def end() -> None:
        done.set()
        # Slack may be waited for at the start, and nothing is lost by then.
        if starting:
            starting.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end)
    with suppress(asyncio.CancelledError):
        async with running(settings, web=arguments.web, worker=arguments.worker) as bot:
            starting = None
            # What the libraries made stays for good: looking through it took 130 ms each time.
            gc.collect()
            gc.freeze()
            print(where.format(port=bot.port), flush=True)
            await done.wait()
    return 0


@contextmanager
def _sandbox(catalogues: Iterable[str]) -> Iterator[dict[str, Any]]:
    """A sandbox in a process of its own: what it says when it is ready. It ends with this one."""
    from bot.app import load_commands  # noqa: PLC0415  # loads the handlers

    registry = load_commands()
    # The sandbox's own catalogue is on this machine, at a port that is not known yet.
    manifest = docs.manifest(registry, catalogues=["http://127.0.0.1", *catalogues])
    told = {"manifest": manifest, "verbs": docs.verbs(registry)}
    with TemporaryDirectory(prefix="bcdc-bot-") as folder:
        sandbox = [sys.executable, "-m", "sandbox", "--with-parent"]
        for name, value in told.items():
            file = Path(folder) / f"{name}.json"
            file.write_text(json.dumps(value), encoding="utf-8")
            sandbox += [f"--{name}", str(file)]
        with _child(sandbox) as ready:
            # What is kept would be about a Slack and a catalogue that are gone the next time.
            ready["env"]["DATA_DIR"] = folder
            yield ready


@contextmanager
def _child(command: list[str]) -> Iterator[dict[str, Any]]:
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:  # noqa: S603  # our own
        assert process.stdout  # noqa: S101  # piped above
        line = process.stdout.readline()
        if not line:
            raise UserError("The sandbox did not start.")
        try:
            yield json.loads(line)
        finally:
            process.terminate()
            try:
                process.wait(timeout=5)
            except TimeoutExpired:
                process.kill()


def _migrate(_arguments: argparse.Namespace) -> int:
    prepare(_settings())
    return 0


def prepare(settings: Settings) -> None:
    """Make the folder and the tables that a bot with these settings needs."""
    from bot.jobs.engine import migrate  # noqa: PLC0415  # loads the database's libraries
    from bot.store.migrate import upgrade  # noqa: PLC0415  # as above

    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"the folder {settings.data_dir} cannot be made: {error.strerror}."
        raise SettingsError([f"DATA_DIR: {problem}"]) from None
    upgrade(settings.database)
    migrate(settings.database)


def _manifest(arguments: argparse.Namespace) -> int:
    from bot.app import load_commands  # noqa: PLC0415  # loads the handlers

    catalogues = _settings().catalogues.values()
    manifest = docs.manifest(load_commands(), url=arguments.url, catalogues=catalogues)
    print(json.dumps(manifest, indent=2))
    return 0


def _verbs(_arguments: argparse.Namespace) -> int:
    from bot.app import load_commands  # noqa: PLC0415  # loads the handlers

    print(json.dumps(docs.verbs(load_commands()), indent=2, ensure_ascii=False))
    return 0


def _docs(arguments: argparse.Namespace) -> int:
    from bot.app import load_commands  # noqa: PLC0415  # loads the handlers

    generated = {
        README: {"commands": docs.table(load_commands()), "scopes": docs.scopes()},
        ARCHITECTURE: {"states": docs.states()},
    }
    stale = False
    for path, parts in generated.items():
        text = current = path.read_text(encoding="utf-8")
        for name, part in parts.items():
            current = docs.between(current, name, part)
        if current != text and arguments.check:
            stale = True
            print(f"{path.name} is not current: run make docs", file=sys.stderr)
        elif current != text:
            path.write_text(current, encoding="utf-8")
    return int(stale)


def _doctor(_arguments: argparse.Namespace) -> int:
    from bot.doctor import examine  # noqa: PLC0415  # loads every library

    return asyncio.run(examine(_settings(), slips()))


def _rotate(_arguments: argparse.Namespace) -> int:
    from bot.keyfile import encryption_keys  # noqa: PLC0415  # loads the database's libraries
    from bot.store.crypto import Cipher  # noqa: PLC0415  # as above
    from bot.store.db import Database  # noqa: PLC0415  # as above
    from bot.store.keys import Keys  # noqa: PLC0415  # as above

    settings = _migrated()

    async def rotate() -> int:
        db = Database(settings.database.render_as_string(hide_password=False))
        try:
            return await Keys(db, Cipher(encryption_keys(settings))).rotate()
        finally:
            await db.dispose()

    count = asyncio.run(rotate())
    told = ngettext("{n} key was encrypted anew.", "{n} keys were encrypted anew.", count)
    print(told.format(n=count))
    return 0


def _erase(arguments: argparse.Namespace) -> int:
    from bot.operators import erase_person  # noqa: PLC0415  # loads the database's libraries

    print(asyncio.run(erase_person(_migrated(), arguments.who)))
    return 0


def _audit(arguments: argparse.Namespace) -> int:
    from bot.operators import print_audit  # noqa: PLC0415  # loads the database's libraries
    from bot.trail import Span  # noqa: PLC0415  # only this verb asks for it

    until = arguments.until and arguments.until + timedelta(days=1)
    span = Span(since=arguments.since, until=until)
    asyncio.run(print_audit(_migrated(), arguments.format, span))
    return 0


def _day(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(main())
