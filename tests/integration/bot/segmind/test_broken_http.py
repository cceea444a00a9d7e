"""Answers that are not even HTTP, from a bare socket on loopback."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from bot.segmind import errors
from tests.integration.bot.segmind.scripted import BODY, ID, MODEL, Setting

OK = b"HTTP/1.1 200 OK\r\n"


@asynccontextmanager
async def answering(raw: bytes) -> AsyncGenerator[str]:
    """Serve `raw` to every request, then close the connection."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 999999 What\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        OK + b"content-length: many\r\n\r\n{}",
        OK + b"content-length: 100\r\n\r\n{}",
        OK + b"transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\n5\r\n{}",
        OK + b"content-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}",
        OK + b"content-encoding: deflate\r\ncontent-length: 2\r\n\r\n{}",
        OK + b"content-encoding: br\r\ncontent-length: 2\r\n\r\n{}",
        OK + b"content-encoding: zstd\r\ncontent-length: 2\r\n\r\n{}",
        OK + b"x-long: " + b"x" * 100_000 + b"\r\n\r\n",
        OK + b"bad header\r\n\r\n",
        OK + b"content-length: 2\r\n\r\n{}",
    ],
    ids=range(15),
)
async def test_broken_http_is_an_unknown_outcome_for_the_paid_request_and_trouble_for_a_free_one(
    setting: Setting, raw: bytes
) -> None:
    async with answering(raw) as url:
        client = setting.client(url=url)
        with pytest.raises(errors.OutcomeUnknown):
            await client.submit(MODEL, BODY)
        with pytest.raises((errors.Unavailable, errors.UnreadableAnswer)):
            await client.status(ID)
