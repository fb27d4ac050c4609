"""Subscriptions, what happened to records, and what channels are still to hear of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

ID = sa.String(32)
NAME = sa.String(64)
MOMENT = sa.DateTime(timezone=True)
COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("delivery", table_kwargs={"sqlite_autoincrement": True}) as delivery:
        delivery.alter_column("change_id", existing_type=ID, nullable=True)
    # The snapshots are filled with everyone's part of the index, which is read anew for them.
    op.execute("UPDATE index_state SET complete = false WHERE viewer = ''")
    op.create_table(
        "subscription",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("team", NAME, nullable=False),
        sa.Column("channel", NAME, nullable=False),
        sa.Column("user_id", NAME, nullable=False),
        sa.Column("catalogue", NAME, nullable=False),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("branches", sa.Boolean(), nullable=False),
        sa.Column("wants", sa.Text(), nullable=False),
        sa.Column("every", sa.String(16), nullable=False),
        sa.Column("local_time", sa.String(5), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("zone", NAME, nullable=False),
        sa.Column("threads", sa.Boolean(), nullable=False),
        sa.Column("automated", sa.Boolean(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("rests", NAME, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_subscription"),
    )
    op.create_index("ix_subscription_tenant_channel", "subscription", ["tenant", "channel"])
    op.create_index("ix_subscription_changed_at", "subscription", ["changed_at"])
    op.create_index("ix_subscription_due_at", "subscription", ["due_at"])
    op.create_table(
        "event",
        sa.Column("id", COUNTER, nullable=False),
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("user_id", NAME, nullable=False),
        sa.Column("change_id", ID),
        sa.Column("catalogue", NAME, nullable=False),
        sa.Column("package_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("automated", sa.Boolean(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("subject", sa.JSON(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("matched_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"], name="fk_event_change_id_change"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_at", "event", ["at"])
    op.create_index("ix_event_catalogue_package_id", "event", ["catalogue", "package_id"])
    unmatched = sa.text("matched_at IS NULL")
    op.create_index(
        "ix_event_unmatched", "event", ["id"], sqlite_where=unmatched, postgresql_where=unmatched
    )
    op.create_table(
        "notice",
        sa.Column("id", COUNTER, nullable=False),
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("channel", NAME, nullable=False),
        sa.Column("subscription_id", ID, nullable=False),
        sa.Column("event_id", COUNTER, nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("delivery_id", COUNTER),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint(
            "subscription_id", "event_id", name="uq_notice_subscription_id_event_id"
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name="fk_notice_subscription_id_subscription",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name="fk_notice_event_id_event", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name="fk_notice_delivery_id_delivery"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notice_delivery_id", "notice", ["delivery_id"])
    op.create_index("ix_notice_event_id", "notice", ["event_id"])
    waits = sa.text("delivery_id IS NULL")
    op.create_index(
        "ix_notice_waiting",
        "notice",
        ["tenant", "channel", "id"],
        sqlite_where=waits,
        postgresql_where=waits,
    )
    op.create_table(
        "snapshot",
        sa.Column("catalogue", NAME, nullable=False),
        sa.Column("sight", sa.String(16), nullable=False),
        sa.Column("package_id", sa.String(100), nullable=False),
        sa.Column("owner_org", sa.Text(), nullable=False),
        sa.Column("modified", sa.Text(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("catalogue", "sight", "package_id", name="pk_snapshot"),
    )
    op.create_table(
        "thread",
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("channel", NAME, nullable=False),
        sa.Column("catalogue", NAME, nullable=False),
        sa.Column("package_id", sa.String(100), nullable=False),
        sa.Column("ts", sa.String(32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "channel", "catalogue", "package_id", name="pk_thread"),
    )
    op.create_table(
        "watch",
        sa.Column("tenant", NAME, nullable=False),
        sa.Column("user_id", NAME, nullable=False),
        sa.Column("catalogue", NAME, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("organizations", sa.JSON(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "user_id", "catalogue", name="pk_watch"),
    )


def downgrade() -> None:
    for table in ("watch", "thread", "snapshot", "notice", "event", "subscription"):
        op.drop_table(table)
    op.execute("DELETE FROM delivery WHERE change_id IS NULL")
    with op.batch_alter_table("delivery", table_kwargs={"sqlite_autoincrement": True}) as delivery:
        delivery.alter_column("change_id", existing_type=ID, nullable=False)
