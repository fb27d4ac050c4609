"""A proxy in front of a catalogue, the sandbox's or a real one, that makes its faults.

Everything passes through unchanged until a fault is set for an action, or the action is held.
"""

from __future__ import annotations

import asyncio
import io
import json
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Literal

import aiohttp
from aiohttp import web

ANY: Final = "*"
"""Stands for every action."""

_SIP: Final = 1 << 16
_PAUSE: Final = 0.05
"""Bytes, and the seconds between them, of a narrow line."""
_FIRST: Final = 2_000_000
"""Bytes that pass on a narrow line before it stands still; buffers on the way take some more."""
_HOP_BY_HOP = frozenset({"connection", "host", "keep-alive", "transfer-encoding"})
_PAGE: Final = "<!DOCTYPE html><html><body><h1>We will be back soon</h1></body></html>"

When = Literal["within", "before", "after"]


class _Cut(Enum):
    """How a connection ends without a whole answer."""

    ABORT = "abort"
    TRUNCATE = "truncate"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is done to a request: instead of passing it on, or (`after`) to its answer."""

    kind: str
    after: bool = False
    status: int = 0
    text: str = ""
    content_type: str = "text/html"
    headers: dict[str, str] = field(default_factory=dict)
    cut: _Cut | None = None
    seconds: float = 0


def abort(*, after: bool = False) -> Fault:
    """Close the connection without an answer; `after`: when the catalogue has done its work."""
    return Fault("lose" if after else "abort", after=after, cut=_Cut.ABORT)


def status(number: int, *, after: bool = False, retry_after: str | None = None) -> Fault:
    """Answer as a gateway does: 429, 502, 503 or 504."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Fault(str(number), after=after, status=number, text=_PAGE, headers=headers)


def page(number: int = 200, *, after: bool = False) -> Fault:
    """Answer with a web page."""
    return Fault(f"page {number}", after=after, status=number, text=_PAGE)


def refusal(number: int, kind: str) -> Fault:
    """Answer with CKAN's own error of that `__type`, without a word more."""
    text = json.dumps({"success": False, "error": {"__type": kind}})
    return Fault(f"{number} {kind}", status=number, text=text, content_type="application/json")


def redirect(to: str) -> Fault:
    """Send the request on to another host."""
    return Fault("redirect", status=302, headers={"Location": to})


def truncated() -> Fault:
    """Pass on half of the answer and close the connection."""
    return Fault("truncated", after=True, cut=_Cut.TRUNCATE)


def slow(seconds: float) -> Fault:
    """Wait before passing the request on."""
    return Fault("slow", seconds=seconds)


class Gate:
    """A request held: `reached` when it has come, passed on after `release`."""

    def __init__(self, when: When) -> None:
        self.when: Final = when
        self.reached: Final = asyncio.Event()
        self._open: Final = asyncio.Event()
        self._flows: Final = asyncio.Event()
        self._passed = 0

    def go_on(self) -> None:
        """Let the rest of the body pass, slowly."""
        self._flows.set()

    async def sipped(self, body: aiohttp.StreamReader) -> bytes:
        """The next bytes of a body on a narrow line; nothing when that is released, or all came."""
        if self._open.is_set() or body.at_eof():
            return b""
        await asyncio.sleep(_PAUSE)
        if self._passed >= _FIRST:
            await self._flows.wait()
        sip = await body.read(_SIP)
        self._passed += len(sip)
        return sip

    def release(self) -> None:
        self._flows.set()
        self._open.set()

    async def pass_through(self) -> None:
        self.reached.set()
        await self._open.wait()


@dataclass(slots=True)
class _Set:
    """A fault and the calls of its action that it befalls, counted from when it was set."""

    fault: Fault
    first: int
    last: int | None
    seen: int = 0


class FaultProxy:
    """One proxy; `requests` counts the calls of each action, `faults` what was done to them."""

    def __init__(self, upstream: str) -> None:
        self.upstream: Final = upstream.rstrip("/")
        self.requests: Counter[str] = Counter()
        self.forwarded: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self._set: dict[str, list[_Set]] = {}
        self._gates: dict[str, list[Gate]] = {}
        self._all_gates: list[Gate] = []
        self._session: aiohttp.ClientSession | None = None
        app = web.Application(client_max_size=1 << 40)
        app.router.add_route("*", "/{path:.*}", self._pass)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        self._site: web.SockSite | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        self._session = aiohttp.ClientSession(
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),
        )
        await self._runner.setup()
        await self.up()

    async def stop(self) -> None:
        for gate in self._all_gates:
            gate.release()
        await self._runner.cleanup()
        if self._session is not None:
            await self._session.close()

    async def up(self) -> None:
        """Listen, on the same port as before."""
        door = socket.create_server(("127.0.0.1", self._port))
        # What is held is held by its sender, not on the way.
        door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SIP)
        self._site = web.SockSite(self._runner, door)
        await self._site.start()
        self._port = door.getsockname()[1]

    async def down(self) -> None:
        """Refuse connections, and close those there are."""
        assert self._site is not None
        await self._site.stop()
        self._site = None
        for connection in self._runner.server.connections if self._runner.server else ():
            connection.force_close()

    def fault(
        self, ckan_action: str, fault: Fault, *, nth: int = 1, times: int | None = None
    ) -> None:
        """Befall the nth call from now on, and those after it until it has been `times`."""
        last = None if times is None else nth + times - 1
        self._set.setdefault(ckan_action, []).append(_Set(fault, nth, last))

    def hold(self, ckan_action: str, when: When) -> Gate:
        """Hold the next call of the action, before or after the catalogue has done its work.

        `within`: its body passes as through a narrow line until then, and stands still on its way.
        """
        gate = Gate(when)
        self._gates.setdefault(ckan_action, []).append(gate)
        self._all_gates.append(gate)
        return gate

    def heal(self) -> None:
        """Take away all faults and release what is held."""
        self._set.clear()
        self._gates.clear()
        for gate in self._all_gates:
            gate.release()

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        ckan_action = request.path.rpartition("/")[2] if "/api/" in request.path else request.path
        self.requests[ckan_action] += 1
        fault = self._next_fault(ckan_action)
        gate = self._next_gate(ckan_action)
        body: io.IOBase | aiohttp.StreamReader | None = (
            request.content if request.can_read_body else None
        )
        if gate is not None or (fault is not None and fault.seconds):
            # Whole already, so that it goes on even when its sender dies meanwhile.
            whole = await _whole(request, gate)
            if whole is None:
                return web.Response()
            body = io.BytesIO(whole)
        if fault is not None:
            self.faults[fault.kind] += 1
            await asyncio.sleep(fault.seconds)
            if not fault.after and (fault.status or fault.cut):
                return _instead(request, fault)
        if gate is not None and gate.when == "before":
            await gate.pass_through()
        answer = await self._forward(request, ckan_action, body)
        if gate is not None and gate.when == "after":
            await gate.pass_through()
        if fault is None or not fault.after:
            return answer
        if fault.cut is _Cut.TRUNCATE:
            return await _half(request, answer)
        return _instead(request, fault)

    async def _forward(
        self, request: web.Request, ckan_action: str, body: io.IOBase | aiohttp.StreamReader | None
    ) -> web.Response:
        assert self._session is not None
        headers = {
            name: value
            for name, value in request.headers.items()
            if name.lower() not in _HOP_BY_HOP
        }
        async with self._session.request(
            request.method,
            f"{self.upstream}{request.raw_path}",
            data=body,
            headers=headers,
            allow_redirects=False,
        ) as response:
            answered = await response.read()
        self.forwarded[ckan_action] += 1
        kept = {
            name: value
            for name, value in response.headers.items()
            if name.lower() not in _HOP_BY_HOP | {"content-length"}
        }
        return web.Response(status=response.status, body=answered, headers=kept)

    def _next_fault(self, ckan_action: str) -> Fault | None:
        found = None
        for one in [*self._set.get(ckan_action, ()), *self._set.get(ANY, ())]:
            one.seen += 1
            if one.first <= one.seen and (one.last is None or one.seen <= one.last):
                found = found or one.fault
        return found

    def _next_gate(self, ckan_action: str) -> Gate | None:
        for name in (ckan_action, ANY):
            if gates := self._gates.get(name):
                return gates.pop(0)
        return None


async def _whole(request: web.Request, gate: Gate | None) -> bytes | None:
    """The body of a request, slowly while the gate holds it; None where its sender gives up."""
    body = bytearray()
    try:
        while gate and gate.when == "within" and (sip := await gate.sipped(request.content)):
            body += sip
        return bytes(body) + await request.read()
    except ConnectionResetError:
        return None


def _instead(request: web.Request, fault: Fault) -> web.Response:
    if fault.cut is _Cut.ABORT:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()
    return web.Response(
        status=fault.status,
        text=fault.text,
        content_type=fault.content_type,
        headers=fault.headers,
    )


async def _half(request: web.Request, answer: web.Response) -> web.StreamResponse:
    body = answer.body
    assert isinstance(body, bytes)
    response = web.StreamResponse(status=answer.status)
    response.content_type = answer.content_type
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


@asynccontextmanager
async def running_proxy(upstream: str) -> AsyncIterator[FaultProxy]:
    """A proxy for the length of a test."""
    proxy = FaultProxy(upstream)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()
