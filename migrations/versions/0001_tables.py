"""Keys, preferences, changes, their audit, deliveries, and the processes at work."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_MOMENT = sa.DateTime(timezone=True)
_COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WAITS = sa.text("due_at IS NOT NULL")
_STANDING = sa.text("reverts IS NOT NULL AND state IN ('approved', 'applying', 'applied')")

# REPLACE deletes without waking a DELETE trigger, so an id that is taken is refused as well.
_SQLITE_APPEND_ONLY = (
    """
    CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END
    """,
    """
    CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END
    """,
    """
    CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit
    WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END
    """,
)
_POSTGRES_APPEND_ONLY = (
    """
    CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'audit is append-only'; END $$
    """,
    """
    CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
    """,
)


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("catalogue", sa.String(64), nullable=False),
        sa.Column("ckan_user_id", sa.Text(), nullable=False),
        sa.Column("ckan_user_name", sa.Text(), nullable=False),
        sa.Column("ckan_fullname", sa.Text(), nullable=False),
        sa.Column("sysadmin", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("bound_at", _MOMENT, nullable=False),
        sa.Column("dead_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.UniqueConstraint(
            "tenant", "user_id", "catalogue", name="uq_api_key_tenant_user_id_catalogue"
        ),
    )
    op.create_table(
        "audit",
        sa.Column("id", _COUNTER, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("catalogue", sa.String(64), nullable=True),
        sa.Column("change_id", sa.String(32), nullable=True),
        sa.Column("person_id", sa.String(32), nullable=True),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("from_state", sa.String(16), nullable=True),
        sa.Column("to_state", sa.String(16), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_change_id", "audit", ["change_id"])
    op.create_index("ix_audit_tenant_at", "audit", ["tenant", "at"])
    op.create_table(
        "executor",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_executor"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("first_seen", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("tenant", "user_id", name="uq_person_tenant_user_id"),
    )
    op.create_table(
        "preference",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("catalogue", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "user_id", name="pk_preference"),
    )
    op.create_table(
        "change",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("catalogue", sa.String(64), nullable=False),
        sa.Column("requester_id", sa.String(32), nullable=False),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=True),
        sa.Column("verb", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("package_id", sa.Text(), nullable=True),
        sa.Column("resource_id", sa.Text(), nullable=True),
        sa.Column("reverts", sa.String(32), nullable=True),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.Column("view_id", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(
            ["requester_id"], ["person.id"], name="fk_change_requester_id_person"
        ),
        sa.ForeignKeyConstraint(["reverts"], ["change.id"], name="fk_change_reverts_change"),
        sa.PrimaryKeyConstraint("id", name="pk_change"),
    )
    op.create_index(
        "ix_change_due_at", "change", ["due_at"], sqlite_where=_WAITS, postgresql_where=_WAITS
    )
    op.create_index(
        "ix_change_requester_id_state_updated_at", "change", ["requester_id", "state", "updated_at"]
    )
    op.create_index(
        "ix_change_tenant_catalogue_updated_at", "change", ["tenant", "catalogue", "updated_at"]
    )
    op.create_index(
        "uq_change_reverts_once",
        "change",
        ["reverts"],
        unique=True,
        sqlite_where=_STANDING,
        postgresql_where=_STANDING,
    )
    op.create_index("ix_change_reverts", "change", ["reverts"])
    op.create_table(
        "change_write",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("change_id", sa.String(32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("package_id", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("edits", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("sent_at", _MOMENT, nullable=True),
        sa.Column("settled_at", _MOMENT, nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"],
            ["change.id"],
            name="fk_change_write_change_id_change",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_change_write"),
        sa.UniqueConstraint("change_id", "position", name="uq_change_write_change_id_position"),
    )
    op.create_index("ix_change_write_package_id", "change_write", ["package_id"])
    op.create_index("ix_change_write_resource_id", "change_write", ["resource_id"])
    op.create_table(
        "delivery",
        sa.Column("id", _COUNTER, nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("change_id", sa.String(32), nullable=False),
        sa.Column("audience_kind", sa.String(16), nullable=False),
        sa.Column("audience", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("ts", sa.String(32), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("in_doubt", sa.Boolean(), nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"], name="fk_delivery_change_id_change"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint(
            "change_id",
            "audience_kind",
            "audience",
            "kind",
            name="uq_delivery_change_id_audience_kind_audience_kind",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_delivery_state_due_at", "delivery", ["state", "due_at"])
    op.create_index(
        "ix_delivery_audience", "delivery", ["tenant", "audience_kind", "audience", "state", "id"]
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SQLITE_APPEND_ONLY if sqlite else _POSTGRES_APPEND_ONLY:
        op.execute(statement)


def downgrade() -> None:
    for table in (
        "delivery",
        "change_write",
        "change",
        "preference",
        "person",
        "executor",
        "audit",
        "api_key",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION audit_is_append_only()")
