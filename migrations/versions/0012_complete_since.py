"""Since when a part of the index has been complete, and so changes are heard of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("index_state", sa.Column("complete_since", sa.DateTime(timezone=True)))
    # Until now nothing kept when that was: at the latest now.
    op.execute("UPDATE index_state SET complete_since = CURRENT_TIMESTAMP WHERE complete")


def downgrade() -> None:
    op.drop_column("index_state", "complete_since")
