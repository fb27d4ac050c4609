"""CKAN's action API over aiohttp, in ckanapi's calling convention and with its errors.

Reads are repeated after a passing fault, within one deadline; writes never are, because only the
one who knows how to recognise a write's effect may send it again. A key travels raw in the
`Authorization` header, to the catalogues of the settings and nowhere else
(docs/catalogue.md, "Keys").
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import re
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Any, Final, Self

import aiohttp
import stamina
from ckanapi.common import prepare_action
from pydantic import SecretStr
from typing_extensions import override

from bot.change import Json
from bot.ckan.faults import (
    CatalogueUnavailable,
    CKANAPIError,
    Reason,
    fault_of,
    outcome_of,
    read_answer,
)
from bot.ckan.upload import Upload, UploadBrokenError, multipart
from bot.errors import NotConnectedError
from bot.text import _

USER_AGENT: Final = "bcdc-slack-bot/1 (a Slack bot of the BC Data Catalogue)"
_SENDABLE_KEY = re.compile(r"[\x21-\x7e]{1,4096}")

Observe = Callable[[str, str, str, float], None]
"""Told of each request: catalogue, action, outcome ("ok", "refused" or a `Reason`), seconds."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, bytes and numbers a catalogue is held to."""

    connect: float = 5
    read: float = 18
    """Deadline of a read with its repetitions: people hear of a hanging catalogue within 20 s."""
    write_silence: float = 120
    """A save of a record with many resources takes long; this much silence makes it a doubt."""
    write: float = 900
    """A save that is not answered whole by then is a doubt too, however steadily it drips."""
    write_files: float = 7200
    """The same with files, which may come over a slow line."""
    patience: float = 5
    """The longest `Retry-After` a read waits for."""
    attempts: int = 4
    pause: float = 0.2
    """Before the second attempt of a read; it doubles, and as much again is left to chance."""
    answer_bytes: int = 48 * 1024 * 1024
    reads_at_once: int = 16
    writes_at_once: int = 8


@dataclass(frozen=True, slots=True)
class Site:
    """One catalogue with one person's key, or none: what the typed actions take."""

    transport: Transport
    catalogue: str
    key: SecretStr | None = None

    @property
    def url(self) -> str:
        """The catalogue's address, without a slash at the end; "" for one that is not served."""
        return self.transport.catalogues.get(self.catalogue, "")

    @property
    def fingerprint(self) -> str:
        """Tells keys apart in this process, without holding them; the same for no key at all."""
        secret = self.key.get_secret_value() if self.key else ""
        text = f"{self.catalogue}\0{secret}".encode()
        return hashlib.blake2b(text, key=self.transport.salt, digest_size=16).hexdigest()

    async def read(self, ckan_action: str, /, **arguments: Json) -> Any:
        """What a CKAN action without effects answers; repeated after a passing fault.

        Raises ckanapi's errors, and `CatalogueUnavailable`.
        """
        return await self.transport.call_action(
            self.catalogue, ckan_action, arguments, apikey=self.key, repeat=True
        )

    async def write(
        self,
        ckan_action: str,
        arguments: Mapping[str, Json],
        /,
        *,
        files: Mapping[str, Upload] | None = None,
    ) -> Any:
        """What a CKAN action with effects answers; sent once.

        Raises ckanapi's errors, and `CatalogueUnavailable`, whose `sent` says whether the effect
        is in doubt.
        """
        return await self.transport.call_action(
            self.catalogue, ckan_action, arguments, apikey=self.key, files=files
        )

    @asynccontextmanager
    async def opened(self, address: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """The bytes of a file of this catalogue, by its address.

        Raises `CatalogueUnavailable`, also for an address elsewhere, which must not get the key.
        """
        if not self.url or not address.startswith(f"{self.url}/"):
            raise CatalogueUnavailable(Reason.REDIRECT, sent=False)
        async with self.transport.opened(address, self.key) as chunks:
            yield chunks

    @override
    def __repr__(self) -> str:
        return f"Site({self.catalogue!r}, {'with' if self.key else 'without'} a key)"


class Transport:
    """Connections to the catalogues of the settings, which it knows by name only."""

    def __init__(
        self,
        catalogues: Mapping[str, str],
        *,
        limits: Limits | None = None,
        observe: Observe | None = None,
    ) -> None:
        self.catalogues: Final = {name: url.rstrip("/") for name, url in catalogues.items()}
        self.salt: Final = secrets.token_bytes(32)
        self._limits = limits or Limits()
        self._observe = observe or (lambda _catalogue, _action, _outcome, _seconds: None)
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        self._closed = False
        self._reads = {
            name: asyncio.Semaphore(self._limits.reads_at_once) for name in self.catalogues
        }
        self._writes = {
            name: asyncio.Semaphore(self._limits.writes_at_once) for name in self.catalogues
        }

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def site(self, catalogue: str, key: SecretStr | None = None) -> Site:
        """A catalogue for one key; one that the settings do not name answers nothing."""
        if key is not None and not _SENDABLE_KEY.fullmatch(key.get_secret_value()):
            raise NotConnectedError(
                _("That does not look like a key: it has spaces, or letters no key has.")
            )
        return Site(self, catalogue, key)

    async def close(self) -> None:
        """Close the connections, for good."""
        self._closed = True
        for session in self._sessions.values():
            await session.close()

    async def call_action(
        self,
        catalogue: str,
        ckan_action: str,
        data_dict: Mapping[str, Json] | None = None,
        apikey: SecretStr | None = None,
        files: Mapping[str, Upload] | None = None,
        *,
        repeat: bool = False,
    ) -> Any:
        """What the action answers (`result` of CKAN's envelope).

        With `files` the other arguments travel as text, everything but text as JSON. `repeat` is
        for actions without effects.
        """
        if catalogue not in self.catalogues:
            # What was begun while it was there outlives it.
            raise CatalogueUnavailable(Reason.NOT_SERVED, sent=False)
        limits = self._limits
        if not repeat:
            waits = aiohttp.ClientTimeout(
                total=limits.write_files if files else limits.write,
                sock_connect=limits.connect,
                sock_read=limits.write_silence,
            )
            async with self._writes[catalogue]:
                connections = self._connections(kept=False)
                return await self._once(
                    connections, catalogue, ckan_action, data_dict, apikey, files, waits
                )
        waits = aiohttp.ClientTimeout(total=None, sock_connect=limits.connect)
        try:
            async with asyncio.timeout(limits.read), self._reads[catalogue]:
                async for attempt in stamina.retry_context(
                    on=self._pause,
                    attempts=limits.attempts,
                    timeout=None,
                    wait_initial=limits.pause,
                    wait_jitter=limits.pause,
                ):
                    with attempt:
                        connections = self._connections(kept=True)
                        return await self._once(
                            connections, catalogue, ckan_action, data_dict, apikey, None, waits
                        )
        except TimeoutError:
            self._observe(catalogue, ckan_action, Reason.TIMEOUT, limits.read)
        raise CatalogueUnavailable(Reason.TIMEOUT)

    def _pause(self, error: Exception) -> bool | float:
        """Whether a read may be sent again, or the seconds to wait before."""
        if not isinstance(error, CatalogueUnavailable):
            return False
        if error.reason is Reason.BUSY and error.retry_after is not None:
            return error.retry_after if error.retry_after <= self._limits.patience else False
        return error.reason in {Reason.BUSY, Reason.GATEWAY, Reason.CONNECTION}

    async def _once(
        self,
        connections: aiohttp.ClientSession,
        catalogue: str,
        ckan_action: str,
        data_dict: Mapping[str, Json] | None,
        apikey: SecretStr | None,
        files: Mapping[str, Upload] | None,
        waits: aiohttp.ClientTimeout,
    ) -> Any:
        arguments = dict(data_dict or {})
        if files:
            arguments = {name: _as_text(value) for name, value in arguments.items()}
        path, body, headers = prepare_action(ckan_action, arguments, None, files)
        # ckanapi would send the key in a second header as well, which proxies and logs do not know
        # to be secret.
        if apikey is not None:
            headers["Authorization"] = apikey.get_secret_value()
        data = multipart(body, files) if files else io.BytesIO(body)
        started = time.monotonic()
        outcome = "cancelled"
        try:
            async with connections.post(
                f"{self.catalogues[catalogue]}/{path}",
                data=data,
                headers=headers,
                timeout=waits,
                allow_redirects=False,
            ) as response:
                answer: Any = await read_answer(response, self._limits.answer_bytes)
            outcome = "ok"
        except (CKANAPIError, aiohttp.ClientError, OSError, UploadBrokenError) as error:
            fault = fault_of(error)
            outcome = outcome_of(fault)
        else:
            return answer
        finally:
            self._observe(catalogue, ckan_action, outcome, time.monotonic() - started)
        # Raised here, so that nothing the catalogue said hangs on it as its context.
        raise fault

    @asynccontextmanager
    async def opened(
        self, address: str, apikey: SecretStr | None
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """What a GET of this address answers, which the caller knows to be a catalogue's."""
        headers = {"Authorization": apikey.get_secret_value()} if apikey else {}
        waits = aiohttp.ClientTimeout(
            total=None, sock_connect=self._limits.connect, sock_read=self._limits.read
        )
        try:
            async with self._connections(kept=True).get(
                address, headers=headers, timeout=waits, allow_redirects=False
            ) as response:
                if response.status != HTTPStatus.OK:
                    raise CatalogueUnavailable(Reason.GATEWAY, status=response.status)
                yield response.content.iter_chunked(1 << 16)
        except (aiohttp.ClientError, OSError) as error:
            fault = fault_of(error)
        else:
            return
        raise fault

    def _connections(self, *, kept: bool) -> aiohttp.ClientSession:
        """Those that are kept open for the next request, or a new one each time.

        A catalogue hangs up on kept ones when it likes, which a read is repeated after; a save that
        was on its way just then would be in doubt.
        """
        if self._closed:
            raise CatalogueUnavailable(Reason.CONNECTION, sent=False)
        if kept not in self._sessions:
            self._sessions[kept] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, force_close=not kept),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": USER_AGENT},
            )
        return self._sessions[kept]


def _as_text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)
