"""Pauses, suspensions, and people who were erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

ID = sa.String(32)
NAME = sa.String(64)
MOMENT = sa.DateTime(timezone=True)
LASTS = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.add_column("person", sa.Column("erased_at", MOMENT))
    op.create_table(
        "pause",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_pause"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_pause_by_id_person"),
    )
    op.create_index(
        "ix_pause_lasts", "pause", ["since"], sqlite_where=LASTS, postgresql_where=LASTS
    )
    op.create_table(
        "suspension",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("person_id", ID),
        sa.Column("catalogue", NAME),
        sa.Column("organization_id", NAME),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_suspension"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_suspension_person_id_person"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_suspension_by_id_person"),
    )
    op.create_index(
        "ix_suspension_holds", "suspension", ["since"], sqlite_where=LASTS, postgresql_where=LASTS
    )


def downgrade() -> None:
    op.drop_table("suspension")
    op.drop_table("pause")
    op.drop_column("person", "erased_at")
