"""The HTTP server: Slack's requests, and what operators ask."""

from __future__ import annotations

import hmac
import ipaddress
import re
from collections.abc import Awaitable, Callable
from errno import EACCES, EADDRINUSE
from http import HTTPStatus

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier

from bot.errors import UserError
from bot.log import logger
from bot.text import _

_log = logger(__name__)

_NO_SENSE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What code meets in a payload that lacks what Slack's always have."""
LARGEST_BODY = 4 * 1024 * 1024
"""Bytes of a request; a view may have 250 kB, and is sent form-encoded."""
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


class Server:
    """`/slack/events` when Slack is heard over HTTP, `/healthz`, `/readyz`, `/metrics`."""

    def __init__(
        self,
        *,
        bolt: AsyncApp,
        oauth: AsyncOAuthFlow | None,
        signing_secret: SecretStr | None,
        is_ready: Callable[[], Awaitable[str]],
        metrics: CollectorRegistry,
        metrics_token: SecretStr | None,
    ) -> None:
        self._bolt = bolt
        bolt.error(_refused)
        self._oauth = oauth
        self._verifier = (
            SignatureVerifier(signing_secret.get_secret_value()) if signing_secret else None
        )
        self._is_ready = is_ready
        self._metrics = metrics
        self._metrics_token = metrics_token
        self._runner: web.AppRunner | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen, and answer the port that was taken. Raises UserError where that cannot be."""
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_get("/healthz", self._health)
        app.router.add_get("/readyz", self._ready)
        app.router.add_get("/metrics", self._show_metrics)
        if self._verifier:
            app.router.add_post("/slack/events", self._slack)
        if self._oauth:
            app.router.add_get(self._oauth.install_path, self._install)
            app.router.add_get(self._oauth.redirect_uri_path, self._redirected)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise _deaf(error, host, port) from None
        address: tuple[str, int] = self._runner.addresses[0]
        return address[1]

    async def stop(self) -> None:
        """Take no more requests and finish those under way."""
        if self._runner:
            await self._runner.cleanup()

    async def _slack(self, request: web.Request) -> web.Response:
        # Slack sends UTF-8; what is none loses its signature here.
        body = (await request.read()).decode(errors="replace")
        if not self._is_signed(request, body):
            return web.Response(status=401, text="This request is not signed by Slack.")
        try:
            answer = await self._bolt.async_dispatch(_bolt_request(request, body))
        except _NO_SENSE as error:
            answer = await _refused(error)
        return _response(answer)

    async def _install(self, request: web.Request) -> web.Response:
        assert self._oauth  # noqa: S101  # the route exists only with it
        return _response(await self._oauth.handle_installation(_bolt_request(request, "")))

    async def _redirected(self, request: web.Request) -> web.Response:
        assert self._oauth  # noqa: S101  # as above
        return _response(await self._oauth.handle_callback(_bolt_request(request, "")))

    def _is_signed(self, request: web.Request, body: str) -> bool:
        assert self._verifier  # noqa: S101  # the route exists only with one
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not (_TIMESTAMP.fullmatch(timestamp) and signature.isascii()):
            return False
        return self._verifier.is_valid(body, timestamp, signature)

    async def _health(self, _request: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def _ready(self, _request: web.Request) -> web.Response:
        why_not = await self._is_ready()
        return web.Response(status=503 if why_not else 200, text=why_not or "ready")

    async def _show_metrics(self, request: web.Request) -> web.Response:
        if not self._may_measure(request):
            return web.Response(status=401, text="Metrics need METRICS_TOKEN as a bearer token.")
        return web.Response(
            body=generate_latest(self._metrics), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    def _may_measure(self, request: web.Request) -> bool:
        if self._metrics_token:
            given = request.headers.get("Authorization", "").removeprefix("Bearer ")
            expected = self._metrics_token.get_secret_value()
            if hmac.compare_digest(given.encode(errors="replace"), expected.encode()):
                return True
        forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
        return not forwarded and _is_loopback(request.remote)


def _deaf(error: OSError, host: str, port: int) -> UserError:
    if error.errno == EADDRINUSE:
        sentence = _("PORT: {port} is taken by another program; choose another.")
    elif error.errno == EACCES:
        sentence = _("PORT: {port} is not open to this user; choose one from 1024.")
    else:
        sentence = _("HOST: {host} is no address of this machine.")
    return UserError(sentence.format(host=host, port=port))


async def _refused(error: Exception) -> BoltResponse:
    """The answer to a payload that could not be heard, by Bolt or by a listener."""
    if isinstance(error, _NO_SENSE):
        _log.warning("body_makes_no_sense", exc_info=error)
        return BoltResponse(status=HTTPStatus.BAD_REQUEST, body="This request makes no sense.")
    _log.error("request_failed", exc_info=error)
    return BoltResponse(status=HTTPStatus.INTERNAL_SERVER_ERROR, body="Something went wrong here.")


def _bolt_request(request: web.Request, body: str) -> AsyncBoltRequest:
    return AsyncBoltRequest(body=body, query=request.query_string, headers=dict(request.headers))


def _response(answer: BoltResponse) -> web.Response:
    response = web.Response(status=answer.status, text=answer.body)
    for name, values in answer.headers.items():
        if name.lower() == "content-length":
            continue
        response.headers.popall(name, None)
        for value in values:
            response.headers.add(name, value)
    return response


def _is_loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False
