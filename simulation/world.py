"""The world around the bot: its time, its peers, what goes wrong, and a trace of what happened."""

import random
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from simulation.discord import Discord
from simulation.loop import VirtualLoop
from simulation.segmind import Segmind
from simulation.weather import Weather

BEGIN: Final = datetime(2026, 1, 5, 8, tzinfo=UTC)


class World:
    """Everything outside of the process, drawn from one seed."""

    def __init__(
        self,
        seed: int,
        folder: Path,
        *,
        rate: int = 60,
        severity: float = 1.0,
        without: Collection[str] = frozenset[str](),
    ) -> None:
        """`rate` is Segmind's limit of requests a minute, `severity` how rough the weather is.

        `without` names the switches of `weather.SWITCHES` that are off.
        """
        self.seed = seed
        self.rng = random.Random(seed)
        self.loop = VirtualLoop(self.rng.getrandbits(32))
        self.folder = folder
        self.rate = rate
        self.weather = Weather(random.Random(self.rng.random()), severity=severity, without=without)
        self.clock_error = timedelta()
        self.spend_limit = Decimal(100_000)
        self.trace: list[str] = []
        self.discord = Discord(random.Random(self.rng.random()), self.now)
        self.segmind = Segmind(random.Random(self.rng.random()), self.now, rate)

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self.loop.time())

    def note(self, event: str, **facts: object) -> None:
        """Add a line to the trace."""
        told = " ".join(f"{name}={value}" for name, value in facts.items())
        self.trace.append(f"{self.loop.time():12.3f} {event} {told}")
