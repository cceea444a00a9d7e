"""Jobs, spending by day, the request budget, and on PostgreSQL the queue that hands jobs out to processes."""

import sqlalchemy as sa
from alembic import op

from bot.database.types import Instant, Json, Prose, Usd

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("driver", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("state_since", Instant, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("model", sa.String(100), nullable=False),
        sa.Column("prompt", Prose, nullable=False),
        sa.Column("duration", sa.Integer, nullable=False),
        sa.Column("aspect_ratio", sa.String(8), nullable=False),
        sa.Column("references", Json, nullable=False),
        sa.Column("card_message_id", sa.BigInteger),
        sa.Column("spend_day", sa.Date, nullable=False),
        sa.Column("reserved_usd", Usd, nullable=False),
        sa.Column("cost_usd", Usd),
        sa.Column("ledger_usd", Usd, nullable=False),
        sa.Column("body", Json),
        sa.Column("body_hash", sa.String(64)),
        sa.Column("submit_attempts", sa.Integer, nullable=False),
        sa.Column("submitted_at", Instant),
        sa.Column("segmind_time", Instant),
        sa.Column("request_id", sa.Text),
        sa.Column("completed_at", Instant),
        sa.Column("output_url", sa.Text),
        sa.Column("retry_at", Instant),
        sa.Column("problem", Json),
        sa.Column("cancel_requested", sa.Integer, nullable=False),
        sa.Column("post_attempts", sa.Integer, nullable=False),
        sa.Column("post_channel_id", sa.BigInteger),
        sa.Column("post_message_id", sa.BigInteger),
        sa.UniqueConstraint("request_id"),
    )
    op.create_index("ix_jobs_state", "jobs", ["state"])
    op.create_index("ix_jobs_body_hash", "jobs", ["body_hash"])
    op.create_index("ix_jobs_member_id_created_at", "jobs", ["member_id", "created_at"])
    op.create_table(
        "spending",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("usd", Usd, nullable=False),
    )
    op.create_table(
        "request_budget",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("arrival_time", sa.Float(53), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        from bot.database.migrations.work_queue import migrate_work_queue  # noqa: PLC0415 - SQLite does without the library

        migrate_work_queue(op.get_bind(), after="", until="03.10")
