"""The catalogue keys people have entrusted to the bot, one a person and catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change import Json
from bot.ckan.models import User
from bot.context import Person
from bot.errors import NotConnectedError
from bot.store import audit, people
from bot.store.audit import Event
from bot.store.columns import new_id
from bot.store.crypto import Cipher, CipherError, Sealed
from bot.store.db import Database, insert
from bot.store.tables import api_key
from bot.text import _


class KeyKind(StrEnum):
    """Whether the person gave the key, or the bot minted the token and may revoke it."""

    KEY = "key"
    TOKEN = "token"  # noqa: S105  # a word, not a secret


@dataclass(frozen=True, slots=True)
class Binding:
    """A person's key for one catalogue, and who it says they are; `dead_at` once it was refused."""

    person: Person
    catalogue: str
    user: User
    kind: KeyKind
    secret: SecretStr
    bound_at: datetime
    dead_at: datetime | None


class Keys:
    """Stores keys encrypted; each method is one transaction, with its audit entry in it."""

    def __init__(self, db: Database, cipher: Cipher) -> None:
        self._db = db
        self._cipher = cipher

    async def bind(
        self,
        person: Person,
        catalogue: str,
        *,
        user: User,
        kind: KeyKind,
        secret: SecretStr,
        now: datetime,
    ) -> None:
        """Keep a checked key, in place of the one before it."""
        sealed = self._cipher.seal(secret, _row(person, catalogue))
        values = {
            "ckan_user_id": user.id,
            "ckan_user_name": user.name,
            "ckan_fullname": user.fullname,
            "sysadmin": user.sysadmin,
            "kind": kind,
            "secret": sealed.data,
            "key_id": sealed.key_id,
            "bound_at": now,
            "dead_at": None,
        }
        owner = {"tenant": person.tenant, "user_id": person.user_id, "catalogue": catalogue}
        async with self._db.write() as connection:
            await connection.execute(
                insert(connection, api_key)
                .values(id=new_id(), **owner, **values)
                .on_conflict_do_update(index_elements=list(owner), set_=values)
            )
            await _record(connection, Event.KEY_BOUND, person, catalogue, now, {"kind": kind})

    async def get(self, person: Person, catalogue: str) -> Binding | None:
        """The person's key, dead or alive.

        Raises `NotConnectedError` when no configured encryption key opens it any more.
        """
        async with self._db.read() as connection:
            row = (
                await connection.execute(sa.select(api_key).where(_is_bound(person, catalogue)))
            ).one_or_none()
        return None if row is None else self._binding(row)

    async def all_of(self, person: Person) -> tuple[Binding, ...]:
        """Every key of the person, by catalogue. Raises as `get` does."""
        async with self._db.read() as connection:
            rows = await connection.execute(
                sa.select(api_key)
                .where(api_key.c.tenant == person.tenant, api_key.c.user_id == person.user_id)
                .order_by(api_key.c.catalogue)
            )
            return tuple(map(self._binding, rows))

    async def people_of(
        self, tenant: str, catalogue: str, ckan_user_ids: Sequence[str]
    ) -> Sequence[Person]:
        """Who of a tenant is bound to these users of the catalogue, by a key that lives."""
        async with self._db.read() as connection:
            rows = await connection.execute(
                sa.select(api_key.c.user_id)
                .where(
                    api_key.c.tenant == tenant,
                    api_key.c.catalogue == catalogue,
                    api_key.c.ckan_user_id.in_(ckan_user_ids),
                    api_key.c.dead_at.is_(None),
                )
                .order_by(api_key.c.user_id)
            )
            return [Person(tenant, row.user_id) for row in rows]

    async def person_named(
        self, tenant: str, catalogue: str, ckan_user_name: str
    ) -> tuple[Person, str] | None:
        """Who of a tenant is bound to the user of that name, and the user's id; by a live key."""
        async with self._db.read() as connection:
            rows = await connection.execute(
                sa.select(api_key.c.user_id, api_key.c.ckan_user_id)
                .where(
                    api_key.c.tenant == tenant,
                    api_key.c.catalogue == catalogue,
                    api_key.c.ckan_user_name == ckan_user_name,
                    api_key.c.dead_at.is_(None),
                )
                .order_by(api_key.c.user_id)
                .limit(1)
            )
            row = rows.one_or_none()
        return None if row is None else (Person(tenant, row.user_id), row.ckan_user_id)

    async def mark_dead(self, person: Person, catalogue: str, now: datetime) -> bool:
        """Remember that the catalogue refused the key; False when that was known, or no key is."""
        async with self._db.write() as connection:
            marked = await connection.execute(
                sa.update(api_key)
                .where(_is_bound(person, catalogue), api_key.c.dead_at.is_(None))
                .values(dead_at=now)
            )
            if not marked.rowcount:
                return False
            await _record(connection, Event.KEY_DIED, person, catalogue, now)
        return True

    async def unbind(self, person: Person, catalogue: str, now: datetime) -> Binding | None:
        """Forget the key and answer what it was, so that a token can be revoked; None without one.

        A key that cannot be read any more is forgotten too, and answered as None.
        """
        async with self._db.write() as connection:
            row = (
                await connection.execute(
                    sa.delete(api_key).where(_is_bound(person, catalogue)).returning(api_key)
                )
            ).one_or_none()
            if row is None:
                return None
            await _record(connection, Event.KEY_REMOVED, person, catalogue, now)
        try:
            return self._binding(row)
        except NotConnectedError:
            return None

    async def rotate(self) -> int:
        """Seal every key with the newest encryption key and answer how many needed it.

        Raises `CipherError`, having changed nothing, when one cannot be read.
        """
        async with self._db.write() as connection:
            rows = (await connection.execute(sa.select(api_key).with_for_update())).all()
            old = [row for row in rows if self._cipher.needs_rotation(row.key_id)]
            for row in old:
                identity = _row(Person(row.tenant, row.user_id), row.catalogue)
                secret = self._cipher.open(Sealed(row.key_id, row.secret), identity)
                sealed = self._cipher.seal(secret, identity)
                await connection.execute(
                    sa.update(api_key)
                    .where(api_key.c.id == row.id)
                    .values(secret=sealed.data, key_id=sealed.key_id)
                )
        return len(old)

    def _binding(self, row: sa.Row[tuple[object, ...]]) -> Binding:
        person = Person(row.tenant, row.user_id)
        try:
            secret = self._cipher.open(Sealed(row.key_id, row.secret), _row(person, row.catalogue))
        except CipherError as error:
            sentence = _("Your key for {catalogue} can no longer be read: connect again.")
            told = sentence.format(catalogue=row.catalogue)
            raise NotConnectedError(told, row.catalogue) from error
        return Binding(
            person=person,
            catalogue=row.catalogue,
            user=User(row.ckan_user_id, row.ckan_user_name, row.ckan_fullname, row.sysadmin),
            kind=KeyKind(row.kind),
            secret=secret,
            bound_at=row.bound_at,
            dead_at=row.dead_at,
        )


def _row(person: Person, catalogue: str) -> tuple[str, ...]:
    return (api_key.name, person.tenant, person.user_id, catalogue)


def _is_bound(person: Person, catalogue: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        api_key.c.tenant == person.tenant,
        api_key.c.user_id == person.user_id,
        api_key.c.catalogue == catalogue,
    )


async def _record(
    connection: AsyncConnection,
    event: Event,
    person: Person,
    catalogue: str,
    now: datetime,
    detail: Mapping[str, Json] | None = None,
) -> None:
    await audit.record(
        connection,
        event,
        at=now,
        tenant=person.tenant,
        catalogue=catalogue,
        person_id=await people.id_of(connection, person, now),
        detail=detail,
    )
