"""reading commands, until their answer is at Slack, and ckanapi doing the same actions"""

from __future__ import annotations

import json
import queue
import socket
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import requests
from ckanapi import RemoteCKAN

from bench.far import a_catalogue_away, a_listener
from bench.servers import the_bot
from bench.slash import signed_command
from bench.table import Line

_ROUNDS = 15
_WARM_UP = 2
_ANSWERS_WITHIN = 30
_BUDGET = 1.15


def measure(slack: Mapping[str, str], folder: Path) -> list[Line]:
    catalogues = json.loads(slack["CATALOGUES"])
    name = slack.get("DEFAULT_CATALOGUE") or next(iter(catalogues))
    with a_catalogue_away(catalogues[name]) as url, a_listener() as (response_url, heard):
        settings = {**slack, "CATALOGUES": json.dumps({name: url}), "DEFAULT_CATALOGUE": name}
        with (
            the_bot(settings, folder / "read") as (port, _pid, _seconds),
            requests.Session() as session,
        ):
            ckan = RemoteCKAN(url, session=session)
            lines: list[Line] = []
            for verb, bare in _verbs(ckan).items():
                lines += _side_by_side(
                    verb,
                    lambda verb=verb: _by_bot(  # type: ignore[misc]  # a lambda's default has no type
                        port, slack["SLACK_SIGNING_SECRET"], verb, response_url, heard
                    ),
                    bare,
                )
            return lines


def _verbs(ckan: RemoteCKAN) -> dict[str, Callable[[], object]]:
    """Commands, and what each asks of the catalogue once it has been used before."""
    order = "score desc, metadata_modified desc, name asc"
    found = ckan.call_action("package_search", {"q": "foster homes", "rows": 1})["results"][0]
    owner, resource = found["organization"], found["resources"][0]["id"]

    def ask(ckan_action: str, **arguments: Any) -> Callable[[], object]:
        return lambda: ckan.call_action(ckan_action, arguments)

    def both() -> object:
        ckan.call_action("resource_show", {"id": resource})
        return ckan.call_action("package_show", {"id": found["id"]})

    return {
        "find-package foster homes": ask("package_search", q="foster homes", rows=8, sort=order),
        f"list-packages {owner['name']}": ask(
            "package_search", fq=f'+owner_org:("{owner["id"]}")', rows=10, sort=order
        ),
        f"show-package {found['name']}": ask("package_show", id=found["name"]),
        f"list-resources {found['name']}": ask("package_show", id=found["name"]),
        f"show-resource {resource}": both,
        f"find-org {owner['name']}": ask(
            "organization_show", id=owner["id"], include_users=False, include_followers=False
        ),
    }


def _side_by_side(verb: str, by_bot: Callable[[], float], bare: Callable[[], object]) -> list[Line]:
    bot, alone = [], []
    for number in range(_WARM_UP + _ROUNDS):
        taken = by_bot()
        started = time.perf_counter()
        bare()
        if number >= _WARM_UP:
            bot.append(taken)
            alone.append(time.perf_counter() - started)
    ours, theirs = statistics.median(bot) * 1000, statistics.median(alone) * 1000
    told = verb.split(maxsplit=1)[0]
    return [
        Line(f"{told}, ckanapi alone, p50", theirs, "ms"),
        Line(f"{told}, the bot until Slack has the answer, p50", ours, "ms"),
        Line(f"{told}, the bot by ckanapi", ours / theirs, "×", _BUDGET),
    ]


def _by_bot(
    port: int,
    secret: str,
    text: str,
    response_url: str,
    heard: queue.Queue[tuple[float, bytes]],
) -> float:
    trigger = f"1.2.{time.perf_counter_ns()}"
    request = signed_command(port, secret, text, response_url=response_url, trigger=trigger)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        started = time.perf_counter()
        connection.sendall(request)
        came, body = heard.get(timeout=_ANSWERS_WITHIN)
    if b"bcdc:share" not in body:
        raise SystemExit(f"{text} was answered by {body[:300]!r}")
    return came - started
