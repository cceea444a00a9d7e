"""A process for one video, which can neither slow the bot nor take it along."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from bot.media.errors import ChildFailed

PROJECT: Final = Path(__file__).parents[2]
PROGRAM: Final = "import sys; from bot.media.fit_process import main; sys.exit(main(*sys.argv[1:]))"


async def outcome_of(
    *arguments: object, time_limit: float, started: Callable[[int], None] | None = None
) -> dict[str, Any]:
    """Run `bot.media.fit_process` and return what it prints; `started` is told its id. A cancellation ends it.

    Raises ChildFailed for one that died, or is not done within `time_limit` seconds.
    """
    # Nothing of our environment: the secrets in it are no business of a process that reads strangers' files.
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, *map(_argument, arguments)),
        cwd=PROJECT,
        env={},
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        start_new_session=True,
    )
    if started is not None:
        started(process.pid)
    try:
        async with asyncio.timeout(time_limit):
            return _outcome(await _last_words(process), await process.wait())
    except TimeoutError:
        raise ChildFailed("timeout") from None
    finally:
        await _end(process)


def _argument(value: object) -> str:
    return str(value.absolute() if isinstance(value, Path) else value)  # it works in another folder


async def _last_words(process: Process) -> bytes:
    """Read what it prints; its standard input stays open, whose end would end it."""
    assert process.stdout is not None  # noqa: S101 - it is started with a pipe
    return await process.stdout.read()


def _outcome(printed: bytes, status: int) -> dict[str, Any]:
    if status != 0:
        raise ChildFailed(signal.Signals(-status).name if status < 0 else f"status {status}")
    try:
        outcome: dict[str, Any] = json.loads(printed)
    except ValueError:
        raise ChildFailed("no answer") from None
    return outcome


async def _end(process: Process) -> None:
    """Make sure that the process is gone, whatever happens to the caller meanwhile."""
    if process.returncode is None:
        process.kill()
    await asyncio.shield(asyncio.ensure_future(process.wait()))
    if process.stdin is not None:
        process.stdin.close()
