"""What requests take of limits, and who was told that a spending cap is near."""

import sqlalchemy as sa
from alembic import op

from bot.database.types import Instant, Usd

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "usage",
        sa.Column("job_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("spend_day", sa.Date, nullable=False),
        sa.Column("seconds", sa.Integer, nullable=False),
        sa.Column("usd", Usd, nullable=False),
        sa.Column("counts", sa.Integer, nullable=False),
        sa.Column("given_back", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_index("ix_usage_guild_id_member_id_asked_at", "usage", ["guild_id", "member_id", "asked_at"])
    op.create_index("ix_usage_guild_id_spend_day", "usage", ["guild_id", "spend_day"])
    op.create_index("ix_usage_asked_at", "usage", ["asked_at"])
    op.create_table(
        "spend_warnings",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("period", sa.String(10), primary_key=True),
        sa.Column("percent", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("cap_usd", Usd, primary_key=True, autoincrement=False),
        sa.Column("told_at", Instant, nullable=False),
    )
