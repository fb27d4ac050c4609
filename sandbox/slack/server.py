"""The sandbox's Slack as one HTTP server: Web API, sockets, files, page."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from aiohttp import web

from sandbox.slack.faults import Spoilt
from sandbox.slack.http_delivery import HttpDelivery
from sandbox.slack.manifest import DEFAULT, App
from sandbox.slack.manifest_rules import checked_manifest
from sandbox.slack.page_api import LARGEST_FILE, PageApi
from sandbox.slack.records import Json, SlackError
from sandbox.slack.seed import seed
from sandbox.slack.socket_mode import DisconnectReason, SocketMode
from sandbox.slack.web_api import WebApi
from sandbox.slack.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PAGE = Path(__file__).parent / "page"
LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body></body></html>"
_GONE = {"used_url", "expired_url", "no_such_url"}


@dataclass(frozen=True, slots=True)
class RunningSlack:
    """A sandbox that serves: its addresses, its workspace, and how to stop it."""

    url: str
    workspace: Workspace
    runner: web.AppRunner

    @property
    def api_url(self) -> str:
        """The base of the Web API, as `SLACK_API_URL` wants it."""
        return f"{self.url}/api/"

    @property
    def file_host(self) -> str:
        """Host and port of the files, as `SLACK_FILE_HOSTS` wants it."""
        return self.url.removeprefix("http://")

    @property
    def bot_token(self) -> str:
        """The bot token."""
        return self.workspace.app.bot_token

    @property
    def app_token(self) -> str:
        """The app-level token, for Socket Mode."""
        return self.workspace.app.app_token

    @property
    def signing_secret(self) -> str:
        """What signs HTTP deliveries."""
        return self.workspace.app.signing_secret

    async def connected(self) -> None:
        """Return once the app has a socket open."""
        await self._socket_mode().wait_connected()

    async def disconnect(self, reason: DisconnectReason = "refresh_requested") -> None:
        """Ask the app to connect anew, as Slack does every few hours."""
        await self._socket_mode().disconnect(reason)

    async def drop_sockets(self) -> None:
        """Cut all sockets without a word."""
        await self._socket_mode().drop()

    def _socket_mode(self) -> SocketMode:
        transport = self.workspace.outbox.transport
        if not isinstance(transport, SocketMode):
            raise TypeError("This workspace delivers to a request URL, it has no sockets")
        return transport

    async def stop(self) -> None:
        """Close sockets and connections, and stop serving."""
        await self.workspace.close()
        await self.runner.cleanup()


def new_workspace(
    *,
    delivery: str = "socket",
    manifest: Json | None = None,
    verbs: list[Json] | None = None,
    clock: Callable[[], float] = time.time,
    ack_seconds: float = 3.0,
    retry_delays: Sequence[float] | None = None,
    seeded: bool = True,
) -> Workspace:
    """A workspace with the app installed.

    `delivery` is `socket`, or the request URL of an app that is delivered to by HTTP;
    `ack_seconds` and `retry_delays` are Slack's own unless a test wants them shorter.
    Raises SlackError `invalid_manifest` with the faults of a manifest Slack would refuse.
    """
    app = App(checked_manifest(manifest or DEFAULT), verbs or [])
    socket = delivery == "socket"
    transport = SocketMode(app) if socket else HttpDelivery(delivery, app, clock)
    workspace = Workspace(
        app,
        transport,
        clock=clock,
        ack_seconds=ack_seconds,
        retry_delays=retry_delays,
    )
    if seeded:
        seed(workspace.directory)
    return workspace


async def start(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    workspace: Workspace | None = None,
    delivery: str = "socket",
) -> RunningSlack:
    """Serve a workspace, a new one unless given; port 0 takes a free one."""
    workspace = workspace or new_workspace(delivery=delivery)
    runner = web.AppRunner(web_app(workspace), shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    url = f"http://{host}:{runner.addresses[0][1]}"
    workspace.files.base_url = workspace.response_urls.base_url = url
    if isinstance(workspace.outbox.transport, SocketMode):
        workspace.outbox.transport.base_url = url
    return RunningSlack(url, workspace, runner)


def web_app(workspace: Workspace) -> web.Application:
    """All routes over one workspace."""
    app = web.Application(client_max_size=LARGEST_FILE)
    site = Site(workspace)
    app.router.add_route("*", "/api/{method}", WebApi(workspace).handle)
    app.router.add_routes(PageApi(workspace).routes())
    app.router.add_post("/actions/{team}/{key}", site.answer)
    app.router.add_post("/upload/{ticket}", site.upload)
    app.router.add_get("/files-pri/{file}/download/{name}", site.download)
    app.router.add_get("/files-pri/{file}/{name}", site.download)
    app.router.add_get("/oauth/v2/authorize", site.authorize)
    app.router.add_get("/archives/{channel}/{ts}", site.permalink)
    app.router.add_get("/", site.page)
    if isinstance(workspace.outbox.transport, SocketMode):
        app.router.add_get("/link/", workspace.outbox.transport.link)
    if PAGE.is_dir():
        app.router.add_static("/page/static", PAGE)
    return app


class Site:
    """The routes that are neither the Web API nor the page's own."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def _troubled(self, name: str, request: web.Request) -> Spoilt | None:
        """Meet the troubles asked for: wait, answer 429 or 500, or cut the connection.

        Answers how a download is to be spoilt.
        """
        spoilt: Spoilt | None = None
        # Read first: what is cut afterwards is still done.
        await request.read()
        for fault in self._workspace.faults.for_call(name):
            match fault.kind:
                case "slow":
                    await asyncio.sleep(fault.seconds)
                case "ratelimited":
                    retry_after = {"Retry-After": str(int(fault.seconds))}
                    raise web.HTTPTooManyRequests(headers=retry_after)
                case "error":
                    raise web.HTTPInternalServerError(text=fault.code)
                case "lost":
                    if request.transport is not None:
                        request.transport.abort()
                case "half" | "page" | "gone" | "other" as how:
                    spoilt = how
        return spoilt

    async def page(self, _: web.Request) -> web.StreamResponse:
        """The page people use the workspace in."""
        if not (PAGE / "index.html").is_file():
            raise web.HTTPNotFound
        return web.FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})

    async def answer(self, request: web.Request) -> web.Response:
        """A response_url. Spent ones are 404, refused messages 400."""
        await self._troubled("response_url", request)
        key = f"{request.match_info['team']}/{request.match_info['key']}"
        try:
            body = json.loads(await request.text())
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return web.json_response({"ok": False, "error": "invalid_payload"}, status=400)
        try:
            self._workspace.response_urls.use(key, body)
        except SlackError as error:
            status = 404 if error.code in _GONE else 400
            return web.json_response(error.answer(), status=status)
        return web.json_response({"ok": True})

    async def upload(self, request: web.Request) -> web.Response:
        """The bytes of an announced upload, raw or as a form."""
        if request.content_type == "multipart/form-data":
            posted = (await request.post()).values()
            parts = [one.file.read() for one in posted if isinstance(one, web.FileField)]
            content = parts[0] if parts else b""
        else:
            content = await request.read()
        if not self._workspace.files.receive(request.match_info["ticket"], content):
            return web.Response(status=400, text="upload does not match what was announced")
        return web.Response(text=f"OK - {len(content)}")

    async def download(self, request: web.Request) -> web.StreamResponse:
        """A file for the app; without right or token a login page, with status 200."""
        spoilt = await self._troubled("download", request)
        app = self._workspace.app
        file_id = request.match_info["file"].rpartition("-")[2]
        bearer = request.headers.get("Authorization")
        try:
            file = self._workspace.files.for_app(file_id)
            self._workspace.need_scope("files:read")
        except SlackError:
            file = None
        stranger = bearer != f"Bearer {app.bot_token}" or self._workspace.is_uninstalled
        if file is None or stranger or spoilt == "page":
            return web.Response(text=LOGIN_PAGE, content_type="text/html")
        mimetype = self._workspace.files.shown(file)["mimetype"]
        match spoilt:
            case "half":
                return await _first_half(request, file.content, mimetype)
            case "gone":
                raise web.HTTPNotFound
            case "other":
                return web.Response(body=file.content + b"\n", content_type=mimetype)
        return web.Response(body=file.content, content_type=mimetype)

    async def authorize(self, request: web.Request) -> web.Response:
        """The install page, where the first person of the workspace always agrees."""
        query = request.query
        if query.get("client_id") != self._workspace.app.client_id or "redirect_uri" not in query:
            return web.Response(status=400, text="invalid_client_id")
        people = self._workspace.directory.people.values()
        installer = next(person.id for person in people if not person.is_bot)
        code = self._workspace.new_install_code(installer)
        answer = urlencode({"code": code, "state": query.get("state", "")})
        raise web.HTTPFound(f"{query['redirect_uri']}?{answer}")

    async def permalink(self, request: web.Request) -> web.Response:
        """The address of a message leads to its conversation in the page."""
        raise web.HTTPFound(f"/?{urlencode({'channel': request.match_info['channel']})}")


async def _first_half(request: web.Request, content: bytes, mimetype: str) -> web.StreamResponse:
    """An answer that promises all of the content, and ends in its middle."""
    answer = web.StreamResponse(headers={"Content-Type": mimetype})
    answer.content_length = len(content)
    await answer.prepare(request)
    await answer.write(content[: len(content) // 2])
    if request.transport is not None:
        # Not abort: what was written is to arrive.
        request.transport.close()
    return answer
