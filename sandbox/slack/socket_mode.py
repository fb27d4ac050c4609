"""Socket Mode: one-off addresses, envelopes, acks, and sockets that Slack refreshes."""

from __future__ import annotations

import asyncio
import json
import secrets
import uuid
from typing import TYPE_CHECKING, Literal

from aiohttp import WSMsgType, web

from sandbox.slack.delivery import FAILED, TIMEOUT
from sandbox.slack.records import Ack, Delivery, Json, SlackError

if TYPE_CHECKING:
    from sandbox.slack.manifest import App

SOCKETS = 10
DisconnectReason = Literal["warning", "refresh_requested", "too_many_websockets", "link_disabled"]
_ANSWERED = {"view_submission", "block_suggestion"}


class SocketMode:
    """The sockets of the app; each envelope goes to one of them, in turn."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._tickets: set[str] = set()
        self._sockets: list[web.WebSocketResponse] = []
        self._requests: dict[web.WebSocketResponse, web.Request] = {}
        self._acks: dict[str, asyncio.Future[object]] = {}
        self._connected = asyncio.Event()
        self.base_url = ""

    @property
    def sockets(self) -> int:
        """How many sockets are open."""
        return len(self._sockets)

    def new_url(self) -> str:
        """`apps.connections.open`: an address for one connection."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        host = self.base_url.replace("http", "ws", 1)
        return f"{host}/link/?ticket={ticket}&app_id={self._app.id}"

    async def wait_connected(self) -> None:
        """Return once the app has a socket open."""
        await self._connected.wait()

    async def link(self, request: web.Request) -> web.StreamResponse:
        """One socket, from its hello to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=401, text="invalid ticket")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(heartbeat=10.0)
        await socket.prepare(request)
        if len(self._sockets) >= SOCKETS:
            await socket.send_json(_disconnect("too_many_websockets"))
            await socket.close()
            return socket
        self._sockets.append(socket)
        self._requests[socket] = request
        await socket.send_json(self._hello())
        self._connected.set()
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._acked(frame.data)
        finally:
            self._retire(socket)
            del self._requests[socket]
        return socket

    async def send(self, delivery: Delivery, reason: str, seconds: float) -> Ack:
        """Send one envelope and wait for its ack."""
        if not self._sockets:
            return Ack(error=FAILED)
        socket = self._sockets.pop(0)
        self._sockets.append(socket)
        envelope = _envelope(delivery, reason)
        acked: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._acks[envelope["envelope_id"]] = acked
        try:
            async with asyncio.timeout(seconds):
                await socket.send_json(envelope)
                body = await acked
        except TimeoutError:
            return Ack(error=TIMEOUT)
        except ConnectionError:
            return Ack(error=FAILED)
        finally:
            del self._acks[envelope["envelope_id"]]
        return Ack(body=body if envelope["accepts_response_payload"] else None)

    async def disconnect(self, reason: DisconnectReason = "refresh_requested") -> None:
        """Ask the app to connect anew, as Slack does every few hours.

        After `warning` the socket still works for a while; otherwise it takes no more
        envelopes and is closed.
        """
        for socket in list(self._sockets):
            await socket.send_json(_disconnect(reason))
            if reason != "warning":
                self._retire(socket)
                await socket.close()

    async def drop(self) -> None:
        """Cut all sockets without a word."""
        for socket in list(self._sockets):
            transport = self._requests[socket].transport
            self._retire(socket)
            if transport is not None:
                transport.abort()

    async def close(self) -> None:
        """Close all sockets."""
        for socket in list(self._sockets):
            await socket.close()

    def _retire(self, socket: web.WebSocketResponse) -> None:
        if socket in self._sockets:
            self._sockets.remove(socket)
        if not self._sockets:
            self._connected.clear()

    def _acked(self, text: str) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            return
        acked = self._acks.get(frame.get("envelope_id", "")) if isinstance(frame, dict) else None
        if acked is not None and not acked.done():
            acked.set_result(frame.get("payload"))

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._sockets),
            "debug_info": {
                "host": "applink-sandbox",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
            "connection_info": {"app_id": self._app.id},
        }


def new_socket_url(transport: object) -> str:
    """The address for `apps.connections.open`. Raises when the app is delivered to by HTTP."""
    if not isinstance(transport, SocketMode):
        raise SlackError("internal_error")
    return transport.new_url()


def _envelope(delivery: Delivery, reason: str) -> Json:
    envelope: Json = {
        "envelope_id": str(uuid.uuid4()),
        "payload": delivery.payload,
        "type": delivery.kind,
        "accepts_response_payload": delivery.kind == "slash_commands" or delivery.name in _ANSWERED,
    }
    if delivery.kind == "events_api":
        envelope |= {
            "retry_attempt": delivery.attempt,
            "retry_reason": "timeout" if delivery.attempt else reason,
        }
    return envelope


def _disconnect(reason: DisconnectReason) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-sandbox"}}
