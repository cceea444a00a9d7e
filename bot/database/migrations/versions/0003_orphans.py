"""Requests at Segmind that no job owns, and moments to remember."""

import sqlalchemy as sa
from alembic import op

from bot.database.types import Instant, Usd

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "orphans",
        sa.Column("request_id", sa.Text, primary_key=True),
        sa.Column("noted_at", Instant, nullable=False),
        sa.Column("cost_usd", Usd),
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("at", Instant, nullable=False),
    )
