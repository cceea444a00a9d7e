"""The bot as seen from outside: alive, ready, and in figures."""

import asyncio
from collections.abc import Iterable, Mapping

from bot.observing.gauges import Gauges
from bot.observing.metrics import Metrics
from bot.observing.readiness import OK, Readiness


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
        """Name the background tasks that should run and do not; whoever gets an answer knows that the loop turns."""
        return tuple(task.get_name() for task in self._background if task.done())

    async def ready(self) -> Mapping[str, str]:
        return await self._readiness.report()

    async def page(self) -> bytes:
        await self._gauges.fill()
        for part, word in (await self.ready()).items():
            self._metrics.trouble.labels(part).set(word != OK)
        return self._metrics.page()
