"""A change without what nobody reads: the view that shows it, and the one resource it is about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.drop_column("change", "view_id")
    op.drop_column("change", "resource_id")


def downgrade() -> None:
    op.add_column("change", sa.Column("resource_id", sa.Text()))
    op.add_column("change", sa.Column("view_id", sa.String(64)))
