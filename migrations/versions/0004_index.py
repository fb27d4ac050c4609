"""What the catalogues hold, by name, and how fresh that is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "index_entry",
        sa.Column("catalogue", sa.String(64), nullable=False),
        sa.Column("viewer", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner_org", sa.Text(), nullable=False),
        sa.Column("package_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("modified", sa.Text(), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("catalogue", "viewer", "kind", "id", name="pk_index_entry"),
    )
    op.create_index("ix_index_entry_package", "index_entry", ["catalogue", "viewer", "package_id"])
    op.create_index(
        "ix_index_entry_order",
        "index_entry",
        [
            *("catalogue", "viewer", "kind", "modified", "package_id", "position", "id"),
            *("words", "state", "owner_org"),
        ],
    )
    op.create_index("ix_index_entry_name", "index_entry", ["catalogue", "kind", "name"])
    op.create_index("ix_index_entry_title", "index_entry", ["catalogue", "kind", "title_key"])
    op.create_table(
        "index_state",
        sa.Column("catalogue", sa.String(64), nullable=False),
        sa.Column("viewer", sa.String(64), nullable=False),
        sa.Column("synced_at", _MOMENT),
        sa.Column("compared_at", _MOMENT),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("gap", sa.Integer(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rights", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("catalogue", "viewer", name="pk_index_state"),
    )


def downgrade() -> None:
    op.drop_table("index_state")
    op.drop_table("index_entry")
