"""The Web API: tokens, scopes, arguments, faults on request, and a record of every call."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.slack import methods_chat, methods_files, methods_people, methods_views
from sandbox.slack.arguments import Arguments
from sandbox.slack.methods import Method, RateLimitedError
from sandbox.slack.records import Call, Json, SlackError

if TYPE_CHECKING:
    from sandbox.slack.faults import MethodFault
    from sandbox.slack.workspace import Workspace

METHODS: dict[str, Method] = {
    **methods_chat.METHODS,
    **methods_files.METHODS,
    **methods_people.METHODS,
    **methods_views.METHODS,
}
# Methods that exist in Slack and that this app was never granted.
UNGRANTED = {
    "conversations.history": "channels:history,groups:history,mpim:history,im:history",
    "conversations.replies": "channels:history,groups:history,mpim:history,im:history",
    "conversations.create": "channels:manage,groups:write,im:write,mpim:write",
    "conversations.invite": "channels:manage,groups:write,mpim:write",
    "conversations.join": "channels:join",
    "users.lookupByEmail": "users:read.email",
    "users.profile.get": "users.profile:read",
    "reactions.add": "reactions:write",
    "pins.add": "pins:write",
    "search.messages": "search:read",
    "team.info": "team:read",
    "usergroups.list": "usergroups:read",
}


class WebApi:
    """Answers `/api/<method>` as Slack does."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call; its method is the last part of the path."""
        name = request.match_info["method"]
        faults: dict[str, MethodFault] = {
            one.kind: one for one in self._workspace.faults.for_call(name)
        }
        arguments = await _arguments(request)
        if "slow" in faults:
            await asyncio.sleep(faults["slow"].seconds)
        if "away" in faults:
            raise web.HTTPBadGateway(text="<html>Bad gateway</html>", content_type="text/html")
        try:
            _meet(faults)
            answer = {"ok": True, **await self._call(name, request, arguments)}
            status, headers = 200, {}
        except RateLimitedError as limited:
            answer, status = limited.answer(), 429
            headers = {"Retry-After": str(limited.seconds)}
        except SlackError as refused:
            answer, status, headers = refused.answer(), 200, {}
        self._workspace.calls.append(Call(name, arguments.given, answer))
        if "lost" in faults and request.transport is not None:
            request.transport.abort()
        headers["X-OAuth-Scopes"] = ",".join(self._workspace.app.scopes)
        return web.json_response(answer, status=status, headers=headers)

    async def _call(self, name: str, request: web.Request, arguments: Arguments) -> Json:
        method = METHODS.get(name)
        if method is None and name not in UNGRANTED:
            raise SlackError("unknown_method", req_method=name)
        app = self._workspace.app
        if method is None or method.token != "none":
            self._authorize(_token(request, arguments), method)
        if method is None:
            provided = ",".join(app.scopes)
            raise SlackError("missing_scope", needed=UNGRANTED[name], provided=provided)
        if method.scope:
            self._workspace.need_scope(method.scope)
        return await method.run(self._workspace, arguments)

    def _authorize(self, token: str, method: Method | None) -> None:
        app = self._workspace.app
        if not token:
            raise SlackError("not_authed")
        if token not in {app.bot_token, app.app_token}:
            raise SlackError("invalid_auth")
        if self._workspace.is_uninstalled:
            raise SlackError("token_revoked")
        wanted = app.app_token if method is not None and method.token == "app" else app.bot_token
        if token != wanted:
            raise SlackError("not_allowed_token_type")


def _meet(faults: dict[str, MethodFault]) -> None:
    """Raise what was asked for in place of the method's own answer."""
    if "ratelimited" in faults:
        raise RateLimitedError(int(faults["ratelimited"].seconds))
    if "error" in faults:
        raise SlackError(faults["error"].code)


def _token(request: web.Request, arguments: Arguments) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Bearer":
        return token.strip()
    return arguments.token


async def _arguments(request: web.Request) -> Arguments:
    given: Json = dict(request.query)
    if request.method == "POST":
        if request.content_type == "application/json":
            try:
                body = json.loads(await request.text() or "{}")
            except ValueError:
                body = None
            if isinstance(body, dict):
                given |= body
        else:
            given |= dict(await request.post())
    basic = request.headers.get("Authorization", "")
    return Arguments(given, basic=basic if basic.startswith("Basic ") else "")
