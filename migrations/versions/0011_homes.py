"""Who has opened the Home tab, and which events it shows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "home",
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_home"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_home_person_id_person"),
    )
    op.create_index("ix_home_tenant", "home", ["tenant"])


def downgrade() -> None:
    op.drop_index("ix_home_tenant", "home")
    op.drop_table("home")
