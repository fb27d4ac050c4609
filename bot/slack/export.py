"""Whole lists as files, sent to the person's direct messages.

A list may be longer than memory: it is written row by row, and sent from the disk.
"""

from __future__ import annotations

import asyncio
import csv
import json
import re
from collections.abc import AsyncIterator, Sequence
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TextIO

from slack_sdk.errors import SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from bot.change import Json
from bot.context import Person
from bot.errors import NotFoundError
from bot.flow.commands.asking import Export
from bot.slack.surface import conversation
from bot.text import _, clean, ngettext

_FORMULA: Final = re.compile(r"^\s*[=+\-@\t\r＝＋－＠]")
"""What a spreadsheet would take for something to compute, as wide as East Asia writes it too."""


async def send_export(client: AsyncWebClient, export: Export, person: Person) -> int:
    """Write the list and send it; answers how many rows it has.

    Raises NotFoundError for an empty one, SlackClientError where Slack does not take it.
    """
    with TemporaryDirectory(prefix="bcdc-bot-") as folder:
        path = Path(folder) / export.name
        number = await write_rows(export, path)
        if not number:
            raise NotFoundError(_("There is nothing to send: the list is empty."))
        told = ngettext("A list of {n:,} row", "A list of {n:,} rows", number).format(n=number)
        channel = await conversation(client, person.user_id)
        await send_file(client, path, channel=channel, comment=told)
    return number


async def send_file(
    client: AsyncWebClient, path: Path, *, channel: str, comment: str, thread_ts: str | None = None
) -> str:
    """Send a file with a comment to a channel, or a thread there; answers the file's id.

    Raises SlackClientError. Slack's own client would hold the whole file in memory.
    """
    length = await asyncio.to_thread(_size, path)
    place = await client.files_getUploadURLExternal(filename=path.name, length=length)
    assert client.session  # noqa: S101  # every client of ours has the one session
    with path.open("rb") as file:
        async with client.session.post(place["upload_url"], data=file) as answered:
            if answered.status != HTTPStatus.OK:
                raise SlackRequestError(f"the upload was answered by {answered.status}")
    file_id = str(place["file_id"])
    await client.files_completeUploadExternal(
        files=[{"id": file_id, "title": path.name}],
        channel_id=channel,
        initial_comment=comment,
        thread_ts=thread_ts,
    )
    return file_id


def _size(path: Path) -> int:
    return path.stat().st_size


async def send_text(client: AsyncWebClient, person: Person, label: str, text: str) -> None:
    """Send a text of the catalogue as a file. Raises SlackApiError."""
    name = re.sub(r"\W+", "-", label).strip("-") or "text"
    await client.files_upload_v2(
        channel=await conversation(client, person.user_id),
        content=text,
        filename=f"{name}.txt",
        title=label,
    )


async def write_rows(export: Export, path: Path) -> int:
    """Write the list in the way that the ending of its name says; answers how many rows it has."""
    kind = path.suffix.removeprefix(".")
    # With a mark Excel reads a CSV as the UTF-8 that it is.
    with path.open("w", encoding="utf-8-sig" if kind == "csv" else "utf-8", newline="") as file:
        return await write_to(file, kind, export.columns, export.rows)


async def write_to(
    file: TextIO, kind: str, columns: Sequence[str], rows: AsyncIterator[Sequence[Json]]
) -> int:
    """Write rows as csv, without formulas, or as jsonl; answers how many there are.

    What is no text is JSON in a CSV.
    """
    writer = csv.writer(file)
    if kind == "csv":
        writer.writerow(columns)
    number = 0
    async for row in rows:
        if kind == "csv":
            writer.writerow([harmless(_text(cell)) for cell in row])
        else:
            file.write(_object(columns, row))
        number += 1
    return number


def _object(columns: Sequence[str], row: Sequence[Json]) -> str:
    """A row as a line of JSON, without what is empty."""
    told = {name: value for name, value in zip(columns, row, strict=True) if value != ""}
    return json.dumps(told, ensure_ascii=False) + "\n"


def _text(cell: Json) -> str:
    return cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)


def harmless(cell: str) -> str:
    """The text as a spreadsheet shows it and never computes it."""
    cell = clean(cell)
    return f"'{cell}" if _FORMULA.match(cell) else cell


def sent(number: int) -> str:
    """The sentence when the file is there."""
    return ngettext(
        "The list of {n:,} row is in your direct messages with the bot.",
        "The list of {n:,} rows is in your direct messages with the bot.",
        number,
    ).format(n=number)


def writing() -> str:
    """The sentence while a long one is written."""
    return _("Writing the whole list to a file; it comes as a direct message.")
