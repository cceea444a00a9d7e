"""Thousands of jobs followed, by one process or by several on one PostgreSQL."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from benchmarks.processes import Line, Running, running
from benchmarks.scale.jobs import Eye, ages_of, open_eye, running_jobs, save, standing_ages
from benchmarks.scale.stage import HELD_BACK, Stage, channels, open_stage
from benchmarks.usage import Usage, read_usage
from bot.jobs.model import Job
from sandbox.member.sandbox import Sandbox

LOOK_EVERY: Final = 0.5  # seconds
TAKEN_WITHIN: Final = 120.0  # seconds from the start until every job has a driver
LIMITED: Final = ("status", "result", "history", "submit", "credits")  # what Segmind counts as requests
NOTICED_WITHIN: Final = 45.0  # seconds after the measured time, in which the last runs to end may be noticed


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is followed; `roles` are the commands of `python -m bot`, a process each."""

    database: str  # its name
    roles: Sequence[str]
    jobs: int
    ending: int  # of these, within the measured time
    requests_per_minute: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """What one process took: memory at the end of the measured time, processor time within it."""

    role: str
    usage: Usage
    cpu_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was taken in the measured time."""

    processes: Sequence[Process]
    seconds: float
    requests: int  # to Segmind
    throttled: int  # answered with 429, since the start


@dataclass(frozen=True, slots=True, kw_only=True)
class AtDiscord:
    """The bot's requests to Discord, from its start until the last ended run was shown."""

    passed: int
    refused: int  # with 429

    @property
    def share(self) -> float:
        return self.refused / max(1, self.passed + self.refused)


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What was measured."""

    plan: Plan
    driven: int  # jobs, when the wait for that was over
    taken: Taken
    start_seconds: float  # from the start of the processes until every job was driven
    delays: Sequence[float]  # seconds from the end of a run to the save that says so
    at_discord: AtDiscord

    @property
    def unnoticed(self) -> int:
        """How many runs had ended without anybody noticing when the wait for them was over."""
        return self.plan.ending - len(self.delays)


async def follow(plan: Plan, folder: Path, session: aiohttp.ClientSession, address: str | None = None) -> Followed:
    """Start the processes with all jobs unfinished, and measure them while some of the runs end.

    They share the database at `address`, or have an SQLite file.
    """
    file = folder / "reelcast.db"
    database_url = address or f"sqlite:///{file}"
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(
            open_stage(folder, session, requests_per_minute=plan.requests_per_minute)
        )
        submitted = time.monotonic()
        ends = [plan.seconds * (number + 0.5) / plan.ending for number in range(plan.ending)]
        ending = dict(zip(await stage.submit(ends), ends, strict=True))
        await save(await _jobs(stage, plan, ending), file, database_url)
        await stage.open(database_url)
        await stage.control.configure(requests_per_minute=plan.requests_per_minute)
        eye = await stack.enter_async_context(open_eye(database_url))
        began = time.monotonic()
        processes = await _started(stack, stage, plan, folder, database_url)
        # One alone says that it is ready after it has taken them all.
        driven = await _taken(eye, plan.jobs) if address else plan.jobs
        start_seconds = time.monotonic() - began
        await stage.let_runs_end(submitted)
        taken = await _measured(plan, stage, processes)
        delays = await _delays(stage, eye, ending)
        async with Sandbox.connect(stage.discord["control_url"]) as sandbox:
            passed, refused = await sandbox.admin.rate_limited()
        return Followed(
            plan=plan,
            driven=driven,
            taken=taken,
            start_seconds=start_seconds,
            delays=delays,
            at_discord=AtDiscord(passed=passed, refused=refused),
        )


async def _jobs(stage: Stage, plan: Plan, ending: Mapping[str, float]) -> Sequence[Job]:
    places = channels(stage.discord, boosted=False)
    cards = [await stage.card(place) for place in places]
    standing = await stage.stand_still(plan.jobs - plan.ending)
    ages = [*ages_of(list(ending.values())), *standing_ages(len(standing))]
    return list(running_jobs([*ending, *standing], ages, places, cards))


async def _started(
    stack: AsyncExitStack, stage: Stage, plan: Plan, folder: Path, database_url: str
) -> Sequence[Running]:
    """Start a process for each role, all at once; they end with `stack`."""
    environment = {**stage.environment, "DATABASE_URL": database_url}
    async with asyncio.TaskGroup() as starts:
        blocks = [
            running("bot", [role], is_ready=_is_ready, folder=folder, environment=environment) for role in plan.roles
        ]
        tasks = [starts.create_task(stack.enter_async_context(block)) for block in blocks]
    return [task.result() for task in tasks]


async def _taken(eye: Eye, jobs: int) -> int:
    """Wait until some process drives each of the jobs, or for so long; return how many are driven."""
    over_at = time.monotonic() + TAKEN_WITHIN
    while (  # noqa: ASYNC110 - it happens in another process
        (taken := await eye.taken()) < jobs and time.monotonic() < over_at
    ):
        await asyncio.sleep(LOOK_EVERY)
    return taken


async def _measured(plan: Plan, stage: Stage, processes: Sequence[Running]) -> Taken:
    pids = [process.pid for process in processes]
    operations, before, began = (await stage.control.state())["operations"], [*map(read_usage, pids)], time.monotonic()
    await asyncio.sleep(plan.seconds)
    after, ended, state = [*map(read_usage, pids)], time.monotonic(), await stage.control.state()
    requests = {name: state["operations"].get(name, 0) - operations.get(name, 0) for name in LIMITED}
    return Taken(
        processes=[
            Process(role=role, usage=now, cpu_seconds=now.cpu_seconds - then.cpu_seconds)
            for role, then, now in zip(plan.roles, before, after, strict=True)
        ],
        seconds=ended - began,
        requests=sum(requests.values()),
        throttled=state["too_many_requests"],
    )


async def _delays(stage: Stage, eye: Eye, ends: Mapping[str, float]) -> list[float]:
    """Wait until the end of every run was noticed, or for so long; return the seconds from end to notice of those."""
    state = await stage.control.state()
    ahead = state["now"] - time.time()  # of Segmind's clock
    created = {each["request_id"]: each["created"] for each in state["requests"]}
    over_at = time.monotonic() + NOTICED_WITHIN
    while (  # noqa: ASYNC110 - it happens in another process
        len(noticed := await eye.completed()) < len(ends) and time.monotonic() < over_at
    ):
        await asyncio.sleep(LOOK_EVERY)
    return [noticed[each] - (created[each] + HELD_BACK + end - ahead) for each, end in ends.items() if each in noticed]


def _is_ready(line: Line) -> bool:
    return line.get("event") in {"ready", "worker_ready"}
