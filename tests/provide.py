"""The fixtures of the parts that `tests/parts.py` declares, and of the sandbox's catalogue."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from sandbox.catalogue import RunningCatalogue, start
from tests.ckan.echo import Echo, running_echo
from tests.parts import PARTS, find_catalogue, find_catalogue_29, find_chromium, find_postgres
from tests.ports import free_port
from tests.proxy import FaultProxy, running_proxy
from tests.sharing import ALONE, visiting


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{ALONE}: has its real catalogue to itself meanwhile")


@pytest.fixture
async def catalogue() -> AsyncIterator[RunningCatalogue]:
    """A catalogue of the sandbox that only this test uses."""
    running = await start()
    yield running
    await running.stop()


@pytest.fixture
async def echo() -> AsyncIterator[Echo]:
    """A catalogue that answers what a test says."""
    async with running_echo() as server:
        yield server


@pytest.fixture
async def proxy(catalogue: RunningCatalogue) -> AsyncIterator[FaultProxy]:
    """What stands before that catalogue and makes its faults."""
    async with running_proxy(catalogue.url) as proxy:
        yield proxy


@pytest.fixture(autouse=True)
def _beside_others(request: pytest.FixtureRequest) -> Iterator[None]:
    """Use the real catalogues that a test needs beside tests of other processes, or alone."""
    needs = request.node.get_closest_marker
    with ExitStack() as stack:
        for part in PARTS:
            if part.shared and needs(part.marker):
                server = _needed(part.find())
                stack.enter_context(visiting(server, alone=needs(ALONE) is not None))
        yield


@pytest.fixture(scope="session")
def chromium() -> str:
    """Answer the path of a Chromium to drive."""
    return _needed(find_chromium())


@pytest.fixture(scope="session")
def catalogue_env() -> Mapping[str, str]:
    """Answer the address, tokens and names of a running CKAN 2.12 with the seed content."""
    return _env_file(_needed(find_catalogue()))


@pytest.fixture(scope="session")
def catalogue_29_env() -> Mapping[str, str]:
    """Answer the same of a running CKAN 2.9."""
    return _env_file(_needed(find_catalogue_29()))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Yield the URL of a PostgreSQL: the one that is named, or one of our own for this run."""
    where = _needed(find_postgres())
    if "://" in where:
        yield where
        return
    with tempfile.TemporaryDirectory(prefix="bcdc-bot-pg-") as folder:
        yield from _private_server(Path(where), Path(folder))


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Yield the plain `postgresql://` URL of an empty database, dropped after the test."""
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    head, _, options = postgres_server.partition("?")
    yield f"{head.rpartition('/')[0]}/{name}" + (f"?{options}" if options else "")
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def _private_server(binaries: Path, folder: Path) -> Iterator[str]:
    """Run a server on a free port of this machine; as root, under another account's name."""
    account = _unprivileged()
    data = folder / "data"
    if account is not None:
        shutil.chown(folder, account, pwd.getpwnam(account).pw_gid)
    port = free_port()
    # Durable enough for a test: nothing here outlives the run.
    options = f"-p {port} -h 127.0.0.1 -k {folder} -c fsync=off -c max_connections=200"

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [binaries / program, *arguments],
            check=True,
            cwd=folder,
            user=account,
            group=None if account is None else pwd.getpwnam(account).pw_gid,
            extra_groups=None if account is None else [],
            stdout=subprocess.DEVNULL,
        )

    run("initdb", "-D", str(data), "-U", "bot", "-A", "trust", "--no-sync", "-E", "UTF8")
    log = str(folder / "log")
    run("pg_ctl", "-D", str(data), "-l", log, "-o", options, "-w", "start")
    try:
        yield f"postgresql://bot@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")


def _unprivileged() -> str | None:
    """Answer an account that may run PostgreSQL, which refuses to be root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _env_file(path: str) -> Mapping[str, str]:
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {key: value.strip("'\"") for key, _, value in pairs}


def _needed(found: str | None) -> str:
    # The plugin has skipped the test when the part is missing.
    assert found is not None, "a part was asked for that was not found"
    return found
