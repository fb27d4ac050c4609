from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from bot.ckan.models import User
from bot.context import Person
from bot.errors import NotConnectedError
from bot.settings import KEY_BYTES
from bot.store.crypto import Cipher, CipherError
from bot.store.db import Database
from bot.store.keys import Binding, KeyKind, Keys
from bot.store.preferences import Preferences
from bot.store.tables import api_key, person
from tests.audited import entries

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
OLD, NEW = b"o" * KEY_BYTES, b"n" * KEY_BYTES
ANNA, BEN = Person("T1", "U1"), Person("T1", "U2")
ANNA_THERE = User("ckan-1", "anna", "Anna A", sysadmin=False)
SECRET = "7f4b0b2c-key-of-anna"


@pytest.fixture
def keys(db: Database) -> Keys:
    return Keys(db, Cipher([OLD]))


async def bind(keys: Keys, who: Person = ANNA, secret: str = SECRET, **other: Any) -> None:
    given = {"user": ANNA_THERE, "kind": KeyKind.KEY, "now": NOW, "catalogue": "production"}
    await keys.bind(who, secret=SecretStr(secret), **{**given, **other})


async def raw(db: Database) -> list[sa.Row[Any]]:
    async with db.read() as connection:
        return list(await connection.execute(sa.select(api_key).order_by(api_key.c.user_id)))


async def events(db: Database) -> list[str]:
    return [entry.event for entry in await entries(db)]


async def test_a_key_comes_back_to_the_person_who_gave_it(keys: Keys) -> None:
    await bind(keys)
    found = await keys.get(ANNA, "production")
    assert found == Binding(
        person=ANNA,
        catalogue="production",
        user=ANNA_THERE,
        kind=KeyKind.KEY,
        secret=SecretStr(SECRET),
        bound_at=NOW,
        dead_at=None,
    )
    assert await keys.get(BEN, "production") is None
    assert await keys.get(Person("T2", "U1"), "production") is None
    assert await keys.get(ANNA, "test") is None


async def test_a_key_shows_nowhere_but_where_it_is_asked_for(keys: Keys, db: Database) -> None:
    await bind(keys)
    assert SECRET not in repr(await keys.get(ANNA, "production"))
    (row,) = await raw(db)
    assert SECRET.encode() not in row.secret
    assert SECRET not in repr(row)


async def test_a_row_copied_to_another_person_does_not_open(keys: Keys, db: Database) -> None:
    await bind(keys)
    await bind(keys, BEN, "key-of-ben")
    (anna, _ben) = await raw(db)
    async with db.write() as connection:
        await connection.execute(
            sa.update(api_key).where(api_key.c.user_id == "U2").values(secret=anna.secret)
        )
    with pytest.raises(NotConnectedError, match="connect again"):
        await keys.get(BEN, "production")


async def test_a_new_key_takes_the_place_of_a_dead_one(keys: Keys) -> None:
    await bind(keys)
    assert await keys.mark_dead(ANNA, "production", NOW)
    dead = await keys.get(ANNA, "production")
    assert dead is not None
    assert dead.dead_at == NOW
    await bind(keys, secret="second", kind=KeyKind.TOKEN)
    found = await keys.all_of(ANNA)
    assert [(one.secret.get_secret_value(), one.kind, one.dead_at) for one in found] == [
        ("second", KeyKind.TOKEN, None)
    ]


async def test_a_key_is_removed_once_and_answered_so_that_it_can_be_revoked(keys: Keys) -> None:
    await bind(keys)
    removed = await keys.unbind(ANNA, "production", NOW)
    assert removed is not None
    assert removed.secret.get_secret_value() == SECRET
    assert await keys.unbind(ANNA, "production", NOW) is None
    assert await keys.get(ANNA, "production") is None


async def test_a_key_that_cannot_be_read_can_still_be_removed(keys: Keys, db: Database) -> None:
    await bind(keys)
    other = Keys(db, Cipher([NEW]))
    assert await other.unbind(ANNA, "production", NOW) is None
    assert await raw(db) == []


async def test_what_happens_to_keys_is_audited_without_naming_anybody(
    keys: Keys, db: Database
) -> None:
    await bind(keys)
    assert await keys.mark_dead(ANNA, "production", NOW)
    assert not await keys.mark_dead(ANNA, "production", NOW)
    assert not await keys.mark_dead(BEN, "production", NOW)
    assert await keys.unbind(ANNA, "production", NOW)
    assert await events(db) == ["key.bound", "key.died", "key.removed"]
    async with db.read() as connection:
        told = repr((await connection.execute(sa.text("SELECT * FROM audit"))).all())
        known = await connection.scalar(sa.select(person.c.id))
    assert "anna" not in told.casefold()
    assert "U1" not in told
    assert str(known) in told


async def test_rotation_seals_every_key_anew_and_then_has_nothing_to_do(
    keys: Keys, db: Database
) -> None:
    await bind(keys)
    await bind(keys, BEN, "key-of-ben")
    both = Keys(db, Cipher([NEW, OLD]))
    assert await both.rotate() == 2
    assert await both.rotate() == 0
    for who, secret in ((ANNA, SECRET), (BEN, "key-of-ben")):
        found = await Keys(db, Cipher([NEW])).get(who, "production")
        assert found is not None
        assert found.secret.get_secret_value() == secret


async def test_rotation_changes_nothing_when_one_key_cannot_be_read(
    keys: Keys, db: Database
) -> None:
    await bind(keys)
    await bind(Keys(db, Cipher([b"x" * KEY_BYTES])), BEN)
    before = await raw(db)
    with pytest.raises(CipherError, match="no encryption key"):
        await Keys(db, Cipher([NEW, OLD])).rotate()
    assert await raw(db) == before


async def test_a_person_chooses_a_catalogue_and_another(db: Database) -> None:
    preferences = Preferences(db)
    assert await preferences.catalogue_of(ANNA) is None
    await preferences.use(ANNA, "test", NOW)
    await preferences.use(ANNA, "production", NOW)
    await preferences.use(BEN, "test", NOW)
    assert await preferences.catalogue_of(ANNA) == "production"
    assert await preferences.catalogue_of(Person("T2", "U1")) is None
