"""Files of writes, how much of them is on its way, and the wish to stop that."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("change_write", sa.Column("file", sa.JSON()))
    op.add_column(
        "change_write",
        sa.Column("bytes_sent", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.add_column("change", sa.Column("stop_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("change", "stop_at")
    op.drop_column("change_write", "bytes_sent")
    op.drop_column("change_write", "file")
