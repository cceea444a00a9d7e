"""`python -m sandbox segmind` as a script starts it: a process that prints where it is."""

import asyncio
import json
import random
import signal
import socket
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest

ROOT = Path(__file__).parents[4]
PATIENCE = 30.0  # seconds until a test that waits for the process gives up

Start = Callable[..., Awaitable[tuple[Process, dict[str, Any]]]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Start the command and give the process and what it printed."""
    started: list[Process] = []

    async def start_one(*arguments: str) -> tuple[Process, dict[str, Any]]:
        command = (sys.executable, "-m", "sandbox", *arguments)
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=PIPE, stdout=PIPE)
        started.append(process)
        assert process.stdout is not None
        return process, json.loads(await asyncio.wait_for(process.stdout.readline(), PATIENCE))

    yield start_one
    for process in started:
        if process.returncode is None:
            process.kill()
            await process.wait()


def free_ports() -> int:
    """Return the first of two neighboring free ports, below those that the system gives to other sockets."""
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311 - no secret
        pair = [("127.0.0.1", port), ("127.0.0.1", port + 1)]
        with suppress(OSError), socket.create_server(pair[0]), socket.create_server(pair[1]):
            return port


async def test_the_line_says_where_segmind_is_and_how_a_bot_is_pointed_at_it(start: Start) -> None:
    port = free_ports()
    _, printed = await start(
        "segmind", "--port", str(port), "--speed", "100", "--requests-per-minute", "7", "--render", "tiny"
    )
    segmind = printed["segmind"]
    assert (segmind["speed"], segmind["requests_per_minute"]) == (100, 7)
    assert set(printed) == {"segmind", "environment"}
    assert printed["environment"] == {
        "SEGMIND_API_KEY": segmind["api_key"],
        "SEGMIND_API_URL": f"http://127.0.0.1:{port}",
        "SEGMIND_HISTORY_URL": f"http://127.0.0.1:{port}",
        "SEGMIND_STORAGE_URL": f"http://127.0.0.1:{port}",
        "SEGMIND_OUTPUT_HOSTS": f"127.0.0.1:{port}",
    }
    headers = {"x-api-key": segmind["api_key"]}
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{segmind['api_url']}/v1/get-user-credits", headers=headers) as response,
    ):
        assert (response.status, await response.json()) == (200, {"credits": 50.0})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_ends_with_status_0_when_told_to(start: Start, number: signal.Signals) -> None:
    process, _ = await start("segmind")
    process.send_signal(number)
    rest, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert (process.returncode, rest) == (0, b"")


async def test_it_ends_with_the_script_that_started_it(start: Start) -> None:
    process, _ = await start("segmind", "--until-eof")
    assert process.stdin is not None
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), PATIENCE) == 0


async def test_it_starts_both_parts_on_neighbouring_ports(start: Start) -> None:
    port = free_ports()
    _, printed = await start("--port", str(port))
    environment = printed["environment"]
    assert environment["DISCORD_API_URL"] == f"http://127.0.0.1:{port}/api/v10"
    assert environment["ATTACHMENT_HOSTS"] == f"127.0.0.1:{port}"
    assert environment["SEGMIND_API_URL"] == f"http://127.0.0.1:{port + 1}"
    assert environment["DISCORD_TOKEN"] == printed["discord"]["token"]


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "sandbox", "segmind", "--port", str(port)]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)  # noqa: S603
    assert ended.returncode == 1
    assert str(port) in ended.stderr
    assert "Traceback" not in ended.stderr
