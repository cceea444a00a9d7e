"""The lives of the bot's process, one after another: killed, frozen, stopped, and started again."""

import asyncio
from datetime import timedelta
from typing import Any, Final

from simulation.process import Process
from simulation.world import World

STARTS: Final = 20  # in a row that may fail
ENDS: Final = (("killed", 0.6), ("stopped", 0.75), ("frozen", 0.9), ("clock", 1.0))  # how often, added up


class Lives:
    """Keeps one process alive, as a service manager would, and lets the weather end it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.count = 0
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

    async def end_and_begin(self) -> None:
        """Kill, freeze or stop the process again and again, as long as the weather is rough."""
        world = self._world
        while True:
            await asyncio.sleep(world.weather.pause(120.0))
            if world.weather.calm:
                continue
            drawn = world.rng.random()
            what = next(what for what, below in ENDS if drawn < below)
            if not world.weather.allows(what):
                continue
            if what == "killed":
                for _ in range(world.rng.randrange(200)):
                    await asyncio.sleep(0)  # so that it is at any await, not only where something is due
                world.note("killed", life=self.process.life.name)
                self.process.kill()
                await self._begin_anew(world.rng.uniform(1, 40))
            elif what == "stopped":
                world.note("stopped", life=self.process.life.name)
                await self.process.stop()
                await self._begin_anew(world.rng.uniform(1, 10))
            elif what == "frozen":
                world.note("frozen", life=self.process.life.name)
                self.process.life.frozen = True
                await asyncio.sleep(world.rng.choice((2.0, 8.0, 30.0, 300.0)))
                world.note("awake", life=self.process.life.name)
                self.process.life.thaw(world.loop)
            else:
                await self._jump()

    async def _begin_anew(self, after: float) -> None:
        await asyncio.sleep(after)
        self.process = self._next()
        self._world.note("started", life=self.process.life.name)

    async def _jump(self) -> None:
        """Let the time of day be wrong for a while."""
        world = self._world
        world.clock_error = timedelta(hours=world.rng.choice((-30, -1, 1, 48)))
        world.note("clock_jumped", error=world.clock_error)
        await asyncio.sleep(world.rng.uniform(5, 90))
        world.clock_error = timedelta()
