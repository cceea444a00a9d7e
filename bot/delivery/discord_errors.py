"""Discord's answers, told as what they mean for a card or a post."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import aiohttp
import discord

from bot.delivery.leave_by import TooLateToLeave
from bot.jobs.ports import CardGone, ChannelClosed, OutcomeUnclear

UNKNOWN_MESSAGE: Final = 10008
TOO_MANY_REQUESTS: Final = 429
UNKNOWN_REFERENCE: Final = "message_reference"  # how an invalid form names a reply to a message that is gone


@contextmanager
def translated() -> Generator[None]:
    """Raise `CardGone`, `ChannelClosed` or `OutcomeUnclear` for what went wrong with Discord in the block.

    A 5xx, a lost connection and a timeout leave open whether the request was carried out. A 429 that outlasts
    discord.py's own patience says nothing of the channel either.
    """
    try:
        yield
    except TooLateToLeave as error:
        raise OutcomeUnclear("not sent in time") from error
    except discord.DiscordServerError as error:
        raise OutcomeUnclear(_words(error)) from error
    except discord.HTTPException as error:
        if error.code == UNKNOWN_MESSAGE or UNKNOWN_REFERENCE in error.text:
            raise CardGone(_words(error)) from error
        if error.status == TOO_MANY_REQUESTS:
            raise OutcomeUnclear(_words(error)) from error
        raise ChannelClosed(_words(error)) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise OutcomeUnclear(type(error).__name__) from error


def is_too_large(error: discord.HTTPException) -> bool:
    """Tell whether Discord refused an upload for its size (413, or code 40005)."""
    return error.status == 413 or error.code == 40005  # noqa: PLR2004 - the two figures Discord uses


def retry_after(error: BaseException) -> float | None:
    """Give the seconds that an answer says to wait: Discord's own, or Cloudflare's before it."""
    if not isinstance(error, discord.HTTPException):
        return None
    try:
        return max(0.0, float(error.response.headers.get("Retry-After", "")))
    except ValueError:
        return None


def _words(error: discord.HTTPException) -> str:
    return f"{error.status} {error.code}: {error.text}"[:300]
