"""from the start of the process to ready"""

from __future__ import annotations

import sqlite3
import statistics
from collections.abc import Mapping
from pathlib import Path

from bench.servers import the_bot
from bench.table import Line

_STARTS = 5
_AUDIT_ROWS = 1_000_000


def measure(slack: Mapping[str, str], folder: Path) -> list[Line]:
    data = folder / "start"
    first = _seconds(slack, data)
    again = statistics.median(_seconds(slack, data) for _ in range(_STARTS))
    _fill_audit(data)
    _seconds(slack, data)
    full = statistics.median(_seconds(slack, data) for _ in range(_STARTS))
    return [
        Line("start, the first time, with migrations", first, "s"),
        Line("start, ready", again, "s", 1.5),
        Line(f"start, ready, with {_AUDIT_ROWS:,} audit rows", full, "s", 1.5),
    ]


def _seconds(slack: Mapping[str, str], data: Path) -> float:
    with the_bot(slack, data) as (_port, _pid, seconds):
        return seconds


def _fill_audit(data: Path) -> None:
    """Write rows of the right shape, whatever columns there are."""
    [file] = data.glob("*.sqlite3")
    with sqlite3.connect(file) as database:
        columns = database.execute("PRAGMA table_info(audit)").fetchall()
        names = ", ".join(f'"{name}"' for _, name, *_ in columns)
        values = ", ".join(_value(kind) for _, _, kind, *_ in columns)
        counter = "SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?"
        # Names and values are the database's own and ours.
        rows = f"INSERT INTO audit ({names}) SELECT {values} FROM n"  # noqa: S608 (as said above)
        database.execute(f"WITH RECURSIVE n(i) AS ({counter}) {rows}", [_AUDIT_ROWS])
    database.close()


def _value(kind: str) -> str:
    match kind.upper().split("(")[0]:
        case "INTEGER" | "BIGINT":
            return "i + 1000"
        case "JSON":
            return "'{}'"
        case "DATETIME" | "TIMESTAMP":
            return "'2026-01-01 00:00:00.000000'"
    return "printf('%08x', i)"
