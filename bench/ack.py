"""acknowledging a signed /bcdc help, over one connection with 1 ms between requests"""

from __future__ import annotations

import socket
import statistics
import time
from collections.abc import Mapping
from pathlib import Path

from bench.servers import a_bare_bolt, free_port, the_bot
from bench.slash import signed_command
from bench.table import Line

_ROUNDS = 5
_REQUESTS = 200
_WARM_UP = 50
_PAUSE = 0.001


def measure(slack: Mapping[str, str], folder: Path) -> list[Line]:
    with (
        a_bare_bolt(slack, at_once=True) as at_once,
        a_bare_bolt(slack, at_once=False) as as_shipped,
        the_bot(slack, folder / "ack") as (bot, _pid, _seconds),
    ):
        servers = {"bot": bot, "at once": at_once, "as shipped": as_shipped}
        times: dict[str, list[float]] = {name: [] for name in servers}
        # In turns, so that whatever else the machine does falls on all alike.
        for _ in range(_ROUNDS):
            for name, port in servers.items():
                times[name] += _round(port, slack["SLACK_SIGNING_SECRET"])
    p50 = {name: statistics.median(taken) * 1000 for name, taken in times.items()}
    p99 = statistics.quantiles(times["bot"], n=100)[98] * 1000
    return [
        Line("ack, bare Bolt with process_before_response, p50", p50["at once"], "ms"),
        Line("ack, bare Bolt as shipped, p50", p50["as shipped"], "ms"),
        Line("ack, the bot, p50", p50["bot"], "ms"),
        Line("ack, the bot, p99", p99, "ms"),
        Line(
            "ack, the bot by bare Bolt with process_before_response",
            p50["bot"] / p50["at once"],
            "×",
            1.3,
        ),
        Line(
            "ack, bare Bolt as shipped by the bot",
            p50["as shipped"] / p50["bot"],
            "×",
            8,
            least=True,
        ),
    ]


def _round(port: int, secret: str) -> list[float]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        taken = []
        for number in range(_WARM_UP + _REQUESTS):
            request = _signed_help(port, secret, number)
            time.sleep(_PAUSE)
            started = time.perf_counter()
            connection.sendall(request)
            status = _answer(connection)
            taken.append(time.perf_counter() - started)
            if status != b"200":
                raise SystemExit(f"an acknowledgement was answered {status.decode()}")
    return taken[_WARM_UP:]


def _answer(connection: socket.socket) -> bytes:
    """Read one answer whole, so that the next one starts clean; return its status."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _received(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            missing = int(value) - len(body)
            while missing > 0:
                missing -= len(_received(connection))
    return head.split(b" ", 2)[1]


def _received(connection: socket.socket) -> bytes:
    if not (part := connection.recv(65_536)):
        raise SystemExit("the connection was closed")
    return part


def _signed_help(port: int, secret: str, number: int) -> bytes:
    # Nobody listens there: what follows the acknowledgement fails at once.
    nowhere = f"http://127.0.0.1:{_NOBODY}/response/{number}"
    return signed_command(port, secret, "help", response_url=nowhere, trigger=f"1.2.{port}{number}")


_NOBODY = free_port()
