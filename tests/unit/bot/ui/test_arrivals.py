"""Those who wait for an answer go before what can wait."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.ui.answers import Shape, answer_of, say
from bot.ui.arrivals import ROUNDS, Arrivals
from tests.support.clock import ManualClock

IDS = count(1)
AGES = 1e6  # seconds: however busy the machine is, nothing is deferred or given up for that


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.ui.arrivals.PATIENCE", AGES)
    monkeypatch.setattr("bot.ui.arrivals.DISCORD_WAITS", AGES)


def an_interaction(send: Callable[..., Awaitable[object]]) -> Any:
    """Make an interaction whose answer is sent so."""
    client = SimpleNamespace(services=SimpleNamespace(clock=ManualClock()), links=SimpleNamespace(linked=str))
    return SimpleNamespace(
        id=next(IDS),
        type=discord.InteractionType.application_command,
        data={},
        message=None,
        extras={},
        created_at=discord.utils.utcnow(),
        client=client,
        response=SimpleNamespace(send_message=send),
    )


async def settled() -> None:
    """Let every task go as far as it can."""
    for _ in range(20):
        await asyncio.sleep(0)


class Member:
    """Waits for an answer, which `let_in` lets the bot give; Discord takes it with `take`."""

    def __init__(self, arrivals: Arrivals) -> None:
        self.let_in, self.take, self.leave = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.task = asyncio.create_task(self._served(arrivals))

    async def _served(self, arrivals: Arrivals) -> None:
        interaction = an_interaction(lambda *_, **__: self._taken())
        assert await arrivals.receive(interaction, Shape.PRIVATE)
        await self.let_in.wait()
        await say(interaction, "Hello")
        assert not answer_of(interaction).may_open_form
        await self.leave.wait()

    async def _taken(self) -> object:
        await self.take.wait()
        return object()


async def test_background_work_waits_until_discord_has_each_answer_and_for_nothing_after_that() -> None:
    arrivals = Arrivals(ManualClock().monotonic)
    await arrivals.all_answered()  # no one waits
    first, second = Member(arrivals), Member(arrivals)
    await settled()
    work = asyncio.create_task(arrivals.all_answered())
    for each in (first, second):
        each.let_in.set()
        await settled()
        assert not work.done()
    first.take.set()
    await settled()
    assert not work.done()
    second.take.set()
    await work
    for each in (first, second):
        each.leave.set()
        await each.task


async def test_one_who_ends_without_an_answer_keeps_no_one_waiting() -> None:
    arrivals = Arrivals(ManualClock().monotonic)
    member = Member(arrivals)
    await settled()
    work = asyncio.create_task(arrivals.all_answered())
    member.task.cancel()
    await work


async def test_members_who_keep_coming_hold_up_background_work_only_so_long() -> None:
    arrivals = Arrivals(ManualClock().monotonic)
    members = [Member(arrivals)]
    await settled()
    work = asyncio.create_task(arrivals.all_answered())
    for number in range(ROUNDS):
        await settled()
        assert not work.done(), number
        members.append(Member(arrivals))
        await settled()
        for event in (members[-2].let_in, members[-2].take, members[-2].leave):
            event.set()
        await members[-2].task
    await work
    members[-1].task.cancel()
