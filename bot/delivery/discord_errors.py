"""Discord's answers, told as what they mean for a card or a post."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import aiohttp
import discord

from bot.delivery.leave_by import TooLateToLeave
from bot.jobs.model import ProblemCode
from bot.jobs.ports import CardGone, ChannelClosed, NotNow, OutcomeUnclear, PortError, TooLarge
from bot.presentation.discord_reasons import Then, operator_words, reason_of, wait_of

GONE: Final = frozenset({10003, 10008})  # a channel, a message


@contextmanager
def translated() -> Generator[None]:
    """Raise `CardGone`, `ChannelClosed` or `OutcomeUnclear` for what went wrong with Discord in the block.

    Which of them is told by `bot.presentation.discord_reasons`. A lost connection, a timeout and an answer that cannot
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
