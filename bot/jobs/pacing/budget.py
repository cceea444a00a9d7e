"""The request budget in its database row: it outlives the process, and every process shares it."""

import struct
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import structlog
from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database.changes import Remembered
from bot.database.statements import insert_if_absent
from bot.database.tables import request_budget
from bot.jobs.clock import Clock
from bot.jobs.tasks import uncancelled
from bot.segmind.budget import FARTHEST_RESET, NEVER, Departure, Minute, Pace, Rate, decide

log = structlog.get_logger(__name__)

NAME = "segmind"
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


_SWAP: Final = update(request_budget).where(
    request_budget.c.name == NAME, request_budget.c.version == bindparam("known_version")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """How many requests may leave at once, and how many a minute at the pace that 429s have taught."""

    requests: int
    per_minute: int


@cache
def this_boot() -> str:
    """Return what names this run of the machine, in which all processes have one monotonic clock."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return str(uuid4())  # of this process alone


class BudgetRow:
    """Decides on one request at a time, each decision committed before the request may leave.

    The row isn't locked: a decision counts if the row is still as it was read, and else is repeated. So a process that
    freezes holds up no other. Times in the row are of the time of day, which may be set while a minute is counted: the
    row says how far it was ahead of the machine's monotonic clock, by which each process of that machine sets it right.
    """

    def __init__(self, engine: AsyncEngine, rate: Rate, clock: Clock, *, boot: str | None = None) -> None:
        # The pace outlives the process. After a power cut a few requests may be counted too few.
        self._engine = engine.execution_options(durable=False)
        if engine.dialect.name == "postgresql":
            self._engine = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._rate = rate
        self._clock = clock
        self._boot = boot or this_boot()
        self._kept = Remembered[None, _BudgetRow](engine, request_budget.name)  # as it was last read or written

    @uncancelled
    async def take(self, *, urgent: bool, at_most: int = 1) -> Departure:
        """Take one request out of the budget, if the minute has room for one now, and more that may leave with it.

        What is taken counts as used, whether it leaves or not. A no needs no transaction where the row is remembered.
        """
        kept = self._kept.known(None)
        if kept is not None:
            departure, _ = self._decide(*self._by_now(kept), urgent=urgent, at_most=at_most)
            if not departure.allowed:
                return departure
        at = self._kept.version
        async with self._engine.begin() as connection:
            while True:
                before, now = await self._read(connection) if kept is None else self._by_now(kept)
                departure, after = self._decide(before, now, urgent=urgent, at_most=at_most)
                if not departure.allowed or await _swap(connection, after):
                    break
                kept = None
        # A write of this process that came between counts as a change: a row that isn't the newest is written by none.
        self._kept.put(None, after, self._kept.version if departure.allowed else at)
        return departure

    @uncancelled
    async def left(self) -> Left:
        """Return what is left of the budget now, without taking any."""
        async with self._engine.begin() as connection:
            row, now = await self._read(connection)
        rate = row.pace.applied(self._rate, now)
        return Left(requests=row.known(rate).at(now).left(rate), per_minute=rate.requests_per_minute)

    @uncancelled
    async def push(self, until: datetime) -> None:
        """Let nothing leave before `until`, told by a 429 just now; where 429s repeat, go on more slowly."""
        async with self._engine.begin() as connection:
            while True:
                before, now = await self._read(connection)
                reset = min(until.timestamp(), now + FARTHEST_RESET)
                pace = before.pace.after_429(now, reset)
                rate = pace.applied(self._rate, now)
                spent = before.known(rate).at(now).held(rate, reset)
                if await _swap(connection, replace(before, version=before.version + 1, spent=spent, pace=pace)):
                    break
        faster = before.pace.applied(self._rate, now).requests_per_minute
        if rate.requests_per_minute < faster:
            log.warning(
                "segmind_pace_lowered",
                requests_per_minute=rate.requests_per_minute,
                configured=self._rate.requests_per_minute,
            )

    def _decide(self, row: "_BudgetRow", now: float, *, urgent: bool, at_most: int) -> "tuple[Departure, _BudgetRow]":
        """Judge a request by the row; return the row as it is to be then."""
        rate = row.pace.applied(self._rate, now)
        departure, spent = decide(row.known(rate), rate, now, urgent=urgent, at_most=at_most)
        return departure, replace(row, version=row.version + 1, spent=spent) if departure.allowed else row

    def _by_now(self, kept: "_BudgetRow") -> "tuple[_BudgetRow, float]":
        """Return a row that was read earlier as `_read` returns it."""
        now = self._clock.now().timestamp()
        ahead = now - self._clock.monotonic()
        return replace(kept.shifted(ahead - kept.ahead), ahead=ahead), now

    async def _read(self, connection: AsyncConnection) -> "tuple[_BudgetRow, float]":
        """Return the row as this process's clock tells it, and that clock's time."""
        query = select(request_budget).where(request_budget.c.name == NAME)
        row = (await connection.execute(query)).one_or_none()
        if row is None:
            first = {"name": NAME, **_BudgetRow().values}
            await connection.execute(insert_if_absent(connection, request_budget, first))
            row = (await connection.execute(query)).one()
        now = self._clock.now().timestamp()
        ahead = now - self._clock.monotonic()
        pace = Pace(share=row.pace_share, reset=row.pace_reset)
        spent = None if row.departures is None else _unpacked(row.departures, row.arrival_time)
        read = _BudgetRow(
            version=row.version, spent=spent, arrival_time=row.arrival_time, pace=pace, boot=self._boot, ahead=ahead
        )
        return read.shifted(ahead - row.clock_ahead) if row.clock_boot == self._boot else read, now


@dataclass(frozen=True, slots=True, kw_only=True)
class _BudgetRow:
    """The row: what has left, at what pace more may leave, and by which clock.

    Version 0.1 kept only when the next request might leave, `arrival_time`; then `spent` is None.
    """

    version: int = 0
    spent: Minute | None = field(default_factory=Minute)
    arrival_time: float = NEVER
    pace: Pace = field(default_factory=Pace)
    boot: str = ""
    ahead: float = 0.0  # of the time of day, before that boot's monotonic clock

    def known(self, rate: Rate) -> Minute:
        """Return what has left; of version 0.1, as many as can have, at its equal distances."""
        return Minute().held(rate, self.arrival_time) if self.spent is None else self.spent

    def shifted(self, by: float) -> "_BudgetRow":
        """Return the same row by a time of day that was set by so many seconds."""
        return replace(
            self,
            spent=self.spent and self.spent.shifted(by),
            arrival_time=self.arrival_time + by,
            pace=replace(self.pace, reset=self.pace.reset + by),
        )

    @property
    def values(self) -> dict[str, Any]:
        spent = self.spent or Minute()
        return {
            "version": self.version,
            "arrival_time": spent.poll_due,
            "departures": _packed(spent),
            "pace_share": self.pace.share,
            "pace_reset": self.pace.reset,
            "clock_boot": self.boot,
            "clock_ahead": self.ahead,
        }


def _packed(spent: Minute) -> bytes:
    """Write the times down, those of urgent requests as negative numbers."""
    times = (*(-time for time in spent.urgent), *spent.polls)
    return struct.pack(f"<{len(times)}d", *times)


def _unpacked(departures: bytes, poll_due: float) -> Minute:
    times = [time for (time,) in struct.iter_unpack("<d", departures)]
    return Minute(
        urgent=tuple(-time for time in times if time < 0),
        polls=tuple(time for time in times if time >= 0),
        poll_due=poll_due,
    )


async def _swap(connection: AsyncConnection, after: _BudgetRow) -> bool:
    """Put `after` in the place of the row before it; False where another process has been quicker."""
    row = {**after.values, "known_version": after.version - 1}
    return (await connection.execute(_SWAP, row)).rowcount > 0
