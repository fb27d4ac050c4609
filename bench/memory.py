"""resident memory when idle"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib.metadata import packages_distributions
from pathlib import Path

from bench.servers import the_bot
from bench.table import Line

_SETTLES_WITHIN = 3.0
_IMPORT = re.compile(r"^(?:from|import) ([\w.]+)", re.MULTILINE)


def measure(slack: Mapping[str, str], folder: Path) -> list[Line]:
    with the_bot(slack, folder / "memory") as (_port, pid, _seconds):
        time.sleep(_SETTLES_WITHIN)
        bot = _resident(Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    script = "".join(f"import {module}\n" for module in sorted(_libraries()))
    script += "print(open('/proc/self/status').read())"
    told = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    libraries = _resident(told.stdout)
    return [
        Line("memory, the libraries alone", libraries, "MB"),
        Line("memory, the bot over the libraries", bot - libraries, "MB"),
        Line("memory, the bot when idle", bot, "MB", 200),
    ]


def _resident(status: str) -> float:
    [line] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) / 1024


def _libraries() -> set[str]:
    """Answer the modules of other packages that the bot imports."""
    third_party = packages_distributions()
    return {
        module
        for folder in ("bot", "handlers")
        for source in Path(folder).rglob("*.py")
        for module in _IMPORT.findall(source.read_text(encoding="utf-8"))
        if module.partition(".")[0] in third_party
    }
