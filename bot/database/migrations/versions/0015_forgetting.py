"""What members want of the bot, and whose data is deleted while something of it is still to be settled."""

import sqlalchemy as sa
from alembic import op

from bot.database.types import Instant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("forgotten", sa.Integer, nullable=False, server_default="0"))
    forgotten = sa.column("forgotten") > 0
    op.create_index(
        op.f("ix_jobs_forgotten"), "jobs", ["forgotten"], sqlite_where=forgotten, postgresql_where=forgotten
    )
    op.create_table(
        "member_preferences",
        sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("tell_when_done", sa.Integer, nullable=False, server_default="0"),
        sa.Column("takes_no_words", sa.Integer, nullable=False, server_default="0"),
        sa.Column("hinted", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_table(
        "emptied_messages",
        sa.Column("message_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("deed", sa.String(16), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("due_at", Instant, nullable=False),
    )
    op.create_index("ix_emptied_messages_due_at", "emptied_messages", ["due_at"])
