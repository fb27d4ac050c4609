from __future__ import annotations

import tracemalloc
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.change import Json
from bot.flow.commands.asking import Export
from bot.flow.trail import EVERYTHING, row_of
from bot.slack.export import write_rows
from bot.store.db import Database
from bot.store.tables import audit
from bot.store.trail import AT_ONCE, Trails
from bot.trail import TRAIL, Span

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


async def fill(db: Database, number: int, tenant: str = "T1") -> None:
    rows = [
        {
            "at": NOW + timedelta(seconds=at),
            "tenant": tenant,
            "event": "key.bound",
            "detail": {"number": at, "filler": "x" * 200},
        }
        for at in range(number)
    ]
    async with db.write() as connection:
        await connection.execute(sa.insert(audit), rows)


async def numbers(db: Database, tenant: str | None, span: Span) -> list[Json]:
    return [trace.detail["number"] async for trace in Trails(db).read(tenant, span)]


@pytest.mark.parametrize("number", [0, 1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 2 * AT_ONCE])
async def test_every_entry_is_read_once_and_in_order(db: Database, number: int) -> None:
    if number:
        await fill(db, number)
    assert await numbers(db, "T1", Span()) == [*range(number)]


async def test_another_tenants_entries_are_for_the_machine_itself_alone(db: Database) -> None:
    await fill(db, 2)
    await fill(db, 3, tenant="T2")
    assert len(await numbers(db, "T2", Span())) == 3
    assert len(await numbers(db, None, Span())) == 5


async def test_a_span_begins_with_its_first_moment_and_ends_before_its_last(db: Database) -> None:
    await fill(db, 5)
    span = Span(since=NOW + timedelta(seconds=1), until=NOW + timedelta(seconds=3))
    assert await numbers(db, "T1", span) == [1, 2]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["audit.csv", "audit.jsonl"])
async def test_an_export_of_any_length_takes_little_memory(
    db: Database, tmp_path: Path, name: str
) -> None:
    number = 20_000
    await fill(db, number)

    async def rows() -> AsyncIterator[Sequence[Json]]:
        async for trace in Trails(db).read("T1", Span()):
            yield row_of(trace, EVERYTHING)

    tracemalloc.start()
    try:
        written = await write_rows(Export(name, TRAIL, rows()), tmp_path / name)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert written == number
    assert (tmp_path / name).stat().st_size > 5_000_000
    assert peak < 5_000_000


async def test_the_entries_of_an_organization_are_those_about_it_in_its_catalogue(
    db: Database,
) -> None:
    about: list[tuple[str | None, dict[str, str]]] = [
        ("one", {"organization": "geobc"}),
        ("one", {"organization_id": "o1"}),
        ("two", {"organization": "geobc"}),
        ("one", {"organization": "bc-parks"}),
        (None, {}),
    ]
    async with db.write() as connection:
        for number, (catalogue, detail) in enumerate(about):
            told = {"detail": {"number": number, **detail}, "catalogue": catalogue}
            await connection.execute(
                sa.insert(audit).values(at=NOW, tenant="T1", event="policy.set", **told)
            )
    assert await numbers(db, "T1", Span(catalogue="one", organizations={"o1": "geobc"})) == [0, 1]
    assert await numbers(db, "T1", Span(catalogue="one", organizations={})) == []
