"""The processes of a benchmark: each runs until its block ends, and what it says is listened to."""

import asyncio
import contextlib
import json
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar, cast

ROOT: Final = Path(__file__).parents[1]
READY_WITHIN: Final = 60.0  # seconds from the start of a process to its word that it serves
END_WITHIN: Final = 15.0  # seconds from SIGTERM to SIGKILL; the bot itself promises 10
LONGEST_LINE: Final = 1024 * 1024  # bytes; a logged traceback is one line
TAIL: Final = 20  # lines shown of a process that failed

Line = Mapping[str, Any]
T = TypeVar("T")


class ProcessFailed(Exception):
    """A process ended, or said nothing, before it was ready; the text has its last lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A process that is ready; `ready_line` is the line that said so."""

    pid: int
    ready_line: Line


@asynccontextmanager
async def running(
    module: str,
    arguments: Sequence[str] = (),
    *,
    is_ready: Callable[[Line], bool],
    folder: Path,
    environment: Mapping[str, str] | None = None,
) -> AsyncGenerator[Running]:
    """Run `python -m module` in `folder` with `environment` and nothing else of ours, and end it with the block.

    Both its outputs are read all the time; it counts as ready with the first JSON line that `is_ready` takes.
    Raises `ProcessFailed`.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), **(environment or {})},
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=STDOUT,
        limit=LONGEST_LINE,
    )
    ready = asyncio.get_running_loop().create_future()
    tail: deque[str] = deque(maxlen=TAIL)
    reader = asyncio.create_task(_read(process, ready, is_ready, tail), name=f"output of {module}")
    try:
        try:
            async with asyncio.timeout(READY_WITHIN):
                line = await ready
        except (TimeoutError, EOFError):
            raise ProcessFailed(f"{module} did not get ready:\n" + "\n".join(tail)) from None
        yield Running(pid=process.pid, ready_line=line)
    finally:
        await _end(process)
        await reader


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run `main` as `asyncio.run` does, ended in good order by SIGTERM as well as by SIGINT."""

    async def ended_by_signal() -> T:
        task = asyncio.ensure_future(main)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await task

    return asyncio.run(ended_by_signal())


async def _read(
    process: Process, ready: asyncio.Future[Line], is_ready: Callable[[Line], bool], tail: deque[str]
) -> None:
    assert process.stdout is not None  # noqa: S101 - asked for above
    async for raw in process.stdout:
        text = raw.decode(errors="replace").rstrip()
        tail.append(text)
        line = _json_object(text)
        if not ready.done() and line is not None and is_ready(line):
            ready.set_result(line)
    if not ready.done():
        ready.set_exception(EOFError())


async def _end(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(END_WITHIN):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _json_object(text: str) -> Line | None:
    try:
        value: object = json.loads(text)
    except ValueError:
        return None
    return cast("Line", value) if isinstance(value, dict) else None
