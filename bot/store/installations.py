"""Workspaces that installed the bot, tokens encrypted, and the states of installs under way."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic import SecretStr
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from typing_extensions import override

from bot.store.columns import new_id
from bot.store.crypto import Cipher, CipherError, Sealed
from bot.store.db import Database, insert
from bot.store.tables import installation as table
from bot.store.tables import oauth_state

STATE_LIFE = timedelta(minutes=10)


class Installations(AsyncInstallationStore):
    """Slack's installation store over one encrypted row a workspace.

    An org-wide install has no team: its row holds for every workspace of the enterprise.
    """

    def __init__(self, db: Database, cipher: Cipher, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._cipher = cipher
        self._clock = clock

    @override
    async def async_save(self, installation: Installation) -> None:
        tenant = installation.enterprise_id or installation.team_id or ""
        team = "" if installation.is_enterprise_install else installation.team_id or ""
        await self._save(tenant, team, installation.to_dict_for_copying())

    @override
    async def async_save_bot(self, bot: Bot) -> None:
        """Nothing: `async_save` kept it."""

    @override
    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        for tenant, team in _places(enterprise_id, team_id):
            async with self._db.read() as connection:
                row = (
                    await connection.execute(sa.select(table).where(_at(tenant, team)))
                ).one_or_none()
            if row is not None:
                secret = self._cipher.open(Sealed(row.key_id, row.secret), _row(tenant, team))
                return Installation(**json.loads(secret.get_secret_value()))
        return None

    @override
    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        found = await self.async_find_installation(enterprise_id=enterprise_id, team_id=team_id)
        return found.to_bot() if found else None

    @override
    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        async with self._db.write() as connection:
            for tenant, team in _places(enterprise_id, team_id):
                await connection.execute(sa.delete(table).where(_at(tenant, team)))

    @override
    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        await self.async_delete_installation(enterprise_id=enterprise_id, team_id=team_id)

    def states(self) -> OAuthStates:
        """The states of installs under way."""
        return OAuthStates(self._db, self._cipher, self._clock)

    async def _save(self, tenant: str, team: str, told: dict[str, Any]) -> None:
        plain = SecretStr(json.dumps(told, default=str))
        sealed = self._cipher.seal(plain, _row(tenant, team))
        values = {
            "secret": sealed.data,
            "key_id": sealed.key_id,
            "installed_at": self._clock(),
        }
        async with self._db.write() as connection:
            await connection.execute(
                insert(connection, table)
                .values(id=new_id(), tenant=tenant, team_id=team, **values)
                .on_conflict_do_update(index_elements=["tenant", "team_id"], set_=values)
            )


class OAuthStates(AsyncOAuthStateStore):
    """States of installs under way: each is taken once, and not for long.

    Anybody may ask for one, so nothing is kept of those that nobody brings back.
    """

    def __init__(self, db: Database, cipher: Cipher, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._cipher = cipher
        self._clock = clock

    @override
    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        ends = (self._clock() + STATE_LIFE).isoformat()
        sealed = self._cipher.seal(SecretStr(ends), (oauth_state.name,))
        return f"{sealed.key_id}.{urlsafe_b64encode(sealed.data).decode()}"

    @override
    async def async_consume(self, state: str) -> bool:
        key_id, _dot, data = state.partition(".")
        try:
            sealed = Sealed(key_id, urlsafe_b64decode(data))
            ends = self._cipher.open(sealed, (oauth_state.name,)).get_secret_value()
        except (CipherError, ValueError):
            return False
        now, ends_at = self._clock(), datetime.fromisoformat(ends)
        if ends_at <= now:
            return False
        async with self._db.write() as connection:
            await connection.execute(sa.delete(oauth_state).where(oauth_state.c.expires_at <= now))
            taken = await connection.scalar(
                insert(connection, oauth_state)
                .values(id=hashlib.sha256(sealed.data).hexdigest(), expires_at=ends_at)
                .on_conflict_do_nothing()
                .returning(oauth_state.c.id)
            )
        return taken is not None


def _places(enterprise_id: str | None, team_id: str | None) -> list[tuple[str, str]]:
    """Where an installation may be: the workspace's own, then the enterprise's."""
    places = [(enterprise_id or team_id or "", team_id or "")]
    return [*places, (enterprise_id, "")] if enterprise_id else places


def _at(tenant: str, team: str) -> sa.ColumnElement[bool]:
    return (table.c.tenant == tenant) & (table.c.team_id == team)


def _row(tenant: str, team: str) -> tuple[str, ...]:
    return (table.name, tenant, team)
