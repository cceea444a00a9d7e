"""What is known of an answer after each of its tries."""

from collections.abc import Awaitable, Callable, Iterable
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest
from aiohttp.client_reqrep import ConnectionKey

from bot.ui.attempts import (
    PAUSES,
    AnsweredElsewhere,
    AnsweredTooLate,
    AnswerUnclear,
    answer_first,
    repeat_until_clear,
)

DONE = object()


def refused(status: int, code: int) -> discord.HTTPException:
    """Make what discord.py raises for an answer of Discord's."""
    response: Any = SimpleNamespace(status=status, reason="")
    kind = discord.DiscordServerError if status >= 500 else discord.HTTPException
    return kind(response, {"code": code, "message": "no"})


def unreachable() -> Exception:
    key = ConnectionKey("discord.com", 443, True, True, None, None, None)
    return aiohttp.ClientConnectorError(key, OSError("refused"))


def page(status: int) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="")
    return discord.HTTPException(response, "<html>")


class Tries:
    """Answers of Discord, one for each try; `slept` is what passed between them."""

    def __init__(self, answers: Iterable[object]) -> None:
        self.left = list(answers)
        self.slept: list[float] = []

    async def send(self) -> object:
        answer = self.left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


LOST = [
    refused(500, 0),
    refused(503, 0),
    aiohttp.ServerDisconnectedError(),
    TimeoutError(),
    page(403),
    refused(403, 40333),
]


async def test_an_answer_that_is_taken_is_sent_once() -> None:
    tries = Tries([DONE])
    assert await answer_first(tries.send, tries.sleep) is DONE
    assert (tries.left, tries.slept) == ([], [])


@pytest.mark.parametrize("lost", LOST, ids=repr)
async def test_an_answer_that_was_lost_and_had_no_effect_is_sent_again(lost: Exception) -> None:
    tries = Tries([lost, lost, DONE])
    assert await answer_first(tries.send, tries.sleep) is DONE
    assert tries.slept == list(PAUSES[:2])


@pytest.mark.parametrize("lost", LOST, ids=repr)
async def test_an_answer_that_is_there_after_one_was_lost_may_be_ours(lost: Exception) -> None:
    tries = Tries([lost, refused(400, 40060)])
    assert await answer_first(tries.send, tries.sleep) is None


@pytest.mark.parametrize("before", [[], [unreachable()], [unreachable(), unreachable()]])
async def test_an_answer_that_is_there_before_any_of_ours_was_sent_is_another_bots(before: list[Exception]) -> None:
    tries = Tries([*before, refused(400, 40060)])
    with pytest.raises(AnsweredElsewhere):
        await answer_first(tries.send, tries.sleep)


@pytest.mark.parametrize("before", [[], LOST[:1], LOST[:3]])
async def test_an_interaction_that_discord_does_not_know_is_too_late(before: list[Exception]) -> None:
    tries = Tries([*before, refused(404, 10062)])
    with pytest.raises(AnsweredTooLate):
        await answer_first(tries.send, tries.sleep)


@pytest.mark.parametrize("code", [50035, 50013, 240000, 160005])
async def test_a_refusal_is_not_repeated(code: int) -> None:
    tries = Tries([refused(400, code), DONE])
    with pytest.raises(discord.HTTPException) as raised:
        await answer_first(tries.send, tries.sleep)
    assert raised.value.code == code
    assert tries.left == [DONE]


@pytest.mark.parametrize("send", [answer_first, repeat_until_clear])
async def test_what_never_gets_a_clear_answer_is_unclear_when_discord_has_stopped_waiting(
    send: Callable[[Callable[[], Awaitable[Any]], Callable[[float], Awaitable[None]]], Awaitable[Any]],
) -> None:
    tries = Tries([refused(500, 0)] * (len(PAUSES) + 1))
    with pytest.raises(AnswerUnclear):
        await send(tries.send, tries.sleep)
    assert tries.left == []
    assert sum(tries.slept) >= 3


async def test_what_may_be_sent_again_is_sent_until_the_answer_is_clear() -> None:
    tries = Tries([refused(500, 0), aiohttp.ServerDisconnectedError(), DONE])
    assert await repeat_until_clear(tries.send, tries.sleep) is DONE
