"""The first answer to an interaction, one request after another, and presses that come twice within seconds.

discord.py repeats an answer that got a 5xx by itself and does not say so: the repeat of one that took effect is refused
with 40060, as if someone else had answered.
"""

from collections.abc import Awaitable, Callable, Generator, Hashable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, Protocol

import aiohttp
import discord

from bot.jobs.clock import Clock

DISCORD_AWAY: Final = (aiohttp.ClientError, ConnectionError, TimeoutError)  # no answer, or half of one
ALREADY_ANSWERED: Final = 40060
UNKNOWN_INTERACTION: Final = 10062
OF_THE_EDGE: Final = frozenset({0, 40333})  # codes of answers that Discord's edge gave, which knows no interaction
SERVER_ERROR: Final = 500  # the least status of an answer that is Discord's own trouble
TOO_MANY_REQUESTS: Final = 429
# Seconds between tries. The last one comes 3 s after the first: then Discord either has an answer or takes none.
PAUSES: Final = (0.25, 0.75, 2.0)

TOO_SOON: Final = 10.0  # seconds between two presses that are taken for one

_single: ContextVar[bool] = ContextVar("single_try", default=False)


class NotAnswered(Exception):
    """Discord takes no answer of this process to the interaction."""


class AnsweredElsewhere(NotAnswered):
    """Another process with the bot's token has answered it."""


class AnsweredTooLate(NotAnswered):
    """Discord waits for an answer no longer, or never knew the interaction."""


class AnswerUnclear(Exception):
    """Discord gave no clear answer: what was sent may have taken effect."""


def single_tries(trace: aiohttp.TraceConfig) -> aiohttp.TraceConfig:
    """Have a client's trace end a request in `single_try` at a 5xx, before discord.py repeats it."""

    async def stop(_session: object, _context: object, end: aiohttp.TraceRequestEndParams) -> None:
        if _single.get() and end.response.status >= SERVER_ERROR:
            end.response.close()
            raise AnswerUnclear(f"{end.response.status}")

    trace.on_request_end.append(stop)
    return trace


@contextmanager
def single_try() -> Generator[None]:
    """Have requests in the block made once; raise `AnswerUnclear` where that leaves open whether they took effect."""
    token = _single.set(True)
    try:
        yield
    except (discord.DiscordServerError, *DISCORD_AWAY) as error:
        raise AnswerUnclear(type(error).__name__) from error
    finally:
        _single.reset(token)


async def answer_first(send: Callable[[], Awaitable[Any]], sleep: Callable[[float], Awaitable[None]]) -> Any:
    """Send the first answer to an interaction; return what `send` does, or None where it is there but may be another's.

    Raises `AnsweredElsewhere`, `AnsweredTooLate`, `AnswerUnclear`, and `discord.HTTPException` for any other refusal.
    """
    unclear: AnswerUnclear | None = None
    for pause in (*PAUSES, None):
        try:
            with single_try():
                return await send()
        except AnswerUnclear as error:
            if not isinstance(error.__cause__, aiohttp.ClientConnectorError):  # which sent nothing
                unclear = error
        except discord.HTTPException as error:
            if error.code == ALREADY_ANSWERED:
                if unclear is None:
                    raise AnsweredElsewhere from error
                return None
            if error.code == UNKNOWN_INTERACTION:
                raise AnsweredTooLate from error
            if error.status != TOO_MANY_REQUESTS and error.code not in OF_THE_EDGE:
                raise
            unclear = AnswerUnclear(f"{error.status} {error.code}")
        if pause is not None:
            await sleep(pause)
    raise unclear or AnswerUnclear("no connection")


async def repeat_until_clear(send: Callable[[], Awaitable[Any]], sleep: Callable[[float], Awaitable[None]]) -> Any:
    """Send what may be sent again without harm; raises as `answer_first` does, but for 40060 and 10062."""
    for pause in PAUSES:
        try:
            with single_try():
                return await send()
        except AnswerUnclear:
            await sleep(pause)
    with single_try():
        return await send()


class RecentPresses:
    """Remembers recent interactions; those of a channel all reach the same process."""

    def __init__(self, monotonic: Callable[[], float], seconds: float = TOO_SOON) -> None:
        self._monotonic = monotonic
        self._seconds = seconds  # for which each is remembered
        self._pressed_at: dict[Hashable, float] = {}  # oldest first

    def is_repeated(self, press: Hashable) -> bool:
        """Note a press, and return whether the same one came just before."""
        now = self._monotonic()
        while self._pressed_at and now - next(iter(self._pressed_at.values())) >= self._seconds:
            del self._pressed_at[next(iter(self._pressed_at))]
        if press in self._pressed_at:
            return True
        self._pressed_at[press] = now
        return False

    def forget(self, press: Hashable) -> None:
        """Let a press that came to nothing be repeated at once."""
        self._pressed_at.pop(press, None)


class _Watch(Protocol):
    async def answered_elsewhere(self) -> None: ...


class _Operating(Protocol):
    @property
    def watch(self) -> _Watch: ...


class AnswerServices(Protocol):
    """What an answer needs of the bot's services."""

    @property
    def clock(self) -> Clock: ...

    @property
    def operating(self) -> _Operating: ...
