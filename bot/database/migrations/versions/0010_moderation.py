"""What moderators look at, what members report, whom and what is blocked, and what was decided."""

import sqlalchemy as sa
from alembic import op

from bot.database.types import Instant, Json, Prose

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("handling", Json, nullable=False, server_default="{}"))
    op.add_column("jobs", sa.Column("approved", sa.Integer, nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("hidden", sa.Integer, nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("reason", Prose, nullable=False, server_default=""))
    _make_cards()
    _make_lists()


def _make_cards() -> None:
    op.create_table(
        "reviews",
        sa.Column("job_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger),
        sa.Column("request_message_id", sa.BigInteger),
        sa.Column("video_message_id", sa.BigInteger),
        sa.Column("tried_at", Instant),
        sa.Column("open", sa.Integer, nullable=False),
    )
    waiting = sa.column("open") > 0
    op.create_index(op.f("ix_reviews_open"), "reviews", ["open"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_table(
        "reports",
        sa.Column("job_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("reason", Prose, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("settled", sa.Integer, nullable=False),
    )
    op.create_table(
        "cases",
        sa.Column("job_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("post_text", sa.Text),
        sa.Column("post_link", sa.String(16)),
        sa.Column("tried_at", Instant),
        sa.Column("owed", sa.Integer, nullable=False),
    )
    owed = sa.column("owed") > 0
    op.create_index(op.f("ix_cases_owed"), "cases", ["owed"], sqlite_where=owed, postgresql_where=owed)


def _make_lists() -> None:
    op.create_table(
        "blocks",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("until", Instant),
        sa.Column("reason", Prose, nullable=False),
        sa.Column("by_id", sa.BigInteger, nullable=False),
        sa.Column("at", Instant, nullable=False),
    )
    op.create_table(
        "blocked_images",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("fingerprint", sa.String(32), primary_key=True),
        sa.Column("reason", Prose, nullable=False),
        sa.Column("by_id", sa.BigInteger, nullable=False),
        sa.Column("at", Instant, nullable=False),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("job_id", sa.BigInteger),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("by_id", sa.BigInteger),
        sa.Column("reason", Prose, nullable=False),
        sa.Column("at", Instant, nullable=False),
    )
    op.create_index("ix_decisions_job_id", "decisions", ["job_id"])
    op.create_index("ix_decisions_guild_id_member_id", "decisions", ["guild_id", "member_id"])
