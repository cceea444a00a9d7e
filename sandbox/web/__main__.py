"""`python -m sandbox.web`: a local Discord in the browser, with the real bot in it and no account anywhere.

Starts the sandbox and the bot beside it, opens the servers to members as their owners would, and prints the address of
the page. Goes on until Ctrl-C.
"""

import argparse
import asyncio
import os
import sys
import webbrowser
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from sandbox.arguments import port, positive
from sandbox.demo.running import beside_the_bot, run_demo
from sandbox.demo.start import passed_on
from sandbox.web.opening import open_servers


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    port: int
    speed: float
    opens: bool


def main() -> int:
    """Serve the page until Ctrl-C; returns the exit status."""
    options = _options()
    console = Console(highlight=False)
    return run_demo(_serve(options, console), console)


def _options() -> Options:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.web", description="Try the bot in the browser, in a local Discord."
    )
    parser.add_argument(
        "--port", type=port, default=0, help="Port of the page. Segmind gets the next one (default: any)."
    )
    parser.add_argument(
        "--speed",
        type=positive,
        default=40.0,
        help="How many times faster the local Segmind is (default: %(default)s).",
    )
    parser.add_argument("--no-open", action="store_true", help="Don't open a browser. Only print the address.")
    found = parser.parse_args()
    return Options(port=found.port, speed=found.speed, opens=not found.no_open)


async def _serve(options: Options, console: Console) -> None:
    async def receive(description: Mapping[str, Any], _folder: Path) -> None:
        await _receive(description["discord"], options, console)

    arguments = ["--speed", str(options.speed), "--port", str(options.port)]
    await beside_the_bot(receive, arguments, passed_on(os.environ), console)


async def _receive(discord: Mapping[str, Any], options: Options, console: Console) -> None:
    """Have all ready for visitors, say where, and wait for ever."""
    await open_servers(discord["control_url"])
    address = str(discord["page_url"])
    console.print(f"\nThe page is at {address}", markup=False, soft_wrap=True)
    console.print(
        "Each tab can be a different person. Press Ctrl-C to stop. Nothing is kept.\n", markup=False, soft_wrap=True
    )
    if options.opens and _has_screen():
        await asyncio.to_thread(webbrowser.open, address)
    await asyncio.Event().wait()


def _has_screen() -> bool:
    """Tell whether a browser that opens would have a window; one in a terminal would be in the way."""
    if not sys.stdout.isatty():
        return False
    return sys.platform in {"darwin", "win32"} or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


if __name__ == "__main__":
    sys.exit(main())
