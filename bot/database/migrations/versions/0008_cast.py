"""Saved characters and their images, who accepted the notice about them, and requests that wait for an answer."""

import sqlalchemy as sa
from alembic import op

from bot.database.types import Instant, Json

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("elements", Json, nullable=False, server_default="[]"))
    op.create_table(
        "cast_members",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("owner_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("name_key", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.UniqueConstraint("owner_id", "name_key"),
    )
    op.create_table(
        "cast_images",
        sa.Column("cast_id", sa.BigInteger, sa.ForeignKey("cast_members.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("content_type", sa.String(32), nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("url_since", Instant),
    )
    op.create_table(
        "cast_shares",
        sa.Column("cast_id", sa.BigInteger, sa.ForeignKey("cast_members.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name_key", sa.Text, nullable=False),
        sa.Column("shared_at", Instant, nullable=False),
        sa.UniqueConstraint("guild_id", "name_key"),
    )
    op.create_table(
        "consents",
        sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("accepted_at", Instant, nullable=False),
    )
    op.create_table(
        "paused_requests",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("paused_at", Instant, nullable=False),
    )
    op.create_index("ix_paused_requests_member_id", "paused_requests", ["member_id"])
    op.create_index("ix_paused_requests_paused_at", "paused_requests", ["paused_at"])
