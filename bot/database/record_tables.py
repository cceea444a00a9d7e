"""The tables of what outlives the jobs: a server's record of who made what, and the bot operator's decisions."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from bot.database.tables import metadata
from bot.database.types import Instant, Json, Prose, Usd

# Who asked for what, where, and what became of it: written in the transactions that save the job, kept for as long as
# the server wants.
records = Table(
    "records",
    metadata,
    Column("job_id", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("guild_locale", String(16), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("model", String(100), nullable=False),
    Column("duration", Integer, nullable=False),  # seconds
    Column("aspect_ratio", String(8), nullable=False),
    Column("options", Json, nullable=False, server_default="{}"),  # all others that were chosen, by their names
    Column("prompt", Prose, nullable=False),  # empty once its member had it deleted
    Column("prompt_key", Prose, nullable=False),  # by which it is searched
    Column("fingerprints", Json, nullable=False),  # of the references that were checked
    Column("state", String(16), nullable=False),
    Column("state_since", Instant, nullable=False),
    Column("problem", String(32)),
    Column("request_id", Text),
    Column("cost_usd", Usd),
    Column("card_message_id", BigInteger),
    Column("video_channel_id", BigInteger, nullable=False),
    Column("video_message_id", BigInteger),
    Column("open", Integer, nullable=False),  # 1 where a channel may see what it is about
    Column("log_owed", Integer, nullable=False, server_default="0"),  # 1 until the log channel tells how it ended
)
Index(None, records.c.guild_id, records.c.asked_at)
Index(None, records.c.member_id)
Index(None, records.c.log_owed, sqlite_where=records.c.log_owed > 0)

# Servers and members for whom nothing is made anywhere.
operator_blocks = Table(
    "operator_blocks",
    metadata,
    Column("kind", String(8), primary_key=True),  # SERVER or MEMBER
    Column("target_id", BigInteger, primary_key=True, autoincrement=False),
    Column("reason", Prose, nullable=False),
    Column("by_id", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
)

# Problems that the bot operator has to know, each once until it ends.
operator_notices = Table(
    "operator_notices",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("detail", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("told_at", Instant),
)
