"""`/healthz`, `/readyz` and `/metrics` as a container's health check asks them."""

import socket
from dataclasses import dataclass, field

import aiohttp
import pytest

from bot.observing.health import HealthNotServed, serve_health
from bot.observing.status import OK

HOST = "127.0.0.1"


@pytest.fixture
def port() -> int:
    with socket.create_server((HOST, 0)) as reserved:
        number: int = reserved.getsockname()[1]
    return number


@dataclass(slots=True)
class Seen:
    parts: dict[str, str] = field(default_factory=lambda: {"discord": OK, "database": OK, "segmind": OK})
    ended: tuple[str, ...] = ()

    def stopped(self) -> tuple[str, ...]:
        return self.ended

    async def ready(self) -> dict[str, str]:
        return self.parts

    async def page(self) -> bytes:
        return b"reelcast_jobs 1.0\n"


async def answer(port: int, path: str) -> tuple[int, dict[str, object]]:
    async with aiohttp.ClientSession() as session, session.get(f"http://{HOST}:{port}{path}") as response:
        return response.status, await response.json()


async def test_the_bot_is_alive_before_it_is_ready(port: int) -> None:
    seen = Seen(parts={"discord": "not connected", "database": OK, "segmind": OK})
    async with serve_health(HOST, port, seen):
        assert await answer(port, "/healthz") == (200, {"status": "alive"})
        assert await answer(port, "/readyz") == (503, {"status": "not ready", **seen.parts})
        seen.parts["discord"] = OK
        assert await answer(port, "/readyz") == (200, {"status": "ready", **seen.parts})


async def test_a_bot_whose_background_task_ended_is_not_alive(port: int) -> None:
    async with serve_health(HOST, port, Seen(ended=("queue",))):
        assert await answer(port, "/healthz") == (503, {"status": "broken", "stopped": ["queue"]})


async def test_prometheus_reads_plain_text(port: int) -> None:
    async with (
        serve_health(HOST, port, Seen()),
        aiohttp.ClientSession() as session,
        session.get(f"http://{HOST}:{port}/metrics") as response,
    ):
        assert response.headers["Content-Type"].startswith("text/plain")
        assert await response.text() == "reelcast_jobs 1.0\n"


async def test_nothing_is_served_after_the_end(port: int) -> None:
    async with serve_health(HOST, port, Seen()):
        pass
    with pytest.raises(aiohttp.ClientConnectorError):
        await answer(port, "/healthz")


async def test_port_0_serves_nothing() -> None:
    async with serve_health("no such host", 0, Seen()):
        pass


async def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server((HOST, 0)) as other, pytest.raises(HealthNotServed, match="in use"):
        async with serve_health(HOST, other.getsockname()[1], Seen()):
            pass


async def test_a_host_that_is_not_this_machine_is_told(port: int) -> None:
    with pytest.raises(HealthNotServed):
        async with serve_health("192.0.2.1", port, Seen()):
            pass
