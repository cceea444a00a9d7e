"""Why a job did not end in a posted video."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class ProblemCode(StrEnum):
    """Why a job did not end in a posted video; `bot.delivery.problem_words` has a sentence for each."""

    IMAGE = "IMAGE"  # a reference cannot be used; `detail` is the fault's name, `image` which one
    ELEMENT_GONE = "ELEMENT_GONE"  # a saved character was removed before its first use; `detail` is its name
    STORAGE = "STORAGE"  # Segmind's storage did not take the images of a saved character
    BROKEN = "BROKEN"  # its step broke again and again; `detail` is how, `image` which reference it was, if one
    REFUSED = "REFUSED"  # Segmind did not accept the request
    MODERATED = "MODERATED"  # the run was blocked by Segmind's content rules
    RUN_FAILED = "RUN_FAILED"
    MODEL_GONE = "MODEL_GONE"  # the model is no longer offered; `detail` is its name
    INPUTS = "INPUTS"  # Segmind does not take the inputs as the bot writes them: our mistake, or the model's change
    SERVICE = "SERVICE"  # the operator must act: key, credits, model
    NO_ROOM = "NO_ROOM"  # it waits: the spending of the day on which it would be charged has no room for it
    PAUSED = "PAUSED"  # it waits: new work is paused; `detail` says where
    UNREACHABLE = "UNREACHABLE"  # Segmind did not take the request for too long
    NEVER_ARRIVED = "NEVER_ARRIVED"  # the outcome was unknown and no request was found
    UNSETTLED = "UNSETTLED"  # the outcome was unknown, and the history could not be read
    RECORD_GONE = "RECORD_GONE"  # Segmind no longer knows the request
    OUTPUT_GONE = "OUTPUT_GONE"  # the finished file can no longer be downloaded
    OUTPUT_UNUSABLE = "OUTPUT_UNUSABLE"  # what came is not a video
    CHANNEL = "CHANNEL"  # the bot lacks a permission in the channel
    CHANNEL_GONE = "CHANNEL_GONE"
    NO_ACCESS = "NO_ACCESS"  # the bot does not see the channel, or is not in the private thread
    LOCKED = "LOCKED"  # the thread is locked
    ARCHIVED = "ARCHIVED"  # the thread is archived
    BOT_GONE = "BOT_GONE"  # the bot is no longer in the server
    BOT_TIMED_OUT = "BOT_TIMED_OUT"
    CONTENT_BLOCKED = "CONTENT_BLOCKED"  # the server's AutoMod, or a filter of Discord's, blocked the bot's message
    HARMFUL_LINK = "HARMFUL_LINK"  # Discord's filter did not let a link through
    TOO_LARGE = "TOO_LARGE"  # the files of a message are larger than Discord takes
    NOT_TAKEN = "NOT_TAKEN"  # Discord refused the message for another reason; `detail` has its code
    LINKS_OFF = "LINKS_OFF"  # the video is too large for the channel, and its server wants no links
    CARD_GONE = "CARD_GONE"  # the card was deleted
    POST_UNKNOWN = "POST_UNKNOWN"  # posted or not: it cannot be told
    NOT_APPROVED = "NOT_APPROVED"  # a moderator said no
    REMOVED = "REMOVED"  # a moderator took it down
    BLOCKED_IMAGE = "BLOCKED_IMAGE"  # a reference shows what moderators blocked; `image` which one
    REVIEW_CLOSED = "REVIEW_CLOSED"  # the moderators' channel is gone, closed to the bot or not chosen
    REVIEW_OVER = "REVIEW_OVER"  # no moderator reviewed it in time
    LEFT = "LEFT"  # the requester is no longer in the server
    BLOCKED = "BLOCKED"  # moderators blocked the requester since
    TIMED_OUT = "TIMED_OUT"  # the requester is timed out
    NOT_ALLOWED = "NOT_ALLOWED"  # the channel or the role that allowed it does so no longer
    CLOSED = "CLOSED"  # the bot operator closed it
    AGE_RESTRICTED = "AGE_RESTRICTED"  # it would leave the age restriction under which it was requested


# `detail` is in our own words, or Discord's code; of all others it may be in Segmind's words, or a member's.
_IN_OUR_WORDS: Final = frozenset(
    {
        ProblemCode.IMAGE,
        ProblemCode.MODEL_GONE,
        ProblemCode.PAUSED,
        ProblemCode.OUTPUT_GONE,
        ProblemCode.OUTPUT_UNUSABLE,
        ProblemCode.CHANNEL,
        ProblemCode.CHANNEL_GONE,
        ProblemCode.NO_ACCESS,
        ProblemCode.LOCKED,
        ProblemCode.ARCHIVED,
        ProblemCode.BOT_GONE,
        ProblemCode.BOT_TIMED_OUT,
        ProblemCode.CONTENT_BLOCKED,
        ProblemCode.HARMFUL_LINK,
        ProblemCode.TOO_LARGE,
        ProblemCode.NOT_TAKEN,
        ProblemCode.LINKS_OFF,
        ProblemCode.CARD_GONE,
        ProblemCode.POST_UNKNOWN,
        ProblemCode.REVIEW_CLOSED,
    }
)
# Why a job waits: no longer true once it has moved on.
WHILE_WAITING: Final = frozenset({ProblemCode.NO_ROOM, ProblemCode.PAUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    code: ProblemCode
    detail: str = ""  # for the operator's log and Details; never shown in a channel
    image: int | None = None  # 1 for @Image1

    @property
    def log_field(self) -> str:
        """Name the field of a log line for `detail`: words of others may repeat what a member wrote."""
        return "detail" if self.code in _IN_OUR_WORDS else "words"
