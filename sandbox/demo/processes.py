"""Processes of ours beside this one: started, listened to, and ended whatever happens."""

import asyncio
import signal
import sys
from asyncio import StreamReader
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final, Protocol, TypeVar

PROJECT: Final = Path(__file__).parents[2]
STOP_GRACE: Final = 12.0  # seconds; the bot needs at most 10 to end in good order
LONGEST_LINE: Final = 1 << 20  # bytes
LAST_LINES: Final = 20  # shown of what a process said

T = TypeVar("T")


class ChildEnded(Exception):
    """A process ended before its time; `status` is its exit status, `lines` all that it said."""

    def __init__(self, name: str, status: int, lines: Sequence[str]) -> None:
        said = f": {lines[-1]}" if lines else ""
        super().__init__(f"{name} ended with status {status}{said}")
        self.name = name
        self.status = status
        self.lines = lines
        self.add_note("\n".join(lines[-LAST_LINES:]))


class Process(Protocol):
    """What is needed of a process; `asyncio.subprocess.Process` has it."""

    @property
    def stdout(self) -> StreamReader | None: ...

    async def wait(self) -> int: ...

    def send_signal(self, number: int, /) -> None: ...


class Child:
    """A running `python -m …`; `lines` has what it wrote so far, standard output and error together."""

    def __init__(self, name: str, process: Process) -> None:
        self.name = name
        self.lines: list[str] = []
        self._process = process
        self._said = asyncio.Condition()
        self._over = False
        self._reader = asyncio.create_task(self._read(), name=f"what {name} says")

    async def said(self, wanted: Callable[[str], bool]) -> str:
        """Return the first line, past or to come, that is as wanted; raises `ChildEnded` if none ever is."""
        looked_at = 0
        async with self._said:
            while True:
                while looked_at < len(self.lines):
                    looked_at += 1
                    if wanted(self.lines[looked_at - 1]):
                        return self.lines[looked_at - 1]
                if self._over:
                    raise ChildEnded(self.name, await self._process.wait(), self.lines)
                await self._said.wait()

    async def more(self, than: int) -> None:
        """Wait until it wrote more lines than so many, or is over."""
        async with self._said:
            await self._said.wait_for(lambda: len(self.lines) > than or self._over)

    async def while_running(self, work: Awaitable[T]) -> T:
        """Return what `work` gives; raises `ChildEnded`, and cancels the work, if the process ends before."""
        task = asyncio.ensure_future(work)
        try:
            await asyncio.wait({task, self._reader}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise ChildEnded(self.name, await self._process.wait(), self.lines)
            return task.result()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def send(self, number: signal.Signals) -> None:
        """Send a signal; one that is over already takes none."""
        with suppress(ProcessLookupError):
            self._process.send_signal(number)

    async def ended(self) -> int:
        """Wait for the end and for the last line; returns the exit status, negative for a signal."""
        await asyncio.wait({self._reader})
        return await self._process.wait()

    async def stop(self) -> int:
        """Ask the process to end, and end it when it does not within `STOP_GRACE`; returns its status."""
        self.send(signal.SIGTERM)
        try:
            return await asyncio.wait_for(self.ended(), STOP_GRACE)
        except TimeoutError:
            self.send(signal.SIGKILL)
            return await self.ended()

    async def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None  # noqa: S101 - it is started with a pipe
        try:
            async for line in stream:
                await self._take(line.decode(errors="replace").rstrip("\n"))
        finally:
            self._over = True
            async with self._said:
                self._said.notify_all()

    async def _take(self, line: str) -> None:
        async with self._said:
            self.lines.append(line)
            self._said.notify_all()


@asynccontextmanager
async def python(
    name: str, module: str, *arguments: str, folder: Path, environment: Mapping[str, str]
) -> AsyncGenerator[Child]:
    """Run `python -m MODULE …` of this project in `folder`, as long as the block runs.

    It has a session of its own, so that Ctrl-C in the terminal reaches it through us alone, and a pipe for
    standard input, which closes when we die.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        cwd=folder,
        env={**environment, "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1"},
        stdin=PIPE,
        stdout=PIPE,
        stderr=STDOUT,
        limit=LONGEST_LINE,
        start_new_session=True,
    )
    child = Child(name, process)
    try:
        yield child
    finally:
        # A second Ctrl-C must not leave the process behind: ending it goes on beside the cancellation.
        await asyncio.shield(asyncio.ensure_future(child.stop()))
