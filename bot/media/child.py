"""A process for one file that a stranger made, which can neither slow the bot nor take it along."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, Final, Self

from bot.media.errors import ChildFailed
from bot.media.serving import NO_WORK

PROJECT: Final = Path(__file__).parents[2]
PROGRAM: Final = "import sys; from {module} import main; sys.exit(main())"
IDLE: Final = "idle"  # how a process ended that was given nothing to do for long


class Child:
    """A running process that waits for its work; it ends with the bot."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, module: str) -> Self:
        """Start a process that runs `main` of that module; raises OSError."""
        # Nothing of our environment: the secrets in it are no business of a process that reads strangers' files.
        starting = asyncio.ensure_future(
            asyncio.create_subprocess_exec(
                *(sys.executable, "-c", PROGRAM.format(module=module)),
                cwd=PROJECT,
                env={"MALLOC_ARENA_MAX": "1"},
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                start_new_session=True,
            )
        )
        try:
            return cls(await asyncio.shield(starting))
        except asyncio.CancelledError:
            await _to_its_end(cls._end_of(starting))  # no one else would end a process that had just started
            raise

    @classmethod
    async def _end_of(cls, starting: "asyncio.Future[Process]") -> None:
        await cls(await starting).end()

    @property
    def pid(self) -> int:
        return self._process.pid

    async def outcome(self, work: Mapping[str, object], *, time_limit: float) -> dict[str, Any]:
        """Send the work and return the answer. The process has ended then, even after a cancellation.

        Raises ChildFailed for one that died, or is not done within `time_limit` seconds.
        """
        try:
            async with asyncio.timeout(time_limit):
                printed = await self._answer(json.dumps(work, default=_absolute).encode() + b"\n")
                status = await self._process.wait()
        except TimeoutError:
            raise ChildFailed("timeout") from None
        finally:
            await self.end()
        return _outcome(printed, status)

    async def _answer(self, work: bytes) -> bytes:
        """Read what it prints; its standard input stays open, whose end would end it."""
        assert self._process.stdin is not None  # noqa: S101 - it is started with pipes
        assert self._process.stdout is not None  # noqa: S101
        try:
            self._process.stdin.write(work)
            await self._process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has ended already, which its status tells
        return await self._process.stdout.read()

    async def end(self) -> None:
        """Make sure that the process is gone, whatever happens to the caller meanwhile."""
        if self._process.returncode is None:
            self._process.kill()
        await _to_its_end(self._is_gone())

    async def _is_gone(self) -> None:
        """Wait for the end of the process, and of both pipes to it: a cancellation leaves none of them open."""
        await self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self._process.stdout is not None:
            await self._process.stdout.read()


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Wait until `work` is done, however often the caller is cancelled meanwhile; that is raised afterwards."""
    task, cancelled = asyncio.ensure_future(work), False
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            cancelled = True
    error = task.exception()
    if cancelled:
        raise asyncio.CancelledError
    if error is not None:
        raise error


async def outcome_of(
    module: str, *, time_limit: float, started: Callable[[int], None] | None = None, **work: object
) -> dict[str, Any]:
    """Start a process, and return what it answers; `started` is told its id. Raises as `Child` does."""
    child = await Child.start(module)
    if started is not None:
        started(child.pid)
    return await child.outcome(work, time_limit=time_limit)


def _absolute(value: object) -> str:
    assert isinstance(value, Path)  # noqa: S101 - all else is of JSON's own types
    return str(value.absolute())  # it works in another folder


def _outcome(printed: bytes, status: int) -> dict[str, Any]:
    if status == NO_WORK:
        raise ChildFailed(IDLE)
    if status != 0:
        raise ChildFailed(signal.Signals(-status).name if status < 0 else f"status {status}")
    try:
        outcome: dict[str, Any] = json.loads(printed)
    except ValueError:
        raise ChildFailed("no answer") from None
    return outcome
