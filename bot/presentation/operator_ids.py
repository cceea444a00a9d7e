"""The custom ids of the operator's panel."""

from enum import StrEnum
from typing import Final

from bot.ui.custom_ids import ID_PATTERN


class Verb(StrEnum):
    # Pages; the target is where a list begins.
    OVERVIEW = "overview"
    STUCK = "stuck"
    SERVERS = "servers"
    BLOCKS = "blocks"
    # Everything.
    PAUSE = "pause"
    RESUME = "resume"
    # A job.
    LOOK = "look"
    GIVE_UP = "give-up"
    SEND = "send"
    CLOSE = "close"
    # A server or a member; the target of the first is nothing.
    BLOCK = "block"
    UNBLOCK_SERVER = "unblock-server"
    UNBLOCK_MEMBER = "unblock-member"


OPERATOR_PATTERN: Final = rf"reelcast:operator:(?P<verb>{'|'.join(Verb)}):(?P<target>{ID_PATTERN})"
BLOCK_FORM: Final = "reelcast:operator-block"


def operator_id(verb: Verb, target: int = 0) -> str:
    return f"reelcast:operator:{verb}:{target}"
