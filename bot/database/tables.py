"""The tables, as SQLAlchemy Core sees them; migrations/ makes them."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.database.types import Instant, Json, Prose, Usd

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

jobs = Table(
    "jobs",
    metadata,
    # The id of the interaction that asked: unique by itself, so one interaction can never make two jobs.
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    # Who drives it: a takeover changes this, and the former driver stops at its next save.
    Column("driver", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("state_since", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    # What was asked, by whom and where.
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("locale", String(16), nullable=False),
    Column("guild_locale", String(16), nullable=False, server_default="en-US"),
    Column("model", String(100), nullable=False),
    Column("prompt", Prose, nullable=False),
    Column("duration", Integer, nullable=False),
    Column("aspect_ratio", String(8), nullable=False),
    Column("options", Json, nullable=False, server_default="{}"),  # all others that were chosen, by their names
    Column("references", Json, nullable=False),
    Column("elements", Json, nullable=False, server_default="[]"),
    Column("handling", Json, nullable=False, server_default="{}"),  # as the server wants it
    # The card in the channel.
    Column("card_message_id", BigInteger),
    # What tells it from the card of another bot with the same token.
    Column("card_mark", Integer, nullable=False, server_default="0"),
    # 1 from the save of a state that no driver leaves until the card is known to show it.
    Column("card_owed", Integer, nullable=False, server_default="0"),
    # 1 from the save of what the member has to hear until they were told in private, or take no words.
    Column("notice_owed", Integer, nullable=False, server_default="0"),
    # Money: what the day's spending carries for this job, and what Segmind charged.
    Column("spend_day", Date, nullable=False),
    Column("reserved_usd", Usd, nullable=False),
    Column("cost_usd", Usd),
    Column("ledger_usd", Usd, nullable=False),
    # The run at Segmind.
    Column("body", Json),
    Column("body_hash", String(64)),
    Column("submit_attempts", Integer, nullable=False),
    Column("submitted_at", Instant),
    Column("segmind_time", Instant),
    Column("request_id", Text, unique=True),
    Column("history_id", Text),
    Column("history_key", Text),
    Column("completed_at", Instant),
    Column("run_seconds", Float(53)),
    Column("queue_seconds", Float(53)),
    Column("output_url", Text),
    # How it ended, or why it waits.
    Column("retry_at", Instant),
    Column("problem", Json),
    Column("cancel_requested", Integer, nullable=False),
    # The post.
    Column("post_attempts", Integer, nullable=False),
    # Where the post goes or went, when not to the channel of the request.
    Column("post_channel_id", BigInteger),
    Column("post_message_id", BigInteger),
    # Attempts that have ended and may have posted unseen, with channel, end, and beginning.
    Column("earlier_posts", Json, nullable=False, server_default="[]"),
    # What moderators said.
    Column("approved", Integer, nullable=False, server_default="0"),
    Column("hidden", Integer, nullable=False, server_default="0"),
    Column("reason", Prose, nullable=False, server_default=""),
    # 1 once its member had it deleted: what is left is what has to be settled.
    Column("forgotten", Integer, nullable=False, server_default="0"),
)
Index(None, jobs.c.state, jobs.c.state_since)
# Here and below: partial on PostgreSQL, too, by the migrations. Said here, it would load that dialect for SQLite.
Index(None, jobs.c.forgotten, sqlite_where=jobs.c.forgotten > 0)
Index(None, jobs.c.card_owed, sqlite_where=jobs.c.card_owed > 0)
Index(None, jobs.c.notice_owed, sqlite_where=jobs.c.notice_owed > 0)
Index(None, jobs.c.body_hash)
Index(None, jobs.c.history_key, unique=True)
Index(None, jobs.c.submitted_at)
_TIMED = jobs.c.run_seconds.is_not(None)
Index(None, jobs.c.completed_at, sqlite_where=_TIMED)
_CHARGED = jobs.c.cost_usd.is_not(None)
Index(None, jobs.c.model, jobs.c.duration, jobs.c.completed_at, sqlite_where=_CHARGED)
Index(None, jobs.c.member_id, jobs.c.created_at)

spending = Table(
    "spending",
    metadata,
    Column("day", Date, primary_key=True),  # UTC
    Column("usd", Usd, nullable=False),  # reserved and charged
)

# What each request took of its member's and its server's limits. It outlives the job, and tells nothing of what was
# asked for.
usage = Table(
    "usage",
    metadata,
    Column("job_id", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),  # of a thread the channel that it belongs to
    Column("member_id", BigInteger, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("spend_day", Date, nullable=False),  # UTC
    Column("seconds", Integer, nullable=False),  # of video
    Column("usd", Usd, nullable=False),  # reserved, then charged
    Column("counts", Integer, nullable=False),  # 0 once it ended without a video and without a charge
    Column("given_back", Integer, nullable=False, server_default="0"),  # 1 where a moderator lets it not count
)
Index(None, usage.c.guild_id, usage.c.member_id, usage.c.asked_at)
Index(None, usage.c.guild_id, usage.c.spend_day)
Index(None, usage.c.asked_at)

# Of which part of which spending cap a server's moderators have been told.
spend_warnings = Table(
    "spend_warnings",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("period", String(10), primary_key=True),  # 2026-03-01 or 2026-03
    Column("percent", Integer, primary_key=True, autoincrement=False),
    Column("cap_usd", Usd, primary_key=True, autoincrement=False),
    Column("told_at", Instant, nullable=False),
)

request_budget = Table(
    "request_budget",
    metadata,
    Column("name", String(32), primary_key=True),
    # When the last poll was due, in seconds since the epoch.
    Column("arrival_time", Float(53), nullable=False),
    # What 429s taught: the share of the configured rate to keep to, as of the last reset (seconds since the epoch).
    Column("pace_share", Float(53), nullable=False, server_default="1"),
    Column("pace_reset", Float(53), nullable=False, server_default="0"),
    # What left within the last minute: 8 bytes each, in seconds since the epoch, negative for results and submits.
    Column("departures", LargeBinary),
    Column("version", BigInteger, nullable=False, server_default="0"),
    # The machine's boot by whose clock these times were told, and how far that was ahead of its monotonic clock.
    Column("clock_boot", String(36), nullable=False, server_default=""),
    Column("clock_ahead", Float(53), nullable=False, server_default="0"),
)

orphans = Table(
    "orphans",
    metadata,
    Column("request_id", Text, primary_key=True),
    Column("noted_at", Instant, nullable=False),
    Column("cost_usd", Usd),
)

marks = Table(
    "marks",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("at", Instant, nullable=False),
)

wishes = Table(
    "wishes",
    metadata,
    Column("job_id", BigInteger, primary_key=True, autoincrement=False),
    Column("asked_at", Instant, nullable=False),
    Column("taken_at", Instant),
    Column("answer", Text),
)

# Of jobs whose step broke before anything was paid; a row goes when the job comes through it, or ends.
breakdowns = Table(
    "breakdowns",
    metadata,
    Column("job_id", BigInteger, primary_key=True, autoincrement=False),
    Column("way", Text, nullable=False, server_default=""),  # how it failed last
    Column("failures", Integer, nullable=False, server_default="0"),  # in that way, one after another
    Column("deaths", Integer, nullable=False, server_default="0"),  # of a process in which it was alone in its step
    Column("process", Text, nullable=False, server_default=""),  # in which it is in its step
    Column("alone", Integer, nullable=False, server_default="0"),  # no other job was in its step there meanwhile
)

guild_settings = Table(
    "guild_settings",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("settings", Json, nullable=False),  # what differs from the defaults
    Column("changed_at", Instant, nullable=False),
)

# What a job under review shows to moderators, and where.
reviews = Table(
    "reviews",
    metadata,
    Column("job_id", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger),
    Column("request_message_id", BigInteger),  # prompt and references
    Column("video_message_id", BigInteger),
    Column("tried_at", Instant),  # someone saw to its cards last
    Column("open", Integer, nullable=False),  # 1 until the cards show how it ended
)
Index(None, reviews.c.open, sqlite_where=reviews.c.open > 0)

# What members reported: each a video once.
reports = Table(
    "reports",
    metadata,
    Column("job_id", BigInteger, primary_key=True, autoincrement=False),
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("reason", Prose, nullable=False),
    Column("at", Instant, nullable=False),
    Column("settled", Integer, nullable=False),  # 1 once a moderator decided
)

# The reported videos: where moderators see them, and what the post was before it was hidden.
cases = Table(
    "cases",
    metadata,
    Column("job_id", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger),
    Column("message_id", BigInteger),
    Column("post_text", Text),
    Column("post_link", String(16)),
    Column("tried_at", Instant),
    Column("owed", Integer, nullable=False),  # above 0 until post and card show what is saved
)
Index(None, cases.c.owed, sqlite_where=cases.c.owed > 0)

# Who may ask for nothing in a server.
blocks = Table(
    "blocks",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("until", Instant),  # none: permanently
    Column("reason", Prose, nullable=False),
    Column("by_id", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
)

# What no reference image of a server may show, by perceptual hash.
blocked_images = Table(
    "blocked_images",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("fingerprint", String(32), primary_key=True),
    Column("reason", Prose, nullable=False),
    Column("by_id", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
)

# What moderators decided, and what the bot did on their behalf: it outlives the jobs.
decisions = Table(
    "decisions",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("job_id", BigInteger),
    Column("member_id", BigInteger, nullable=False),  # whom it concerns
    Column("kind", String(24), nullable=False),
    Column("by_id", BigInteger),  # none: the bot
    Column("reason", Prose, nullable=False),
    Column("reason_key", Prose, nullable=False, server_default=""),  # by which it is searched
    Column("at", Instant, nullable=False),
    Column("log_owed", Integer, nullable=False, server_default="1"),  # 1 until the log channel tells of it
)
Index(None, decisions.c.job_id)
Index(None, decisions.c.log_owed, sqlite_where=decisions.c.log_owed > 0)
Index(None, decisions.c.guild_id, decisions.c.member_id)

# How several processes share Discord's limits for each channel: when the next request of a kind may leave, in seconds
# since the epoch by the database's clock.
channel_turns = Table(
    "channel_turns",
    metadata,
    Column("channel_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(8), primary_key=True),
    Column("next_at", Float(53), nullable=False),
)

# Saved characters and things of the members: who may use each is for `bot.cast` to say.
cast_members = Table(
    "cast_members",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # the interaction's that saved it
    Column("owner_id", BigInteger, nullable=False),
    Column("name", String(32), nullable=False),
    Column("name_key", Text, nullable=False),  # by which names are compared
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("owner_id", "name_key"),
)

# Their images, bounded in size: 0 is the frontal one. `url` is where Segmind's storage holds a copy, if it does.
cast_images = Table(
    "cast_images",
    metadata,
    Column("cast_id", BigInteger, ForeignKey(cast_members.c.id, ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
    Column("content_type", String(32), nullable=False),
    Column("url", Text),
    Column("url_since", Instant),
    Column("fingerprint", String(32)),  # empty for a plain one; NULL for one that is no clean copy yet
)

# With which servers they are shared; in each a name stands for one of them.
cast_shares = Table(
    "cast_shares",
    metadata,
    Column("cast_id", BigInteger, ForeignKey(cast_members.c.id, ondelete="CASCADE"), primary_key=True),
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name_key", Text, nullable=False),
    Column("shared_at", Instant, nullable=False),
    UniqueConstraint("guild_id", "name_key"),
)

# Who has accepted the notice about other people's likeness: which wording, in which language, and when.
consents = Table(
    "consents",
    metadata,
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("locale", String(16), nullable=False),
    Column("accepted_at", Instant, nullable=False),
)

# What members asked for, kept while they are asked something back.
paused_requests = Table(
    "paused_requests",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # the interaction's
    Column("member_id", BigInteger, nullable=False, index=True),
    Column("facts", Json, nullable=False),
    Column("paused_at", Instant, nullable=False, index=True),
)

# What a member wants of the bot, and has been told once.
member_preferences = Table(
    "member_preferences",
    metadata,
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("tell_when_done", Integer, nullable=False, server_default="0"),
    Column("takes_no_words", Integer, nullable=False, server_default="0"),  # as the last direct message showed
    Column("hinted", Integer, nullable=False, server_default="0"),
)

# Messages of ours that still show something of a member whose data is deleted.
emptied_messages = Table(
    "emptied_messages",
    metadata,
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("deed", String(16), nullable=False),  # what is to be done with it
    Column("locale", String(16), nullable=False),  # of its readers
    Column("due_at", Instant, nullable=False),
)
Index(None, emptied_messages.c.due_at)
