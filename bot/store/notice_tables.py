"""The tables of notices: who wants to hear what, what happened, and what is still to be told.

Events and snapshots tell of a catalogue, which is the same for every tenant: the tenant of an event
is that of the person who did it through the bot, "" for what was found.
"""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.columns import COUNTER, ID, NAME, UtcDateTime, metadata, required

subscription = sa.Table(
    "subscription",
    metadata,
    sa.Column("id", ID, primary_key=True),
    required("tenant", NAME),
    required("team", NAME),
    required("channel", NAME),
    required("user_id", NAME),
    required("catalogue", NAME),
    required("scope", sa.String(16)),
    required("about", sa.Text),
    required("title", sa.Text),
    required("branches", sa.Boolean),
    required("wants", sa.Text),
    required("every", sa.String(16)),
    required("local_time", sa.String(5)),
    required("weekday", sa.Integer),
    required("zone", NAME),
    required("threads", sa.Boolean),
    required("automated", sa.Boolean),
    required("restricted", sa.Boolean),
    required("rests", NAME),
    required("created_at", UtcDateTime),
    required("changed_at", UtcDateTime),
    sa.Column("due_at", UtcDateTime),
    sa.Index(None, "tenant", "channel"),
    sa.Index(None, "changed_at"),
    sa.Index(None, "due_at"),
)

event = sa.Table(
    "event",
    metadata,
    sa.Column("id", COUNTER, primary_key=True),
    required("tenant", NAME),
    required("user_id", NAME),
    sa.Column("change_id", ID, sa.ForeignKey("change.id")),
    required("catalogue", NAME),
    required("package_id", sa.Text),
    required("kind", sa.String(32)),
    required("at", UtcDateTime),
    required("public", sa.Boolean),
    required("automated", sa.Boolean),
    required("author", sa.Text),
    required("subject", sa.JSON),
    required("moved", sa.JSON),
    sa.Column("matched_at", UtcDateTime),
    sa.Index(None, "at"),
    sa.Index(None, "catalogue", "package_id"),
    sqlite_autoincrement=True,
)
_unmatched = event.c.matched_at.is_(None)
sa.Index("ix_event_unmatched", event.c.id, sqlite_where=_unmatched, postgresql_where=_unmatched)

# One event for one subscription: waits until a message takes it along.
notice = sa.Table(
    "notice",
    metadata,
    sa.Column("id", COUNTER, primary_key=True),
    required("tenant", NAME),
    required("channel", NAME),
    required("subscription_id", ID, sa.ForeignKey("subscription.id", ondelete="CASCADE")),
    required("event_id", COUNTER, sa.ForeignKey("event.id", ondelete="CASCADE")),
    required("digest", sa.Boolean),
    required("at", UtcDateTime),
    sa.Column("delivery_id", COUNTER, sa.ForeignKey("delivery.id")),
    sa.UniqueConstraint("subscription_id", "event_id"),
    sa.Index(None, "delivery_id"),
    sa.Index(None, "event_id"),
    sqlite_autoincrement=True,
)
_waits = notice.c.delivery_id.is_(None)
sa.Index(
    "ix_notice_waiting",
    notice.c.tenant,
    notice.c.channel,
    notice.c.id,
    sqlite_where=_waits,
    postgresql_where=_waits,
)

# What a record was when it was last looked at, as everyone saw it (`sight` is ""), or an admin who
# lets a channel hear of what not everyone may see.
snapshot = sa.Table(
    "snapshot",
    metadata,
    sa.Column("catalogue", NAME, primary_key=True),
    sa.Column("sight", sa.String(16), primary_key=True),
    sa.Column("package_id", sa.String(100), primary_key=True),
    required("owner_org", sa.Text),
    required("modified", sa.Text),
    required("record", sa.LargeBinary),
)

# The card of a record in a channel, under which what happens to it is told.
thread = sa.Table(
    "thread",
    metadata,
    sa.Column("tenant", NAME, primary_key=True),
    sa.Column("channel", NAME, primary_key=True),
    sa.Column("catalogue", NAME, primary_key=True),
    sa.Column("package_id", sa.String(100), primary_key=True),
    required("ts", sa.String(32)),
    required("at", UtcDateTime),
)

# How far an organization's admin's key has been used to look at what not everyone may see.
watch = sa.Table(
    "watch",
    metadata,
    sa.Column("tenant", NAME, primary_key=True),
    sa.Column("user_id", NAME, primary_key=True),
    sa.Column("catalogue", NAME, primary_key=True),
    required("due_at", UtcDateTime),
    required("cursor", sa.Text),
    required("organizations", sa.JSON),
    required("failures", sa.Integer),
)
