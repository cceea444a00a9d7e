"""What the log channels have still to be told: it stays owed in the database until it is said, or cannot be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.locks import take_turn
from bot.database.record_tables import records
from bot.database.tables import decisions
from bot.database.types import value_of
from bot.jobs.decisions import Decided, Decision
from bot.jobs.states import State
from bot.records.store import Record, read_record

_TURN: Final = "records_mirrored"
_AT_ONCE: Final = 500
# Where a decision says already how a job has ended.
_SAID_BY: Final[Mapping[State, frozenset[Decided]]] = {
    State.REJECTED: frozenset({Decided.REJECTED, Decided.TAKEN_DOWN}),
    State.WITHHELD: frozenset({Decided.REJECTED, Decided.TAKEN_DOWN, Decided.WITHHELD}),
    State.TAKEN_DOWN: frozenset({Decided.TAKEN_DOWN, Decided.DELETED}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to be told, about a job as it stands by now, if there is one."""

    at: datetime
    guild_id: int
    record: Record | None = None
    decision: Decision | None = None

    @property
    def key(self) -> str:
        """Name it: the same thing told again has the same name."""
        if self.decision is not None:
            return self.decision.id
        return f"{self.record.job_id}{self.record.state}" if self.record else ""

    @property
    def is_said_already(self) -> bool:
        """Tell whether a decision, told by itself, says it."""
        if self.decision is not None or self.record is None:
            return False
        return any(each.kind in _SAID_BY.get(self.record.state, ()) for each in self.record.decisions)


class RecordLog:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def is_my_turn(self, now: datetime, *, every: timedelta) -> bool:
        """Tell whether it is this process that tells the log channels now."""
        return await take_turn(self._engine, _TURN, now, every=every)

    async def owed(self) -> Mapping[int, Sequence[Item]]:
        """Read what is owed, by server, oldest first."""
        ended = select(records).where(records.c.log_owed > 0).order_by(records.c.state_since).limit(_AT_ONCE)
        made = select(decisions).where(decisions.c.log_owed > 0).order_by(decisions.c.at).limit(_AT_ONCE)
        async with self._engine.connect() as connection:
            owed_records = (await connection.execute(ended)).all()
            owed_decisions = [value_of(Decision, row) for row in await connection.execute(made)]
            if not owed_records and not owed_decisions:
                return {}
            known = {row.job_id for row in owed_records}
            missing = {each.job_id for each in owed_decisions if each.job_id} - known
            others = (await connection.execute(select(records).where(records.c.job_id.in_(missing)))).all()
            about = select(decisions).where(decisions.c.job_id.in_(known))
            said: dict[int, list[Decision]] = {}
            for row in await connection.execute(about):
                said.setdefault(row.job_id, []).append(value_of(Decision, row))
        by_job = {row.job_id: read_record(row, said.get(row.job_id, ())) for row in (*owed_records, *others)}
        items = [
            *(_of_record(by_job[row.job_id]) for row in owed_records),
            *(_of_decision(each, by_job.get(each.job_id or 0)) for each in owed_decisions),
        ]
        found: dict[int, list[Item]] = {}
        for item in sorted(items, key=lambda item: item.at):
            found.setdefault(item.guild_id, []).append(item)
        return found

    async def settle(self, items: Sequence[Item]) -> None:
        """Note that these were told, or that there is no one to tell; what has moved on since stays owed."""
        # A power cut may undo this: a line is told once more then.
        async with self._engine.execution_options(durable=False).begin() as connection:
            for item in items:
                if item.decision is not None:
                    mine: Any = decisions.c.id == item.decision.id
                    await connection.execute(update(decisions).where(mine).values(log_owed=0))
                elif item.record is not None:
                    same = (records.c.job_id == item.record.job_id, records.c.state == item.record.state)
                    await connection.execute(update(records).where(*same).values(log_owed=0))


def _of_record(record: Record) -> Item:
    return Item(at=record.state_since, guild_id=record.guild_id, record=record)


def _of_decision(decision: Decision, record: Record | None) -> Item:
    return Item(at=decision.at, guild_id=decision.guild_id, decision=decision, record=record)
