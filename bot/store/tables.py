"""The tables. Every row carries its tenant; ids are opaque, but for the two queues of rows.

`audit` and `delivery` count their rows, because their order is what they are for.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from typing_extensions import override

from bot.change import State


class UtcDateTime(sa.TypeDecorator[datetime]):
    """A moment, in UTC on both databases; a datetime without a zone is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC)

    @override
    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Outcome(StrEnum):
    """What became of one write: `sent` is the doubt between the request and its answer."""

    WAITING = "waiting"
    SENT = "sent"
    APPLIED = "applied"
    STALE = "stale"
    FAILED = "failed"


class DeliveryState(StrEnum):
    """Where a message of the bot's own stands."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


def new_id() -> str:
    """An id that says nothing and cannot be guessed."""
    return uuid4().hex


STANDING = (State.APPROVED, State.APPLYING, State.APPLIED)
"""States of an undo that keep a second one of the same change out."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_id = sa.String(32)
_name = sa.String(64)
_counter = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _required(name: str, kind: Any, *constraints: sa.ForeignKey, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, *constraints, nullable=False, **options)


person = sa.Table(
    "person",
    metadata,
    sa.Column("id", _id, primary_key=True),
    _required("tenant", _name),
    _required("user_id", _name),
    _required("first_seen", UtcDateTime),
    sa.UniqueConstraint("tenant", "user_id"),
)

api_key = sa.Table(
    "api_key",
    metadata,
    sa.Column("id", _id, primary_key=True),
    _required("tenant", _name),
    _required("user_id", _name),
    _required("catalogue", _name),
    _required("ckan_user_id", sa.Text),
    _required("ckan_user_name", sa.Text),
    _required("ckan_fullname", sa.Text),
    _required("sysadmin", sa.Boolean),
    _required("kind", sa.String(16)),
    _required("secret", sa.LargeBinary),
    _required("key_id", sa.String(16)),
    _required("bound_at", UtcDateTime),
    sa.Column("dead_at", UtcDateTime),
    sa.UniqueConstraint("tenant", "user_id", "catalogue"),
)

preference = sa.Table(
    "preference",
    metadata,
    sa.Column("tenant", _name, primary_key=True),
    sa.Column("user_id", _name, primary_key=True),
    _required("catalogue", _name),
)

change = sa.Table(
    "change",
    metadata,
    sa.Column("id", _id, primary_key=True),
    _required("tenant", _name),
    _required("catalogue", _name),
    _required("requester_id", _id, sa.ForeignKey("person.id")),
    _required("team", _name),
    sa.Column("channel", _name),
    _required("verb", _name),
    _required("state", sa.String(16)),
    _required("title", sa.Text),
    sa.Column("package_id", sa.Text),
    sa.Column("resource_id", sa.Text),
    sa.Column("reverts", _id, sa.ForeignKey("change.id")),
    _required("args", sa.JSON),
    _required("seen", sa.JSON),
    _required("typed", sa.JSON),
    _required("warnings", sa.JSON),
    sa.Column("confirmations", sa.JSON),
    _required("reason", sa.Text),
    _required("created_at", UtcDateTime),
    _required("updated_at", UtcDateTime),
    sa.Column("due_at", UtcDateTime),
    sa.Column("view_id", _name),
    sa.Column("stop_at", UtcDateTime),
    sa.Index(None, "requester_id", "state", "updated_at"),
    sa.Index(None, "tenant", "catalogue", "updated_at"),
    sa.Index(None, "reverts"),
)
sa.Index(
    "ix_change_due_at",
    change.c.due_at,
    sqlite_where=change.c.due_at.is_not(None),
    postgresql_where=change.c.due_at.is_not(None),
)
_stands = change.c.reverts.is_not(None) & change.c.state.in_([str(state) for state in STANDING])
sa.Index(
    "uq_change_reverts_once",
    change.c.reverts,
    unique=True,
    sqlite_where=_stands,
    postgresql_where=_stands,
)

change_write = sa.Table(
    "change_write",
    metadata,
    sa.Column("id", _id, primary_key=True),
    _required("tenant", _name),
    _required("change_id", _id, sa.ForeignKey("change.id", ondelete="CASCADE")),
    _required("position", sa.Integer),
    _required("kind", sa.String(32)),
    _required("package_id", sa.Text),
    sa.Column("resource_id", sa.Text),
    _required("title", sa.Text),
    _required("edits", sa.JSON),
    sa.Column("file", sa.JSON),
    _required("bytes_sent", sa.BigInteger, server_default="0"),
    _required("outcome", sa.String(16)),
    sa.Column("sent_at", UtcDateTime),
    sa.Column("settled_at", UtcDateTime),
    _required("detail", sa.JSON),
    sa.UniqueConstraint("change_id", "position"),
    sa.Index(None, "package_id"),
    sa.Index(None, "resource_id"),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", _counter, primary_key=True),
    _required("at", UtcDateTime),
    _required("tenant", _name),
    sa.Column("catalogue", _name),
    sa.Column("change_id", _id),
    sa.Column("person_id", _id),
    _required("event", _name),
    sa.Column("from_state", sa.String(16)),
    sa.Column("to_state", sa.String(16)),
    _required("detail", sa.JSON),
    sa.Index(None, "change_id"),
    sa.Index(None, "tenant", "at"),
    sqlite_autoincrement=True,
)

delivery = sa.Table(
    "delivery",
    metadata,
    sa.Column("id", _counter, primary_key=True),
    _required("tenant", _name),
    _required("change_id", _id, sa.ForeignKey("change.id")),
    _required("audience_kind", sa.String(16)),
    _required("audience", _name),
    _required("kind", _name),
    _required("payload", sa.JSON),
    sa.Column("ts", sa.String(32)),
    _required("state", sa.String(16)),
    _required("attempts", sa.Integer),
    _required("in_doubt", sa.Boolean),
    _required("due_at", UtcDateTime),
    sa.Column("error", sa.Text),
    _required("created_at", UtcDateTime),
    sa.UniqueConstraint("change_id", "audience_kind", "audience", "kind"),
    sa.Index(None, "state", "due_at"),
    sa.Index("ix_delivery_audience", "tenant", "audience_kind", "audience", "state", "id"),
    sqlite_autoincrement=True,
)

executor = sa.Table(
    "executor",
    metadata,
    sa.Column("id", _name, primary_key=True),
    _required("started_at", UtcDateTime),
    _required("seen_at", UtcDateTime),
)

installation = sa.Table(
    "installation",
    metadata,
    sa.Column("id", _id, primary_key=True),
    _required("tenant", _name),
    _required("team_id", _name),
    _required("secret", sa.LargeBinary),
    _required("key_id", sa.String(16)),
    _required("installed_at", UtcDateTime),
    sa.UniqueConstraint("tenant", "team_id"),
)

oauth_state = sa.Table(
    "oauth_state",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    _required("expires_at", UtcDateTime),
)

asked = sa.Table(
    "asked",
    metadata,
    sa.Column("id", _id, primary_key=True),
    _required("tenant", _name),
    _required("user_id", _name),
    _required("team", _name),
    sa.Column("channel", _name),
    _required("catalogue", _name),
    _required("text", sa.Text),
    _required("page", sa.Integer),
    _required("at", UtcDateTime),
    sa.Index(None, "at"),
)

# What a catalogue holds is the same for every tenant; "" is everyone's part of it, a user id of the
# catalogue that person's own.
index_entry = sa.Table(
    "index_entry",
    metadata,
    sa.Column("catalogue", _name, primary_key=True),
    sa.Column("viewer", _name, primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    _required("name", sa.Text),
    _required("title", sa.Text),
    _required("about", sa.Text),
    _required("state", sa.Text),
    _required("owner_org", sa.Text),
    _required("package_id", sa.Text),
    _required("position", sa.Integer),
    _required("modified", sa.Text),
    _required("title_key", sa.Text),
    _required("words", sa.Text),
    sa.Index("ix_index_entry_package", "catalogue", "viewer", "package_id"),
    # With all of this in it a look-up ranks and sorts without a row, and reads those it answers.
    sa.Index(
        "ix_index_entry_order",
        *("catalogue", "viewer", "kind", "modified", "package_id", "position", "id"),
        *("words", "state", "owner_org"),
    ),
    sa.Index("ix_index_entry_name", "catalogue", "kind", "name"),
    sa.Index("ix_index_entry_title", "catalogue", "kind", "title_key"),
)

index_state = sa.Table(
    "index_state",
    metadata,
    sa.Column("catalogue", _name, primary_key=True),
    sa.Column("viewer", _name, primary_key=True),
    sa.Column("synced_at", UtcDateTime),
    sa.Column("compared_at", UtcDateTime),
    _required("due_at", UtcDateTime),
    _required("cursor", sa.Text),
    _required("gap", sa.Integer),
    _required("complete", sa.Boolean),
    _required("fault", sa.Text),
    _required("failures", sa.Integer),
    _required("rights", sa.JSON),
)
