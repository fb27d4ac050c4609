from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from bot.change import Facts, State
from bot.context import Person, Place, Suspended
from bot.errors import UserError
from bot.store import approval_tables, notice_tables, operations, upkeep
from bot.store.changes import Changes, Origin
from bot.store.columns import metadata
from bot.store.db import Database
from bot.store.erasure import erase
from bot.store.preferences import Preferences
from bot.store.tables import audit, change, person

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ROBIN, CASEY = Person("T1", "U1"), Person("T1", "U2")
DECLARED = (approval_tables, notice_tables, operations, upkeep)
"""Modules whose tables are looked at: they are known once imported."""


async def draft(db: Database, who: Person) -> str:
    origin = Origin(who, Place("T1", "C1"), "production", "patch-package")
    typed = {"title": "Typed by a person"}
    return await Changes(db).open_draft(origin, typed=typed, now=NOW, due_at=None)


async def held(db: Database) -> str:
    """All that the tables hold."""
    async with db.read() as connection:
        return str(
            [(await connection.execute(sa.select(one))).all() for one in metadata.sorted_tables]
        )


async def entries(db: Database) -> list[sa.Row[tuple[object, ...]]]:
    async with db.read() as connection:
        return list(await connection.execute(sa.select(audit).order_by(audit.c.id)))


async def test_the_one_goes_and_the_others_stay_and_the_audit_only_grows(db: Database) -> None:
    for who in (ROBIN, CASEY):
        await Preferences(db).use(who, "test", NOW)
        facts = Facts(asked_as=f"ckan-{who.user_id}").kept()
        asked = sa.update(change).where(change.c.id == await draft(db, who)).values(facts=facts)
        async with db.write() as connection:
            await connection.execute(asked)
    # A form that was just opened has no facts yet.
    await draft(db, ROBIN)
    before = await entries(db)
    assert await erase(db, ROBIN, NOW, cards="card")
    assert "U1" not in await held(db)
    assert "U2" in await held(db)
    assert (await held(db)).count("Typed by a person") == 1
    after = await entries(db)
    assert after[: len(before)] == before
    assert [row.event for row in after[len(before) :]] == [
        *("change.moved", "change.moved"),
        "person.erased",
    ]
    assert await Preferences(db).catalogue_of(CASEY) == "test"


async def test_a_second_time_there_is_nobody_to_erase(db: Database) -> None:
    await Preferences(db).use(ROBIN, "test", NOW)
    assert await erase(db, ROBIN, NOW, cards="card")
    before = await held(db)
    assert not await erase(db, ROBIN, NOW, cards="card")
    assert await held(db) == before


async def test_the_same_user_of_another_tenant_is_somebody_else(db: Database) -> None:
    await Preferences(db).use(Person("T2", "U1"), "test", NOW)
    assert not await erase(db, ROBIN, NOW, cards="card")
    assert await Preferences(db).catalogue_of(Person("T2", "U1")) == "test"


async def test_nothing_is_erased_while_a_change_is_being_saved(db: Database) -> None:
    change_id = await draft(db, ROBIN)
    async with db.write() as connection:
        await connection.execute(
            sa.update(change).where(change.c.id == change_id).values(state=State.APPLYING)
        )
    before = await held(db)
    with pytest.raises(UserError, match="is being saved"):
        await erase(db, ROBIN, NOW, cards="card")
    assert await held(db) == before


async def test_a_suspension_ends_with_the_person_and_its_reason_is_forgotten(db: Database) -> None:
    stops = operations.Operations(db)
    await stops.suspend(Suspended(person=ROBIN, reason="a private matter"), CASEY, NOW)
    assert await erase(db, ROBIN, NOW, cards="card")
    assert await stops.suspensions("T1") == ()
    assert "a private matter" not in await held(db)


def test_every_table_that_names_a_user_of_slack_says_of_which_tenant() -> None:
    naming = {one for one in metadata.sorted_tables if "user_id" in one.c}
    assert person in naming
    assert [one.name for one in naming if "tenant" not in one.c] == []
