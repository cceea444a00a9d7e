"""The demo, run as a newcomer runs it: in a pipe, with nothing set up."""

import asyncio
import os
import re
import signal
from pathlib import Path

from sandbox.contract.recording import Exchange, read_recording
from sandbox.demo.film_check import check_film
from sandbox.demo.processes import Child, python
from tests.end_to_end.stage import PATIENCE


def environment() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}


async def status_of(demo: Child) -> int:
    async with asyncio.timeout(PATIENCE):
        return await demo.ended()


async def test_the_demo_shows_the_channel_writes_the_film_and_says_what_it_cost(tmp_path: Path) -> None:
    arguments = ["--output", "made/fox.mp4", "--recording", "exchanges.jsonl", "--speed", "80"]
    async with python("the demo", "sandbox.demo", *arguments, folder=tmp_path, environment=environment()) as demo:
        status = await status_of(demo)
        said = "\n".join(demo.lines)
    assert status == 0, said
    assert check_film((tmp_path / "made/fox.mp4").read_bytes()).seconds == 5.0
    for shown in ("uses /video", "Queued", "@ada", "reelcast.mp4 (1280", "Done"):
        assert shown in said
    assert re.search(r"ready in \d+ minutes", said)
    assert "It cost $1.35 in pretend money (1 charge)." in said
    assert "README.md" in demo.lines[-1]
    recorded = {each.path for each in read_recording(tmp_path / "exchanges.jsonl") if isinstance(each, Exchange)}
    assert any(path.endswith("/callback") for path in recorded)


async def test_an_interrupted_demo_ends_what_it_started(tmp_path: Path) -> None:
    variables = environment() | {"TMPDIR": str(tmp_path)}
    async with python("the demo", "sandbox.demo", folder=tmp_path, environment=variables) as demo:
        async with asyncio.timeout(PATIENCE):
            await demo.said(lambda line: "uses /video" in line)
        assert os.listdir(tmp_path)  # noqa: PTH208 - what it works with, some of it the bot's
        demo.send(signal.SIGINT)
        assert await status_of(demo) == 130
        assert demo.lines[-1] == "Stopped."
    # Its folder goes after the bot and the sandbox have ended; where the film would have gone is empty.
    assert os.listdir(tmp_path) == ["out"]  # noqa: PTH208
    assert os.listdir(tmp_path / "out") == []  # noqa: PTH208


async def test_a_demo_whose_film_could_not_be_written_says_so_before_it_plays(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a shopping list, no folder")
    async with python("the demo", "sandbox.demo", folder=tmp_path, environment=environment()) as demo:
        assert await status_of(demo) == 1
    assert "File exists: 'out'" in demo.lines[-1]
    assert not [line for line in demo.lines if "Starting" in line]
