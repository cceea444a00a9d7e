"""One bot on SQLite, killed again and again."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.chaos.audit import TAKE, Audit, Charge, Facts, Shown, audit
from benchmarks.chaos.lives import Record, bot, live, said, still_to_hit
from benchmarks.chaos.weather import bad_weather
from benchmarks.chaos.world import World, open_world
from bot.database.engine import open_database
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from sandbox.member import Message

LIVES_OF_ASKING: Final = 14  # if the bot lived to answer; it is often dead when it is asked
ASKS_IN_A_HURRY: Final = 2
FEW: Final = 3
SOME: Final = 3  # requests a life for the boundaries that are left when all jobs were asked for
LOOK_EVERY: Final = 1.0  # seconds
# Seconds that the history shows nothing at the end: longer than a request in doubt is waited for (70 s), so that jobs
# are given up and adopted later; but not so long that what Segmind said it failed at is sent again (140 s).
NOTHING_FOR: Final = 75.0
SETTLES_WITHIN: Final = 240.0  # seconds from the last start to the end of the last job


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is done.

    `lives` bound it for one process, and for many the `freezing` seconds in which they may freeze; for `nothing_for`
    seconds at the end the history is empty. In a `hurry` nothing happens that only takes time.
    """

    jobs: int
    boundaries: tuple[str, ...]
    lives: int
    freezing: float
    seed: int
    hurry: bool
    logs: Path | None = None
    nothing_for: float = NOTHING_FOR


Progress = Callable[[str], None]


async def run_single(plan: Plan, folder: Path, progress: Progress) -> tuple[Record, Audit]:
    """Kill the bot at every boundary, let the last one bring everything to its end, and judge."""
    url = f"sqlite:///{folder / 'reelcast.db'}"
    draw = random.Random(plan.seed)  # noqa: S311 - repeatable, nothing secret
    record = Record()
    began = time.monotonic()
    async with open_world(folder, url, seed=plan.seed, hurry=plan.hurry, logs=plan.logs) as world:
        async with bad_weather(world, draw, hurry=plan.hurry):
            await _lives(plan, world, record, draw, progress)
        progress(f"{time.monotonic() - began:.0f} s: the last life")
        async with bot(world, record) as child:
            await said(child, "ready")
            await world.segmind.configure(history_hidden=plan.nothing_for > 0)
            await ask_the_rest(plan, world)
            await asyncio.sleep(plan.nothing_for)
            await world.segmind.configure(history_hidden=False)
            found = await settled(world, url, record)
        progress(f"{time.monotonic() - began:.0f} s: all is over")
    return record, found


async def _lives(plan: Plan, world: World, record: Record, draw: random.Random, progress: Progress) -> None:
    asks = ASKS_IN_A_HURRY if plan.hurry else max(len(world.seats), plan.jobs // LIVES_OF_ASKING)
    for number in range(plan.lives):
        left = still_to_hit(record, plan.boundaries)
        if not left and (plan.hurry or len(world.answered) >= plan.jobs):
            break
        missing = max(SOME, plan.jobs - len(world.answered))
        await live(world, record, draw, boundaries=plan.boundaries, asks=min(asks, missing))
        progress(f"life {number + 1}: {len(world.answered)} jobs, {len(left)} boundaries left {left[:FEW]}")


async def ask_the_rest(plan: Plan, world: World) -> None:
    """Ask for what is missing, as many at once as there are members at their clients."""
    while (missing := plan.jobs - len(world.answered)) > 0:
        for _ in range(min(missing, len(world.seats))):
            world.ask()
        await world.asks_over()


async def settled(world: World, url: str, record: Record) -> Audit:
    """Wait until every job is over and every card says so, or the time for it is; return what is true then."""
    until = time.monotonic() + SETTLES_WITHIN
    while True:
        found = await look(world, url, record)
        if not any(found.zeros.values()) or time.monotonic() > until:
            return found
        await asyncio.sleep(LOOK_EVERY)


async def look(world: World, url: str, record: Record) -> Audit:
    """Gather what Segmind, Discord and the database say now."""
    state = await world.segmind.state()
    charges = [
        Charge(request_id=each["request_id"], take=match[1], submitted=each["created"])
        for each in state["requests"]
        if each["charged"] and not each["foreign"] and (match := TAKE.match(str(each["body"].get("prompt"))))
    ]
    return audit(
        Facts(
            asked=world.asked,
            answered=frozenset(world.answered),
            charges=charges,
            messages=[shown(each) for each in await world.messages()],
            notices=[shown(each) for each in await world.private_words()],
            jobs=await jobs_in(url),
            told=frozenset(record.told),
            against=world.against,
            seats=len(world.seats),
        )
    )


def shown(message: Message) -> Shown:
    return Shown(text=message.text, custom_ids=[button.custom_id or "" for button in message.buttons])


async def jobs_in(url: str) -> dict[int, Job]:
    async with open_database(url, migrate=False) as engine:
        return {job.id: job for job in await JobStore(engine).in_states(State)}
