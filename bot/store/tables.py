"""The tables. Every row carries its tenant; ids are opaque, but for the two queues of rows.

`audit` and `delivery` count their rows, because their order is what they are for.
"""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from bot.change import State
from bot.store.columns import COUNTER, ID, NAME, UtcDateTime, metadata, required


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


STANDING = (State.PENDING, State.APPROVED, State.APPLYING, State.APPLIED)
"""States of an undo that keep a second one of the same change out."""

person = sa.Table(
    "person",
    metadata,
    sa.Column("id", ID, primary_key=True),
    required("tenant", NAME),
    required("user_id", NAME),
    required("first_seen", UtcDateTime),
    sa.Column("erased_at", UtcDateTime),
    sa.UniqueConstraint("tenant", "user_id"),
)

api_key = sa.Table(
    "api_key",
    metadata,
    sa.Column("id", ID, primary_key=True),
    required("tenant", NAME),
    required("user_id", NAME),
    required("catalogue", NAME),
    required("ckan_user_id", sa.Text),
    required("ckan_user_name", sa.Text),
    required("ckan_fullname", sa.Text),
    required("sysadmin", sa.Boolean),
    required("kind", sa.String(16)),
    required("secret", sa.LargeBinary),
    required("key_id", sa.String(16)),
    required("bound_at", UtcDateTime),
    sa.Column("dead_at", UtcDateTime),
    sa.UniqueConstraint("tenant", "user_id", "catalogue"),
)

preference = sa.Table(
    "preference",
    metadata,
    sa.Column("tenant", NAME, primary_key=True),
    sa.Column("user_id", NAME, primary_key=True),
    required("catalogue", NAME),
)

change = sa.Table(
    "change",
    metadata,
    sa.Column("id", ID, primary_key=True),
    required("tenant", NAME),
    required("catalogue", NAME),
    required("requester_id", ID, sa.ForeignKey("person.id")),
    required("team", NAME),
    sa.Column("channel", NAME),
    required("verb", NAME),
    required("state", sa.String(16)),
    required("title", sa.Text),
    sa.Column("package_id", sa.Text),
    sa.Column("reverts", ID, sa.ForeignKey("change.id")),
    required("args", sa.JSON),
    required("seen", sa.JSON),
    required("typed", sa.JSON),
    required("warnings", sa.JSON),
    sa.Column("confirmations", sa.JSON),
    required("reason", sa.Text),
    required("created_at", UtcDateTime),
    required("updated_at", UtcDateTime),
    sa.Column("due_at", UtcDateTime),
    sa.Column("stop_at", UtcDateTime),
    sa.Column("facts", sa.JSON),
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
    sa.Column("id", ID, primary_key=True),
    required("tenant", NAME),
    required("change_id", ID, sa.ForeignKey("change.id", ondelete="CASCADE")),
    required("position", sa.Integer),
    required("kind", sa.String(32)),
    required("package_id", sa.Text),
    sa.Column("resource_id", sa.Text),
    required("title", sa.Text),
    required("edits", sa.JSON),
    sa.Column("file", sa.JSON),
    required("bytes_sent", sa.BigInteger, server_default="0"),
    required("outcome", sa.String(16)),
    sa.Column("sent_at", UtcDateTime),
    sa.Column("settled_at", UtcDateTime),
    required("detail", sa.JSON),
    sa.UniqueConstraint("change_id", "position"),
    sa.Index(None, "package_id"),
    sa.Index(None, "resource_id"),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", COUNTER, primary_key=True),
    required("at", UtcDateTime),
    required("tenant", NAME),
    sa.Column("catalogue", NAME),
    sa.Column("change_id", ID),
    sa.Column("person_id", ID),
    required("event", NAME),
    sa.Column("from_state", sa.String(16)),
    sa.Column("to_state", sa.String(16)),
    required("detail", sa.JSON),
    sa.Index(None, "change_id"),
    sa.Index(None, "tenant", "at"),
    sqlite_autoincrement=True,
)

delivery = sa.Table(
    "delivery",
    metadata,
    sa.Column("id", COUNTER, primary_key=True),
    required("tenant", NAME),
    sa.Column("change_id", ID, sa.ForeignKey("change.id")),
    required("audience_kind", sa.String(16)),
    required("audience", NAME),
    required("kind", NAME),
    required("payload", sa.JSON),
    sa.Column("ts", sa.String(32)),
    required("state", sa.String(16)),
    required("attempts", sa.Integer),
    required("in_doubt", sa.Boolean),
    required("redo", sa.Boolean, server_default=sa.false()),
    required("due_at", UtcDateTime),
    sa.Column("error", sa.Text),
    required("created_at", UtcDateTime),
    sa.UniqueConstraint("change_id", "audience_kind", "audience", "kind"),
    sa.Index(None, "state", "due_at"),
    sa.Index("ix_delivery_audience", "tenant", "audience_kind", "audience", "state", "id"),
    sqlite_autoincrement=True,
)

executor = sa.Table(
    "executor",
    metadata,
    sa.Column("id", NAME, primary_key=True),
    required("started_at", UtcDateTime),
    required("seen_at", UtcDateTime),
)

installation = sa.Table(
    "installation",
    metadata,
    sa.Column("id", ID, primary_key=True),
    required("tenant", NAME),
    required("team_id", NAME),
    required("secret", sa.LargeBinary),
    required("key_id", sa.String(16)),
    required("installed_at", UtcDateTime),
    sa.UniqueConstraint("tenant", "team_id"),
)

oauth_state = sa.Table(
    "oauth_state",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    required("expires_at", UtcDateTime),
)

asked = sa.Table(
    "asked",
    metadata,
    sa.Column("id", ID, primary_key=True),
    required("tenant", NAME),
    required("user_id", NAME),
    required("team", NAME),
    sa.Column("channel", NAME),
    required("catalogue", NAME),
    required("text", sa.Text),
    required("page", sa.Integer),
    required("at", UtcDateTime),
    sa.Index(None, "at"),
)

# What a catalogue holds is the same for every tenant; "" is everyone's part of it, a user id of the
# catalogue that person's own.
index_entry = sa.Table(
    "index_entry",
    metadata,
    sa.Column("catalogue", NAME, primary_key=True),
    sa.Column("viewer", NAME, primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    required("name", sa.Text),
    required("title", sa.Text),
    required("about", sa.Text),
    required("state", sa.Text),
    required("owner_org", sa.Text),
    required("package_id", sa.Text),
    required("position", sa.Integer),
    required("modified", sa.Text),
    required("title_key", sa.Text),
    required("words", sa.Text),
    required("cycle", sa.Text, server_default=sa.text("''")),
    required("updated", sa.Text, server_default=sa.text("''")),
    required("added", sa.Text, server_default=sa.text("''")),
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
    sa.Column("catalogue", NAME, primary_key=True),
    sa.Column("viewer", NAME, primary_key=True),
    sa.Column("synced_at", UtcDateTime),
    sa.Column("compared_at", UtcDateTime),
    required("due_at", UtcDateTime),
    required("cursor", sa.Text),
    required("gap", sa.Integer),
    required("complete", sa.Boolean),
    sa.Column("complete_since", UtcDateTime),
    required("fault", sa.Text),
    required("failures", sa.Integer),
    required("rights", sa.JSON),
)
