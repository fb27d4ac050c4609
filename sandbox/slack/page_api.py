"""What the page asks: who looks is the `user` parameter, for this is a toy on one machine."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from sandbox.slack.form_state import stateful
from sandbox.slack.records import Channel, ImpossibleError, Json, Message

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.slack.workspace import Workspace

    Reading = Callable[[str, web.Request], Awaitable[Json]]

LARGEST_FILE = 200 * 1024 * 1024
_FILE_KEYS = ("id", "name", "size", "mimetype", "filetype")
_PNG = b"\x89PNG\r\n"


class PageApi:
    """The routes under `/page/`."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def routes(self) -> list[web.RouteDef]:
        """Reading by GET, acting by POST; wrong acts answer 400 with `{"error": …}`."""
        acts: dict[str, Callable[[Json], Awaitable[Json]]] = {
            "command": self._command,
            "message": self._message,
            "click": self._click,
            "options": self._options,
            "submit": self._submit,
            "close": self._close,
            "shortcut": self._shortcut,
            "home": self._home,
            "invite": self._invite,
            "reload": self._reload,
        }
        return [
            web.get("/page/workspace", self._overview),
            web.get("/page/state", self._read(self._state)),
            web.get("/page/timeline", self._read(self._timeline)),
            web.get("/page/live", self._live),
            web.post("/page/file", self._upload),
            web.get("/page/file/{file_id}", self._download),
            *(web.post(f"/page/{name}", _posted(act)) for name, act in acts.items()),
        ]

    async def _overview(self, _: web.Request) -> web.Response:
        workspace = self._workspace
        app, directory = workspace.app, workspace.directory
        users = [
            {
                "id": person.id,
                "name": person.name,
                "real_name": person.real_name,
                "title": person.title,
                "color": person.color,
            }
            for person in directory.people.values()
            if not person.is_bot
        ]
        commands = [
            {
                "command": command["command"],
                "description": command.get("description", ""),
                "usage_hint": command.get("usage_hint", ""),
                "verbs": app.verbs,
            }
            for command in app.commands
        ]
        shortcuts = [
            {key: shortcut[key] for key in ("callback_id", "name", "type")}
            for shortcut in app.shortcuts
        ]
        overview = {
            "team": {"id": directory.team_id, "name": directory.team_name},
            "app": {
                "id": app.id,
                "name": app.name,
                "bot_user_id": app.bot_user_id,
                "icon_emoji": ":card_index_dividers:",
            },
            "users": users,
            "commands": commands,
            "shortcuts": shortcuts,
            "catalogue_url": workspace.catalogue_url,
        }
        return web.json_response(overview)

    async def _state(self, user_id: str, _: web.Request) -> Json:
        workspace = self._workspace
        directory = workspace.directory
        channels = [
            {
                "id": channel.id,
                "name": channel.name or workspace.app.name,
                "type": "app" if channel.kind == "im" else channel.kind,
                "is_member": user_id in channel.members,
                "is_archived": channel.is_archived,
                "unread": workspace.messages.unread(user_id, channel),
                "bot_is_member": directory.bot_in(channel),
            }
            for channel in directory.channels.values()
            if directory.may_see(user_id, channel)
        ]
        return {
            "version": workspace.live.version(user_id),
            "channels": channels,
            "views": workspace.view_stack(user_id),
            "home": workspace.home(user_id),
        }

    async def _timeline(self, user_id: str, request: web.Request) -> Json:
        workspace = self._workspace
        channel = workspace.directory.channel_of(user_id, request.query.get("channel", ""))
        messages = workspace.messages.timeline(user_id, channel)
        shown = [self._shown(message, channel, user_id) for message in messages]
        workspace.messages.read(user_id, channel)
        return {"messages": shown}

    def _read(self, answer: Reading) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            try:
                user_id = self._workspace.directory.person(request.query.get("user", "")).id
                return web.json_response(await answer(user_id, request))
            except ImpossibleError as error:
                return _refused(error)

        return handle

    def _shown(self, message: Message, channel: Channel, user_id: str) -> Json:
        files = []
        for file_id in message.file_ids:
            file = self._workspace.files.of(file_id)
            shown = self._workspace.files.shown(file)
            url = f"/page/file/{file.id}?user={user_id}"
            told = {key: shown[key] for key in _FILE_KEYS}
            files.append({**told, "url": url, "alt_text": file.alt_text or file.title})
        by_bot = message.user_id == self._workspace.app.bot_user_id
        return {
            "ts": message.ts,
            "bot" if by_bot else "user": message.user_id,
            "ephemeral": message.ephemeral_for is not None,
            "edited": message.edited_ts is not None,
            "text": message.text,
            "blocks": message.blocks,
            "attachments": list(message.unfurls.values()),
            "files": files,
            "thread_ts": message.thread_ts,
            "unread": message.ts > channel.last_read.get(user_id, ""),
        }

    async def _live(self, request: web.Request) -> web.StreamResponse:
        user_id = request.query.get("user", "")
        socket = web.WebSocketResponse(heartbeat=20.0)
        await socket.prepare(request)
        with self._workspace.live.listening(user_id) as queue:

            async def speak() -> None:
                while True:
                    await socket.send_json(await queue.get())

            speaking = asyncio.ensure_future(speak())
            try:
                async for frame in socket:
                    if frame.type is WSMsgType.ERROR:
                        break
            finally:
                speaking.cancel()
                await asyncio.gather(speaking, return_exceptions=True)
        return socket

    async def _upload(self, request: web.Request) -> web.Response:
        name = request.query.get("name") or "file"
        try:
            user_id = self._workspace.directory.person(request.query.get("user", "")).id
        except ImpossibleError as error:
            return _refused(error)
        file = self._workspace.files.add(user_id, name, await request.read())
        shown = self._workspace.files.shown(file)
        return web.json_response({key: shown[key] for key in _FILE_KEYS})

    async def _download(self, request: web.Request) -> web.Response:
        try:
            user_id = self._workspace.directory.person(request.query.get("user", "")).id
            file = self._workspace.files.of(request.match_info["file_id"])
            if file.user_id != user_id:
                for channel_id in file.channel_ids or {""}:
                    self._workspace.directory.channel_of(user_id, channel_id)
        except ImpossibleError as error:
            return _refused(error)
        # Never shown in the page's own origin: it may be HTML.
        headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
        # Pictures are looked at in the page; as such nothing else can be done with them.
        picture = "image/png" if file.content.startswith(_PNG) else "application/octet-stream"
        return web.Response(body=file.content, content_type=picture, headers=headers)

    async def _command(self, body: Json) -> Json:
        await self._workspace.command(body["user"], body["channel"], body["text"])
        return {"ok": True}

    async def _message(self, body: Json) -> Json:
        files = body.get("file_ids") or ()
        message = await self._workspace.post(body["user"], body["channel"], body["text"], files)
        return {"ok": True, "ts": message.ts}

    async def _click(self, body: Json) -> Json:
        element = body.get("element") or {}
        await self._workspace.click(
            body["user"],
            **self._place(body),
            block_id=body["block_id"],
            action_id=body["action_id"],
            element=element,
        )
        return {"ok": True}

    async def _options(self, body: Json) -> Json:
        return await self._workspace.type_ahead(
            body["user"],
            **self._place(body),
            block_id=body["block_id"],
            action_id=body["action_id"],
            query=body["value"],
        )

    async def _submit(self, body: Json) -> Json:
        place = self._place(body)
        errors = await self._workspace.submit(body["user"], body["view_id"], place["state"])
        return {"errors": errors} if errors else {"ok": True}

    async def _close(self, body: Json) -> Json:
        clear = bool(body.get("clear"))
        await self._workspace.close_view(body["user"], body["view_id"], clear=clear)
        return {"ok": True}

    async def _shortcut(self, body: Json) -> Json:
        if body.get("ts"):
            await self._workspace.message_shortcut(
                body["user"],
                body["callback_id"],
                body["channel"],
                body["ts"],
            )
        else:
            await self._workspace.shortcut(body["user"], body["callback_id"])
        return {"ok": True}

    async def _home(self, body: Json) -> Json:
        await self._workspace.open_home(body["user"], body.get("tab", "home"))
        return {"ok": True}

    async def _invite(self, body: Json) -> Json:
        await self._workspace.invite(body["user"], body["channel"])
        return {"ok": True}

    async def _reload(self, body: Json) -> Json:
        self._workspace.reload(body["user"])
        return {"ok": True}

    def _place(self, body: Json) -> dict[str, Any]:
        """Which view or message, and what is typed there in blocks that still exist."""
        workspace, user_id = self._workspace, body["user"]
        if body.get("view_id"):
            blocks = workspace.views.of(user_id, body["view_id"]).blocks
            place: Json = {"view_id": body["view_id"]}
        else:
            channel = workspace.directory.channel_of(user_id, body["channel"])
            blocks = workspace.messages.seen(user_id, channel, body["ts"]).all_blocks
            place = {"message": (body["channel"], body["ts"])}
        state: Json = {}
        for block, element, _ in stateful(blocks):
            typed = (body.get("state") or {}).get(block["block_id"], {})
            if element["action_id"] in typed:
                entry = typed[element["action_id"]]
                state.setdefault(block["block_id"], {})[element["action_id"]] = entry
        return {**place, "state": state}


def _refused(error: Exception) -> web.Response:
    return web.json_response({"error": str(error)}, status=400)


def _posted(
    act: Callable[[Json], Awaitable[Json]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        try:
            return web.json_response(await act(await request.json()))
        except ImpossibleError as error:
            return _refused(error)
        except (KeyError, TypeError, ValueError) as error:
            return _refused(ImpossibleError(f"The request lacks something: {error}"))

    return handle
