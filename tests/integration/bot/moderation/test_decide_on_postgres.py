"""What moderators decide on PostgreSQL, where several processes are at it at once."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.engine import open_database
from bot.jobs.decisions import Decided, Decision
from bot.jobs.errors import StaleJob, WrongState
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from bot.jobs.storage.ledger import SpendLimits
from bot.jobs.storage.records import DecisionStore
from bot.moderation.blocks import Block, BlockedImageStore, BlockStore
from bot.moderation.decide import Moderation
from bot.moderation.history import MemberRecord, RecordReader
from bot.moderation.moderators import thin_moderation
from bot.moderation.store import ReportStore, ReviewStore, owe_in, settle_in
from tests.support.clock import ManualClock
from tests.support.database import LIMIT
from tests.support.jobs import NOON, a_job
from tests.support.ports import CardsInMemory

PROCESSES = 4
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def engines(postgres_url: str) -> AsyncGenerator[list[AsyncEngine]]:
    """Open the same database as several processes do."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(open_database(postgres_url)) for _ in range(PROCESSES)]


def moderation_of(engine: AsyncEngine) -> Moderation:
    """Make what decides on reports in one process, which needs neither drivers nor Discord."""
    nobody: Any = None
    return Moderation(
        store=JobStore(engine),
        dispatcher=nobody,
        cards=CardsInMemory(),
        standing=nobody,
        clock=ManualClock(NOON),
        owe=owe_in,
        settle=settle_in,
        limits=SpendLimits(per_day=LIMIT),
    )


def rejected(job: Job, by_id: int) -> Decision:
    request = job.request
    return Decision(
        guild_id=request.guild_id,
        member_id=request.member_id,
        kind=Decided.REJECTED,
        at=NOON,
        job_id=job.id,
        by_id=by_id,
        reason="no\0thing",
    )


async def test_of_several_moderators_at_once_one_decides_and_one_decision_stands(engines: list[AsyncEngine]) -> None:
    held = await JobStore(engines[0]).add(a_job(State.HELD), daily_limit_usd=LIMIT)
    moved = held.move(State.REJECTED, NOON)
    saves = [JobStore(engine).save(moved, rejected(held, by_id)) for by_id, engine in enumerate(engines, start=1)]
    outcomes = await asyncio.gather(*saves, return_exceptions=True)
    assert sorted(type(outcome) is StaleJob for outcome in outcomes) == [False, True, True, True]
    [decision] = await DecisionStore(engines[0]).of_job(held.id)
    assert isinstance(outcomes[(decision.by_id or 0) - 1], Job)
    assert decision.reason == "no\N{REPLACEMENT CHARACTER}thing"


@pytest.mark.parametrize(("hidden", "kind"), [(True, Decided.PUT_BACK), (False, Decided.DISMISSED)])
async def test_of_several_moderators_at_once_one_decides_on_the_reports(
    engines: list[AsyncEngine], hidden: bool, kind: Decided
) -> None:
    job = await JobStore(engines[0]).add(a_job(State.DELIVERED).evolve(hidden=hidden), daily_limit_usd=LIMIT)
    await ReportStore(engines[0]).add(job, 40, "gore", NOON)
    pressed = [moderation_of(engine).put_back(job.id, by_id) for by_id, engine in enumerate(engines, start=1)]
    outcomes = await asyncio.gather(*pressed, return_exceptions=True)
    assert sorted(type(outcome) is WrongState for outcome in outcomes) == [False, True, True, True]
    made = await DecisionStore(engines[0]).of_job(job.id)
    [decision] = [each for each in made if each.kind is not Decided.REPORTED]
    assert outcomes[(decision.by_id or 0) - 1] is decision.kind is kind


async def test_of_several_processes_one_sees_to_a_review_and_one_to_a_case(engines: list[AsyncEngine]) -> None:
    job = await JobStore(engines[0]).add(a_job(State.HELD), daily_limit_usd=LIMIT)
    claims = [ReviewStore(engine).claim(job.id, 10, NOON, MINUTE) for engine in engines]
    assert sorted(await asyncio.gather(*claims)) == [False, False, False, True]
    await ReportStore(engines[0]).owe(job)
    seen = [ReportStore(engine).claim(job.id, NOON, MINUTE) for engine in engines]
    assert sorted(await asyncio.gather(*seen)) == [False, False, False, True]


async def test_what_is_owed_anew_while_somebody_is_at_it_stays_owed(engines: list[AsyncEngine]) -> None:
    store, job = ReportStore(engines[0]), a_job(State.DELIVERED)
    await store.owe(job)
    await store.claim(job.id, NOON, MINUTE)
    await ReportStore(engines[1]).owe(job)
    await store.done(job.id, NOON)
    assert [case.job_id for case in await store.owing(at_most=5)] == [job.id]


async def test_each_report_is_counted_though_they_come_at_once(engines: list[AsyncEngine]) -> None:
    job = a_job(State.DELIVERED)
    adding = [ReportStore(engines[member % PROCESSES]).add(job, member, "", NOON) for member in range(8)]
    counts = [count or 0 for count in await asyncio.gather(*adding)]
    assert max(counts) == 8
    assert (await ReportStore(engines[0]).open(job.id))[1] == 8


async def test_two_blocks_at_once_leave_one(engines: list[AsyncEngine]) -> None:
    clock = ManualClock(NOON)
    blocks = [Block(guild_id=7, member_id=30, until=None, by_id=by, reason="", at=NOON) for by in range(PROCESSES)]
    putting = [BlockStore(engine, clock).put(block) for engine, block in zip(engines, blocks, strict=True)]
    await asyncio.gather(*putting)
    assert await BlockStore(engines[0], clock).get(7, 30) in blocks


async def test_the_lists_work_as_on_sqlite(engines: list[AsyncEngine]) -> None:
    engine, clock = engines[0], ManualClock(NOON)
    images = BlockedImageStore(engine)
    prints = ["0123456789abcdef" * 2, "fedcba9876543210" * 2]
    assert await images.add(7, prints, by_id=1, reason="", now=NOON) == 2
    assert await images.find(7, prints[1:]) == 0
    await JobStore(engine).add(a_job(State.DELIVERED), daily_limit_usd=LIMIT)
    block = Block(guild_id=7, member_id=30, until=NOON + MINUTE, by_id=1, reason="", at=NOON)
    assert await BlockStore(engine, clock).put(block, keeps_later=True) == NOON + MINUTE
    assert await BlockStore(engine, clock).put(replace(block, until=NOON), keeps_later=True) == NOON + MINUTE
    record = await RecordReader(engine).read(10, 30)
    assert record == MemberRecord(videos=1, rejected=0, taken_down=0, reports=0, blocks=0)
    assert await thin_moderation(engine, clock.now()) == 0
