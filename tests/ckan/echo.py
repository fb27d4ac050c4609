"""A web server that notes what it hears and answers what it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Answer = Callable[[web.Request], web.StreamResponse]


def result(value: Any = None) -> web.Response:
    """CKAN's envelope around a result."""
    return web.json_response({"success": True, "result": value, "help": "…"})


def error(status: int, **body: Any) -> web.Response:
    """CKAN's envelope around an error."""
    return web.json_response({"success": False, "error": body, "help": "…"}, status=status)


@dataclass
class Heard:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes
    fields: dict[str, tuple[str | None, bytes]] = field(default_factory=dict)


@dataclass
class Echo:
    """`answers` are used up in turn; the last one stays."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=lambda: [lambda _request: result()])

    def will_answer(self, *answers: Answer) -> None:
        self.answers = list(answers)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        heard = Heard(request.path, dict(request.headers), b"")
        if request.content_type == "multipart/form-data":
            async for part in await request.multipart():
                heard.fields[part.name] = (part.filename, await part.read())
        else:
            heard.body = await request.read()
        self.heard.append(heard)
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        return answer(request)


@asynccontextmanager
async def running_echo() -> AsyncIterator[Echo]:
    """A server for the length of a test."""
    echo = Echo()
    app = web.Application(client_max_size=1 << 40)
    app.router.add_route("*", "/{path:.*}", echo.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    echo.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield echo
    finally:
        await runner.cleanup()
