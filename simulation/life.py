"""The lives of the bot's process, one after another: killed, frozen, stopped, and started again."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from simulation.process import Process
from simulation.world import World

STARTS: Final = 20  # in a row that may fail


class Lives:
    """Keeps one process alive, as a service manager would, until something ends it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.count = 0
        self.process = Process(world, 0)  # that never lives

    def begin(self) -> None:
        self.process = self._next()

    def _next(self) -> Process:
        self.count += 1
        process = Process(self._world, self.count)
        process.start()
        return process

    def deliver(self, payload: dict[str, Any]) -> None:
        """Hand an interaction over; without a gateway it is lost, as Discord has it."""
        self.process.deliver(payload)

    def tell(self, event: str, payload: dict[str, Any]) -> None:
        self.process.tell(event, payload)

    async def ready(self) -> Process:
        """Wait until a bot is there."""
        tries = 0
        while not self.process.ready:
            await asyncio.sleep(0.5)
            if self.process.ended:
                if (tries := tries + 1) == STARTS:
                    raise RuntimeError(f"the bot does not start: {self._world.trace[-1]}")
                await self._begin_anew(1.0)
        return self.process

    async def kill(self) -> None:
        """Kill the process at any await, and start another."""
        for _ in range(self._world.rng.randrange(200)):
            await asyncio.sleep(0)  # so that it is at any await, not only where something is due
        self.process.kill()
        await self._begin_anew(self._world.rng.uniform(1, 40))

    async def stop(self) -> None:
        await self.process.stop()
        await self._begin_anew(self._world.rng.uniform(1, 10))

    async def freeze(self) -> None:
        self.process.life.frozen = True
        await asyncio.sleep(self._world.rng.choice((2.0, 8.0, 30.0, 300.0)))
        self._world.note("awake", life=self.process.life.name)
        self.process.life.thaw(self._world.loop)

    async def cut_power(self, close: Callable[[], None]) -> None:
        """Kill the process, and lose what it hadn't synced. `close` closes the other connections to the database."""
        disk, rng = self._world.disk, self._world.rng
        disk.power_fails = True
        await asyncio.sleep(rng.uniform(1, 30))
        for _ in range(rng.randrange(200)):
            await asyncio.sleep(0)
        self.process.kill()
        close()
        self._world.note("lost", size=disk.cut())
        # The budget's row is written without waiting for the disk: its last writes, and so what left last, may be lost.
        self._world.segmind.requests.clear()
        await self._begin_anew(rng.uniform(1, 40))

    async def _begin_anew(self, after: float) -> None:
        await asyncio.sleep(after)
        self.process = self._next()
        self._world.note("started", life=self.process.life.name)
