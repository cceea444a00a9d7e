"""A bot that ends, however and whenever, loses nothing, pays nothing twice and posts nothing twice."""

import asyncio
import signal
from collections.abc import Awaitable, Callable

import pytest

from sandbox.member import Member, Message
from tests.end_to_end.stage import PATIENCE, STOPS_WITHIN, Bot, Stage, replied, replies, shows

MANY = 8


async def stops(bot: Bot, number: signal.Signals = signal.SIGTERM) -> None:
    """End a bot, which must be quick and orderly about it."""
    ending = await bot.end(number)
    assert ending.status == 0
    assert ending.seconds < STOPS_WITHIN


async def finishes(stage: Stage, mira: Member, *cards: Message) -> None:
    """Restart the bot and let it finish every job: one charge and one post for each."""
    async with stage.bot() as bot:
        posts = await asyncio.gather(*(replied(mira, card) for card in cards))
        for card in cards:
            await bot.reached("DELIVERED", stage.job_of(card))
        for card, post in zip(cards, posts, strict=True):
            assert await replies(mira, card) == [post]
        assert await stage.charged() == (len(cards), pytest.approx(1.35 * len(cards)))
        assert stage.spent_usd() == pytest.approx(1.35 * len(cards))


async def test_stopped_from_the_keyboard_while_a_job_waits_and_another_is_processed(stage: Stage) -> None:
    await stage.hold()
    mira = stage.member()
    async with stage.bot(SEGMIND_MAX_IN_FLIGHT="1") as bot:
        first = await stage.ask(mira)
        await bot.reached("QUEUED", stage.job_of(first))
        second = await stage.ask(mira)
        await bot.reached("WAITING", stage.job_of(second))
        await stage.let_on()
        await bot.reached("PROCESSING", stage.job_of(first))
        await stops(bot, signal.SIGINT)
    assert list(stage.jobs().values()) == ["PROCESSING", "WAITING"]
    await stage.segmind.configure(queue_seconds=0.2, run_seconds=0.6)
    await stage.let_on()
    await finishes(stage, mira, first, second)


async def test_stopped_while_a_video_is_fetched_and_the_answer_to_a_submit_is_awaited(stage: Stage) -> None:
    await stage.segmind.add_faults({"kind": "stall", "operation": "output", "count": 1})
    mira = stage.member()
    async with stage.bot() as bot:
        fetched = await stage.ask(mira)
        await stage.segmind.wait_for(lambda state: state["operations"].get("output", 0) == 1)
        await stage.segmind.add_faults({"kind": "stall", "operation": "submit", "when": "after", "count": 1})
        submitted = await stage.ask(mira)
        await stage.segmind.wait_for(lambda state: len(state["requests"]) == 2)
        await stops(bot)
    assert list(stage.jobs().values()) == ["COMPLETED", "UNCONFIRMED"]
    await finishes(stage, mira, fetched, submitted)


async def test_stopped_while_the_video_is_posted(stage: Stage) -> None:
    """Discord takes the post and answers 500, again and again: the bot cannot know that the video is there."""
    admin = stage.sandbox.admin
    await admin.fault(method="POST", route="messages", status=500, times=100, moment="after")
    mira = stage.member()
    async with stage.bot() as bot:
        card = await stage.ask(mira)
        await replied(mira, card)
        await stops(bot)
    assert list(stage.jobs().values()) == ["POSTING"]
    await admin.clear_faults()
    await admin.set_nonce_memory(0)  # looking is what keeps it from posting twice, not Discord's memory
    await finishes(stage, mira, card)


async def test_killed_while_a_job_is_processed_and_the_answer_to_a_submit_is_awaited(stage: Stage) -> None:
    await stage.hold()
    mira = stage.member()
    async with stage.bot() as bot:
        processed = await stage.ask(mira)
        await bot.reached("QUEUED", stage.job_of(processed))
        await stage.let_on()
        await bot.reached("PROCESSING", stage.job_of(processed))
        await stage.segmind.add_faults({"kind": "stall", "operation": "submit", "when": "after", "count": 1})
        submitted = await stage.ask(mira)
        await stage.segmind.wait_for(lambda state: len(state["requests"]) == 2)
        await bot.end(signal.SIGKILL)
    assert list(stage.jobs().values()) == ["PROCESSING", "SUBMITTING"]
    await stage.let_on()
    await stage.let_on()
    await finishes(stage, mira, processed, submitted)


async def test_many_unfinished_jobs_are_all_resumed(stage: Stage) -> None:
    await stage.hold()
    rooms = [stage.member(channel=name) for name in ("videos", "general", "storyboards", "late-night")]
    cards: list[tuple[Member, Message]] = []
    async with stage.bot() as bot:
        for number in range(MANY):
            mira = rooms[number % len(rooms)]
            cards.append((mira, await stage.ask(mira, f"Take {number}")))
        await asyncio.gather(*(bot.reached("QUEUED", stage.job_of(card)) for _, card in cards))
        await stops(bot)
    assert list(stage.jobs().values()) == ["QUEUED"] * MANY
    await stage.let_on()
    await stage.let_on()
    async with stage.bot() as bot:
        await bot.logged("jobs_resumed", count=MANY)
        await asyncio.gather(*(replied(mira, card) for mira, card in cards))
        await asyncio.gather(*(bot.reached("DELIVERED", stage.job_of(card)) for _, card in cards))
        assert [len(await replies(mira, card)) for mira, card in cards] == [1] * MANY
        assert await stage.charged() == (MANY, pytest.approx(1.35 * MANY))
        assert stage.spent_usd() == pytest.approx(1.35 * MANY)


async def dies_in_preparing(stage: Stage, ask: Callable[[], Awaitable[Message]] | None, deaths: int) -> Message | None:
    """Start the bot, and kill it while a job is in PREPARING, of which it knows so many deaths."""
    async with stage.bot() as bot:
        card = await ask() if ask else None
        async with asyncio.timeout(PATIENCE):
            while await asyncio.to_thread(stage.preparing) != [deaths]:
                pass
        await bot.end(signal.SIGKILL)
    return card


async def test_a_job_with_which_the_bot_died_three_times_ends_at_no_cost(stage: Stage) -> None:
    await stage.sandbox.admin.fault(server="cdn", method="GET", hold=True, times=100)
    mira = stage.member()
    card = await dies_in_preparing(stage, lambda: stage.ask(mira), 0)
    assert card is not None
    for deaths in (1, 2):
        await dies_in_preparing(stage, None, deaths)
    async with stage.bot() as bot:
        await bot.reached("FAILED", stage.job_of(card))
        failed = await shows(mira, card, "Nothing was charged.")
        assert not failed.attachments
        assert len(bot.log("gave_up")) == 1
    assert stage.spent_usd() == 0
    assert await stage.charged() == (0, 0)
