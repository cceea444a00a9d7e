"""What every demo shares: the sandbox and the bot beside it while it plays, and a good end whatever comes."""

import asyncio
import signal
import tempfile
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import aiohttp
from rich.console import Console

from sandbox.demo.processes import LAST_LINES, Child, ChildEnded
from sandbox.demo.start import start_bot, start_sandbox, until_ready
from sandbox.member import ControlError

INTERRUPTED: Final = 130  # the exit status

Play = Callable[[Mapping[str, Any], Path], Awaitable[None]]


class DemoFailed(Exception):
    """The demo did not come to its end; the text says what went wrong."""


FAILURES: Final = (DemoFailed, ControlError, ChildEnded, TimeoutError, aiohttp.ClientError, OSError)


def run_demo(demo: Coroutine[None, None, None], console: Console) -> int:
    """Run a demo until its end or Ctrl-C, and say how it ended; returns the exit status."""
    try:
        asyncio.run(_until_stopped(demo))
    except (KeyboardInterrupt, asyncio.CancelledError):
        console.print("\nStopped.", markup=False)
        return INTERRUPTED
    except FAILURES as error:
        console.print(f"\nThe demo failed: {error or type(error).__name__}.", markup=False, soft_wrap=True)
        return 1
    return 0


async def beside_the_bot(
    play: Play, arguments: Sequence[str], environment: Mapping[str, str], console: Console
) -> None:
    """Start the sandbox with more `arguments`, and the bot in it, and play as long as both run.

    `play` is handed what the sandbox says of itself, and a folder that goes at the end. Where that is no good end, the
    bot's last words are shown, and one of `FAILURES` is raised.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reelcast-demo-")))
        console.print("Starting a local Discord, a local Segmind, and the bot …", style="dim")
        sandbox, description = await start_sandbox(stack, folder, environment, arguments)
        bot = await start_bot(stack, folder, environment, description["environment"])
        try:
            await until_ready(bot)
            await sandbox.while_running(bot.while_running(play(description, folder)))
        except FAILURES:
            _show_log(bot, console)
            raise


async def _until_stopped(demo: Coroutine[None, None, None]) -> None:
    task = asyncio.ensure_future(demo)
    for number in (signal.SIGINT, signal.SIGTERM):  # also where a shell started us in the background, deaf to SIGINT
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    await task


def _show_log(bot: Child, console: Console) -> None:
    console.print(f"\nThe bot's last log lines (of {len(bot.lines)}):", markup=False)
    for line in bot.lines[-LAST_LINES:]:
        console.print(f"  {line}", markup=False, soft_wrap=True)
