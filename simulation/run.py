"""One simulated history from a seed: servers, members, weather, and what came of it."""

import asyncio
import contextlib
import gc
import hashlib
import logging
import random
import re
import shutil
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Collection, Generator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import structlog

from bot.jobs.model import ReviewMode
from simulation.events import Events
from simulation.life import Lives
from simulation.loop import LIFE
from simulation.people import Crowd
from simulation.process import real_code_in
from simulation.watch import Watch
from simulation.world import World

EVERY: Final = 6.0  # seconds between two requests, on average
SETTLES_WITHIN: Final = timedelta(hours=30)  # once the weather is calm: reviews and lost requests run out
COLLECTED_EVERY: Final = 10  # requests
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

    `without` names the switches of `chances.SWITCHES` that are off.
    """
    folder = Path(tempfile.mkdtemp(prefix="simulation-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))  # noqa: S108
    surprises: Counter[str] = Counter()
    random.seed(seed)  # what libraries draw, such as the jitter of a retry
    world = World(seed, folder, severity=severity, without=without)
    asyncio.set_event_loop(world.loop)
    try:
        with _quiet(world, surprises), real_code_in(world), _collected_in_order():
            result = world.loop.run_until_complete(_history(world, jobs, surprises, until_broken=until_broken))
            world.loop.close()
            return result
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _history(world: World, jobs: int, surprises: Counter[str], *, until_broken: bool) -> Result:
    watch, lives = Watch(world), Lives(world)
    living = asyncio.ensure_future(_live(world, watch, lives, jobs))
    if until_broken:
        watch.heard = living.cancel
    with contextlib.suppress(asyncio.CancelledError):
        await living
    lives.process.kill()
    states = watch.states()
    watch.let_go()
    return Result(
        seed=world.seed,
        asked=states.total(),
        states=states,
        violations=watch.violations,
        surprises=surprises,
        trace=world.trace,
        lives=lives.count,
        charges=sum(each.charged and not each.foreign for each in world.segmind.runs.values()),
        virtual_hours=world.loop.time() / 3600,
        unknown=world.discord.unknown,
    )


async def _live(world: World, watch: Watch, lives: Lives, jobs: int) -> None:
    crowd = Crowd(world, lives, watch, seed=world.rng.getrandbits(32))
    for mode in REVIEWS:
        await crowd.move_in(mode, members=MEMBERS)
    lives.begin()
    for place in crowd.places:
        await crowd.set_up(place)
    async with asyncio.TaskGroup() as others:
        events = Events(world, lives, crowd, watch)
        events.begin(others)
        operator = others.create_task(crowd.operate())
        background = [
            others.create_task(watch.look_who_sleeps(lives)),
            *(others.create_task(crowd.moderate(place, who)) for place in crowd.places for who in place.moderators),
        ]
        async with asyncio.TaskGroup() as asking:
            for number in range(jobs):
                asking.create_task(crowd.ask(number))
                if number % COLLECTED_EVERY == 0:
                    gc.collect()
                await asyncio.sleep(world.rng.expovariate(1 / EVERY))
        await events.end()
        world.note("calm")
        await lives.ready()
        until = world.now() + SETTLES_WITHIN
        while world.now() < until and watch.restless():
            await asyncio.sleep(300.0)
        operator.cancel()  # or what was retried last may still be on its way
        await asyncio.sleep(900.0)
        for task in background:
            task.cancel()
    watch.at_the_end()
    await lives.process.stop()


@contextmanager
def _collected_in_order() -> Generator[None]:
    """Collect garbage at moments of the history alone: what is closed then can call something at the next turn."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.collect()
        gc.enable()
        gc.unfreeze()


@contextmanager
def _quiet(world: World, surprises: Counter[str]) -> Generator[None]:
    """Take the log into the trace, and count errors that are faults of the code."""

    def take(_logger: Any, level: str, event: MutableMapping[str, Any]) -> Any:
        name, error = str(event.pop("event")), event.pop("exc_info", None)
        life = LIFE.get()
        # What a killed life would say as it is taken apart.
        if not world.loop.is_running() or (life is not None and life.dead):
            raise structlog.DropEvent
        error = sys.exc_info()[1] if error is True else error
        if name != "segmind.request":
            facts = {key: value for key, value in event.items() if key in {"job", "state", "before", "error", "why"}}
            world.note(name, **facts)
        if isinstance(error, BaseException) and type(error).__name__ in EXPECTED:
            raise structlog.DropEvent
        if isinstance(error, BaseException):
            where = traceback.extract_tb(error.__traceback__)[-1]
            surprises[
                f"{name}: {type(error).__name__} at {Path(where.filename).name}:{where.lineno} {error}"[:200]
            ] += 1
            text = re.sub(r"0x[0-9a-f]+", "0x…", "".join(traceback.format_exception(error)))
            world.note("traceback", text=text[-1500:])
        elif level in {"error", "critical"}:
            surprises[name] += 1
        raise structlog.DropEvent

    before = structlog.get_config()
    logging.getLogger().handlers = [logging.NullHandler()]
    structlog.configure(processors=[take])
    with contextlib.suppress(KeyError):
        yield
    structlog.configure(**before)
