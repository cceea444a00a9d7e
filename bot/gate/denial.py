"""Why a request is denied, as values; the sentences are in `bot.gate.words`."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bot.automod.rules import Match
from bot.gate.limits import Limit

# discord.py's names of the permissions, and Discord's words for them.
NEEDED: Final = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
NEEDED_IN_THREADS: Final = {
    "view_channel": "View Channel",
    "send_messages_in_threads": "Send Messages in Threads",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
INVITED_WITH: Final = {**NEEDED, **NEEDED_IN_THREADS}


class DenialCode(StrEnum):
    # The bot operator.
    BOT_PAUSED = "BOT_PAUSED"
    SERVER_BLOCKED = "SERVER_BLOCKED"
    MEMBER_BLOCKED_EVERYWHERE = "MEMBER_BLOCKED_EVERYWHERE"
    # The server's moderators.
    MEMBER_BLOCKED = "MEMBER_BLOCKED"  # until `again_at`, or permanently
    PAUSED = "PAUSED"  # the server or this channel
    NOT_OPEN = "NOT_OPEN"  # no one has chosen channels yet
    CHANNEL = "CHANNEL"  # `ids`: the channels where it may be asked
    ROLE = "ROLE"  # `ids`: the roles that may ask
    DURATION = "DURATION"  # `names`: the ones allowed that the model makes, in seconds
    ASPECT_RATIO = "ASPECT_RATIO"  # `names`: the ones allowed that the model makes
    TEXT = "TEXT"  # a text breaks one of the server's rules
    TEXT_UNCHECKED = "TEXT_UNCHECKED"  # the rules for texts cannot be read right now
    OUTPUT_GONE = "OUTPUT_GONE"  # the channel that videos go to is gone
    OUTPUT_CLOSED = "OUTPUT_CLOSED"  # `ids`: that channel; `names`: the permissions that the bot lacks there
    AGE_RESTRICTED = "AGE_RESTRICTED"  # it would be shown outside an age-restricted channel
    LIMIT = "LIMIT"  # `limit`: which


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    code: DenialCode
    ids: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    limit: Limit | None = None
    figure: Decimal | int | None = None  # what the limit is: a count, seconds or dollars
    again_at: datetime | None = None  # when it may be asked again, if that is known
    match: Match | None = None  # the rule for texts that it was, for the server's moderators: members are not told


def missing_permissions(granted: object, *, thread: bool | None = None) -> tuple[str, ...]:
    """Name, in Discord's words, what permissions (attributes by discord.py's names) lack for the bot.

    They are those of a channel or of a thread, or of a server where `thread` is None.
    """
    needed = INVITED_WITH if thread is None else NEEDED_IN_THREADS if thread else NEEDED
    return tuple(words for name, words in needed.items() if not getattr(granted, name))
