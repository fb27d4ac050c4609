"""Files that people give in Slack, as the flow knows them: by id, and as a stream of bytes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Protocol
from urllib.parse import urlsplit

from bot.change import GivenFile, Value
from bot.ckan.upload import Upload, UploadBrokenError
from bot.command import UPLOAD, Subject
from bot.context import Context, Person
from bot.errors import FieldErrors, UserError
from bot.forms.model import FormValue
from bot.forms.sheet import Sheet
from bot.text import _, ngettext

NOTED_EVERY = 1.0
"""Seconds between two notes of how much of a file is on its way."""

_UNITS = ("", _("KB"), _("MB"), _("GB"))
_STEP = 1024


class Files(Protocol):
    """Files in Slack that the bot may read. Every method raises UserError for one it may not."""

    async def given(self, file_id: str, person: Person, team: str) -> GivenFile:
        """What Slack says of a file now; nothing of it is fetched."""
        ...

    def opened(
        self, file: GivenFile, person: Person
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The bytes of the file from its beginning, once Slack has begun to send them."""
        ...


class Transfer:
    """One try to send a file: notes how much is on its way, and ends when its person wants that."""

    def __init__(
        self,
        file: GivenFile,
        source: AsyncIterator[bytes],
        note: Callable[[int], Awaitable[bool]],
        *,
        every: float = NOTED_EVERY,
    ) -> None:
        self._file = file
        self._source = source
        self._note = note
        self._every = every
        self.stopped = False

    @property
    def upload(self) -> Upload:
        """The file for the catalogue."""
        file = self._file
        return Upload(file.name, file.size, file.media_type, self._watched)

    async def _watched(self) -> AsyncIterator[bytes]:
        clock = asyncio.get_running_loop().time
        sent, noted = 0, clock()
        async for chunk in self._source:
            # The catalogue drops a body that does not come whole; with the last of it, it has it.
            is_last = sent + len(chunk) >= self._file.size
            if sent and (is_last or clock() - noted >= self._every):
                noted = clock()
                self.stopped = not await self._note(sent)
                if self.stopped:
                    raise UploadBrokenError("stopped")
            yield chunk
            sent += len(chunk)
        await self._note(sent)


async def with_file(
    files: Files, ctx: Context, values: Mapping[str, Value]
) -> tuple[Context, Mapping[str, Value]]:
    """The request with the file that is named among the values, and the values without it.

    Raises FieldErrors for a file that cannot be passed on.
    """
    file_id = values.get(UPLOAD.name)
    if not file_id:
        return ctx, values
    try:
        file = await files.given(str(file_id), ctx.person, ctx.place.team)
    except UserError as error:
        raise FieldErrors({UPLOAD.name: str(error)}) from None
    others = {name: value for name, value in values.items() if name != UPLOAD.name}
    return replace(ctx, file=file), others


async def begun(files: Files, ctx: Context, subject: Subject) -> Sheet:
    """The form of a request about a message, with its file or link in it. Raises UserError."""
    if ctx.place.link and subject.resource is None:
        name = PurePosixPath(urlsplit(ctx.place.link).path).stem.replace("_", " ")
        return Sheet({**subject.suggested, "url": ctx.place.link, "name": name})
    if not ctx.place.file_id or all(field.name != UPLOAD.name for field in subject.fields):
        return Sheet()
    file = await files.given(ctx.place.file_id, ctx.person, ctx.place.team)
    typed: dict[str, FormValue] = {**subject.suggested, UPLOAD.name: (file.id, described(file))}
    if subject.resource is None:
        typed["name"] = PurePosixPath(file.name).stem.replace("_", " ")
    return Sheet(typed)


def size_of(number: int) -> str:
    """A number of bytes as people read it, such as 10.0 MB."""
    size, unit = float(number), 0
    while size >= _STEP and unit < len(_UNITS) - 1:
        size, unit = size / _STEP, unit + 1
    if not unit:
        return ngettext("{n} byte", "{n} bytes", number).format(n=number)
    return f"{size:.1f} {_UNITS[unit]}"


def described(file: GivenFile) -> str:
    """A file in a few words."""
    return f"{file.name}, {size_of(file.size)}"
