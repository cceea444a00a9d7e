"""One simulated history from a seed: servers, members, weather, and what came of it."""

import asyncio
import contextlib
import hashlib
import logging
import random
import re
import shutil
import tempfile
import traceback
from collections import Counter
from collections.abc import Collection, Generator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog

from bot.jobs.model import ReviewMode
from bot.settings.model import GuildSettings
from simulation.discord_world import Channel, Guild
from simulation.life import Lives
from simulation.loop import LIFE
from simulation.people import Crowd
from simulation.process import real_code_in
from simulation.watch import Watch
from simulation.world import World

EVERY: Final = 6.0  # seconds between two requests, on average
SETTLES_WITHIN: Final = timedelta(hours=30)  # once the weather is calm: reviews and lost requests run out
MEMBERS: Final = 30  # a server
REVIEWS: Final = (ReviewMode.OFF, ReviewMode.OFF, ReviewMode.BEFORE_SPENDING, ReviewMode.BEFORE_POSTING)
EXPECTED: Final = ("OperationalError",)  # of a database that fails as the weather has it


@dataclass(slots=True, kw_only=True)
class Result:
    """What a history came to."""

    seed: int
    asked: int
    states: Counter[str]
    violations: list[str]
    surprises: Counter[str]  # errors in the log that no weather explains
    trace: list[str]
    lives: int
    charges: int
    virtual_hours: float
    unknown: set[str] = field(default_factory=set[str])

    @property
    def digest(self) -> str:
        """Return a short name for the whole trace: equal for the same seed and code."""
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()[:16]


def run(
    seed: int,
    jobs: int,
    *,
    severity: float = 1.0,
    without: Collection[str] = frozenset[str](),
    until_broken: bool = False,
) -> Result:
    """Live through one history of about `jobs` requests, or through its part up to the first violation.

    `without` names the switches of `weather.SWITCHES` that are off.
    """
    folder = Path(tempfile.mkdtemp(prefix="simulation-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))  # noqa: S108
    surprises: Counter[str] = Counter()
    random.seed(seed)  # what libraries draw, such as the jitter of a retry
    world = World(seed, folder, severity=severity, without=without)
    asyncio.set_event_loop(world.loop)
    try:
        with _quiet(world, surprises), real_code_in(world):
            return world.loop.run_until_complete(_history(world, jobs, surprises, until_broken=until_broken))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _history(world: World, jobs: int, surprises: Counter[str], *, until_broken: bool) -> Result:
    watch, lives = Watch(world), Lives(world)
    crowd = Crowd(world, lives, seed=world.rng.getrandbits(32))
    living = asyncio.ensure_future(_live(world, watch, lives, crowd, jobs))
    if until_broken:
        watch.heard = living.cancel
    with contextlib.suppress(asyncio.CancelledError):
        await living
    lives.process.kill()
    return Result(
        seed=world.seed,
        asked=len(crowd.asked),
        states=watch.states(),
        violations=watch.violations,
        surprises=surprises,
        trace=world.trace,
        lives=lives.count,
        charges=sum(each.charged for each in world.segmind.runs.values()),
        virtual_hours=world.loop.time() / 3600,
        unknown=world.discord.unknown,
    )


async def _live(world: World, watch: Watch, lives: Lives, crowd: Crowd, jobs: int) -> None:
    places: list[tuple[Guild, Channel, Channel, ReviewMode]] = []
    for mode in REVIEWS:
        guild = world.discord.add_guild()
        places.append(
            (
                guild,
                world.discord.add_channel(guild, "videos"),
                world.discord.add_channel(guild, "moderators", moderators_only=True),
                mode,
            )
        )
    process = await lives.ready()
    services: Any = process.bot and process.bot.services
    for guild, channel, mods, mode in places:
        crowd.move_in(guild, channel, mods, members=MEMBERS)
        chosen = replace(GuildSettings(), channels=frozenset({channel.id}), review=mode, review_channel_id=mods.id)
        await services.guild_settings.change(guild.id, partial(_first, chosen), world.now())
    async with asyncio.TaskGroup() as others:
        background = [others.create_task(lives.end_and_begin())]
        background += [others.create_task(crowd.moderate(*who)) for who in crowd.moderators]
        async with asyncio.TaskGroup() as asking:
            for number in range(jobs):
                asking.create_task(crowd.ask(number))
                await asyncio.sleep(world.rng.expovariate(1 / EVERY))
        world.weather.calm = True
        world.note("calm")
        await lives.ready()
        until = world.now() + SETTLES_WITHIN
        while world.now() < until and watch.restless():
            await asyncio.sleep(300.0)
        await asyncio.sleep(900.0)
        for task in background:
            task.cancel()
    watch.at_the_end(crowd.asked)
    await lives.process.stop()


def _first(chosen: GuildSettings, _before: GuildSettings) -> GuildSettings:
    return chosen


@contextmanager
def _quiet(world: World, surprises: Counter[str]) -> Generator[None]:
    """Take the log into the trace, and count errors that are faults of the code."""

    def take(_logger: Any, level: str, event: MutableMapping[str, Any]) -> Any:
        life = LIFE.get()
        if life is not None and life.dead:  # its coroutines are closed, which no killed process would live to see
            raise structlog.DropEvent
        name, error = str(event.pop("event")), event.pop("exc_info", None)
        if name != "segmind.request":
            facts = {key: value for key, value in event.items() if key in {"job", "state", "before", "error", "why"}}
            world.note(name, **facts)
        if isinstance(error, BaseException) and type(error).__name__ not in EXPECTED:
            where = traceback.extract_tb(error.__traceback__)[-1]
            surprises[
                f"{name}: {type(error).__name__} at {Path(where.filename).name}:{where.lineno} {error}"[:200]
            ] += 1
            text = re.sub(r"0x[0-9a-f]+", "0x…", "".join(traceback.format_exception(error)))
            world.note("traceback", text=text[-1500:])
        elif level in {"error", "critical"} or error is True:
            surprises[name] += 1
        raise structlog.DropEvent

    before = structlog.get_config()
    logging.getLogger().handlers = [logging.NullHandler()]
    structlog.configure(processors=[take])
    with contextlib.suppress(KeyError):
        yield
    structlog.configure(**before)
