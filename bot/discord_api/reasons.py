"""Why Discord did not do something: what the bot does then, and what member, moderator and operator read.

One table for all of Discord's error codes that mean something to the bot, and for its answers without a code.
https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Final

import discord

from bot.jobs.model import ProblemCode
from bot.ui.language import N_, _

UNKNOWN_MESSAGE: Final = 10008
INVALID_FORM: Final = 50035
_SECONDS: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
LONGEST_WAIT: Final = 3_600.0  # seconds; no answer makes the bot wait longer before it tries again
_UNKNOWN_REFERENCE: Final = "message_reference"  # how an invalid form names a reply to a message that is gone
_TROUBLE: Final = N_("Discord is having trouble right now. Try again in a minute.")
_TOO_LATE: Final = N_("Discord stopped waiting for the bot. Try again.")
_BLOCKED: Final = N_("This server's AutoMod blocked the bot's message. Try a different prompt, or ask a moderator.")
_BLOCKED_TOLD: Final = N_("An AutoMod rule blocked the bot's message. Exempt the bot's role from that rule.")
_UNDONE: Final = N_("Discord didn't accept the bot's message. Ask the bot operator, who can find out why.")
_UNDONE_TOLD: Final = N_("Discord didn't accept the bot's message. The bot operator's log says why.")


class Then(StrEnum):
    """What the bot does after an answer."""

    RETRY = "retry"  # it may have been done: look whether it was, then do it again
    WAIT = "wait"  # it was not done, and will be after a while
    STOP = "stop"  # it will be refused however often it is tried


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One row: some codes that mean the same to the bot."""

    codes: frozenset[int] = frozenset()
    then: Then
    operator: str  # for log lines, after status and code
    member: str
    moderator: str | None = None  # where a job can end for this, and the server's settings have to do with it
    problem: ProblemCode | None = None  # what a job ends with, where it ends for this
    wait: float = 0.0  # seconds to wait, unless Discord says how long

    def member_sentence(self) -> str:
        """Say what is wrong and what to do; what became of the request and its price is for the caller to say."""
        return _(self.member)

    def moderator_sentence(self) -> str | None:
        """Say what someone who manages the server can do about it; None where that is nothing."""
        return None if self.moderator is None else _(self.moderator)


CODED: Final = (
    Reason(
        codes=frozenset({10003}),
        then=Then.STOP,
        problem=ProblemCode.CHANNEL_GONE,
        operator="the channel was deleted",
        member=N_("The channel was deleted, so the bot can't post in it. Use another channel."),
        moderator=N_("The channel was deleted. Choose another one in `/settings`."),
    ),
    Reason(
        codes=frozenset({10004}),
        then=Then.STOP,
        problem=ProblemCode.BOT_GONE,
        operator="the bot isn't in the server",
        member=N_("The bot is no longer in that server. Ask a moderator there to add it again."),
    ),
    Reason(
        codes=frozenset({UNKNOWN_MESSAGE}),
        then=Then.STOP,
        problem=ProblemCode.CARD_GONE,
        operator="the message was deleted",
        member=N_("The card was deleted, so the video wasn't posted. Use *Post here* in `/videos` to post it."),
    ),
    Reason(
        codes=frozenset({50001}),
        then=Then.STOP,
        problem=ProblemCode.NO_ACCESS,
        operator="the bot can't see the channel, or isn't in the private thread",
        member=N_(
            "The bot can't see this channel. Ask a moderator to give it View Channel, or mention the bot in the thread."
        ),
        moderator=N_("The bot can't see the channel. Give it View Channel, or mention it in a private thread."),
    ),
    Reason(
        codes=frozenset({50013, 160002}),  # the latter: posts are replies, which need Read Message History
        then=Then.STOP,
        problem=ProblemCode.CHANNEL,
        operator="the bot doesn't have a permission it needs in the channel",
        member=N_(
            "The bot can't post here anymore. It needs to view the channel, send messages, attach files, and read"
            " message history. Ask a moderator to allow that."
        ),
        moderator=N_("The bot needs View Channel, Send Messages, Attach Files, and Read Message History there."),
    ),
    Reason(
        codes=frozenset({160005}),
        then=Then.STOP,
        problem=ProblemCode.LOCKED,
        operator="the thread is locked",
        member=N_("The thread is locked, so the bot can't post in it. Ask a moderator to unlock it."),
        moderator=N_("The thread is locked. Unlock it to let the bot post in it."),
    ),
    Reason(
        codes=frozenset({50083}),
        then=Then.STOP,
        problem=ProblemCode.ARCHIVED,
        operator="the thread is archived",
        member=N_("The thread is archived, so the bot can't post in it. Ask a moderator to reopen it."),
        moderator=N_("The thread is archived. Reopen it to let the bot post in it."),
    ),
    Reason(
        codes=frozenset({200000}),
        then=Then.STOP,
        problem=ProblemCode.CONTENT_BLOCKED,
        operator="the server's AutoMod blocked the message",
        member=_BLOCKED,
        moderator=_BLOCKED_TOLD,
    ),
    Reason(
        codes=frozenset({200001}),
        then=Then.STOP,
        problem=ProblemCode.CONTENT_BLOCKED,
        operator="the server's AutoMod blocked the title",
        member=_BLOCKED,
        moderator=_BLOCKED_TOLD,
    ),
    Reason(
        codes=frozenset({20009}),
        then=Then.STOP,
        problem=ProblemCode.CONTENT_BLOCKED,
        operator="Discord's filter blocked the message as explicit",
        member=_BLOCKED,
        moderator=_BLOCKED_TOLD,
    ),
    Reason(
        codes=frozenset({240000}),
        then=Then.STOP,
        problem=ProblemCode.HARMFUL_LINK,
        operator="Discord's filter blocked a link in the message as harmful",
        member=N_("Discord's filter blocked a link as harmful. Try again without links in the prompt."),
        moderator=N_("Discord's filter blocked a link in the message as harmful. No server setting changes that."),
    ),
    Reason(
        codes=frozenset({40005}),
        then=Then.STOP,
        problem=ProblemCode.TOO_LARGE,
        operator="the files are larger than Discord allows",
        member=N_("The files are larger than Discord allows here. Try smaller images."),
    ),
    Reason(
        codes=frozenset({INVALID_FORM}),
        then=Then.STOP,
        problem=ProblemCode.NOT_TAKEN,
        operator="Discord rejected the form of the message, which is a bug in the bot",
        member=_UNDONE,
        moderator=_UNDONE_TOLD,
    ),
    Reason(
        codes=frozenset({30046}),
        then=Then.WAIT,
        wait=600.0,
        operator="too many edits of messages older than an hour",
        member=N_("Discord limits edits of old messages. Try again in ten minutes."),
    ),
    Reason(
        codes=frozenset({20016, 20022, 20028, 20029, 40003, 40062}),
        then=Then.WAIT,
        wait=60.0,
        operator="too much was sent there in a short time",
        member=N_("Too much is being sent here right now. Try again in a minute."),
    ),
    Reason(
        codes=frozenset({40004, 40006}),
        then=Then.WAIT,
        wait=60.0,
        operator="Discord has turned this off for a while",
        member=_TROUBLE,
    ),
    Reason(
        codes=frozenset({10015, 10062, 50027}),
        then=Then.STOP,
        operator="the interaction's token is no longer valid",
        member=_TOO_LATE,
    ),
    Reason(
        codes=frozenset({50007, 50278}),
        then=Then.STOP,
        operator="the member doesn't accept direct messages from the bot",
        member=N_("The bot can't send you direct messages. Allow them in this server's privacy settings."),
    ),
    Reason(
        codes=frozenset({40333, 130000}),
        then=Then.RETRY,
        operator="a problem on Discord's side",
        member=_TROUBLE,
    ),
)
# Found by a further look at how the bot stands, for Discord answers as it does where a permission is missing.
TIMED_OUT: Final = Reason(
    then=Then.STOP,
    problem=ProblemCode.BOT_TIMED_OUT,
    operator="the bot is timed out in the server",
    member=N_("The bot is timed out in this server. Ask a moderator to remove the timeout."),
    moderator=N_("The bot is timed out in this server. Remove its timeout."),
)
# A coded refusal that has no row: it will be the same next time, and the operator can look the code up.
REFUSED: Final = Reason(
    then=Then.STOP,
    problem=ProblemCode.NOT_TAKEN,
    operator="Discord rejected the request",
    member=_UNDONE,
    moderator=_UNDONE_TOLD,
)
# Answers without a code come from what stands before Discord's API, and say nothing about the channel.
UNAUTHORIZED: Final = Reason(
    then=Then.RETRY,
    operator="Discord doesn't accept the token right now. If this continues, reset DISCORD_TOKEN",
    member=_TROUBLE,
)
RATE_LIMITED: Final = Reason(
    then=Then.WAIT,
    wait=30.0,
    operator="rate limited",
    member=_TROUBLE,
)
BANNED: Final = Reason(
    then=Then.WAIT,
    wait=300.0,
    operator="Cloudflare blocks this machine's IP address for a while (1015)",
    member=_TROUBLE,
)
EDGE: Final = Reason(
    then=Then.RETRY,
    operator="the answer isn't from Discord's API but from a proxy in front of it",
    member=_TROUBLE,
)
AWAY: Final = Reason(then=Then.RETRY, operator="Discord is unavailable", member=_TROUBLE)

_BY_CODE: Final[Mapping[int, Reason]] = {code: reason for reason in CODED for code in reason.codes}
BY_PROBLEM: Final[Mapping[ProblemCode, Reason]] = {
    reason.problem: reason for reason in (*CODED[::-1], TIMED_OUT) if reason.problem is not None
}


def moderator_reason(problem: ProblemCode) -> str | None:
    """Say what someone who manages the server can do about what a job ended with; None where that is nothing."""
    reason = BY_PROBLEM.get(problem)
    return None if reason is None else reason.moderator_sentence()


def reason_of(error: discord.HTTPException) -> Reason:
    """Return the row of the table that an answer of Discord falls under."""
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return AWAY
    if error.code == INVALID_FORM and _UNKNOWN_REFERENCE in error.text:
        return _BY_CODE[UNKNOWN_MESSAGE]
    if error.code:
        return _BY_CODE.get(error.code, REFUSED)
    match error.status:
        case HTTPStatus.TOO_MANY_REQUESTS:
            return RATE_LIMITED if "Via" in error.response.headers else BANNED
        case HTTPStatus.UNAUTHORIZED:
            return UNAUTHORIZED
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return _BY_CODE[40005]
        case _:
            return EDGE


def retry_after(error: BaseException) -> float | None:
    """Return the seconds that an answer says to wait: Discord's own, or Cloudflare's before it."""
    if not isinstance(error, discord.HTTPException):
        return None
    told = error.response.headers.get("Retry-After", "")
    return float(told) if _SECONDS.fullmatch(told) else None


def wait_of(error: discord.HTTPException) -> float:
    """Return for how many seconds to leave Discord alone: what its answer says, else what the table does."""
    reason, told = reason_of(error), retry_after(error)
    return reason.wait if reason.then is not Then.WAIT or told is None else min(told, LONGEST_WAIT)


def operator_words(error: discord.HTTPException) -> str:
    """Say in a line of the log what Discord answered, without its own words: they may repeat a member's."""
    return f"{error.status} {error.code}: {reason_of(error).operator}"
