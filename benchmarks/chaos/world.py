"""The world around the bot: both sandboxes, members who ask, and what can be seen from outside."""

import asyncio
import io
import json
import os
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, cast

import aiohttp
from PIL import Image

from benchmarks.chaos.audit import Against
from sandbox.__main__ import environment
from sandbox.discord.server import DiscordSandbox
from sandbox.member import ControlError, Member, Message, Sandbox, Upload, past_notice
from sandbox.segmind.control.client import SegmindControl
from sandbox.segmind.films.film import TINY
from sandbox.segmind.server import SegmindSandbox
from sandbox.segmind.settings import Settings
from tests.support.doors import open_doors

PER_MINUTE: Final = 3_000  # requests, on both sides: pacing is another benchmark's matter
# Longer than the 2 s between two polls, so that PROCESSING is seen.
RUNS: Final = Settings(queue_seconds=0.5, run_seconds=6.0, sigma=0.5, history_outputs=2)
SEATS: Final = (
    ("mira", "Film Club", "videos"),
    ("noor", "Film Club", "general"),
    ("ada", "Film Club", "late-night"),
    ("mo", "Film Club", "storyboards"),
    ("mira", "Animation Guild", "videos"),
    ("noor", "Animation Guild", "general"),
)
THREADS: Final = frozenset({"storyboards"})  # of these
BROKEN_ONE_IN: Final = 12
NEWEST: Final = 6  # cards: of jobs that are most probably on their way
# A bot that is started every few seconds meets limits that no usual restart does.
STARTING: Final = ("commands_put", "gateway_bot")


@dataclass(slots=True, kw_only=True)
class World:
    """What the benchmark acts with and looks at."""

    folder: Path
    claims: Path  # a file for each boundary that a process has stopped at
    sandbox: Sandbox
    segmind: SegmindControl
    seats: tuple[Member, ...]
    alone: tuple[Member, ...]  # each of them once, at their direct messages
    variables: Mapping[str, str]
    logs: Path | None = None  # a folder for what every process said
    asked: int = 0
    answered: set[int] = field(default_factory=set[int])  # the jobs whose card a member saw
    newest: deque[Message] = field(default_factory=lambda: deque[Message](maxlen=NEWEST))  # of their cards
    against: list[Against] = field(default_factory=list[Against])  # what was decided against members and channels
    _asking: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    def ask(self) -> None:
        """Have the next member ask for a video, whether the bot lives or not."""
        task = asyncio.create_task(self._ask(self.asked), name=f"ask {self.asked}")
        self.asked += 1
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _ask(self, number: int) -> None:
        member = self.seats[number % len(self.seats)]
        try:
            asked = await member.slash("video", prompt=prompt(number), image1=picture(number))
            result = await past_notice(member, asked)
        except (ControlError, TimeoutError):  # the client does not offer the command yet, or showed a failure
            return
        if result.acknowledged and result.message is not None and not result.message.ephemeral:
            self.answered.add(int(result.id))
            self.newest.append(result.message)

    async def asks_over(self) -> None:
        """Wait until no member waits for an answer any more."""
        await asyncio.gather(*self._asking, return_exceptions=True)

    async def messages(self) -> list[Message]:
        """Return every message in every channel in which members ask."""
        return [message for member in self.seats for message in await member.messages()]

    async def private_words(self) -> list[Message]:
        """Return every message that members got in private."""
        return [message for member in self.alone for message in await member.messages()]


def prompt(number: int) -> str:
    """Word a request so that its run, and its charge, are known by it."""
    return f"Take {number}: @Image1 walks along the quay"


def picture(number: int) -> Upload:
    """Draw a reference; one in `BROKEN_ONE_IN` breaks off in the middle, so that its job fails."""
    buffer = io.BytesIO()
    Image.effect_noise((320, 320), number % 100 + 20).save(buffer, "PNG")
    drawn = buffer.getvalue()
    broken = number % BROKEN_ONE_IN == BROKEN_ONE_IN - 1
    return Upload(drawn[: len(drawn) // 2] if broken else drawn, "reference.png", "image/png")


@asynccontextmanager
async def open_world(
    folder: Path, database_url: str, *, seed: int, hurry: bool = False, logs: Path | None = None
) -> AsyncGenerator[World]:
    """Start both sandboxes, and seat the members."""
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(DiscordSandbox())
        segmind = await stack.enter_async_context(
            SegmindSandbox(
                speed=1,
                requests_per_minute=PER_MINUTE,
                credits=Decimal(100_000),
                quality=TINY,
                settings=RUNS,
                seed=seed,
            )
        )
        session = await stack.enter_async_context(aiohttp.ClientSession())
        sandbox = await stack.enter_async_context(Sandbox.connect(discord.describe()["control_url"]))
        for bucket in STARTING:
            await sandbox.admin.set_rate_limit(bucket, limit=1_000, per=1.0)
        await open_doors(database_url, discord.describe()["guilds"])
        alone = [sandbox.member(name) for name in {name: None for name, _, _ in SEATS}]
        for member in alone:
            await member.at_direct_messages()
        claims = folder / "claims"
        claims.mkdir()
        yield World(
            folder=folder,
            claims=claims,
            sandbox=sandbox,
            logs=logs,
            segmind=SegmindControl(segmind.describe()["control_url"], session),
            alone=tuple(alone),
            seats=tuple(sandbox.member(name, guild=guild, channel=channel) for name, guild, channel in SEATS),
            variables={
                **{name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ},
                **environment(discord.describe(), segmind.describe()),
                "DATABASE_URL": database_url,
                "SEGMIND_REQUESTS_PER_MINUTE": str(PER_MINUTE),
                "SEGMIND_MAX_IN_FLIGHT": "100",
                "SPEND_LIMIT_USD_PER_DAY": "100000",
                "HTTP_PORT": "0",
                "LOG_FORMAT": "json",
                **({"CHAOS_HURRY": "1"} if hurry else {}),
            },
        )


def read_line(line: str) -> Mapping[str, Any]:
    """Read a line of a process's output; one that is no JSON object says nothing."""
    try:
        found: object = json.loads(line)
    except ValueError:
        return {}
    return cast("Mapping[str, Any]", found) if isinstance(found, dict) else {}
