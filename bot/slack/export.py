"""Whole lists as files, sent to the person's direct messages."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from slack_sdk.web.async_client import AsyncWebClient

from bot.context import Person
from bot.flow.asking import Export
from bot.slack.surface import conversation
from bot.text import _, clean, ngettext

_FORMULA: Final = re.compile(r"^\s*[=+\-@\t\r]")
"""What a spreadsheet would take for something to compute."""


async def send_export(client: AsyncWebClient, export: Export, person: Person) -> int:
    """Write the list and send it; answers how many rows it has. Raises SlackApiError."""
    with TemporaryDirectory(prefix="bcdc-bot-") as folder:
        path = Path(folder) / export.name
        number = await write_rows(export, path)
        await client.files_upload_v2(
            channel=await conversation(client, person.user_id),
            file=str(path),
            filename=export.name,
            title=export.name,
            initial_comment=ngettext("A list of {n:,} row", "A list of {n:,} rows", number).format(
                n=number
            ),
        )
    return number


async def write_rows(export: Export, path: Path) -> int:
    """The list as CSV that Excel opens as it is meant: UTF-8 with a mark, no formulas."""
    number = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(export.columns)
        async for row in export.rows:
            writer.writerow([harmless(cell) for cell in row])
            number += 1
    return number


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
