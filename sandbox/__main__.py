"""Runs the sandbox: Slack with its page, and a catalogue unless one is named."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypeVar

from sandbox.slack import new_workspace, start
from sandbox.slack.records import SlackError

LOG = logging.getLogger("sandbox")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--slack-port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--catalogue-port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--catalogue", metavar="URL", help="use this catalogue, start none")
    parser.add_argument("--plain", action="store_true", help="CKAN's own records, not BCDC's")
    parser.add_argument("--manifest", metavar="FILE", type=Path, help="the app's manifest, JSON")
    parser.add_argument("--verbs", metavar="FILE", type=Path, help="JSON list for completion")
    parser.add_argument("--delivery", default="socket", metavar="socket|URL")
    parser.add_argument("--with-parent", action="store_true", help="end when stdin closes")
    return parser.parse_args()


Shape = TypeVar("Shape")


def _json_file(path: Path | None, kind: type[Shape]) -> Shape | None:
    if path is None:
        return None
    value = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(value, kind):
        sys.exit(f"{path}: expected a JSON {kind.__name__}")
    return value


async def _serve(arguments: argparse.Namespace) -> None:
    done = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, done.set)
    async with AsyncExitStack() as running:
        catalogue_url = arguments.catalogue
        if catalogue_url is None:
            # Here, not at the top: its seed takes time that a named catalogue saves.
            from sandbox import catalogue  # noqa: PLC0415

            catalogue_server = await catalogue.start(
                arguments.host,
                arguments.catalogue_port,
                kind=catalogue.PLAIN if arguments.plain else catalogue.BCDC,
            )
            running.push_async_callback(catalogue_server.stop)
            catalogue_url = catalogue_server.url
        try:
            workspace = new_workspace(
                delivery=arguments.delivery,
                manifest=_json_file(arguments.manifest, dict),
                verbs=_json_file(arguments.verbs, list),
            )
        except SlackError as error:
            sys.exit(f"{arguments.manifest}: {'; '.join(error.faults)}")
        workspace.catalogue_url = catalogue_url
        slack = await start(arguments.host, arguments.slack_port, workspace=workspace)
        running.push_async_callback(slack.stop)
        environment = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.api_url,
            "SLACK_FILE_HOSTS": slack.file_host,
            "CATALOGUES": json.dumps({"sandbox": catalogue_url}),
            "DEFAULT_CATALOGUE": "sandbox",
            # So that there is somebody to try what operators may.
            "BOT_ADMINS": "U0ALEX",
        }
        if arguments.delivery == "socket":
            environment["SLACK_APP_TOKEN"] = slack.app_token
        sys.stdout.write(json.dumps({"page": f"{slack.url}/", "env": environment}) + "\n")
        sys.stdout.flush()
        LOG.info("the workspace is at %s, the catalogue at %s", slack.url, catalogue_url)
        if arguments.with_parent:
            loop.add_reader(sys.stdin, _end_with_parent, done)
        await done.wait()


def _end_with_parent(done: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 4096):
        done.set()


if __name__ == "__main__":
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(name)s: %(message)s")
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    asyncio.run(_serve(_arguments()))
