"""The tables of approvals: what organizations ask for, what waits, and who decided."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from bot.store.columns import ID, NAME, UtcDateTime, metadata, required

REFUSED: Final = "refused"
"""The outcome of a decision that was not its person's to make."""

# A policy belongs to the catalogue's organization; the tenant is that of the channel it names.
policy = sa.Table(
    "policy",
    metadata,
    sa.Column("catalogue", NAME, primary_key=True),
    sa.Column("organization_id", NAME, primary_key=True),
    required("tenant", NAME),
    required("team", NAME),
    required("channel", NAME),
    required("approval", sa.String(16)),
    required("fields", sa.JSON),
    required("approvers", sa.Integer),
    required("self_approval", sa.Boolean),
    required("expires_seconds", sa.Integer),
    sa.Column("remind_seconds", sa.Integer),
    required("set_by", ID, sa.ForeignKey("person.id")),
    required("set_at", UtcDateTime),
)

approval = sa.Table(
    "approval",
    metadata,
    sa.Column("change_id", ID, sa.ForeignKey("change.id"), primary_key=True),
    required("tenant", NAME),
    required("needed", sa.Integer),
    required("self_approval", sa.Boolean),
    required("asked_at", UtcDateTime),
    required("expires_at", UtcDateTime),
    sa.Column("remind_at", UtcDateTime),
)

decision = sa.Table(
    "decision",
    metadata,
    sa.Column("id", ID, primary_key=True),
    required("tenant", NAME),
    required("change_id", ID, sa.ForeignKey("change.id")),
    required("person_id", ID, sa.ForeignKey("person.id")),
    required("team", NAME),
    sa.Column("channel", NAME),
    required("verdict", sa.String(16)),
    required("reason", sa.Text),
    required("at", UtcDateTime),
    sa.Column("outcome", sa.String(16)),
    required("ckan_user_id", sa.Text),
    required("ckan_name", sa.Text),
    required("told", sa.Text),
    sa.Index(None, "change_id"),
)
_stands = decision.c.outcome.is_(None) | (decision.c.outcome != REFUSED)
sa.Index(
    "uq_decision_once",
    decision.c.change_id,
    decision.c.person_id,
    decision.c.verdict,
    unique=True,
    sqlite_where=_stands,
    postgresql_where=_stands,
)
