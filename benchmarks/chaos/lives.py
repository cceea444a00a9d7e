"""One life of the bot after the other: started, used for a while, and killed."""

import asyncio
import json
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

from benchmarks.chaos.boundaries import BOUNDARIES
from benchmarks.chaos.world import World, read_line
from sandbox.demo.processes import Child, ChildEnded, python

TRAPS_AT_ONCE: Final = 6  # boundaries armed in one life; the first that is reached ends it
SHORTEST, LONGEST = 3.0, 7.0  # seconds of a life after its start, when no trap snaps
# A process that froze within a transaction finds its connection ended when it wakes up, and says so.
DATABASE_ENDED: Final = ("IdleInTransactionSessionTimeout", "server closed the connection")
LONG_ENOUGH: Final = 20.0  # seconds for a job to come to whichever boundaries are left
STARTS_WITHIN: Final = 60.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How long a start took until the last unfinished job had its driver again."""

    seconds: float  # from the start of the process
    cpu_seconds: float
    unfinished: int


@dataclass(slots=True, kw_only=True)
class Record:
    """What happened in all lives."""

    hits: Counter[str] = field(default_factory=Counter[str])
    random_kills: int = 0
    starts: list[Start] = field(default_factory=list[Start])
    takeovers: list[float] = field(default_factory=list[float])  # seconds from a freeze until others had all its jobs
    broken: list[str] = field(default_factory=list[str])  # lines of the log that tell of a bug
    told: set[str] = field(default_factory=set[str])  # requests without an owner, told to the operator

    def note(self, lines: Sequence[str], *, started: float) -> None:
        """Take from a process's output what counts; `started` is its start in Unix seconds."""
        for line in lines:
            entry = read_line(line)
            match entry.get("event"):
                case "snapped":
                    self.hits[entry["boundary"]] += 1
                case "resumed":
                    self.starts.append(
                        Start(seconds=entry["at"] - started, cpu_seconds=entry["cpu"], unfinished=entry["unfinished"])
                    )
                case "charge_without_owner":
                    self.told.add(entry["request_id"])
                case (
                    "driver_broke"
                    | "step_broke"
                    | "card_broke"
                    | "command_broke"
                    | "background_task_broke"
                    | "submit_broke"
                    | "worker_ended"
                ) if not any(words in line for words in DATABASE_ENDED):
                    self.broken.append(line)
                case _:
                    pass


@asynccontextmanager
async def bot(
    world: World,
    record: Record,
    *,
    command: str = "run",
    name: str = "the bot",
    traps: Mapping[str, int] | None = None,
    number: signal.Signals = signal.SIGKILL,
) -> AsyncGenerator[Child]:
    """Run the bot with traps for as long as the block, and note what it said."""
    file = world.folder / f"{name}.traps"
    file.write_text(json.dumps(traps or {}), encoding="utf-8")
    variables = {
        **world.variables,
        "CHAOS_TRAPS": str(file),
        "CHAOS_CLAIMS": str(world.claims),
        "CHAOS_SIGNAL": number.name,
        "DATA_DIR": str(world.folder / "data" / name),  # as on machines of their own
    }
    started = time.time()
    async with python(name, "benchmarks.chaos.victim", command, folder=world.folder, environment=variables) as child:
        yield child
    record.note(child.lines, started=started)
    if world.logs is not None:
        world.logs.mkdir(parents=True, exist_ok=True)
        (world.logs / f"{started:.3f} {name}.log").write_text("\n".join(child.lines), encoding="utf-8")


async def said(child: Child, event: str, **facts: Any) -> Mapping[str, Any]:
    """Wait for a line of the log; raises `ChildEnded` if none comes."""

    def wanted(line: str) -> bool:
        entry = read_line(line)
        return entry.get("event") == event and all(entry.get(name) == fact for name, fact in facts.items())

    async with asyncio.timeout(STARTS_WITHIN):
        return read_line(await child.said(wanted))


async def live(world: World, record: Record, draw: random.Random, *, boundaries: Sequence[str], asks: int) -> None:
    """Start the bot with traps at some of the boundaries that are still to be hit; kill it if it outlives them."""
    left = [each for each in boundaries if not record.hits[each]]
    chosen = draw.sample(left, min(TRAPS_AT_ONCE, len(left)))
    # What is rare must not be let by.
    traps = {boundary: draw.randint(1, 2) if len(left) > TRAPS_AT_ONCE else 1 for boundary in chosen}
    before = record.hits.total()
    async with bot(world, record, traps=traps) as child:
        with suppress(ChildEnded):
            await said(child, "ready")
            for _ in range(asks):
                world.ask()
            with suppress(TimeoutError):
                is_rare = 0 < len(left) <= TRAPS_AT_ONCE
                patience = LONG_ENOUGH if is_rare else draw.uniform(SHORTEST, LONGEST)
                await asyncio.wait_for(child.ended(), patience)
        child.send(signal.SIGKILL)
    if record.hits.total() == before:
        record.random_kills += 1


def still_to_hit(record: Record, boundaries: Sequence[str] = BOUNDARIES) -> list[str]:
    return [boundary for boundary in boundaries if not record.hits[boundary]]
