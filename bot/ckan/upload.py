"""A file on its way to a catalogue: streamed, of known length, never held in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass

from aiohttp import ClientError, MultipartWriter, payload
from aiohttp.abc import AbstractStreamWriter
from typing_extensions import override


class UploadBrokenError(Exception):
    """The source of a file gave other than the bytes it promised."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to send: its name, its exact size in bytes, and how to open its source anew."""

    filename: str
    size: int
    content_type: str
    open: Callable[[], AsyncIterator[bytes]]


def multipart(fields: Mapping[bytes, bytes], files: Mapping[str, Upload]) -> MultipartWriter:
    """A form of known length; names that are not ASCII stay as they are."""
    form = MultipartWriter("form-data")
    for field, value in fields.items():
        text = form.append_payload(
            payload.BytesPayload(value, content_type="text/plain; charset=utf-8")
        )
        text.set_content_disposition("form-data", quote_fields=False, name=field.decode())
    for name, upload in files.items():
        part = form.append_payload(_SizedStream(upload))
        part.set_content_disposition(
            "form-data", quote_fields=False, name=name, filename=_header_safe(upload.filename)
        )
    return form


class _SizedStream(payload.Payload):
    """Sends exactly the bytes promised, or breaks the connection.

    A body that ends early would leave the catalogue waiting, and one that is cut would be stored
    as if it were whole.
    """

    def __init__(self, upload: Upload) -> None:
        super().__init__(upload, content_type=upload.content_type or "application/octet-stream")
        self._upload = upload
        self._size: int = upload.size

    @override
    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        raise TypeError("a stream is not text")

    @override
    async def write(self, writer: AbstractStreamWriter) -> None:
        sent = 0
        source = self._upload.open()
        while (chunk := await _next(source)) is not None:
            sent += len(chunk)
            if sent > self._size:
                raise UploadBrokenError("longer than promised")
            await writer.write(chunk)
        if sent != self._size:
            raise UploadBrokenError("shorter than promised")


async def _next(source: AsyncIterator[bytes]) -> bytes | None:
    """The next bytes, None at the end; the source's own faults are told from the catalogue's."""
    try:
        return await anext(source, None)
    except (OSError, ClientError) as error:
        raise UploadBrokenError("could not be read") from error


def _header_safe(filename: str) -> str:
    """A name that cannot end its header line or its quotes."""
    return "".join(letter for letter in filename if letter >= " " and letter not in '"\\\x7f')
