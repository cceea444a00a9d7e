"""Whole videos from few servers and from many, on PostgreSQL with two gateways and two workers: what one of them takes.

It must depend neither on how many servers there are nor on how many videos were made.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

import aiohttp
from PIL import Image
from rich.console import Console
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.figures import Target, judge, machine, titled
from benchmarks.processes import Line, Running, running
from benchmarks.scale.counted import SIZE, Bytes, read_bytes
from benchmarks.scale.jobs import Eye, open_eye
from benchmarks.scale.stage import open_stage
from benchmarks.subjects import CHANNEL, MEMBER
from benchmarks.usage import read_usage
from bot.database.engine import create_engine
from bot.jobs.states import UNFINISHED, State
from sandbox.discord.json_types import JsonObject
from sandbox.member import Sandbox, Upload, past_notice
from sandbox.member.connection import Connection, Files
from tests.support.doors import open_doors
from tests.support.postgres import installed, running_postgres

GATEWAYS: Final = 2  # a shard each
BOTS: Final = GATEWAYS + 2  # workers
OWNER: Final = "ada"  # of all servers
EXTENSION: Final = "pg_stat_statements"
SETTINGS: Final = (f"shared_preload_libraries={EXTENSION}", f"{EXTENSION}.max=10000")
REQUESTS_PER_MINUTE: Final = 3_000
LOOK_EVERY: Final = 1.0  # seconds
PATIENCE: Final = 600.0  # seconds from the last request until all videos are posted
WARM_UP: Final = 8  # videos before the first that counts, in which each process has its turn
# What the look from outside asks counts for none.
_TAKEN: Final = text("""
    SELECT coalesce(sum(calls), 0), coalesce(sum(shared_blks_hit + shared_blks_read), 0) FROM pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND query NOT LIKE 'SELECT jobs.state, count%'
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """So many videos, in turn from so many servers."""

    videos: int
    servers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    rows: Sequence[Row]
    per_minute: float  # videos that are requested
    run_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What all videos of a row took together."""

    row: Row
    posted: int
    seconds: float
    cpu_seconds: float  # of the four processes
    queries: int
    pages: int  # that PostgreSQL looked into
    sent: Bytes

    def each(self, figure: float) -> float:
        """Return the part of one video."""
        return figure / max(1, self.posted)


FIGURES: Final[Mapping[str, Callable[[Cost], float]]] = {
    "CPU, ms": lambda cost: cost.each(1000 * cost.cpu_seconds),
    "queries": lambda cost: cost.each(cost.queries),
    "pages of the database": lambda cost: cost.each(cost.pages),
    "kB from Discord": lambda cost: cost.each(cost.sent.from_discord / 1000),
    "kB to Discord": lambda cost: cost.each(cost.sent.to_discord / 1000),
    "kB from Segmind": lambda cost: cost.each(cost.sent.from_segmind / 1000),
    "kB to Segmind": lambda cost: cost.each(cost.sent.to_segmind / 1000),
    "kB in all": lambda cost: cost.each(cost.sent.all / 1000),
}
JUDGED: Final = ("CPU, ms", "queries", "kB in all")
APART: Final = 15.0  # percent


async def measure(plan: Plan, folder: Path, session: aiohttp.ClientSession) -> list[Cost]:
    """Measure one row after another, each with services, processes, and a database of its own."""
    major = max(each for each, programs in installed().items() if programs.has(EXTENSION))
    found: list[Cost] = []
    with running_postgres(major, settings=SETTINGS) as server:
        for number, row in enumerate(plan.rows):
            home = folder / str(number)
            home.mkdir()
            async with server.database() as address:
                found.append(await _measured(plan, row, home, session, address))
    return found


async def _measured(plan: Plan, row: Row, folder: Path, session: aiohttp.ClientSession, address: str) -> Cost:
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(open_stage(folder, session, requests_per_minute=REQUESTS_PER_MINUTE))
        await stage.control.configure(run_seconds=plan.run_seconds)
        sandbox = await stack.enter_async_context(Sandbox.connect(stage.discord["control_url"]))
        await sandbox.admin.add_guilds(OWNER, row.servers)
        guilds: Sequence[JsonObject] = sandbox.description["guilds"]
        await open_doors(address, guilds)
        database = create_engine(make_url(address))
        stack.push_async_callback(database.dispose)
        async with database.begin() as connection:
            await connection.execute(text(f"CREATE EXTENSION {EXTENSION}"))
        eye = await stack.enter_async_context(open_eye(address))
        environment = {**stage.environment, "DATABASE_URL": address, "SHARD_COUNT": str(GATEWAYS)}
        bots = [await stack.enter_async_context(_bot(folder, number, environment)) for number in range(BOTS)]

        # What only the first videos do counts for none.
        member, image = sandbox.member(MEMBER), Upload(_picture(), "reference.png")
        await past_notice(member, await member.slash("video", prompt="@Image1 waves, once before", image1=image))
        asker = _Asker(Connection(session, stage.discord["control_url"]), member.id, image, 60 / plan.per_minute)
        servers = [_channel(each) for each in guilds[-row.servers :]]
        first = [servers[number % row.servers] for number in range(WARM_UP)]
        await asker.ask(first)
        already = await _posted(eye, 1 + len(first))

        files = [_counts(folder, number) for number in range(BOTS)]
        before, cpu, sent, began = await _asked(database), _cpu(bots), _sent(files), time.monotonic()
        await asker.ask([servers[number % row.servers] for number in range(row.videos)])
        posted = await _posted(eye, 1 + len(first) + row.videos)
        queries, pages = await _asked(database)
        return Cost(
            row=row,
            posted=posted - already,
            seconds=time.monotonic() - began,
            cpu_seconds=_cpu(bots) - cpu,
            queries=queries - before[0],
            pages=pages - before[1],
            sent=_sent(files).since(sent),
        )


class _Asker:
    """Requests videos as a member does, one every so many seconds, and doesn't wait for what comes of them."""

    def __init__(self, connection: Connection, member_id: int, image: Upload, every: float) -> None:
        self._connection = connection
        self._member_id = member_id
        self._image = image
        self._every = every

    async def ask(self, channels: Sequence[str]) -> None:
        began = time.monotonic()
        async with asyncio.TaskGroup() as requests:
            for number, channel in enumerate(channels):
                await asyncio.sleep(max(0.0, began + number * self._every - time.monotonic()))
                requests.create_task(self._ask(channel, number))

    async def _ask(self, channel: str, number: int) -> None:
        files = Files()
        options = {
            "prompt": f"@Image1 walks along the quay at dusk. Take {number}.",
            "image1": files.encode(self._image),
        }
        payload: JsonObject = {"kind": 1, "name": "video", "channel_id": channel, "options": options}
        await self._connection.post(f"users/{self._member_id}/command", payload, files.uploads)


def _bot(folder: Path, number: int, environment: Mapping[str, str]) -> AbstractAsyncContextManager[Running]:
    """Start a gateway with its shard, or a worker."""
    file = _counts(folder, number)
    file.write_bytes(bytes(SIZE))
    role, shards = ("run", {"SHARD_IDS": str(number)}) if number < GATEWAYS else ("worker", {})
    return running(
        "benchmarks.scale.counted",
        [str(file), role],
        is_ready=_is_ready,
        folder=folder,
        environment={**environment, **shards},
    )


def _is_ready(line: Line) -> bool:
    return line.get("event") in {"ready", "worker_ready"}


def _counts(folder: Path, number: int) -> Path:
    return folder / f"counts-{number}"


def _channel(guild: JsonObject) -> str:
    return next(each["id"] for each in guild["channels"] if each["name"] == CHANNEL)


def _picture() -> bytes:
    buffer = BytesIO()
    Image.effect_noise((320, 320), 40).convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()


def _cpu(bots: Sequence[Running]) -> float:
    return sum(read_usage(bot.pid).cpu_seconds for bot in bots)


def _sent(files: Sequence[Path]) -> Bytes:
    return sum(map(read_bytes, files), Bytes())


async def _asked(database: AsyncEngine) -> tuple[int, int]:
    """Return how many statements PostgreSQL has run, and into how many pages it looked for them."""
    async with database.connect() as connection:
        queries, pages = (await connection.execute(_TAKEN)).one()
    return int(queries), int(pages)


async def _posted(eye: Eye, videos: int) -> int:
    """Wait until so many requests were taken and none is in progress, or for so long; return how many are posted."""
    over_at = time.monotonic() + PATIENCE
    while time.monotonic() < over_at:
        states = await eye.states()
        if sum(states.values()) >= videos and not UNFINISHED.intersection(states):
            break
        await asyncio.sleep(LOOK_EVERY)
    return (await eye.states()).get(State.DELIVERED, 0)


def report(costs: Sequence[Cost], console: Console) -> int:
    """Print what a video of each row takes, side by side; return the exit status."""
    first = costs[0]
    table = titled("What a video takes of two gateways and two workers together", "")
    for cost in costs:
        table.add_column(f"{cost.row.videos:,} from\n{cost.row.servers:,}", justify="right")
    for name, value in FIGURES.items():
        table.add_row(name, *(f"{value(cost):,.1f}" for cost in costs))
        if name in JUDGED:
            table.add_row("  x the first", *(f"{value(cost) / value(first):.2f}" for cost in costs))
    table.add_row("seconds in all", *(f"{cost.seconds:.0f}" for cost in costs))
    table.add_row("posted", *(f"{cost.posted:,}" for cost in costs))
    console.print(table)
    console.print(machine())
    return judge(
        [
            *(
                Target(
                    name=f"{name}, apart", value=100 * _spread(list(map(FIGURES[name], costs))), limit=APART, unit="%"
                )
                for name in JUDGED
            ),
            Target(
                name="not posted", value=sum(cost.row.videos - cost.posted for cost in costs), limit=0, unit="videos"
            ),
        ],
        console,
    )


def _spread(values: Sequence[float]) -> float:
    """Return by which part the highest is above the lowest."""
    return max(values) / min(values) - 1
