"""The world around the bot: its time, its peers, what goes wrong, and a trace of what happened."""

import random
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from simulation.chances import Chances
from simulation.database import Disk
from simulation.discord import Discord
from simulation.http import Session
from simulation.loop import VirtualLoop
from simulation.segmind import Segmind
from simulation.weather import Weather

BEGIN: Final = datetime(2026, 1, 5, 8, tzinfo=UTC)
LIMITED: Final = Decimal(60)  # dollars a day, in a history with a limit that is reached


class World:
    """Everything outside of the process, drawn from one seed."""

    def __init__(
        self, seed: int, folder: Path, *, rate: int = 60, severity: float = 1.0, without: Collection[str] = ()
    ) -> None:
        """`rate` is Segmind's limit of requests a minute; for the others see `Chances`."""
        self.seed = seed
        self.rng = random.Random(seed)
        self.loop = VirtualLoop(self.rng.getrandbits(32))
        self.folder = folder
        self.rate = rate
        self.chances = Chances(seed, severity=severity, without=without)
        self.weather = Weather(random.Random(self.rng.random()), self.chances)
        self.clock_error = timedelta()
        self.wrong_clock = self.chances.happens("wrong_clock")
        self.member_limits = self.chances.happens("member_limits")
        self.spend_limit = LIMITED if self.chances.happens("spend_limit") else Decimal(100_000)
        self.trace: list[str] = []
        self.disk = Disk(folder / "reelcast.db", self.weather.database)
        self.discord = Discord(random.Random(self.rng.random()), self.now)
        self.segmind = Segmind(random.Random(self.rng.random()), self.now, rate, self.chances)

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self.loop.time())

    def note(self, event: str, **facts: object) -> None:
        """Add a line to the trace."""
        told = " ".join(f"{name}={value}" for name, value in facts.items())
        self.trace.append(f"{self.loop.time():12.3f} {event} {told}")

    def segmind_session(self) -> Session:
        """Open what stands in for our client's session with Segmind."""
        return Session(self.segmind.serve, self.weather.segmind, leaves=self.segmind.leaves)
