"""Command line: `python -m sandbox` serves a local Discord and a local Segmind, or one of them."""

import argparse
import asyncio
import errno
import json
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.arguments import port, positive
from sandbox.segmind.films.film import STANDARD, TINY
from sandbox.segmind.server import SegmindSandbox

DISCORD, SEGMIND = "discord", "segmind"
NOT_SERVED = {errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES}
QUALITIES = {"standard": STANDARD, "tiny": TINY}  # 1280 and 320 pixels on the longer side


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until SIGINT or SIGTERM; see `python -m sandbox --help`."""
    options = _parser().parse_args(arguments)
    try:
        asyncio.run(serve(options))
    except OSError as error:
        if error.errno not in NOT_SERVED:
            raise
        sys.exit(f"Can't listen on the port ({error.strerror}). Choose another with --port.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="Serve a local Discord and a local Segmind, and print their addresses as one line of JSON.",
    )
    parser.add_argument("part", nargs="?", choices=[DISCORD, SEGMIND], help="Serve only this part.")
    parser.add_argument("--host", default="127.0.0.1", help="Address to serve on (default: %(default)s).")
    parser.add_argument(
        "--port", type=port, default=0, help="Discord's port. Segmind gets the next one (default: any)."
    )
    parser.add_argument(
        "--recording", type=Path, metavar="FILE", help="File to record Discord's requests and answers in."
    )
    parser.add_argument(
        "--speed", type=positive, default=40.0, help="How many times faster Segmind is (default: %(default)s)."
    )
    parser.add_argument(
        "--requests-per-minute", type=int, default=60, help="Segmind's rate limit (default: %(default)s)."
    )
    parser.add_argument(
        "--render", choices=list(QUALITIES), default="standard", help="Size of the videos (default: %(default)s)."
    )
    parser.add_argument("--video-bytes", type=int, default=0, metavar="N", help="Pad every video to this many bytes.")
    parser.add_argument("--until-eof", action="store_true", help="Also stop when standard input closes.")
    return parser


async def serve(options: argparse.Namespace) -> None:
    """Start what is asked for, print the line, and wait for the end."""
    ended = _end_of_service()
    async with AsyncExitStack() as stack:
        parts: dict[str, Mapping[str, object]] = {}
        if options.part in {None, SEGMIND}:
            parts[SEGMIND] = await _start_segmind(stack, options)
        if options.part in {None, DISCORD}:
            parts[DISCORD] = await _start_discord(stack, options, parts.get(SEGMIND))
        print(json.dumps({**parts, "environment": environment(**parts)}), flush=True)  # noqa: T201
        if options.until_eof:
            _watch_input(ended)
        await ended.wait()


def environment(
    discord: Mapping[str, object] | None = None, segmind: Mapping[str, object] | None = None
) -> dict[str, str]:
    """Give the variables that point a bot at these parts, as their `describe()` tells them."""
    variables: dict[str, object] = {}
    if discord is not None:
        variables |= {
            "DISCORD_TOKEN": discord["token"],
            "DISCORD_API_URL": discord["api_url"],
            "ATTACHMENT_HOSTS": urlsplit(str(discord["cdn_url"])).netloc,
        }
    if segmind is not None:
        variables |= {
            "SEGMIND_API_KEY": segmind["api_key"],
            "SEGMIND_API_URL": segmind["api_url"],
            "SEGMIND_HISTORY_URL": segmind["history_url"],
            "SEGMIND_STORAGE_URL": segmind["storage_url"],
            "SEGMIND_OUTPUT_HOSTS": segmind["output_host"],
        }
    return {name: str(value) for name, value in variables.items()}


async def _start_discord(
    stack: AsyncExitStack, options: argparse.Namespace, segmind: Mapping[str, object] | None
) -> Mapping[str, object]:
    from sandbox.discord.server import DiscordSandbox  # noqa: PLC0415 - Segmind alone does not load it
    from sandbox.web.server import Page  # noqa: PLC0415

    page = await stack.enter_async_context(Page.open(None if segmind is None else str(segmind["control_url"])))
    server = DiscordSandbox(host=options.host, port=options.port, recording=options.recording, page=page.routes())
    discord = await stack.enter_async_context(server)
    return {**discord.describe(), "page_url": f"{discord.origin}/"}


async def _start_segmind(stack: AsyncExitStack, options: argparse.Namespace) -> Mapping[str, object]:
    follows = options.part is None and options.port != 0
    server = SegmindSandbox(
        host=options.host,
        port=options.port + 1 if follows else options.port,
        speed=options.speed,
        requests_per_minute=options.requests_per_minute,
        quality=replace(QUALITIES[options.render], padded_to=options.video_bytes),
    )
    segmind = await stack.enter_async_context(server)
    return dict(segmind.describe())


def _end_of_service() -> asyncio.Event:
    """Give an event that SIGINT and SIGTERM set; a second signal ends the process at once."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def end(number: signal.Signals) -> None:
        loop.remove_signal_handler(number)
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end, number)
    return ended


def _watch_input(ended: asyncio.Event) -> None:
    """Set `ended` once standard input closes; what comes through it is ignored.

    A thread reads it, as an event loop can wait for pipes and terminals but not for files.
    """
    loop = asyncio.get_running_loop()

    def read_all() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        with suppress(RuntimeError):  # the loop ended first
            loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=read_all, name="standard input", daemon=True).start()


if __name__ == "__main__":
    main()
