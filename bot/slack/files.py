"""Files that people put into Slack: what is known of them, and their bytes, never kept here.

They are fetched with the bot's token from the hosts of SLACK_FILE_HOSTS and from nowhere else.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from typing_extensions import override

from bot.change import GivenFile
from bot.context import Person
from bot.errors import GoneError, UserError
from bot.flow.editing.files import Files, size_of
from bot.log import logger
from bot.slack.workspaces import Workspaces
from bot.text import _, clean

_log = logger(__name__)

CHUNK: Final = 1 << 18
REDIRECTS: Final = 3
_WAITS: Final = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=60)
_HTML: Final = "text/html"
_GONE: Final = frozenset({"file_not_found", "file_deleted", "tombstone"})
_LONGEST_NAME: Final = 200


class SlackFiles(Files):
    """Slack's files, for a bot that passes them on."""

    def __init__(
        self,
        workspaces: Workspaces,
        session: aiohttp.ClientSession,
        *,
        hosts: tuple[str, ...],
        scheme: str,
        most: int,
    ) -> None:
        self._workspaces = workspaces
        self._session = session
        self._hosts = hosts
        self._scheme = scheme
        self._most = most

    @override
    async def given(self, file_id: str, person: Person, team: str) -> GivenFile:
        """Raises GoneError for a file that is gone, UserError for one that cannot be sent."""
        told = await self._told(await self._workspaces.client(person, team), file_id)
        size = told.get("size")
        name = clean(str(told.get("name") or file_id)).replace("/", "_")[-_LONGEST_NAME:]
        if told.get("is_external") or not isinstance(size, int):
            raise UserError(
                _("“{name}” is a link to another service. Give a file that is in Slack.").format(
                    name=name
                )
            )
        if size > self._most:
            raise UserError(
                _("“{name}” has {size}; the catalogue takes files of up to {most}.").format(
                    name=name, size=size_of(size), most=size_of(self._most)
                )
            )
        self._pinned(_address(told))
        return GivenFile(file_id, team, name, size, str(told.get("mimetype") or ""))

    @override
    @asynccontextmanager
    async def opened(self, file: GivenFile, person: Person) -> AsyncIterator[AsyncIterator[bytes]]:
        """Raises GoneError and UserError as `given`, and for a file that is another by now.

        Also for one that Slack stops sending, where whoever reads it does not see to that.
        """
        client = await self._workspaces.client(person, file.team)
        told = await self._told(client, file.id)
        if told.get("size") != file.size:
            raise UserError(_changed(file))
        async with await self._fetch(_address(told), str(client.token)) as response:
            self._refuse(response, file)
            try:
                yield response.content.iter_chunked(CHUNK)
            except aiohttp.ClientError:
                raise UserError(_not_sent()) from None

    async def _told(self, client: AsyncWebClient, file_id: str) -> Mapping[str, Any]:
        """What Slack says of the file now: what a form hands over may be partial, or forged."""
        try:
            answer = await client.files_info(file=file_id)
        except SlackApiError as error:
            told = error.response.data
            code = told.get("error") if isinstance(told, dict) else error.response.status_code
            if code in _GONE:
                raise GoneError(
                    _(
                        "Slack does not have that file any more, or the bot may not read it: "
                        "a file in a channel only when the bot is there. Type /invite to bring it."
                    )
                ) from None
            _log.warning("file_not_told", error=code)
            raise UserError(
                _(
                    "Slack did not let the bot read that file. Tell the people who run this bot:"
                    " {code}"
                ).format(code=code)
            ) from None
        except (aiohttp.ClientError, TimeoutError):
            raise UserError(_("Slack cannot be reached right now, so nothing was sent.")) from None
        file: Mapping[str, Any] = answer["file"]
        if file.get("mode") == "tombstone":
            raise GoneError(_("That file was deleted from Slack. Attach it again."))
        return file

    async def _fetch(self, address: str, token: str) -> aiohttp.ClientResponse:
        """The beginning of the answer, after at most a few redirects among Slack's own hosts."""
        for _turn in range(REDIRECTS + 1):
            self._pinned(address)
            try:
                response = await self._session.get(
                    address,
                    headers={"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"},
                    allow_redirects=False,
                    timeout=_WAITS,
                )
            except (aiohttp.ClientError, TimeoutError):
                raise UserError(_not_sent()) from None
            if response.status not in _MOVED:
                return response
            response.release()
            address = urljoin(address, response.headers.get("Location", ""))
        raise UserError(
            _(
                "Slack sent the bot to another address for that file, so it was not fetched."
                " Attach it again."
            )
        )

    def _pinned(self, address: str) -> None:
        """Raise UserError for an address that is not of Slack's hosts: the token goes along."""
        parts = urlsplit(address)
        if parts.scheme != self._scheme or parts.netloc.lower() not in self._hosts:
            _log.warning("foreign_file_host", host=parts.netloc)
            raise UserError(
                _("That file is kept outside Slack, so it was not fetched. Attach the file itself.")
            )

    def _refuse(self, response: aiohttp.ClientResponse, file: GivenFile) -> None:
        """Raise UserError for an answer that is not the file."""
        if response.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            raise GoneError(_("Slack does not have that file any more. Attach it again."))
        if response.status != HTTPStatus.OK:
            raise UserError(_not_sent())
        whole = response.content_length in {None, file.size}
        if response.content_type == _HTML and not (whole and file.media_type == _HTML):
            # With status 200: what Slack shows a visitor who may not read the file.
            raise UserError(
                _(
                    "Slack sent a page to log in instead of the file: the bot may not read it. "
                    "Tell the people who run this bot that it may lack the scope files:read."
                )
            )
        if not whole:
            raise UserError(_changed(file))


def _address(told: Mapping[str, Any]) -> str:
    """Where the file is; "" where Slack does not say. Some kinds of files have one address only."""
    return str(told.get("url_private_download") or told.get("url_private") or "")


def _not_sent() -> str:
    return _("Slack does not send the file right now. Try again in a few minutes.")


def _changed(file: GivenFile) -> str:
    return _("“{name}” has changed since you gave it. Attach it again.").format(name=file.name)


_MOVED: Final = frozenset(
    {
        HTTPStatus.MOVED_PERMANENTLY,
        HTTPStatus.FOUND,
        HTTPStatus.SEE_OTHER,
        HTTPStatus.TEMPORARY_REDIRECT,
        HTTPStatus.PERMANENT_REDIRECT,
    }
)
