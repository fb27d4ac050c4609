"""How Alembic runs a migration: in the transaction that `bot.store.migrate` has opened."""

from __future__ import annotations

from alembic import context

from bot.store import (  # noqa: F401 - what is compared is declared there
    approval_tables,
    homes,
    notice_tables,
    operations,
    tables,
    upkeep,
)
from bot.store.columns import metadata
from bot.store.migrate import is_ours

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=is_ours,
    compare_server_default=True,
    # SQLite can roll tables back too; Alembic does not expect it of every driver.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
