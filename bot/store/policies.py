"""What organizations ask of changes to their records: one policy for each of a catalogue's."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.change import Json
from bot.context import Person
from bot.policy import Policy, When
from bot.store import audit, people
from bot.store.approval_tables import policy as table
from bot.store.audit import Event
from bot.store.db import Database, insert


class Policies:
    """Stores policies; without one, that of `Policy()` holds."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def of(self, catalogue: str, organization_id: str) -> Policy:
        """The policy of an organization, by its id."""
        theirs = (table.c.catalogue == catalogue) & (table.c.organization_id == organization_id)
        async with self._db.read() as connection:
            row = (await connection.execute(sa.select(table).where(theirs))).one_or_none()
        return Policy() if row is None else _policy(row)

    async def put(
        self,
        catalogue: str,
        organization_id: str,
        policy: Policy,
        *,
        by: Person,
        now: datetime,
        organization_name: str,
    ) -> None:
        """Let this be the organization's policy from now on."""
        key = {"catalogue": catalogue, "organization_id": organization_id}
        async with self._db.write() as connection:
            set_by = await people.id_of(connection, by, now)
            remind = int(policy.remind.total_seconds()) if policy.remind else None
            settled: dict[str, Json] = {
                "channel": policy.channel,
                "approval": policy.when,
                "fields": [*sorted(policy.fields)],
                "approvers": policy.approvers,
                "self_approval": policy.self_approval,
                "expires_seconds": int(policy.expires.total_seconds()),
                "remind_seconds": remind,
            }
            values = {
                **settled,
                "tenant": by.tenant,
                "team": policy.team,
                "set_by": set_by,
                "set_at": now,
            }
            await connection.execute(
                insert(connection, table)
                .values(**key, **values)
                .on_conflict_do_update(index_elements=list(key), set_=values)
            )
            await audit.record(
                connection,
                Event.POLICY_SET,
                at=now,
                tenant=by.tenant,
                catalogue=catalogue,
                person_id=set_by,
                detail={"organization": organization_name, **settled},
            )


def _policy(row: sa.Row[tuple[object, ...]]) -> Policy:
    return Policy(
        when=When(row.approval),
        fields=frozenset(row.fields),
        approvers=row.approvers,
        self_approval=row.self_approval,
        expires=timedelta(seconds=row.expires_seconds),
        remind=None if row.remind_seconds is None else timedelta(seconds=row.remind_seconds),
        channel=row.channel,
        team=row.team,
    )
