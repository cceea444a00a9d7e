"""The server, and another one that nothing may reach."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.integration.bot.segmind.scripted import (
    ID,
    Segmind,
    Setting,
    says,
    serving,
)


@pytest.fixture
async def setting() -> AsyncIterator[Setting]:
    segmind = Segmind()
    async for server in serving(segmind):
        async with aiohttp.ClientSession() as session:
            yield Setting(segmind=segmind, url=str(server.make_url("")).rstrip("/"), session=session)


@pytest.fixture
async def elsewhere() -> AsyncIterator[tuple[Segmind, str]]:
    """Another host, to which nothing of ours may ever go."""
    stranger = Segmind()
    stranger.answers(says(200, {"request_id": ID, "status": "COMPLETED", "output": "https://evil.example/1.mp4"}))
    async for server in serving(stranger):
        yield stranger, str(server.make_url(""))
