"""A process with an engine in it, to be killed: `worker.py URL DIARY [hang]`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from bot.jobs.engine import APPLY, Engine, Work
from bot.store.db import Database


async def main(url: str, diary: Path, *, hang: bool) -> None:
    def note(word: str, change_id: str = "") -> None:
        with diary.open("a", encoding="utf-8") as file:
            file.write(f"{word} {change_id} {os.getpid()}\n")

    async def apply(change_id: str) -> None:
        note("begun", change_id)
        if hang:
            await asyncio.Event().wait()
        note("done", change_id)

    async def gave_up(change_id: str, _reference: str) -> None:
        note("given-up", change_id)

    async def sweep() -> None:
        note("swept")

    db = Database(url)
    engine = Engine(db, works={APPLY: Work(apply, gave_up)}, sweep=sweep)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await engine.start()
    note("ready")
    await stop.wait()
    await engine.stop(patience=1)
    await db.dispose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), hang="hang" in sys.argv))
