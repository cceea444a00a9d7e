"""Files are brought whole, or a failure says what can be done."""

import asyncio
import hashlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.media.errors import FetchFailed, FetchGone, FetchRefusal, FetchRefused
from bot.media.fetch import CHUNK, Fetched
from tests.integration.bot.media.fetching import (
    AT_ONCE,
    CAP,
    Scene,
    body,
    open_scene,
    statuses,
)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_scene(tmp_path) as scene:
        yield scene


async def test_a_file_is_brought_whole(scene: Scene) -> None:
    data = bytes(range(256)) * 3_000
    assert len(data) > 2 * CHUNK
    origin = await scene.serve(body(data, "image/webp"))

    fetched = await scene.fetch(origin)

    assert scene.destination.read_bytes() == data
    assert fetched == Fetched(size=len(data), content_type="image/webp", sha256=hashlib.sha256(data).hexdigest())
    assert scene.files() == ["file"]


async def test_an_empty_file_is_a_file(scene: Scene) -> None:
    origin = await scene.serve(body(b""))
    assert (await scene.fetch(origin)).size == 0
    assert scene.destination.read_bytes() == b""


async def test_a_signed_url_arrives_as_it_was_spelled(scene: Scene) -> None:
    origin = await scene.serve(body(b"x"))
    await scene.fetch(origin, origin.url("/a%2Fb.png?ex=1%2F2&hm=a%2Bb"))
    assert origin.requests[0].raw_path == "/a%2Fb.png?ex=1%2F2&hm=a%2Bb"


async def test_a_file_of_the_largest_allowed_size_is_brought(scene: Scene) -> None:
    origin = await scene.serve(body(bytes(CAP)))
    assert (await scene.fetch(origin)).size == CAP


async def test_a_file_that_says_it_is_a_byte_too_large_is_refused(scene: Scene) -> None:
    origin = await scene.serve(body(bytes(CAP + 1)))
    with pytest.raises(FetchRefused) as refused:
        await scene.fetch(origin)
    assert refused.value.refusal is FetchRefusal.TOO_LARGE
    assert len(origin.requests) == 1
    assert scene.files() == []


async def test_a_file_that_turns_out_a_byte_too_large_is_refused(scene: Scene) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(bytes(CAP))
        await response.write(b"!")
        return response

    origin = await scene.serve(answer)
    with pytest.raises(FetchRefused) as refused:
        await scene.fetch(origin)
    assert refused.value.refusal is FetchRefusal.TOO_LARGE
    assert scene.files() == []


@pytest.mark.parametrize("chunked", [True, False])
async def test_a_body_cut_off_is_fetched_again(scene: Scene, *, chunked: bool) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if len(origin.requests) > 1:
            return web.Response(body=b"whole")
        response = web.StreamResponse()
        if chunked:
            response.enable_chunked_encoding()
        else:
            response.content_length = 500_000
        await response.prepare(request)
        await response.write(bytes(400_000))
        transport = request.transport
        assert transport is not None
        transport.close()
        return response

    origin = await scene.serve(answer)
    await scene.fetch(origin)
    assert scene.destination.read_bytes() == b"whole"
    assert len(origin.requests) == 2
    assert scene.files() == ["file"]


async def test_a_body_always_cut_off_leaves_what_was_there(scene: Scene) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = 500_000
        await response.prepare(request)
        await response.write(bytes(1_000))
        assert request.transport is not None
        request.transport.abort()
        return response

    scene.destination.write_bytes(b"before")
    origin = await scene.serve(answer)
    with pytest.raises(FetchFailed):
        await scene.fetch(origin)
    assert len(origin.requests) == AT_ONCE.attempts
    assert scene.files() == ["file"]
    assert scene.destination.read_bytes() == b"before"


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429, 408])
async def test_a_passing_failure_is_tried_again(scene: Scene, status: int) -> None:
    origin = await scene.serve(statuses(status, status, 200))
    await scene.fetch(origin)
    assert scene.destination.read_bytes() == b"body"
    assert len(origin.requests) == 3


async def test_a_lasting_failure_ends_after_its_attempts(scene: Scene) -> None:
    origin = await scene.serve(statuses(503))
    with pytest.raises(FetchFailed, match="HTTP 503"):
        await scene.fetch(origin)
    assert len(origin.requests) == AT_ONCE.attempts
    assert scene.files() == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
async def test_a_url_that_is_gone_is_asked_once(scene: Scene, status: int) -> None:
    origin = await scene.serve(statuses(status))
    with pytest.raises(FetchGone) as gone:
        await scene.fetch(origin)
    assert gone.value.status == status
    assert len(origin.requests) == 1


@pytest.mark.parametrize("status", [204, 206, 304])
async def test_an_answer_that_is_no_whole_file_is_a_failure(scene: Scene, status: int) -> None:
    origin = await scene.serve(statuses(status))
    with pytest.raises(FetchFailed, match=f"HTTP {status}"):
        await scene.fetch(origin)


async def test_a_server_that_does_not_answer_is_a_failure(scene: Scene) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    fetcher = await scene.fetcher(f"127.0.0.1:{port}")
    with pytest.raises(FetchFailed):
        await fetcher.fetch(f"http://127.0.0.1:{port}/", scene.destination, max_bytes=CAP)


async def test_a_server_that_stalls_is_left(scene: Scene) -> None:
    released = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = 100
        await response.prepare(request)
        await released.wait()
        return response

    origin = await scene.serve(answer)
    fetcher = await scene.fetcher(origin.entry, limits=aiohttp.ClientTimeout(sock_read=0.05))
    with pytest.raises(FetchFailed, match="Timeout"):
        await fetcher.fetch(origin.url(), scene.destination, max_bytes=CAP)
    released.set()
    assert scene.files() == []


async def test_a_body_that_would_unpack_is_not_taken(scene: Scene) -> None:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"packed", headers={"Content-Encoding": "gzip"})

    origin = await scene.serve(answer)
    with pytest.raises(FetchFailed, match="encoded"):
        await scene.fetch(origin)
    assert origin.requests[0].headers["Accept-Encoding"] == "identity"


async def test_a_cancelled_fetch_leaves_nothing(scene: Scene) -> None:
    sent, released = asyncio.Event(), asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(32):  # more than all buffers between hold: part of it is on disk
            await response.write(bytes(1_000_000))
        sent.set()
        await released.wait()
        return response

    origin = await scene.serve(answer)
    fetcher = await scene.fetcher(origin.entry)
    task = asyncio.create_task(fetcher.fetch(origin.url(), scene.destination, max_bytes=100 * CAP))
    await sent.wait()
    assert len(scene.files()) == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    released.set()
    assert scene.files() == []


async def test_no_more_files_are_fetched_at_once_than_allowed(scene: Scene) -> None:
    here, most = 0, 0
    full = asyncio.Event()

    async def answer(_request: web.Request) -> web.StreamResponse:
        nonlocal here, most
        here += 1
        most = max(most, here)
        if here == 2:
            full.set()
        await full.wait()
        here -= 1
        return web.Response(body=b"x")

    origin = await scene.serve(answer)
    fetcher = await scene.fetcher(origin.entry, concurrency=2)
    async with asyncio.TaskGroup() as group:
        for number in range(6):
            group.create_task(fetcher.fetch(origin.url(), scene.folder / str(number), max_bytes=CAP))
    assert most == 2
    assert len(scene.files()) == 6
