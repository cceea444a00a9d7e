"""`python -m sandbox.web`: a local Discord in the browser, with the real bot in it and no account anywhere.

Starts the sandbox and the bot beside it, opens the servers to members as their owners would, and prints the address of
the page. Goes on until Ctrl-C.
"""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import webbrowser
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
from rich.console import Console

from sandbox.demo.processes import LAST_LINES, Child, ChildEnded
from sandbox.demo.start import passed_on, start_bot, start_sandbox, until_ready
from sandbox.web.opening import open_servers

INTERRUPTED: Final = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    port: int
    speed: float
    opens: bool


def main() -> int:
    """Serve the page until Ctrl-C; returns the exit status."""
    options = _options()
    console = Console(highlight=False)
    try:
        asyncio.run(_serve(options, console))
    except (KeyboardInterrupt, asyncio.CancelledError):
        console.print("\nStopped.", markup=False)
        return INTERRUPTED
    except (ChildEnded, TimeoutError, aiohttp.ClientError, OSError) as error:
        console.print(f"\nThe demo ended: {error or type(error).__name__}.", markup=False, soft_wrap=True)
        return 1
    return 0


def _options() -> Options:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.web", description="Try the bot in the browser, in a local Discord."
    )
    parser.add_argument("--port", type=int, default=0, help="the page's port; Segmind's is the next (default: any)")
    parser.add_argument(
        "--speed", type=float, default=40.0, help="divides the local Segmind's run times (default: %(default)s)"
    )
    parser.add_argument("--no-open", action="store_true", help="open no browser, only print the address")
    found = parser.parse_args()
    if found.speed <= 0:
        parser.error("--speed must be more than 0")
    return Options(port=found.port, speed=found.speed, opens=not found.no_open)


async def _serve(options: Options, console: Console) -> None:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - a coroutine runs in one
    for number in (signal.SIGINT, signal.SIGTERM):  # also where a shell started us in the background, deaf to SIGINT
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reelcast-demo-")))
        console.print("Starting a local Discord, a local Segmind and the bot …", style="dim")
        arguments = ["--speed", str(options.speed), "--port", str(options.port)]
        environment = passed_on(os.environ)
        sandbox, description = await start_sandbox(stack, folder, environment, arguments)
        bot = await start_bot(stack, folder, environment, description["environment"])
        try:
            await until_ready(bot)
            await sandbox.while_running(bot.while_running(_receive(description["discord"], options, console)))
        except Exception:
            _show_log(bot, console)
            raise


async def _receive(discord: Mapping[str, Any], options: Options, console: Console) -> None:
    """Have all ready for visitors, say where, and wait for ever."""
    await open_servers(discord["control_url"])
    address = str(discord["page_url"])
    console.print(f"\nThe page is at {address}", markup=False, soft_wrap=True)
    console.print("Two tabs can be two people. Ctrl-C ends it all; nothing is kept.\n", markup=False, soft_wrap=True)
    if options.opens and _has_screen():
        await asyncio.to_thread(webbrowser.open, address)
    await asyncio.Event().wait()


def _has_screen() -> bool:
    """Tell whether a browser that opens would have a window; one in a terminal would be in the way."""
    if not sys.stdout.isatty():
        return False
    return sys.platform in {"darwin", "win32"} or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _show_log(bot: Child, console: Console) -> None:
    console.print(f"\nThe bot's last words (of {len(bot.lines)}):", markup=False)
    for line in bot.lines[-LAST_LINES:]:
        console.print(f"  {line}", markup=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
