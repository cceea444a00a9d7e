"""What is measured: bots as processes, each with a local Discord and a local Segmind of its own."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp

from benchmarks.processes import Line, running
from benchmarks.seeding import MODEL, Place, database_url, seed
from sandbox.segmind.control.client import SegmindControl
from tests.support.doors import open_doors

MEMBER: Final = "mira"
CHANNEL: Final = "videos"
MANY: Final = 10_000  # more jobs at Segmind than any benchmark has
NO_LIMIT_USD: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reelcast:
    """Our bot, ready, with its jobs resumed."""

    name: str
    pid: int
    control_url: str
    recording: Path
    segmind: SegmindControl

    async def polls(self) -> int:
        """Return how many times the bot has asked Segmind for a status so far."""
        return (await self.segmind.state())["operations"].get("status", 0)

    async def throttled(self) -> int:
        """Return how many of the bot's requests Segmind answered with 429."""
        return (await self.segmind.state())["too_many_requests"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare:
    """A bot that only answers; see `benchmarks.bare`."""

    name: str
    pid: int
    control_url: str
    recording: Path


@asynccontextmanager
async def reelcast(
    name: str,
    folder: Path,
    session: aiohttp.ClientSession,
    *,
    jobs: int,
    requests_per_minute: int,
    segmind_options: Sequence[str] = (),
    program: tuple[str, ...] = ("bot",),
    database: str | None = None,
) -> AsyncGenerator[Reelcast]:
    """Run our bot with so many jobs that Segmind goes on processing, on a request budget that Segmind grants too.

    `segmind_options` are those of the local Segmind. `program` is the module that runs it, with what it is told before
    `run`. `database` is the address of another database than a file in `folder`.
    """
    database = database or database_url(folder)
    recording, (module, *told) = _recording_in(folder), program
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(sandbox_part("discord", folder, "--recording", str(recording)))
        rate = str(requests_per_minute)
        segmind = await stack.enter_async_context(
            sandbox_part("segmind", folder, "--requests-per-minute", rate, *segmind_options)
        )
        control = SegmindControl(segmind["segmind"]["control_url"], session)
        if jobs:
            # Requests of "somebody else" stand still: they stay PROCESSING for as long as the record lives.
            request_ids = await control.insert_request({"prompt": "…"}, model=MODEL, status="PROCESSING", copies=jobs)
            await seed(database, request_ids, place_in(discord["discord"]))
        await open_doors(database, discord["discord"]["guilds"])
        environment = {
            **discord["environment"],
            **segmind["environment"],
            "DATABASE_URL": database,
            "DATA_DIR": str(folder),
            "SEGMIND_MODELS": MODEL,
            "SEGMIND_REQUESTS_PER_MINUTE": rate,
            "SEGMIND_MAX_IN_FLIGHT": str(MANY),
            "SPEND_LIMIT_USD_PER_DAY": str(NO_LIMIT_USD),
            "HTTP_PORT": "0",
            "LOG_FORMAT": "json",
        }
        bot = await stack.enter_async_context(
            running(module, [*told, "run"], is_ready=says_ready, folder=folder, environment=environment)
        )
        yield Reelcast(
            name=name,
            pid=bot.pid,
            control_url=discord["discord"]["control_url"],
            recording=recording,
            segmind=control,
        )


@asynccontextmanager
async def bare(name: str, folder: Path) -> AsyncGenerator[Bare]:
    """Run the bot that only answers."""
    recording = _recording_in(folder)
    async with (
        sandbox_part("discord", folder, "--recording", str(recording)) as discord,
        running("benchmarks.bare", is_ready=says_ready, folder=folder, environment=discord["environment"]) as bot,
    ):
        yield Bare(name=name, pid=bot.pid, control_url=discord["discord"]["control_url"], recording=recording)


@asynccontextmanager
async def sandbox_part(part: str, folder: Path, *arguments: str) -> AsyncGenerator[Line]:
    """Serve one part of the sandbox in a process of its own; yields how it describes itself."""
    async with running("sandbox", [part, *arguments], is_ready=_says_where, folder=folder) as process:
        yield process.ready_line


def _recording_in(folder: Path) -> Path:
    """Make a bot's folder; return where its Discord's exchanges are to be recorded."""
    folder.mkdir()
    return folder / "discord.jsonl"


def says_ready(line: Line) -> bool:
    return line.get("event") == "ready"


def _says_where(line: Line) -> bool:
    return "environment" in line


def place_in(discord: Line, *, guild: int = 0, channel: str = CHANNEL) -> Place:
    """Find a channel, and a member who asks there, in one of the servers of a local Discord."""

    def id_of(things: list[dict[str, Any]], name: str) -> int:
        return next(int(thing["id"]) for thing in things if thing["name"] == name)

    found = discord["guilds"][guild]
    return Place(
        guild_id=int(found["id"]),
        channel_id=id_of(found["channels"], channel),
        member_id=id_of(found["members"], MEMBER),
    )
