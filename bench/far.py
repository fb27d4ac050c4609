"""What the bot talks to from elsewhere: a catalogue some way off, and Slack hearing an answer."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from aiohttp import web

from bench.servers import free_port

AWAY = 0.05
"""Seconds a catalogue takes at the least, with the way there and back; the sandbox's takes less."""


@contextmanager
def a_catalogue_away(url: str) -> Iterator[str]:
    """Pass requests on to the catalogue at `url`, a moment late; yield the address for that."""

    async def passed_on(request: web.Request) -> web.Response:
        await asyncio.sleep(AWAY)
        headers = {
            name: value
            for name, value in request.headers.items()
            if name in {"Authorization", "Content-Type"}
        }
        async with aiohttp.request(
            request.method, f"{url}{request.path_qs}", data=await request.read(), headers=headers
        ) as answer:
            return web.Response(
                status=answer.status,
                body=await answer.read(),
                content_type=answer.content_type,
            )

    with _served(passed_on) as address:
        yield address


@contextmanager
def a_listener() -> Iterator[tuple[str, queue.Queue[tuple[float, bytes]]]]:
    """Hear answers; yield where they are sent, and the queue of when each came and what it was."""
    heard: queue.Queue[tuple[float, bytes]] = queue.Queue()

    async def hear(request: web.Request) -> web.Response:
        body = await request.read()
        heard.put((time.perf_counter(), body))
        return web.Response(text="ok")

    with _served(hear) as address:
        yield f"{address}/response", heard


@contextmanager
def _served(handler: object) -> Iterator[str]:
    """Serve in a thread of its own for as long as the block."""
    port, loop, ready = free_port(), asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        app = web.Application(client_max_size=1 << 26)
        app.router.add_route("*", "/{path:.*}", handler)  # type: ignore[arg-type]  # one of the two above
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(serve())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
