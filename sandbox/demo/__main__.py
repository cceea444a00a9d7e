"""`python -m sandbox.demo`: the main job from `/video` to the MP4, with no account anywhere.

Starts the sandbox and the real bot beside it, is a member in the local Discord, and shows the channel.
Exits with 0 once the video is there, with 1 if anything went wrong.
"""

import argparse
import asyncio
import errno
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
from rich.console import Console

from sandbox.arguments import positive
from sandbox.demo.reading import Reader, size
from sandbox.demo.running import beside_the_bot, run_demo
from sandbox.demo.screen import open_screen
from sandbox.demo.start import passed_on
from sandbox.demo.story import Delivery, ask_for_video
from sandbox.discord.json_fields import objects
from sandbox.member import Sandbox
from sandbox.sample import sample_images
from sandbox.segmind.control.client import SegmindControl

QUEUE_SECONDS: Final = 100.0  # of Segmind's time, so that QUEUED can be seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    output: Path
    recording: Path | None
    speed: float


def main() -> int:
    """Play the demo; returns the exit status."""
    options = _options()
    console = Console(highlight=False)
    return run_demo(_play(options, console), console)


def _options() -> Options:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.demo", description="Make one video with the bot, from /video to the MP4."
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("out/reelcast-demo.mp4"),
        help="File to write the video to (default: %(default)s).",
    )
    parser.add_argument(
        "--recording", type=Path, metavar="FILE", help="File to record Discord's requests and answers in."
    )
    parser.add_argument(
        "--speed",
        type=positive,
        default=40.0,
        help="How many times faster the local Segmind is (default: %(default)s).",
    )
    found = parser.parse_args()
    return Options(output=found.output, recording=found.recording and found.recording.absolute(), speed=found.speed)


async def _play(options: Options, console: Console) -> None:
    _check_writable(options.output)

    async def tell(description: Mapping[str, Any], folder: Path) -> None:
        await _tell(description, folder, options, console)

    await beside_the_bot(tell, _arguments(options), passed_on(os.environ), console)


def _arguments(options: Options) -> list[str]:
    recording = [] if options.recording is None else ["--recording", str(options.recording)]
    return ["--speed", str(options.speed), *recording]


async def _tell(description: Mapping[str, Any], folder: Path, options: Options, console: Console) -> None:
    images = await asyncio.to_thread(sample_images, folder / "images")
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        segmind = SegmindControl(description["segmind"]["control_url"], session)
        await segmind.configure(queue_seconds=QUEUE_SECONDS, sigma=0.0)
        sandbox = await stack.enter_async_context(Sandbox.connect(description["discord"]["control_url"]))
        screen = stack.enter_context(open_screen(console, Reader(names=_names(sandbox), now=time.time)))
        screen.say(f"Everything is running. The local Segmind is {options.speed:g} times faster than the real one.", "")
        delivery = await ask_for_video(sandbox.member("ada", channel="videos"), images, screen)
        _write(delivery, options.output)
        state = await segmind.state()
    _say_end(console, delivery, options.output, charged=state["charged_usd"], charges=state["charges"])


def _check_writable(output: Path) -> None:
    """Raise `OSError` if the video couldn't be written at the end."""
    output.parent.mkdir(parents=True, exist_ok=True)
    if output.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(output))
    with tempfile.TemporaryFile(dir=output.parent) as file:
        file.write(b"written")


def _write(delivery: Delivery, output: Path) -> None:
    output.write_bytes(delivery.data)


def _say_end(console: Console, delivery: Delivery, output: Path, *, charged: float, charges: int) -> None:
    film = delivery.film
    console.print(
        f"\nThe video is in {output} ({size(len(delivery.data))}): {film.seconds:.1f} s, {film.frames} frames of "
        f"{film.width} × {film.height} in {film.codec}. Every frame was decoded.\n"  # noqa: RUF001 - between two lengths
        f"It cost ${charged:.2f} in pretend money ({charges} charge{'' if charges == 1 else 's'}).\n"
        "Next: see README.md to run the bot for real, in your own server.",
        markup=False,
        soft_wrap=True,
    )


def _names(sandbox: Sandbox) -> dict[int, str]:
    guilds = objects(sandbox.description["guilds"])
    return {int(each["id"]): each["name"] for guild in guilds for each in objects(guild["members"])}


if __name__ == "__main__":
    sys.exit(main())
