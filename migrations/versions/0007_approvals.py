"""Policies of organizations, changes that wait for approval, and who decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

ID = sa.String(32)
NAME = sa.String(64)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("change", sa.Column("facts", sa.JSON()))
    op.add_column(
        "delivery", sa.Column("redo", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    _undone_once("'pending', 'approved', 'applying', 'applied'")
    op.create_table(
        "policy",
        sa.Column("catalogue", NAME, nullable=False),
        sa.Column("organization_id", NAME, nullable=False),
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("team", NAME, nullable=False),
        sa.Column("channel", NAME, nullable=False),
        sa.Column("approval", sa.String(16), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("approvers", sa.Integer(), nullable=False),
        sa.Column("self_approval", sa.Boolean(), nullable=False),
        sa.Column("expires_seconds", sa.Integer(), nullable=False),
        sa.Column("remind_seconds", sa.Integer()),
        sa.Column("set_by", ID, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("catalogue", "organization_id", name="pk_policy"),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name="fk_policy_set_by_person"),
    )
    op.create_table(
        "approval",
        sa.Column("change_id", ID, nullable=False),
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("self_approval", sa.Boolean(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("remind_at", MOMENT),
        sa.PrimaryKeyConstraint("change_id", name="pk_approval"),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"], name="fk_approval_change_id_change"),
    )
    op.create_table(
        "decision",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("change_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("team", NAME, nullable=False),
        sa.Column("channel", NAME),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("outcome", sa.String(16)),
        sa.Column("ckan_user_id", sa.Text(), nullable=False),
        sa.Column("ckan_name", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"], name="fk_decision_change_id_change"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_decision_person_id_person"),
    )
    op.create_index("ix_decision_change_id", "decision", ["change_id"])
    stands = sa.text("outcome IS NULL OR outcome != 'refused'")
    op.create_index(
        "uq_decision_once",
        "decision",
        ["change_id", "person_id", "verdict"],
        unique=True,
        sqlite_where=stands,
        postgresql_where=stands,
    )


def downgrade() -> None:
    op.drop_table("decision")
    op.drop_table("approval")
    op.drop_table("policy")
    _undone_once("'approved', 'applying', 'applied'")
    op.drop_column("delivery", "redo")
    op.drop_column("change", "facts")


def _undone_once(states: str) -> None:
    """Let an undo in these states keep a second one of the same change out."""
    op.drop_index("uq_change_reverts_once", "change")
    stands = sa.text(f"reverts IS NOT NULL AND state IN ({states})")
    op.create_index(
        "uq_change_reverts_once",
        "change",
        ["reverts"],
        unique=True,
        sqlite_where=stands,
        postgresql_where=stands,
    )
