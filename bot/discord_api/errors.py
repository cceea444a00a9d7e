"""Discord's answers, told as what they mean for a card or a post."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import aiohttp
import discord

from bot.discord_api.leave_by import TooLateToLeave
from bot.discord_api.reasons import TIMED_OUT, Then, operator_words, reason_of, wait_of
from bot.jobs.model import ProblemCode
from bot.jobs.ports import CardGone, ChannelClosed, NotNow, OutcomeUnclear, PortError, TooLarge

GONE: Final = frozenset({10003, 10008})  # a channel, a message


@contextmanager
def translated() -> Generator[None]:
    """Raise `CardGone`, `ChannelClosed` or `OutcomeUnclear` for what went wrong with Discord in the block.

    Which of them is told by `bot.discord_api.reasons`. A lost connection, a timeout and an answer that cannot
    be read leave open whether the request was carried out.
    """
    try:
        yield
    except TooLateToLeave as error:
        raise OutcomeUnclear("not sent in time") from error
    except discord.HTTPException as error:
        raise _told(error) from error
    except (aiohttp.ClientError, TimeoutError, OSError, json.JSONDecodeError) as error:
        raise OutcomeUnclear(type(error).__name__) from error


@contextmanager
def unless_gone() -> Generator[None]:
    """Go on after the block where Discord says that its message, or the channel, was deleted.

    A 404 without that code comes from elsewhere, and says nothing of the message.
    """
    try:
        yield
    except discord.NotFound as error:
        if error.code not in GONE:
            raise


async def explained(client: discord.Client, guild_id: int, error: ChannelClosed) -> PortError:
    """Return the true reason why the bot may not do something: Discord names a timeout a missing permission."""
    guild, me = client.get_guild(guild_id), client.user
    if error.problem not in {ProblemCode.CHANNEL, ProblemCode.NO_ACCESS, ProblemCode.BOT_GONE} or me is None:
        return error
    if guild is not None and guild.unavailable:
        return OutcomeUnclear(f"{error.detail} (the server is unavailable)")
    try:
        with translated():
            member = await client.http.get_member(guild_id, me.id)
    except ChannelClosed as other:
        if other.problem in {ProblemCode.NO_ACCESS, ProblemCode.BOT_GONE}:
            return ChannelClosed(error.detail, ProblemCode.BOT_GONE)
        return error
    except PortError:
        return error
    until = discord.utils.parse_time(member.get("communication_disabled_until"))
    if until is not None and until > discord.utils.utcnow():
        return ChannelClosed(f"{error.detail} ({TIMED_OUT.operator})", ProblemCode.BOT_TIMED_OUT)
    return error


def _told(error: discord.HTTPException) -> PortError:
    reason, detail = reason_of(error), operator_words(error)
    match reason.then:
        case Then.RETRY:
            return OutcomeUnclear(detail)
        case Then.WAIT:
            return NotNow(detail, wait=wait_of(error))
        case Then.STOP:
            match reason.problem:
                case ProblemCode.CARD_GONE:
                    return CardGone(detail)
                case ProblemCode.TOO_LARGE:
                    return TooLarge(detail)
                case problem:
                    return ChannelClosed(detail, problem or ProblemCode.NOT_TAKEN)
