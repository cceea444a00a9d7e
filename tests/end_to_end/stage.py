"""The stage of every play here: a local Discord, a local Segmind, and the real bot as a process of its own.

Both sandboxes run in the test's own loop, so that a test can steer them; the bot sees nothing but their sockets.
"""

import asyncio
import io
import json
import os
import re
import signal
import socket
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_bytes
from typing import Any

import aiohttp
from PIL import Image
from prometheus_client.parser import text_string_to_metric_families

from sandbox.__main__ import environment
from sandbox.demo.processes import Child, python
from sandbox.discord.server import DiscordSandbox
from sandbox.member import Member, Message, Sandbox, Upload, past_notice
from sandbox.segmind.control.client import SegmindControl
from sandbox.segmind.films.film import TINY
from sandbox.segmind.server import SegmindSandbox
from sandbox.segmind.settings import Settings
from sandbox.web.server import Page
from tests.support.doors import open_doors
from tests.support.forked import forked

PATIENCE = 180.0  # seconds for anything to happen, on a machine that has much else to do
STOPS_WITHIN = 10.0  # seconds a bot may take to end
LONG = 600.0  # seconds: a job held this long in a state stays there until the test lets it go
# Events of the bot's log that tell of a bug, whatever the world did to it.
BROKEN = {
    *("driver_broke", "step_broke", "card_broke", "command_broke", "choices_broke", "background_task_broke"),
    "submit_broke",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a bot ended; a negative status is the signal that ended it."""

    status: int
    seconds: float


@dataclass(slots=True, kw_only=True)
class Bot:
    """A running bot, known by what it logs."""

    child: Child
    health: str = ""  # where it serves its figures
    ending: Ending | None = field(default=None, init=False)

    async def logged(self, event: str, **facts: object) -> dict[str, Any]:
        """Return the first line of the log, past or to come, of an event with these facts."""

        def wanted(line: str) -> bool:
            entry = _entry(line)
            return entry.get("event") == event and all(entry.get(name) == fact for name, fact in facts.items())

        async with asyncio.timeout(PATIENCE):
            return _entry(await self.child.said(wanted))

    async def reached(self, state: str, job: int) -> None:
        """Wait until a job's state is saved as this one."""
        await self.logged("job_state", job=job, state=state)

    def log(self, *events: str) -> list[dict[str, Any]]:
        """Return what was logged so far of these events."""
        return [entry for entry in map(_entry, self.child.lines) if entry.get("event") in events]

    async def every_move_is_told(self) -> None:
        """Compare the moves that the bot counted with those that it logged, by state."""
        counted: Counter[str] = Counter()
        logged: Counter[str] = Counter()
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
                while True:
                    async with session.get(f"{self.health}/metrics") as answer:
                        counted = _moves(await answer.text())
                    lines = len(self.child.lines)
                    logged = Counter(entry["state"] for entry in self.log("job_state"))
                    if counted == logged:
                        return
                    if logged.total() <= counted.total():  # else it moved on after the look
                        await self.child.more(lines)
        assert counted == logged

    async def end(self, number: signal.Signals = signal.SIGTERM) -> Ending:
        """Send a signal and wait for the end; one that can still tell must have told of every move."""
        if number is not signal.SIGKILL:
            await self.every_move_is_told()
        started = time.monotonic()
        self.child.send(number)
        async with asyncio.timeout(PATIENCE):
            status = await self.child.ended()
        self.ending = Ending(status=status, seconds=time.monotonic() - started)
        return self.ending


class Watch:
    """Every state of every message that reached a member, in order."""

    def __init__(self) -> None:
        self.seen: list[Message] = []
        self._more = asyncio.Condition()

    async def note(self, message: Message) -> None:
        async with self._more:
            self.seen.append(message)
            self._more.notify_all()

    async def until(self, card: Message, words: str) -> None:
        """Wait until a state of a card with these words is noted."""
        async with asyncio.timeout(PATIENCE), self._more:
            await self._more.wait_for(lambda: any(each.id == card.id and words in each.text for each in self.seen))

    def titles(self, card: Message) -> list[str]:
        """Return the first lines of a card, one for each change."""
        found: list[str] = []
        for message in self.seen:
            if message.id == card.id and (not found or found[-1] != title(message)):
                found.append(title(message))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What a test acts with."""

    folder: Path
    discord: DiscordSandbox
    service: SegmindSandbox
    sandbox: Sandbox
    segmind: SegmindControl
    secrets: tuple[str, ...]
    recording: Path
    asked: dict[int, int] = field(default_factory=dict[int, int])  # by card: the interaction's id

    @property
    def database(self) -> Path:
        return self.folder / "reelcast.db"

    def member(self, name: str = "mira", **where: Any) -> Member:
        return self.sandbox.member(name, **where)

    @asynccontextmanager
    async def bot(self, *, anew: bool = False, **settings: str) -> AsyncGenerator[Bot]:
        """Run the bot as long as the block does; again in the same folder is a restart.

        It's a copy of a process that has loaded its modules already, which saves most of a start, unless it is to start
        `anew`.

        At the end it must have kept its secrets and broken nowhere, and ended in good order unless the test ended it.
        """
        variables = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ},
            **environment(self.discord.describe(), self.service.describe()),
            "DATABASE_URL": f"sqlite:///{self.database}",
            "DATA_DIR": str(self.folder / "data"),
            "SEGMIND_REQUESTS_PER_MINUTE": "6000",
            "SPEND_LIMIT_USD_PER_DAY": "1000",
            "LOG_FORMAT": "json",
            **an_address(),
            **settings,
        }
        await open_doors(variables["DATABASE_URL"], self.discord.describe()["guilds"])
        start = python if anew else forked
        async with start("the bot", "bot", "run", folder=self.folder, environment=variables) as child:
            bot = Bot(child=child, health=health_url(variables))
            try:
                async with asyncio.timeout(PATIENCE):
                    await child.said(lambda line: "has connected to Gateway" in line)
                yield bot
                ending = bot.ending or await bot.end()
            except Exception as error:
                error.add_note("\n".join(["The bot said:", *child.lines]))
                raise
        said = "\n".join(child.lines)
        assert ending.status in {0, -signal.SIGKILL}, said
        assert not bot.log(*BROKEN), said
        assert not [secret for secret in self.secrets if secret in said]

    async def ask(self, member: Member, prompt: str = "A walk in @Image1", images: int = 1, **options: Any) -> Message:
        """Send `/video` with so many images; returns the card."""
        given = {f"image{number}": photo(number) for number in range(1, images + 1)}
        result = await past_notice(member, await member.slash("video", prompt=prompt, **{**given, **options}))
        card = await member.answered(result, PATIENCE)
        assert card is not None
        assert not card.ephemeral, card.text
        self.asked[card.id] = int(result.id)
        return card

    async def hold(self) -> None:
        """Keep every run to come QUEUED for `LONG`, then PROCESSING for as long; `let_on` shortens that."""
        await self.segmind.configure(speed=1, queue_seconds=LONG, run_seconds=LONG, sigma=0.0)

    async def let_on(self) -> None:
        """Let the time of one state of a held run pass."""
        await self.segmind.advance(LONG)

    def jobs(self) -> dict[int, str]:
        """Read every job's state from the database."""
        with self._reading() as connection:
            return dict(connection.execute("SELECT id, state FROM jobs ORDER BY created_at"))

    def job_of(self, card: Message) -> int:
        """Return the id of the job that a card belongs to: the interaction's that asked for it."""
        return self.asked[card.id]

    def spent_usd(self) -> float:
        """Read what is reserved and charged, of all days."""
        with self._reading() as connection:
            return sum(usd for (usd,) in connection.execute("SELECT usd FROM spending")) / 1_000_000

    def preparing(self) -> list[int]:
        """Tell of each job that the bot prepares at the moment how often it died with it."""
        marked = "SELECT deaths FROM breakdowns WHERE process <> '' AND alone = 1"
        with self._reading() as connection:
            return [deaths for (deaths,) in connection.execute(marked)]

    def age(self, job: int, *, seconds: int) -> None:
        """Make a job older than it is, while no bot runs."""
        with self._reading() as connection:
            connection.execute("UPDATE jobs SET created_at = created_at - ? WHERE id = ?", (seconds * 1_000_000, job))

    def _reading(self) -> "_Reading":
        return _Reading(self.database)

    async def charged(self) -> tuple[int, float]:
        """Return how many runs were charged, and how many dollars together."""
        state = await self.segmind.state()
        return state["charges"], state["charged_usd"]


class _Reading:
    """A short look into the database of a bot that may be running."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> sqlite3.Connection:
        self._connection = sqlite3.connect(self._path, isolation_level=None)
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()


@asynccontextmanager
async def open_stage(folder: Path, *, video_bytes: int = 0) -> AsyncGenerator[Stage]:
    """Start both sandboxes; a run takes about a second, films are tiny unless `video_bytes` fills them up."""
    recording = folder / "recording.jsonl"
    settings = Settings(queue_seconds=0.2, run_seconds=0.6, sigma=0.0)
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(
            SegmindSandbox(
                speed=1,
                requests_per_minute=100_000,
                settings=settings,
                quality=replace(TINY, padded_to=video_bytes),
            )
        )
        described = service.describe()
        page = await stack.enter_async_context(Page.open(described["control_url"]))
        discord = await stack.enter_async_context(DiscordSandbox(recording=recording, page=page.routes()))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        segmind = SegmindControl(described["control_url"], session)
        stage = Stage(
            folder=folder,
            discord=discord,
            service=service,
            sandbox=await stack.enter_async_context(Sandbox.connect(discord.describe()["control_url"])),
            segmind=segmind,
            secrets=(described["api_key"], discord.world.token),
            recording=recording,
        )
        yield stage
        assert (await segmind.state())["key_leaks"] == []


@asynccontextmanager
async def watching(member: Member) -> AsyncGenerator[Watch]:
    """Note every message, and every change of one, that reaches a member while the block runs."""
    watch = Watch()
    await member.messages()  # their client is connected from here on

    async def note() -> None:
        async for event in member.events():
            if event.name in {"MESSAGE_CREATE", "MESSAGE_UPDATE"}:
                await watch.note(Message(event.data))

    task = asyncio.create_task(note(), name="watching the channel")
    try:
        yield watch
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def shows(member: Member, card: Message, *words: str) -> Message:
    """Wait until a card has all these words."""
    return await member.wait_for(
        lambda message: message.id == card.id and all(each in message.text for each in words), PATIENCE
    )


async def replied(member: Member, card: Message) -> Message:
    """Wait for the reply to a card."""
    return await member.wait_for(lambda message: message.reference == card.id, PATIENCE)


async def replies(member: Member, card: Message) -> list[Message]:
    """Return every reply to a card that there is now."""
    return [each for each in await member.messages() if each.reference == card.id]


async def sent(member: Member, card: Message) -> Message:
    """Wait until a request is at Segmind, from when on its card offers to keep the video from being posted."""
    return await member.wait_for(
        lambda message: message.id == card.id and any(each.label == "Don't post it" for each in message.buttons),
        PATIENCE,
    )


def title(message: Message) -> str:
    """Return the state that a card shows in its first line."""
    line = message.text.partition("\n")[0].removeprefix("-# ")
    return re.sub(r"^\*\*|\*\*.*| · .*|\[|\]\(.*", "", line)


def photo(number: int = 1, *, width: int = 400, height: int = 320) -> Upload:
    """Draw a small picture, of another colour for each number."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), (40 * number % 256, 90, 200 - 20 * number)).save(buffer, "PNG")
    return Upload(buffer.getvalue(), f"photo{number}.png", "image/png")


def an_address() -> dict[str, str]:
    """Choose where a bot serves its figures: on Linux an address of its own, whose ports nobody else takes."""
    own = ".".join(str(1 + each % 254) for each in token_bytes(3))
    host = f"127.{own}" if sys.platform == "linux" else "127.0.0.1"
    with socket.socket() as probe:
        probe.bind((host, 0))
        return {"HTTP_HOST": host, "HTTP_PORT": str(probe.getsockname()[1])}


def health_url(variables: Mapping[str, str]) -> str:
    return f"http://{variables['HTTP_HOST']}:{variables['HTTP_PORT']}"


def _moves(page: str) -> Counter[str]:
    """Read from a page of figures how many jobs came to each state."""
    return Counter(
        {
            sample.labels["state"]: int(sample.value)
            for family in text_string_to_metric_families(page)
            for sample in family.samples
            if sample.name == "reelcast_job_moves_total" and sample.value
        }
    )


def _entry(line: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}
