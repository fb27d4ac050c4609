"""What is promised of each resource's data, and how it stood in each month."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    for name in ("cycle", "updated", "added"):
        op.add_column(
            "index_entry", sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''"))
        )
    # Records that do not change are not read again, so all are, once.
    op.execute("DELETE FROM index_entry")
    op.execute("DELETE FROM index_state")
    op.create_table(
        "upkeep_month",
        sa.Column("catalogue", sa.String(64), nullable=False),
        sa.Column("organization_id", sa.String(64), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("standings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("catalogue", "organization_id", "month", name="pk_upkeep_month"),
    )


def downgrade() -> None:
    op.drop_table("upkeep_month")
    for name in ("cycle", "updated", "added"):
        op.drop_column("index_entry", name)
