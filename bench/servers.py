"""The processes that are measured, each on a port of this machine, and the Slack they belong to."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, cast

_STARTS_WITHIN = 30.0


@contextmanager
def a_slack() -> Iterator[Mapping[str, str]]:
    """Run the sandbox; yield the environment of a bot that Slack reaches over HTTP."""
    command = [sys.executable, "-m", "sandbox", "--with-parent"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        ready = json.loads(cast("TextIO", process.stdout).readline())
        try:
            # Without the app token the bot serves HTTP.
            yield {name: text for name, text in ready["env"].items() if name != "SLACK_APP_TOKEN"}
        finally:
            process.terminate()


@contextmanager
def the_bot(slack: Mapping[str, str], data: Path) -> Iterator[tuple[int, int, float]]:
    """Run the bot; yield its port, its process id and the seconds it took to be ready."""
    port = free_port()
    settings = {"DATA_DIR": str(data), "PORT": str(port), "LOG_LEVEL": "ERROR"}
    with _process(["-m", "bot"], {**slack, **settings}, port, "/readyz") as (pid, seconds):
        yield port, pid, seconds


@contextmanager
def a_bare_bolt(slack: Mapping[str, str], *, at_once: bool) -> Iterator[int]:
    """Run a Bolt app of one listener; yield its port."""
    port = free_port()
    arguments = ["-m", "bench.bare_bolt", str(port), "at-once" if at_once else "as-shipped"]
    with _process(arguments, slack, port, "/"):
        yield port


@contextmanager
def a_big_catalogue() -> Iterator[int]:
    """Run a catalogue of very many records; yield its port."""
    port = free_port()
    with _process(["-m", "bench.big_catalogue", str(port)], {}, port, "/"):
        yield port


@contextmanager
def a_loopback(size: int) -> Iterator[int]:
    """Run a Slack with one file of that size and a catalogue that takes it; yield their port."""
    port = free_port()
    with _process(["-m", "bench.loopback", str(port), str(size)], {}, port, "/"):
        yield port


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _process(
    arguments: list[str], environment: Mapping[str, str], port: int, path: str
) -> Iterator[tuple[int, float]]:
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    ) as process:
        try:
            while not _answers(port, path):
                if process.poll() is not None or time.perf_counter() - started > _STARTS_WITHIN:
                    raise SystemExit(f"python {' '.join(arguments)} did not start")
                time.sleep(0.005)
            yield process.pid, time.perf_counter() - started
        finally:
            process.terminate()


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
    except OSError:
        return False
    finally:
        connection.close()
    # The bare app knows no such page, and is up all the same.
    return status == http.client.OK or (path == "/" and status == http.client.NOT_FOUND)
