"""`/healthz` and `/readyz` as a container's health check asks them."""

import socket

import aiohttp
import pytest

from bot.health import HealthNotServed, serve_health

HOST = "127.0.0.1"


@pytest.fixture
def port() -> int:
    with socket.create_server((HOST, 0)) as reserved:
        number: int = reserved.getsockname()[1]
    return number


async def answer(port: int, path: str) -> tuple[int, dict[str, str]]:
    async with aiohttp.ClientSession() as session, session.get(f"http://{HOST}:{port}{path}") as response:
        return response.status, await response.json()


async def test_the_bot_is_alive_before_it_is_ready(port: int) -> None:
    ready = False
    async with serve_health(HOST, port, lambda: ready):
        assert await answer(port, "/healthz") == (200, {"status": "alive"})
        assert await answer(port, "/readyz") == (503, {"status": "starting"})
        ready = True
        assert await answer(port, "/readyz") == (200, {"status": "ready"})


async def test_nothing_is_served_after_the_end(port: int) -> None:
    async with serve_health(HOST, port, lambda: True):
        pass
    with pytest.raises(aiohttp.ClientConnectorError):
        await answer(port, "/healthz")


async def test_port_0_serves_nothing() -> None:
    async with serve_health("no such host", 0, lambda: True):
        pass


async def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server((HOST, 0)) as other, pytest.raises(HealthNotServed, match="in use"):
        async with serve_health(HOST, other.getsockname()[1], lambda: True):
            pass


async def test_a_host_that_is_not_this_machine_is_told(port: int) -> None:
    with pytest.raises(HealthNotServed):
        async with serve_health("192.0.2.1", port, lambda: True):
            pass
