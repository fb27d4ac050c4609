"""One file from Slack to a catalogue, as the bot does it or as a script with ckanapi does.

Run as `python -m bench.pass_through bot PORT`, or `ckanapi`; prints seconds and MB over idle.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import requests
from ckanapi import RemoteCKAN
from pydantic import SecretStr
from slack_bolt.authorization import AuthorizeResult

from bot.ckan.actions import package_revise
from bot.ckan.transport import Transport
from bot.context import Person
from bot.flow.editing.files import Transfer
from bot.slack.files import SlackFiles
from bot.slack.workspaces import HomeWorkspace, Workspaces

_PART = "update__resources__-1__upload"
_PERSON = Person("T1", "U1")


async def _noted(_sent: int) -> bool:
    return True


async def _by_the_bot(port: int) -> None:
    host = f"127.0.0.1:{port}"
    home = HomeWorkspace(AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-0"))
    async with (
        aiohttp.ClientSession() as session,
        Transport({"here": f"http://{host}"}) as transport,
    ):
        workspaces = Workspaces(f"http://{host}/api/", session, home)
        files = SlackFiles(workspaces, session, hosts=(host,), scheme="http", most=1 << 40)
        file = await files.given("F1", _PERSON, "T1")
        async with files.opened(file, _PERSON) as source:
            upload = Transfer(file, source, _noted).upload
            site = transport.site("here", SecretStr("made-up"))
            await package_revise(site, {"match": {"id": "1"}}, files={_PART: upload})


def _by_ckanapi(port: int) -> None:
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile() as kept, RemoteCKAN(url, apikey="made-up") as ckan:
        with requests.get(f"{url}/files/all.csv", stream=True, timeout=60) as answer:
            for chunk in answer.iter_content(1 << 16):
                kept.write(chunk)
        kept.seek(0)
        ckan.call_action("package_revise", {"match__id": "1"}, files={_PART: kept})


def _memory(name: str) -> float:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    [line] = [line for line in status.splitlines() if line.startswith(f"{name}:")]
    return int(line.split()[1]) / 1024


def main() -> None:
    ways: dict[str, Callable[[int], None]] = {
        "bot": lambda port: asyncio.run(_by_the_bot(port)),
        "ckanapi": _by_ckanapi,
    }
    idle = _memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")  # forget the peak of the start
    started = time.perf_counter()
    ways[sys.argv[1]](int(sys.argv[2]))
    print(time.perf_counter() - started, _memory("VmHWM") - idle)


if __name__ == "__main__":
    main()
