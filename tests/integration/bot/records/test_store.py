"""A server's record of who made what: written with the jobs, searched, thinned; and it outlives them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.engine import open_database
from bot.jobs.decisions import Decided, Decision
from bot.jobs.errors import StaleJob
from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from bot.jobs.storage.records import DecisionStore, forget_contents
from bot.records.store import EVERY, Record, RecordStore, Search, thin_records
from bot.settings.model import UNSET
from bot.settings.store import SettingsStore
from tests.support.database import LIMIT
from tests.support.jobs import NOON, a_job, a_reference, a_request

GUILD, MIRA, MODERATOR = 10, 30, 99


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[AsyncEngine]:
    async with open_database(database_url) as engine:
        yield engine


async def added(database: AsyncEngine, state: State = State.ACCEPTED, *, minute: int = 0, **asked: Any) -> Job:
    job = a_job(state, request=a_request(**asked), at=NOON + timedelta(minutes=minute))
    return await JobStore(database).add(job, daily_limit_usd=LIMIT)


async def found(database: AsyncEngine, **wanted: Any) -> list[int | str]:
    entries, count = await RecordStore(database).page(Search(guild_id=GUILD, **wanted), first=0, at_most=50)
    assert count == len(entries)
    return [each.job_id if isinstance(each, Record) else each.kind.value for each in entries]


def a_decision(kind: Decided, *, job_id: int | None = None, days: int = 0, reason: str = "") -> Decision:
    at = NOON + timedelta(days=days)
    return Decision(guild_id=GUILD, member_id=MIRA, kind=kind, at=at, job_id=job_id, by_id=MODERATOR, reason=reason)


async def test_a_record_tells_how_its_job_stands_and_what_was_decided(database: AsyncEngine) -> None:
    store = JobStore(database)
    job = await added(database, prompt="a fox")
    seen = replace(a_reference(), fingerprint="00ff")
    job = await store.save(
        job.move(State.PREPARING, NOON, card_message_id=7).evolve(references=(seen,)),
    )
    job = await store.save(job.move(State.HELD, NOON))
    made = a_decision(Decided.REJECTED, job_id=job.id, reason="no")
    await store.save(job.move(State.REJECTED, NOON, problem=Problem(code=ProblemCode.NOT_APPROVED)), made)
    [entry], count = await RecordStore(database).page(Search(guild_id=GUILD), first=0, at_most=5)
    assert count == 1
    assert isinstance(entry, Record)
    assert (entry.prompt, entry.state, entry.card_message_id) == ("a fox", State.REJECTED, 7)
    assert (entry.problem, entry.decisions, entry.open) == (ProblemCode.NOT_APPROVED, (made,), False)
    assert entry.fingerprints == ("00ff",)


async def test_a_record_tells_segminds_request_and_what_it_cost(database: AsyncEngine) -> None:
    job = await added(database)
    await JobStore(database).save(job.move(State.PREPARING, NOON, request_id="r-1", cost_usd=Decimal("1.35")))
    [entry], _ = await RecordStore(database).page(Search(guild_id=GUILD), first=0, at_most=5)
    assert isinstance(entry, Record)
    assert (entry.request_id, entry.cost_usd) == ("r-1", Decimal("1.35"))


async def test_a_save_that_fails_leaves_the_record_as_it_was(database: AsyncEngine) -> None:
    job = await added(database)
    await JobStore(database).save(job.move(State.PREPARING, NOON))
    with pytest.raises(StaleJob):
        await JobStore(database).save(job.move(State.EXPIRED, NOON))
    [entry], _ = await RecordStore(database).page(Search(guild_id=GUILD), first=0, at_most=5)
    assert isinstance(entry, Record)
    assert entry.state is State.PREPARING


async def test_a_record_outlives_its_job(database: AsyncEngine) -> None:
    job = await added(database, State.CANCELLED)
    assert await JobStore(database).delete_ended(before=NOON + timedelta(days=1), at_most=5) == 1
    assert await found(database) == [job.id]


async def test_it_is_searched_by_member_message_and_text(database: AsyncEngine) -> None:
    fox = await added(database, prompt="Ein Fuchs in der STRASSE, 100% rot")
    owl = await added(database, prompt="an owl", member_id=31, minute=1)
    await added(database, prompt="an owl elsewhere", guild_id=11)
    await JobStore(database).save(fox.move(State.PREPARING, NOON, card_message_id=777))
    await DecisionStore(database).add(a_decision(Decided.BLOCKED, days=1, reason="weapons"))
    assert await found(database) == ["BLOCKED", owl.id, fox.id]
    assert await found(database, member_id=MIRA) == ["BLOCKED", fox.id]
    assert await found(database, member_id=MODERATOR) == ["BLOCKED"]
    assert await found(database, message_id=777) == [fox.id]
    assert await found(database, message_id=owl.id) == [owl.id]
    assert await found(database, text="straße") == [fox.id]
    assert await found(database, text="0%") == [fox.id]
    assert await found(database, text="_owl") == []
    assert await found(database, text="WEAPONS") == ["BLOCKED"]
    assert await found(database, text="owl", member_id=MIRA) == []


async def test_a_reason_is_found_as_a_prompt_is_also_where_its_video_is_on_record(database: AsyncEngine) -> None:
    job = await added(database, prompt="a fox")
    await added(database, prompt="an owl", minute=1)
    about = a_decision(Decided.TAKEN_DOWN, job_id=job.id, reason="ÄUẞERST gemein")
    await DecisionStore(database).add(about, a_decision(Decided.BLOCKED, days=1, reason="Äußerst gemein"))
    assert await found(database, text="äussERST") == ["BLOCKED", job.id]
    assert await found(database, text="gemein", member_id=MODERATOR) == ["BLOCKED", job.id]
    assert await found(database, text="gemein%") == []


async def test_what_a_member_has_deleted_is_blank_and_stays_so(database: AsyncEngine) -> None:
    job = await added(database, prompt="a fox")
    other = await added(database, prompt="a fox", member_id=31, minute=1)
    async with database.begin() as connection:
        await forget_contents(connection, MIRA)
    await JobStore(database).save(job.move(State.PREPARING, NOON, cost_usd=Decimal("1.35")))
    assert await found(database, text="fox") == [other.id]
    [entry], _ = await RecordStore(database).page(Search(guild_id=GUILD, member_id=MIRA), first=0, at_most=5)
    assert isinstance(entry, Record)
    assert (entry.prompt, entry.fingerprints, entry.cost_usd) == ("", (), Decimal("1.35"))


async def test_each_server_keeps_its_record_as_long_as_it_wants(database: AsyncEngine) -> None:
    settings, now = SettingsStore(database), NOON + timedelta(days=40)
    await settings.change(GUILD, lambda _: UNSET.__class__(keep_records_days=30), now)
    await added(database, State.CANCELLED)
    running = await added(database, State.PROCESSING)
    kept = await added(database, State.CANCELLED, minute=60 * 24 * 20)
    await added(database, State.CANCELLED, guild_id=11)
    await DecisionStore(database).add(a_decision(Decided.BLOCKED), a_decision(Decided.UNBLOCKED, days=21))
    assert await thin_records(RecordStore(database), settings, now) == 2
    assert await found(database) == ["UNBLOCKED", kept.id, running.id]
    others, _ = await RecordStore(database).page(Search(guild_id=11), first=0, at_most=5)
    assert len(others) == 1


async def test_of_several_processes_one_thins_and_begins_where_something_is_old(database: AsyncEngine) -> None:
    store = RecordStore(database)
    await added(database, State.PROCESSING)
    ended = await added(database, State.CANCELLED, minute=5)
    await added(database, State.CANCELLED, minute=9)
    assert await store.oldest() == {GUILD: ended.created_at}
    assert await store.is_my_turn(NOON)
    assert await store.is_my_turn(NOON) is (database.dialect.name == "sqlite")
    assert await store.is_my_turn(NOON + timedelta(seconds=EVERY))


async def test_pages_follow_one_another(database: AsyncEngine) -> None:
    jobs = [await added(database, minute=minute) for minute in range(5)]
    store = RecordStore(database)
    pages = [await store.page(Search(guild_id=GUILD), first=first, at_most=2) for first in (0, 2, 4, 6)]
    assert [[each.job_id for each in entries] for entries, _ in pages] == [
        [jobs[4].id, jobs[3].id],
        [jobs[2].id, jobs[1].id],
        [jobs[0].id],
        [],
    ]
    assert {count for _, count in pages} == {5}
