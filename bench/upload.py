"""a file from Slack to a catalogue"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from bench.servers import a_loopback
from bench.table import Line

_SIZE = 512 << 20
_LARGE = 1 << 30
_ROUNDS = 3


def measure(_slack: Mapping[str, str], _folder: Path) -> list[Line]:
    with a_loopback(_SIZE) as port:
        rounds = [(_once("bot", port)[0], _once("ckanapi", port)[0]) for _round in range(_ROUNDS)]
    with a_loopback(_LARGE) as port:
        seconds, memory = _once("bot", port)
    bot, ckanapi = (median(side) for side in zip(*rounds, strict=True))
    return [
        Line("file of 512 MB, ckanapi with a temporary file", _SIZE / 2**20 / ckanapi, "MB/s"),
        Line("file of 512 MB, the bot", _SIZE / 2**20 / bot, "MB/s"),
        Line("file, the bot against ckanapi", ckanapi / bot, "×", 3, least=True),
        Line("file of 1 GB, the bot", _LARGE / 2**20 / seconds, "MB/s"),
        Line("file of 1 GB, memory over idle", memory, "MB", 16),
    ]


def _once(way: str, port: int) -> tuple[float, float]:
    command = [sys.executable, "-m", "bench.pass_through", way, str(port)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, memory = told.stdout.split()
    return float(seconds), float(memory)
