"""CKAN's HTTP: `/api/3/action/<name>` with its envelope, uploads, and downloads of files."""

from __future__ import annotations

import asyncio
import json
import logging
import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from sandbox.catalogue import actions
from sandbox.catalogue.errors import (
    BadRequestError,
    CatalogueError,
    IntegrityError,
    NotFoundError,
    Record,
    ServerError,
)
from sandbox.catalogue.keys import person_of, visitor
from sandbox.catalogue.permissions import may_read
from sandbox.catalogue.saving import Call
from sandbox.catalogue.state import Catalogue, Person, Upload

log = logging.getLogger(__name__)

CHUNK = 1 << 16
# CKAN 2.9 checks rights before it takes the record's lock, and so has read these values by then.
READS_BEFORE_LOCK = frozenset(
    {
        "package_patch",
        "resource_create",
        "resource_patch",
        "resource_update",
    }
)
REVERTED = ("title", "name", "notes", "license_id", "owner_org")


@dataclass(frozen=True, slots=True)
class Logged:
    """One answered call: which action, by whom (None for nobody), with which status."""

    ckan_action: str
    user: str | None
    status: int


@dataclass(slots=True)
class Api:
    """Serves one catalogue's actions and files, and remembers what was asked."""

    catalogue: Catalogue
    requests: list[Logged] = field(default_factory=list)

    def routes(self) -> list[web.AbstractRouteDef]:
        download = "/{kind:dataset|bcdc_dataset}/{id}/resource/{resource_id}/download/{name:.*}"
        return [
            web.get("/api{version:(/3)?}/action/{name}", self.act),
            web.post("/api{version:(/3)?}/action/{name}", self.act),
            web.get(download, self.download),
        ]

    async def act(self, request: web.Request) -> web.Response:
        """Run one action and wrap what it answers, or how it refuses, as CKAN does."""
        name = request.match_info["name"]
        person = person_of(self.catalogue, request.headers)
        envelope: Record = {"help": f"{self.catalogue.site_url}/api/3/action/help_show?name={name}"}
        status = 200
        args: Record = {}
        try:
            action = self._action(request, name)
            args = await self._arguments(request)
            result = await self._run(name, action, Call(self.catalogue, person, args))
            envelope |= {"success": True, "result": result}
        except BadRequestError as refusal:
            status = refusal.status
            return self._answer(name, person, status, str(refusal))
        except CatalogueError as refusal:
            if isinstance(refusal, IntegrityError):
                refusal.details["data"] = _echo(args)
            status = refusal.status
            envelope |= {"success": False, "error": refusal.body()}
        except Exception:
            log.exception("%s broke down", name)
            status = 500
            envelope |= {"success": False, "error": ServerError().body()}
        return self._answer(name, person, status, envelope)

    def _answer(self, name: str, person: Person | None, status: int, body: Any) -> web.Response:
        self.requests.append(Logged(name, person.name if person else None, status))
        text = json.dumps(body, ensure_ascii=False)
        return web.Response(
            text=text, status=status, content_type="application/json", charset="utf-8"
        )

    def _action(self, request: web.Request, name: str) -> actions.Action:
        action = actions.known(name, self.catalogue)
        if action is None:
            raise self._bad(f"Action name not known: {name}")
        if request.method != "POST" and name in actions.WRITES:
            raise self._bad("JSON Error: Invalid request. Please use POST method for your request")
        return action

    def _bad(self, why: str) -> BadRequestError:
        return BadRequestError(f"Bad request{' -' if self.catalogue.older else ':'} {why}")

    async def _arguments(self, request: web.Request) -> Record:
        if request.method != "POST":
            return _fields(list(request.query.items()))
        if request.content_type == "multipart/form-data":
            return _fields(await self._parts(request))
        if request.content_type == "application/x-www-form-urlencoded" and request.can_read_body:
            text = await request.text()
            if not text.lstrip().startswith("{"):
                return _fields([(k, v) for k, v in (await request.post()).items()])
        text = await request.text()
        if not text:
            return {}
        try:
            args = json.loads(text)
        except ValueError:
            raise self._bad(
                "JSON Error: Error decoding JSON data. Error: <BadRequest '400: Bad Request'> "
                "JSON data extracted from the request: {}"
            ) from None
        if not isinstance(args, dict):
            raise self._bad(
                f"JSON Error: Request data JSON decoded to {args} but it needs to be a dictionary."
            )
        return args

    async def _parts(self, request: web.Request) -> list[tuple[str, Any]]:
        """The fields of a form; a file over the limit is counted but not kept."""
        limit = self.catalogue.max_upload_mb * 1024 * 1024
        found: list[tuple[str, Any]] = []
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None:
                continue
            if part.filename is None:
                found.append((part.name, await part.text()))
                continue
            content = bytearray()
            size = 0
            while chunk := await part.read_chunk(CHUNK):
                size += len(chunk)
                if size <= limit:
                    content += chunk
            name = part.filename
            kind = mimetypes.guess_type(name)[0]
            found.append((part.name, Upload(name, bytes(content), size, kind)))
        return found

    async def _run(self, name: str, action: actions.Action, call: Call) -> Any:
        if name in actions.READS or not self.catalogue.save_seconds:
            return action(call)
        package_id = self._locked(call.args)
        lock = self.catalogue.locks[package_id]
        stale: Record = {}
        if self.catalogue.older and name in READS_BEFORE_LOCK and lock.locked():
            stored = self.catalogue.packages.get(package_id, {})
            stale = {key: stored[key] for key in REVERTED if key in stored}
        async with lock:
            await asyncio.sleep(self.catalogue.save_seconds)
            return self._over_stale(package_id, stale, lambda: action(call))

    def _over_stale(self, package_id: str, stale: Record, act: Callable[[], Any]) -> Any:
        """Run a save that read some of the record before it waited, as CKAN 2.9 does.

        It puts these values back over whatever was saved meanwhile.
        """
        before = self.catalogue.packages.get(package_id, {})
        if stale:
            self.catalogue.packages[package_id] = {**before, **stale}
        try:
            return act()
        except Exception:
            if stale:
                self.catalogue.packages[package_id] = before
            raise

    def _locked(self, args: Record) -> str:
        """The id of the record a write is about, empty when it is about none."""
        match = args.get("match")
        named = match if isinstance(match, dict) else {}
        for wanted in (
            args.get("match__id"),
            args.get("match__name"),
            named.get("id"),
            named.get("name"),
            args.get("package_id"),
            args.get("id"),
        ):
            try:
                return str(self.catalogue.package(wanted)["id"])
            except NotFoundError:
                pass
            try:
                return str(self.catalogue.package_of(wanted)[0]["id"])
            except NotFoundError:
                continue
        return ""

    async def download(self, request: web.Request) -> web.Response:
        """An uploaded file, to whoever may see its record."""
        person = person_of(self.catalogue, request.headers)
        person = person or visitor(self.catalogue, request.cookies)
        try:
            package, resource = self.catalogue.package_of(request.match_info["resource_id"])
        except NotFoundError:
            raise web.HTTPNotFound from None
        if not may_read(self.catalogue, person, package):
            raise web.HTTPForbidden
        upload = self.catalogue.files.get(resource["id"])
        if upload is None:
            raise web.HTTPNotFound
        return web.Response(
            body=upload.content,
            content_type=upload.mimetype or "application/octet-stream",
            headers={
                "Content-Disposition": "attachment",
                "X-Content-Type-Options": "nosniff",
            },
        )


def _fields(pairs: list[tuple[str, Any]]) -> Record:
    """Form fields as arguments; a field given more than once is a list."""
    fields: Record = {}
    for name, value in pairs:
        if name in fields:
            before = fields[name]
            fields[name] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            fields[name] = value
    return fields


def _echo(args: Mapping[str, Any]) -> Record:
    return {key: value for key, value in args.items() if not isinstance(value, Upload)}
