"""A server's record of requests and decisions: searched, exported, and kept as long as the server wants.

What a log channel has still to be told of it stays owed in the database until it is said, or cannot be.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import structlog
from sqlalchemy import (
    ColumnElement,
    Row,
    String,
    and_,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.catalogue.options import Options, options_of
from bot.database.engine import SQLITE
from bot.database.locks import take_turn
from bot.database.record_tables import records
from bot.database.statements import search_key
from bot.database.tables import decisions
from bot.database.types import value_of
from bot.jobs.clock import Clock, steady_now
from bot.jobs.decisions import Decided, Decision
from bot.jobs.model import ProblemCode
from bot.jobs.states import ENDED, State
from bot.settings.store import SettingsStore

log = structlog.get_logger(__name__)

_OVER: Final = ENDED | {State.UNDELIVERED}
_AT_ONCE: Final = 500  # ids in one question, rows in one answer
EVERY: Final = 3_600.0  # seconds between two rounds of thinning
AT_ONCE: Final = 500  # rows in one transaction: no one waits long for the database
_TURN: Final = "records_mirrored"
_THINNED: Final = "records_thinned"
# Where a decision says already how a job has ended.
_SAID_BY: Final[Mapping[State, frozenset[Decided]]] = {
    State.REJECTED: frozenset({Decided.REJECTED, Decided.TAKEN_DOWN}),
    State.WITHHELD: frozenset({Decided.REJECTED, Decided.TAKEN_DOWN, Decided.WITHHELD}),
    State.TAKEN_DOWN: frozenset({Decided.TAKEN_DOWN, Decided.DELETED}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One request in its last state; `prompt` is empty if its member had it deleted."""

    job_id: int
    guild_id: int
    channel_id: int
    member_id: int
    asked_at: datetime
    options: Options
    prompt: str
    fingerprints: tuple[str, ...]  # of its references; see bot/media/images/fingerprints.py
    state: State
    state_since: datetime
    problem: ProblemCode | None
    request_id: str | None  # Segmind's
    cost_usd: Decimal | None
    card_message_id: int | None
    video_channel_id: int
    video_message_id: int | None
    open: bool  # a channel may see what it is about
    decisions: tuple[Decision, ...] = ()  # oldest first


Entry = Record | Decision  # a decision stands by itself where it is about no request on record


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for in a server's record; all of it has to fit."""

    guild_id: int
    member_id: int | None = None  # the requester, the member it concerned, or who decided
    message_id: int | None = None  # of a card, a video or the request itself
    text: str = ""  # in a prompt or a reason


class RecordStore:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def page(self, search: Search, *, first: int, at_most: int) -> tuple[Sequence[Entry], int]:
        """Read what is found from the newest on, leaving out `first` of it; and tell how much there is."""
        found = union_all(
            select(cast(records.c.job_id, String).label("key"), records.c.asked_at.label("at"), literal(1).label("job"))
            .select_from(records)
            .where(_fits_record(search)),
            select(decisions.c.id.label("key"), decisions.c.at.label("at"), literal(0).label("job"))
            .select_from(decisions)
            .where(_fits_decision(search)),
        ).subquery()
        query = select(found).order_by(found.c.at.desc(), found.c.key.desc()).offset(first).limit(at_most)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
            count = await connection.scalar(select(func.count()).select_from(found))
            by_key: dict[str, Entry] = {}
            for start in range(0, len(rows), _AT_ONCE):
                some = rows[start : start + _AT_ONCE]
                found_records = await records_in(connection, [int(row.key) for row in some if row.job])
                by_key |= {str(job_id): each for job_id, each in found_records.items()}
                by_key |= await _decisions(connection, [row.key for row in some if not row.job])
        return [by_key[row.key] for row in rows if row.key in by_key], count or 0

    async def oldest(self) -> Mapping[int, datetime]:
        """Return from when the oldest that may be deleted is, by server."""
        ended = select(records.c.guild_id, records.c.asked_at.label("at")).where(records.c.state.in_(list(_OVER)))
        every = ended.union_all(select(decisions.c.guild_id, decisions.c.at)).subquery()
        query = select(every.c.guild_id, func.min(every.c.at).label("at")).group_by(every.c.guild_id)
        async with self._engine.connect() as connection:
            return {row.guild_id: row.at for row in await connection.execute(query)}

    async def is_my_turn(self, now: datetime) -> bool:
        """Return whether it is this process that thins now; with SQLite it is always."""
        if self._engine.dialect.name == SQLITE:
            return True
        return await take_turn(self._engine, _THINNED, now, every=timedelta(seconds=EVERY))

    async def thin(self, guild_id: int, *, before: datetime, at_most: int) -> int:
        """Delete what a server's record has from before a moment, `at_most` rows of each kind; return how many.

        What is not over yet stays.
        """
        over = records.c.state.in_(list(_OVER))
        old = select(records.c.job_id).where(records.c.guild_id == guild_id, records.c.asked_at < before, over)
        past = select(decisions.c.id).where(decisions.c.guild_id == guild_id, decisions.c.at < before)
        async with self._engine.begin() as connection:
            gone = await connection.execute(delete(records).where(records.c.job_id.in_(old.limit(at_most))))
            more = await connection.execute(delete(decisions).where(decisions.c.id.in_(past.limit(at_most))))
        return gone.rowcount + more.rowcount


def read_record(row: Row[Any], made: Sequence[Decision] = ()) -> Record:
    options = options_of(row.model, row.duration, row.aspect_ratio, row.options)
    return replace(value_of(Record, row), options=options, decisions=tuple(made))


def _fits_record(search: Search) -> ColumnElement[bool]:
    wanted = [records.c.guild_id == search.guild_id]
    if search.member_id is not None:
        by_them = exists().where(decisions.c.job_id == records.c.job_id, decisions.c.by_id == search.member_id)
        wanted.append(or_(records.c.member_id == search.member_id, by_them))
    if search.message_id is not None:
        known = (records.c.card_message_id, records.c.video_message_id, records.c.job_id)
        wanted.append(or_(*(each == search.message_id for each in known)))
    if search.text:
        for_it = exists().where(decisions.c.job_id == records.c.job_id, _contains(decisions.c.reason_key, search.text))
        wanted.append(or_(_contains(records.c.prompt_key, search.text), for_it))
    return and_(*wanted)


def _fits_decision(search: Search) -> ColumnElement[bool]:
    """Find decisions that are about no request on record."""
    wanted = [
        decisions.c.guild_id == search.guild_id,
        ~exists().where(records.c.job_id == decisions.c.job_id),
    ]
    if search.member_id is not None:
        wanted.append(or_(decisions.c.member_id == search.member_id, decisions.c.by_id == search.member_id))
    if search.message_id is not None:
        wanted.append(decisions.c.job_id == search.message_id)
    if search.text:
        wanted.append(_contains(decisions.c.reason_key, search.text))
    return and_(*wanted)


def _contains(key: ColumnElement[str], text: str) -> ColumnElement[bool]:
    return key.contains(search_key(text), autoescape=True)


async def records_in(connection: AsyncConnection, job_ids: Sequence[int]) -> dict[int, Record]:
    """Read the records of jobs, each with what was decided about it."""
    made: dict[int, list[Decision]] = {}
    about = select(decisions).where(decisions.c.job_id.in_(job_ids)).order_by(decisions.c.at, decisions.c.id)
    for row in await connection.execute(about):
        made.setdefault(row.job_id, []).append(value_of(Decision, row))
    rows = await connection.execute(select(records).where(records.c.job_id.in_(job_ids)))
    return {row.job_id: read_record(row, made.get(row.job_id, ())) for row in rows}


async def _decisions(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Entry]:
    rows = await connection.execute(select(decisions).where(decisions.c.id.in_(ids)))
    return {row.id: value_of(Decision, row) for row in rows}


async def thin_records(store: RecordStore, settings: SettingsStore, now: datetime) -> int:
    """Delete what is older than its server keeps; return how many rows."""
    deleted = 0
    for guild_id, oldest in (await store.oldest()).items():
        before = now - timedelta(days=(await settings.get(guild_id)).keep_records_days)
        while oldest < before and (batch := await store.thin(guild_id, before=before, at_most=AT_ONCE)):
            deleted += batch
    return deleted


async def keep_records_thin(store: RecordStore, settings: SettingsStore, clock: Clock) -> None:
    """Thin now and then, until cancelled."""
    while True:
        now = await steady_now(clock)
        if await store.is_my_turn(now) and (deleted := await thin_records(store, settings, now)):
            log.info("old_records_deleted", count=deleted)
        await clock.sleep(EVERY)


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
        """Return whether a decision, told by itself, says it."""
        if self.decision is not None or self.record is None:
            return False
        return any(each.kind in _SAID_BY.get(self.record.state, ()) for each in self.record.decisions)


class RecordLog:
    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    async def is_my_turn(self, now: datetime, *, every: timedelta) -> bool:
        """Return whether it is this process that tells the log channels now."""
        return await take_turn(self.engine, _TURN, now, every=every)

    async def owed(self) -> Mapping[int, Sequence[Item]]:
        """Read what is owed, by server, oldest first."""
        ended = select(records).where(records.c.log_owed > 0).order_by(records.c.state_since).limit(AT_ONCE)
        made = select(decisions).where(decisions.c.log_owed > 0).order_by(decisions.c.at).limit(AT_ONCE)
        async with self.engine.connect() as connection:
            owed_records = (await connection.execute(ended)).all()
            owed_decisions = [value_of(Decision, row) for row in await connection.execute(made)]
            if not owed_records and not owed_decisions:
                return {}
            known = {row.job_id for row in owed_records}
            missing = {each.job_id for each in owed_decisions if each.job_id} - known
            absent = select(records).where(records.c.job_id.in_(missing))
            others = (await connection.execute(absent)).all() if missing else ()
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
        async with self.engine.execution_options(durable=False).begin() as connection:
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
