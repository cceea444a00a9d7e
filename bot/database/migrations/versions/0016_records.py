"""The record of who made what, which decisions the log channel has told, and what whoever runs the bot decided."""

import sqlalchemy as sa
from alembic import op

from bot.database.types import Instant, Json, Prose, Usd

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

COPIED = (
    "job_id, guild_id, channel_id, member_id, guild_locale, asked_at, model, duration, aspect_ratio, prompt, "
    "prompt_key, fingerprints, state, state_since, request_id, cost_usd, card_message_id, video_channel_id, "
    "video_message_id, open"
)
FROM_JOBS = (
    "id, guild_id, channel_id, member_id, guild_locale, created_at, model, duration, aspect_ratio, prompt, "
    "lower(prompt), '[]', state, state_since, request_id, cost_usd, card_message_id, "
    "coalesce(post_channel_id, channel_id), post_message_id, 0"
)


def upgrade() -> None:
    op.create_table(
        "records",
        sa.Column("job_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("guild_locale", sa.String(16), nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("model", sa.String(100), nullable=False),
        sa.Column("duration", sa.Integer, nullable=False),
        sa.Column("aspect_ratio", sa.String(8), nullable=False),
        sa.Column("prompt", Prose, nullable=False),
        sa.Column("prompt_key", Prose, nullable=False),
        sa.Column("fingerprints", Json, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("state_since", Instant, nullable=False),
        sa.Column("problem", sa.String(32)),
        sa.Column("request_id", sa.Text),
        sa.Column("cost_usd", Usd),
        sa.Column("card_message_id", sa.BigInteger),
        sa.Column("video_channel_id", sa.BigInteger, nullable=False),
        sa.Column("video_message_id", sa.BigInteger),
        sa.Column("open", sa.Integer, nullable=False),
        sa.Column("log_owed", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_index("ix_records_guild_id_asked_at", "records", ["guild_id", "asked_at"])
    op.create_index("ix_records_member_id", "records", ["member_id"])
    _index_owed("records")
    op.execute(f"INSERT INTO records ({COPIED}) SELECT {FROM_JOBS} FROM jobs")  # noqa: S608 - constants of ours
    # What was decided before is old news.
    op.add_column("decisions", sa.Column("log_owed", sa.Integer, nullable=False, server_default="1"))
    op.execute("UPDATE decisions SET log_owed = 0")
    _index_owed("decisions")
    op.create_table(
        "operator_blocks",
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("target_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("reason", Prose, nullable=False),
        sa.Column("by_id", sa.BigInteger, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("kind", "target_id", name=op.f("pk_operator_blocks")),
    )
    op.create_table(
        "operator_notices",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("told_at", Instant),
    )


def _index_owed(table: str) -> None:
    owed = sa.column("log_owed") > 0
    name = op.f(f"ix_{table}_log_owed")
    op.create_index(name, table, ["log_owed"], sqlite_where=owed, postgresql_where=owed)
