"""Many processes on one PostgreSQL: workers freeze at every boundary, others take their jobs over, and they wake up."""

import asyncio
import random
import signal
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.chaos.audit import Audit
from benchmarks.chaos.boundaries import BOUNDARIES, claim
from benchmarks.chaos.lives import Record, bot, live, said, still_to_hit
from benchmarks.chaos.single import Plan, Progress, ask_the_rest, jobs_in, settled
from benchmarks.chaos.weather import bad_weather
from benchmarks.chaos.world import World, open_world, read_line
from bot.jobs.states import DRIVEN
from sandbox.demo.processes import Child
from tests.support.postgres import running_postgres

SLEEPERS: Final = 8  # workers that freeze, whichever boundary they come to first, beside one that does not
ASK_EVERY: Final = 1.0  # seconds
SELDOM: Final = 3.0  # seconds: jobs for the boundaries that are left
LONGER: Final = 5.0  # seconds that a sleeper is left frozen after the takeover
TAKEOVER_LIMIT: Final = 90.0  # seconds after which nobody will take its jobs over any more
LOOK_EVERY: Final = 0.5  # seconds
TELL_EVERY: Final = 30.0  # seconds
FEW: Final = 3
GATEWAY_LIVES: Final = 15
# The gateway's alone: a worker never saves a new job, and answers no command.
GATEWAY: Final = tuple(each for each in BOUNDARIES if each.startswith(("ACCEPTED", "card:", "PREPARING")))


@dataclass(slots=True, kw_only=True)
class Sleeper:
    """A worker that freezes, known by what it says."""

    name: str
    child: Child
    drivers: set[str] = field(default_factory=set[str])  # under which it drove
    boundaries: list[str] = field(default_factory=list[str])  # at which it froze
    frozen_at: float | None = None  # Unix seconds
    _read: int = 0

    async def freezes(self) -> None:
        """Wait until it stands still."""
        while self.frozen_at is None:
            seen = len(self.child.lines)
            for entry in map(read_line, self.child.lines[self._read :]):
                if entry.get("event") == "job_taken":
                    self.drivers.add(entry["driver"])
                elif entry.get("event") == "snapped":
                    self.boundaries.append(entry["boundary"])
                    self.frozen_at = entry["at"]
            self._read = seen
            await asyncio.sleep(LOOK_EVERY)

    async def taken_over(self, url: str) -> float | None:
        """Wait until others have all its unfinished jobs; return the seconds since it froze, None if it had none."""
        assert self.frozen_at is not None  # noqa: S101 - asked only of one that sleeps
        had_any = False
        while (seconds := time.time() - self.frozen_at) < TAKEOVER_LIMIT:
            jobs = (await jobs_in(url)).values()
            if not any(job.driver in self.drivers for job in jobs if job.state in DRIVEN):
                break
            had_any = True
            await asyncio.sleep(LOOK_EVERY)
        return seconds if had_any else None

    def wake(self) -> None:
        """Let it go on."""
        self.frozen_at = None
        self.child.send(signal.SIGCONT)


async def run_fleet(plan: Plan, folder: Path, progress: Progress) -> tuple[Record, Audit]:
    """Kill the gateway at its boundaries and freeze workers at theirs; let all come to its end, and judge."""
    draw = random.Random(plan.seed)  # noqa: S311 - repeatable, nothing secret
    record = Record()
    with running_postgres() as server:
        async with (
            server.database() as url,
            open_world(folder, url, seed=plan.seed, hurry=plan.hurry, logs=plan.logs) as world,
            bot(world, record, command="worker", name="awake") as awake,
        ):
            await said(awake, "worker_ready")
            async with bad_weather(world, draw, hurry=plan.hurry):
                await _kill_gateways(plan, world, record, draw, progress)
                await _freeze_workers(plan, world, record, draw, url, progress)
            async with bot(world, record) as gateway:
                await said(gateway, "ready")
                await ask_the_rest(plan, world)
                found = await settled(world, url, record)
    return record, found


async def _kill_gateways(plan: Plan, world: World, record: Record, draw: random.Random, progress: Progress) -> None:
    mine = [boundary for boundary in plan.boundaries if boundary in GATEWAY]
    for _ in range(GATEWAY_LIVES):
        if not still_to_hit(record, mine):
            break
        await live(world, record, draw, boundaries=mine, asks=len(world.seats))
    progress(f"the gateway was killed {record.hits.total()} times; {len(world.answered)} of {plan.jobs} jobs")


async def _freeze_workers(
    plan: Plan, world: World, record: Record, draw: random.Random, url: str, progress: Progress
) -> None:
    theirs = [boundary for boundary in plan.boundaries if boundary not in GATEWAY]
    draw.shuffle(theirs)
    async with (
        bot(world, record) as gateway,
        _sleepers(world, record, theirs) as sleepers,
        _asking(world, plan.jobs),
    ):
        await said(gateway, "ready")
        sleeping = [asyncio.create_task(_sleep_on(each, url, record), name=each.name) for each in sleepers]
        until = time.monotonic() + plan.freezing
        try:
            while time.monotonic() < until:
                left = [each for each in theirs if each not in _slept_at(sleepers)]
                progress(f"{len(world.answered)} jobs, {len(left)} boundaries left {left[:FEW]}")
                if not left:
                    break
                await asyncio.wait(sleeping, timeout=TELL_EVERY, return_when=asyncio.FIRST_EXCEPTION)
                for ended in sleeping:
                    if ended.done():
                        ended.result()
        finally:
            for task in sleeping:
                task.cancel()
            await asyncio.gather(*sleeping, return_exceptions=True)


async def _sleep_on(sleeper: Sleeper, url: str, record: Record) -> None:
    """See a worker freeze, others take its jobs, and it wake up, again and again."""
    while True:
        await sleeper.freezes()
        if (seconds := await sleeper.taken_over(url)) is not None:
            record.takeovers.append(seconds)
        await asyncio.sleep(LONGER)
        sleeper.wake()


def _slept_at(sleepers: Sequence[Sleeper]) -> set[str]:
    return {boundary for sleeper in sleepers for boundary in sleeper.boundaries}


@asynccontextmanager
async def _sleepers(world: World, record: Record, boundaries: Sequence[str]) -> AsyncGenerator[Sequence[Sleeper]]:
    """Run the workers that freeze, each boundary stopping the first that comes to it; at the end all are awake."""
    async with AsyncExitStack() as stack:
        sleepers = [
            Sleeper(
                name=name,
                child=await stack.enter_async_context(
                    bot(
                        world,
                        record,
                        command="worker",
                        name=name,
                        traps=dict.fromkeys(boundaries, 1),
                        number=signal.SIGSTOP,
                    )
                ),
            )
            for name in (f"sleeper {number}" for number in range(SLEEPERS))
        ]
        try:
            await asyncio.gather(*(said(sleeper.child, "worker_ready") for sleeper in sleepers))
            yield sleepers
        finally:
            for boundary in boundaries:
                claim(world.claims, boundary)
            for sleeper in sleepers:
                sleeper.wake()


@asynccontextmanager
async def _asking(world: World, jobs: int) -> AsyncGenerator[None]:
    """Have members ask all the time while the block runs; seldom once they were answered so often."""

    async def ask() -> None:
        while True:
            world.ask()
            await asyncio.sleep(ASK_EVERY if len(world.answered) < jobs else SELDOM)

    task = asyncio.create_task(ask(), name="asking")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
