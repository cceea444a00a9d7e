"""What each server has decided about the bot."""

import sqlalchemy as sa
from alembic import op

from bot.database.types import Instant, Json

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guild_settings",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("settings", Json, nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
    )
