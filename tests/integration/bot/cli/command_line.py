"""`python -m bot …` as its own process, with an environment of the test's own, beside a local Discord and Segmind."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from bot.cli.check import look_at_all
from sandbox.__main__ import environment
from sandbox.discord.server import DiscordSandbox
from sandbox.member import Sandbox
from sandbox.segmind.control.client import SegmindControl
from sandbox.segmind.server import SegmindSandbox

ROOT: Final = Path(__file__).parents[4]
PATIENCE: Final = 60.0  # seconds until a process that should end or speak is given up


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a process ended; `output` is all it said, standard output and error together."""

    status: int
    output: str

    @property
    def lines(self) -> list[str]:
        return self.output.splitlines()

    def line(self, beginning: str) -> str:
        """Return the one line that begins so."""
        [found] = [line for line in self.lines if line.startswith(beginning)]
        return found


class Running:
    """A process that goes on; `said` waits for a line, `end` for its end."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._said: list[str] = []

    async def said(self, words: str) -> str:
        """Wait for the next line with these words; fails with all that was said where none comes."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            async for line in self._process.stdout:
                self._said.append(line.decode())
                if words in self._said[-1]:
                    return self._said[-1]
        raise AssertionError(f"{words!r} was not said:\n{''.join(self._said)}")

    def send(self, signal: int) -> None:
        self._process.send_signal(signal)

    async def end(self) -> Ended:
        async with asyncio.timeout(PATIENCE):
            rest, _ = await self._process.communicate()
        return Ended(status=self._process.returncode or 0, output="".join(self._said) + rest.decode())

    async def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
            await self._process.communicate()


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A local Discord and Segmind, and the variables that point a bot at them; the bot works in `folder`."""

    environment: Mapping[str, str]
    folder: Path
    discord: Sandbox
    segmind: SegmindControl

    async def bot(self, *arguments: str, **changes: str) -> Ended:
        """Run a command to its end, with these variables changed."""
        async with self.running(*arguments, **changes) as process:
            return await process.end()

    async def check(self, **changes: str) -> Ended:
        """Run `bot check` in this process, which takes a tenth of the time."""
        with surroundings(self.folder, {"PATH": os.environ["PATH"], **self.environment, **changes}):
            findings = [finding async for finding in look_at_all(Path(".env"), lambda _: None)]
        lines = [f"{finding.mark:4} {finding.line}" for finding in findings]
        broken = any(finding.mark == "FAIL" for finding in findings)
        return Ended(status=int(broken), output="\n".join(lines))

    @asynccontextmanager
    async def running(self, *arguments: str, **changes: str) -> AsyncGenerator[Running]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *arguments,
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **self.environment, **changes},
            stdout=PIPE,
            stderr=STDOUT,
        )
        running = Running(process)
        try:
            yield running
        finally:
            await running.kill()


@contextmanager
def surroundings(folder: Path, environment: Mapping[str, str]) -> Generator[None]:
    """Work in a folder, with these variables and no others, until the block ends."""
    before, variables = Path.cwd(), dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        os.chdir(folder)
        yield
    finally:
        os.chdir(before)
        os.environ.clear()
        os.environ.update(variables)


@asynccontextmanager
async def open_world(folder: Path) -> AsyncGenerator[World]:
    async with AsyncExitStack() as stack:
        discord = (await stack.enter_async_context(DiscordSandbox())).describe()
        segmind = (await stack.enter_async_context(SegmindSandbox())).describe()
        session = await stack.enter_async_context(aiohttp.ClientSession())
        yield World(
            environment={**environment(discord, segmind), "HTTP_PORT": "0", "LOG_FORMAT": "json"},
            folder=folder,
            discord=await stack.enter_async_context(Sandbox.connect(discord["control_url"])),
            segmind=SegmindControl(segmind["control_url"], session),
        )
