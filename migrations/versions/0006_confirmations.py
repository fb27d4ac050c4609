"""What a person confirms by ticking before a change may be applied."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("change", sa.Column("confirmations", sa.JSON()))


def downgrade() -> None:
    op.drop_column("change", "confirmations")
