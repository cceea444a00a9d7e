"""A bot's whole memory moves from one database to another, or not at all."""

import os
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.database.engine import open_database
from bot.database.record_tables import metadata
from bot.database.transfer import Copied, TransferRefused, transfer
from bot.jobs.model import Job
from bot.jobs.pacing.budget import BudgetRow
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from bot.segmind.budget import Rate
from tests.support.clock import ManualClock
from tests.support.database import unmade_url
from tests.support.jobs import NOON, PRICE, a_job, a_request

PLENTY = Decimal(100_000)
BATCH = 20


@pytest.fixture(autouse=True)
def few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copy in small batches, so that a few rows are several of them."""
    monkeypatch.setattr("bot.database.transfer.BATCH", BATCH)


async def filled(url: str, jobs: int) -> Sequence[Job]:
    """Fill a database with jobs in several states, their spending, and a used request budget."""
    async with open_database(url) as engine:
        store = JobStore(engine)
        for number in range(jobs):
            state = (State.WAITING, State.PREPARING, State.UNCONFIRMED)[number % 3]
            job = a_job(state, request=a_request(prompt=f"Füchse 🦊 {number}"))
            await store.add(replace(job, body={"n": number}, request_id=f"r{number}"), daily_limit_usd=PLENTY)
        await BudgetRow(engine, Rate(requests_per_minute=60), ManualClock()).take(urgent=True)
        return await store.in_states(State)


async def test_everything_arrives_in_postgresql_as_it_was(tmp_path: Path, unmade_postgres_url: str) -> None:
    jobs = await filled(unmade_url(tmp_path), 2 * BATCH + 1)
    copied = await transfer(unmade_url(tmp_path), unmade_postgres_url)
    assert {each.table for each in copied} == set(metadata.tables)
    assert Copied(table="jobs", rows=2 * BATCH + 1) in copied
    assert Copied(table="request_budget", rows=1) in copied
    async with open_database(unmade_postgres_url) as engine:
        assert await JobStore(engine).in_states(State) == jobs
        assert await JobStore(engine).spent(NOON.date()) == PRICE * len(jobs)


async def test_it_goes_back_the_same_way(tmp_path: Path, unmade_postgres_url: str) -> None:
    jobs = await filled(unmade_postgres_url, 5)
    await transfer(unmade_postgres_url, unmade_url(tmp_path))
    async with open_database(unmade_url(tmp_path)) as engine:
        assert await JobStore(engine).in_states(State) == jobs


async def test_the_source_stays_as_it_is(tmp_path: Path, unmade_postgres_url: str) -> None:
    jobs = await filled(unmade_url(tmp_path), 3)
    await transfer(unmade_url(tmp_path), unmade_postgres_url)
    async with open_database(unmade_url(tmp_path)) as engine:
        assert await JobStore(engine).in_states(State) == jobs


async def test_a_target_that_is_in_use_is_refused_and_left_alone(tmp_path: Path, unmade_postgres_url: str) -> None:
    await filled(unmade_url(tmp_path), 3)
    theirs = await filled(unmade_postgres_url, 2)
    with pytest.raises(TransferRefused, match="the target isn't empty"):
        await transfer(unmade_url(tmp_path), unmade_postgres_url)
    async with open_database(unmade_postgres_url) as engine:
        assert await JobStore(engine).in_states(State) == theirs


async def test_a_transfer_that_breaks_leaves_the_target_empty(tmp_path: Path, unmade_postgres_url: str) -> None:
    await filled(unmade_url(tmp_path), BATCH + 1)
    async with open_database(unmade_url(tmp_path)) as engine, engine.begin() as connection:
        await connection.execute(text("UPDATE spending SET usd = 'a lot'"))  # SQLite takes anything
    with pytest.raises(InvalidOperation):
        await transfer(unmade_url(tmp_path), unmade_postgres_url)
    async with open_database(unmade_postgres_url) as engine:
        assert await JobStore(engine).in_states(State) == []


async def test_a_database_is_not_copied_onto_itself(tmp_path: Path) -> None:
    await filled(unmade_url(tmp_path), 1)
    with pytest.raises(TransferRefused, match="the same"):
        await transfer(unmade_url(tmp_path), unmade_url(tmp_path))


async def test_a_source_that_is_not_there_is_refused_and_not_made(tmp_path: Path, unmade_postgres_url: str) -> None:
    with pytest.raises(TransferRefused, match="source file doesn't exist"):
        await transfer(unmade_url(tmp_path), unmade_postgres_url)
    assert os.listdir(tmp_path) == []  # noqa: PTH208
