"""`/healthz`, `/readyz` and `/metrics`, for a container's health check, a load balancer and Prometheus."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Protocol

from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.observing.metrics import Gauges, Metrics

if TYPE_CHECKING:
    from aiohttp import web

TROUBLES: Final = 3  # in a row, before one speaks of trouble: single requests fail every day
_KEY_REFUSED: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
WITHOUT_KEY: Final = frozenset({"catalog"})  # the operations that anyone may ask for
OK: Final = "ok"
NOT_CONNECTED: Final = "not connected"
DATABASE_WITHIN: Final = 0.5  # seconds; clients wait a second
_PLAIN: Final = {"Content-Type": CONTENT_TYPE_LATEST}


class SegmindState:
    """Hears of each request to Segmind."""

    def __init__(self) -> None:
        self._troubles = 0
        self._last = ""

    def answered(self, operation: str, status: int | None, _seconds: float) -> None:
        trouble = _trouble(status)
        if not trouble and operation in WITHOUT_KEY:
            return  # which doesn't show that the key works
        self._last = trouble
        self._troubles = self._troubles + 1 if trouble else 0
        if status == HTTPStatus.UNAUTHORIZED:
            self._troubles = TROUBLES  # of a refused key nothing has to be seen twice

    @property
    def trouble(self) -> str:
        """What is wrong; empty where nothing is, or where nothing was asked yet."""
        return self._last if self._troubles >= TROUBLES else ""


def _trouble(status: int | None) -> str:
    if status is None:
        return "doesn't answer"
    if status in _KEY_REFUSED:
        return f"rejects the key ({status})"
    return f"answers {status}" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else ""


class Readiness:
    """`connected` tells whether this process has what it needs of Discord; `troubles` say what is wrong, by part."""

    def __init__(
        self,
        *,
        connected: Callable[[], bool],
        database: AsyncEngine,
        segmind: SegmindState,
        troubles: Mapping[str, Callable[[], str]] | None = None,
    ) -> None:
        self._connected = connected
        self._troubles = {"discord": lambda: NOT_CONNECTED, "database": lambda: "", **(troubles or {})}
        self._database = database
        self._segmind = segmind

    async def report(self) -> Mapping[str, str]:
        """Give each part's state in a word; `OK` if it is in order."""
        others = {part: tell() or OK for part, tell in self._troubles.items() if part not in {"discord", "database"}}
        return {
            "discord": OK if self._connected() else self._troubles["discord"](),
            "database": await self._ask_database(),
            "segmind": self._segmind.trouble or OK,
            **others,
        }

    async def _ask_database(self) -> str:
        known = self._troubles["database"]
        try:
            async with asyncio.timeout(DATABASE_WITHIN):
                if known():
                    # A full disk can still be read. Only a write shows that it has space again.
                    async with self._database.begin() as connection:
                        await connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
                async with self._database.connect() as connection:
                    await connection.execute(text("SELECT 1"))
        except TimeoutError:
            return known() or "doesn't answer in time"
        except (SQLAlchemyError, OSError) as error:
            return known() or f"can't be used ({type(error).__name__})"
        return known() or OK


class Outside:
    """What `/healthz`, `/readyz` and `/metrics` ask of a process."""

    def __init__(
        self, *, metrics: Metrics, gauges: Gauges, readiness: Readiness, background: Iterable[asyncio.Task[None]]
    ) -> None:
        self._metrics = metrics
        self._gauges = gauges
        self._readiness = readiness
        self._background = tuple(background)

    def stopped(self) -> tuple[str, ...]:
        """Name the background tasks that should run and do not; an answer shows that the loop turns."""
        return tuple(task.get_name() for task in self._background if task.done())

    async def ready(self) -> Mapping[str, str]:
        return await self._readiness.report()

    async def page(self) -> bytes:
        await self._gauges.fill()
        for part, word in (await self.ready()).items():
            self._metrics.trouble.labels(part).set(word != OK)
        return self._metrics.page()


class HealthNotServed(Exception):
    """HTTP_HOST and HTTP_PORT cannot be listened on."""


class SeenFromOutside(Protocol):
    """What a process tells of itself."""

    def stopped(self) -> Sequence[str]: ...

    def ready(self) -> Awaitable[Mapping[str, str]]: ...

    def page(self) -> Awaitable[bytes]: ...


@asynccontextmanager
async def serve_health(host: str, port: int, seen: SeenFromOutside) -> AsyncGenerator[None]:
    """Answer while the block runs; port 0 serves nothing.

    Raises `HealthNotServed` where the address cannot be listened on.
    """
    if port == 0:
        yield
        return
    from aiohttp import web  # noqa: PLC0415 - where it is served

    def told(words: Mapping[str, object], *, well: bool) -> "web.Response":
        return web.json_response(words, status=HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE)

    async def healthz(_request: "web.Request") -> "web.Response":
        if stopped := seen.stopped():
            return told({"status": "broken", "stopped": list(stopped)}, well=False)
        return told({"status": "alive"}, well=True)

    async def readyz(_request: "web.Request") -> "web.Response":
        parts = await seen.ready()
        ready = all(word == OK for word in parts.values())
        return told({"status": "ready" if ready else "not ready", **parts}, well=ready)

    async def metrics(_request: "web.Request") -> "web.Response":
        return web.Response(body=await seen.page(), headers=_PLAIN)

    app = web.Application()
    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise HealthNotServed(error.strerror or type(error).__name__) from error
        yield
    finally:
        await runner.cleanup()
