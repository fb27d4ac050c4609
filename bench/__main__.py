"""Each topic side by side in one run, against the budgets; fails when one is missed."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench import ack, fan_out, memory, read, start, type_ahead, upload, whole_way
from bench.servers import a_slack
from bench.table import Line, show


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="bcdc-bot-bench-") as folder, a_slack() as slack:
        lines: list[Line] = []
        for topic in (ack, read, type_ahead, fan_out, upload, whole_way, start, memory):
            print(f"measuring: {topic.__doc__}", file=sys.stderr)
            lines += topic.measure(slack, Path(folder))
    print(show(lines))
    return 1 if any(line.missed for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
