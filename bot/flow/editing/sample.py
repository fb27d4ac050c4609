"""The first rows of a table in a file, and what is other than in the file it takes the place of."""

from __future__ import annotations

import asyncio
import codecs
import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

from bot.change import GivenFile
from bot.context import Context
from bot.errors import UserError
from bot.flow.editing.files import Files
from bot.text import _, ngettext

LOOKED_AT: Final = 2 << 20
"""Bytes of a file that are looked at; the rows of a larger one are not counted."""
PATIENCE: Final = 5.0
"""Seconds that a preview waits for the beginning of a file."""
ROWS: Final = 3
_KNOWN_BY: Final = 1 << 16
_ENDINGS: Final = (".csv", ".tsv")
_DELIMITERS: Final = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Sample:
    """A table's columns and first rows; `count` is how many rows it has, None when not counted.

    `uneven` of them have more or fewer values than there are columns.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    count: int | None
    uneven: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """What a preview tells of a table: its size, its first rows, what is other than before."""

    rows: tuple[tuple[str, ...], ...] = ()
    size: str = ""
    other: tuple[str, ...] = ()


async def look_into(files: Files, ctx: Context, file: GivenFile | None) -> Look:
    """A look into a file that is a table; nothing where it cannot be had in time."""
    if file is None or not file.name.lower().endswith(_ENDINGS):
        return Look()
    new = await _sampled(files.opened(file, ctx.person))
    if new is None:
        return Look()
    old = None
    if file.replaces.lower().endswith(_ENDINGS):
        old = await _sampled(ctx.ckan.opened(file.replaces))
    return Look((new.columns, *new.rows), _counted(new), tuple(compared(old, new) if old else ()))


async def _sampled(opening: AbstractAsyncContextManager[AsyncIterator[bytes]]) -> Sample | None:
    head = bytearray()
    try:
        async with asyncio.timeout(PATIENCE), opening as source:
            async for chunk in source:
                head += chunk
                if len(head) > LOOKED_AT:
                    break
    except (UserError, OSError, TimeoutError):
        return None
    looked_at = bytes(memoryview(head)[:LOOKED_AT])
    return await asyncio.to_thread(sample_of, looked_at, len(head) <= LOOKED_AT)


def sample_of(head: bytes, whole: bool) -> Sample | None:  # noqa: FBT001  # also called in a thread
    """The table that a file begins with; None for what is none."""
    encoding = _encoding_of(head)
    # Decoded as it is read: as one text it would take up to four times its bytes.
    lines = io.TextIOWrapper(io.BytesIO(head), encoding, errors="replace", newline="")
    try:
        reader = csv.reader(lines, delimiter=_delimiter_of(head[:_KNOWN_BY], encoding))
        rows = _first(reader)
        count = uneven = 0
        for row in chain(rows[1:], reader):
            count += 1
            uneven += bool(row) and len(row) != len(rows[0])
    except csv.Error:
        return None
    if not rows or not any(rows[0]):
        return None
    return Sample(rows[0], tuple(rows[1:]), *((count, uneven) if whole else (None, 0)))


def _delimiter_of(head: bytes, encoding: str) -> str:
    """What stands between the columns: that which cuts all of the first rows into most of them.

    Python's own sniffer searches some few hundred bytes for minutes, and all others wait for it.
    """
    text = head.decode(encoding, errors="replace")

    def columns(delimiter: str) -> tuple[int, int]:
        rows = _first(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        widths = [len(row) for row in rows if row]
        return min(widths, default=0), max(widths, default=0)

    return max(_DELIMITERS, key=columns)


def _first(reader: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    """The columns' names and the first rows."""
    return [tuple(row) for row in islice(reader, ROWS + 1)]


def _encoding_of(head: bytes) -> str:
    """How spreadsheets write: UTF-8, UTF-16 with its mark, else Windows' own."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        for start in range(0, len(head), _KNOWN_BY):
            # Not the end: the last character may be cut.
            decoder.decode(head[start : start + _KNOWN_BY])
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def compared(old: Sample, new: Sample) -> list[str]:
    """What is other than before: columns and the number of rows."""
    before, after = set(old.columns), set(new.columns)
    gone = [name for name in old.columns if name not in after]
    added = [name for name in new.columns if name not in before]
    renamed = _renamed(old.columns, new.columns)
    said = []
    if renamed:
        pairs = ", ".join(f"{one} → {other}" for one, other in renamed.items())
        said.append(_("Renamed columns: {names}").format(names=pairs))
        gone = [name for name in gone if name not in renamed]
        names = set(renamed.values())
        added = [name for name in added if name not in names]
    if gone:
        said.append(_("Columns that are no longer there: {names}").format(names=", ".join(gone)))
    if added:
        said.append(_("New columns: {names}").format(names=", ".join(added)))
    if before == after and old.columns != new.columns:
        said.append(_("The columns are in another order."))
    if old.count is not None and new.count is not None and old.count != new.count:
        said.append(_("Rows: {old} until now, then {new}").format(old=old.count, new=new.count))
    return said or [_("The columns stay the same.")]


def _renamed(old: Sequence[str], new: Sequence[str]) -> dict[str, str]:
    """Columns with a name that was not there, where all others stand as before."""
    if len(old) != len(new):
        return {}
    changed = {one: other for one, other in zip(old, new, strict=True) if one != other}
    if len(changed) == len(old):
        return {}
    moved = changed.keys() & set(new) or set(changed.values()) & set(old)
    return {} if moved else changed


def _counted(sample: Sample) -> str:
    columns = len(sample.columns)
    told = ngettext("{n} column", "{n} columns", columns).format(n=columns)
    if sample.count is None:
        return told
    told += ", " + ngettext("{n} row", "{n} rows", sample.count).format(n=sample.count)
    if sample.uneven:
        uneven = ngettext(
            "{n} of them has more or fewer values than there are columns",
            "{n} of them have more or fewer values than there are columns",
            sample.uneven,
        )
        told += ". ⚠️ " + uneven.format(n=sample.uneven)
    return told


def columns_of(rows: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """Each column's name and its first values, as they are told one below the other."""
    names, *values = rows
    # A line break in a value, or a quote that nobody closed, is no line of the preview.
    told = [[" ".join(value.split()) for value in row] for row in values]
    return [
        (name, " · ".join(row[place] for row in told if place < len(row) and row[place]))
        for place, name in enumerate(names)
    ]
