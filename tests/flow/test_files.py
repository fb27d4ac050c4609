"""A file on its way: how much is told, and when it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.change import GivenFile
from bot.ckan.upload import UploadBrokenError
from bot.flow.editing.files import Transfer, size_of

FILE = GivenFile("F1", "T1", "a.csv", 4, "text/csv")


async def chunks() -> AsyncIterator[bytes]:
    for chunk in (b"1", b"2", b"3", b"4"):
        yield chunk


def transfer(noted: list[int], stop_after: int = 9, *, every: float = 0) -> Transfer:
    async def note(sent: int) -> bool:
        noted.append(sent)
        return sent < stop_after

    return Transfer(FILE, chunks(), note, every=every)


async def test_it_notes_how_much_is_on_its_way() -> None:
    noted: list[int] = []
    sent = [chunk async for chunk in transfer(noted).upload.open()]
    assert b"".join(sent) == b"1234"
    assert noted == [1, 2, 3, 4]


async def test_it_breaks_when_its_person_stops_it() -> None:
    noted: list[int] = []
    going = transfer(noted, stop_after=2)
    with pytest.raises(UploadBrokenError):
        [chunk async for chunk in going.upload.open()]
    assert going.stopped
    assert noted == [1, 2]


async def test_a_stop_is_heard_before_the_last_of_it_however_fast_it_goes() -> None:
    noted: list[int] = []
    going = transfer(noted, stop_after=1, every=3600)
    with pytest.raises(UploadBrokenError):
        [chunk async for chunk in going.upload.open()]
    assert noted == [3]


async def test_a_stop_that_comes_when_all_is_sent_is_too_late() -> None:
    noted: list[int] = []
    going = transfer(noted, stop_after=4)
    assert [chunk async for chunk in going.upload.open()]
    assert not going.stopped


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, "0 bytes"), (1023, "1023 bytes"), (1536, "1.5 KB"), (10 << 20, "10.0 MB"),
     (3 << 30, "3.0 GB"), (5000 << 30, "5000.0 GB")],
)  # fmt: skip
def test_sizes_read_well(number: int, told: str) -> None:
    assert size_of(number) == told
