"""The audit as tests read it: its rows as they are, oldest first."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bot.store.db import Database
from bot.store.tables import audit


async def entries(db: Database, change_id: str = "") -> list[sa.Row[Any]]:
    """All entries, or those of one change."""
    query = sa.select(audit).order_by(audit.c.id)
    if change_id:
        query = query.where(audit.c.change_id == change_id)
    async with db.read() as connection:
        return list(await connection.execute(query))
