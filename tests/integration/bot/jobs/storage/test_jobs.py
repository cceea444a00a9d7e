"""Jobs in real databases of both kinds: what is saved is what is read, and money is never counted wrongly."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from bot.database import tables
from bot.database.engine import open_database
from bot.jobs.errors import EqualBodyInDoubt, NoFreePlace, SpendLimitReached, StaleJob
from bot.jobs.model import EarlierPost, Job, Problem, ProblemCode
from bot.jobs.states import IN_FLIGHT, State
from bot.jobs.storage.jobs import JobStore
from tests.support.database import LIMIT, file_url
from tests.support.jobs import NOON, PRICE, a_job, a_reference, a_request

DAY = NOON.date()
BODY = {"prompt": "a fox", "image_urls": ["https://cdn.example/1.png"], "duration": 5}


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[JobStore]:
    async with open_database(database_url) as engine:
        yield JobStore(engine)


async def add(store: JobStore, job: Job) -> Job:
    return await store.add(job, daily_limit_usd=LIMIT)


async def waiting(store: JobStore, number: int = 1, *, prompt: str = "a fox") -> Job:
    job = await add(store, a_job(State.WAITING))
    return job.move(State.SUBMITTING, NOON, body=BODY | {"prompt": prompt}, submitted_at=NOON, submit_attempts=number)


async def test_a_job_that_is_taken_is_its_new_drivers_and_its_former_one_is_told(store: JobStore) -> None:
    job = await add(store, a_job(State.WAITING).evolve(driver="first"))
    assert await store.take(job.id, "second") == (replace(job, driver="second", version=job.version + 1), "first")
    assert (await store.get(job.id)) == replace(job, driver="second", version=job.version + 1)
    with pytest.raises(StaleJob):
        await store.save(job)


@pytest.mark.parametrize("state", [State.DELIVERED, State.FAILED, State.UNDELIVERED])
async def test_a_job_that_nobody_drives_cannot_be_taken(store: JobStore, state: State) -> None:
    job = await add(store, a_job(state))
    assert await store.take(job.id, "late") is None
    assert await store.take(job.id + 1, "late") is None
    assert (await store.get(job.id)) == job


async def test_what_is_known_of_earlier_attempts_to_post_is_read_as_it_was_saved(store: JobStore) -> None:
    known = EarlierPost(channel_id=20, ended_at=NOON + timedelta(minutes=1), began_at=NOON)
    job = await add(store, a_job(State.UNDELIVERED).evolve(earlier_posts=(known, replace(known, began_at=None))))
    assert (await store.get(job.id)) == job
    async with store.engine.begin() as connection:
        of_before = [[20, known.ended_at.isoformat()]]  # as earlier versions wrote it
        await connection.execute(update(tables.jobs).where(tables.jobs.c.id == job.id).values(earlier_posts=of_before))
    read = await store.get(job.id)
    assert read is not None
    assert read.earlier_posts == (replace(known, began_at=None),)


async def test_an_error_of_the_database_shows_nothing_of_what_was_to_be_saved(store: JobStore) -> None:
    job = await add(store, a_job(State.WAITING, request=a_request(prompt="a private wish")))
    with pytest.raises(IntegrityError) as raised:
        await add(store, job)
    assert "a private wish" not in str(raised.value)


async def test_a_job_comes_back_as_it_was_saved(store: JobStore) -> None:
    references = (
        replace(a_reference("https://cdn.example/1.png?ex=1"), card_name="image1.png"),
        a_reference("https://cdn.example/2.png"),
    )
    job = a_job(State.PREPARING, request=a_request(prompt="Füchse 🦊 \"'", references=references))
    full = (await add(store, job)).evolve(
        cost_usd=Decimal("1.349999"),
        card_message_id=2**63 - 1,
        body=BODY,
        submit_attempts=2,
        submitted_at=datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC),
        segmind_time=NOON,
        request_id="0b6c6c1e-7d1c-4a57-9a60-7f8f6d2f3c11",
        completed_at=NOON + timedelta(minutes=4),
        output_url="https://images.example/1.mp4",
        retry_at=NOON + timedelta(seconds=5),
        problem=Problem(code=ProblemCode.IMAGE, detail="broken", image=2),
        cancel_requested=True,
        post_attempts=1,
        post_message_id=99,
    )
    saved = await store.save(full)
    assert saved == replace(full, version=2, ledger_usd=Decimal("1.349999"))
    assert await store.get(job.id) == saved


async def test_a_nul_in_a_prompt_is_kept_in_a_file(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = JobStore(engine)
        job = await add(store, a_job(request=a_request(prompt="a \x00 fox")))
        assert await store.get(job.id) == job


async def test_there_is_no_job_that_was_never_saved(store: JobStore) -> None:
    assert await store.get(1) is None


async def test_one_interaction_makes_one_job(store: JobStore) -> None:
    job = await add(store, a_job())
    with pytest.raises(IntegrityError):
        await add(store, a_job(job_id=job.id))
    assert await store.spent(DAY) == PRICE


async def test_a_save_with_a_stale_version_is_refused_and_changes_nothing(store: JobStore) -> None:
    read = await add(store, a_job(State.WAITING))
    newer = await store.save(read.move(State.CANCELLED, NOON))
    with pytest.raises(StaleJob):
        await store.save(read.evolve(cost_usd=Decimal(9)))
    assert await store.get(read.id) == newer
    assert await store.spent(DAY) == 0


async def test_a_job_that_is_not_there_cannot_be_saved(store: JobStore) -> None:
    with pytest.raises(StaleJob):
        await store.save(a_job())


async def test_of_two_saves_from_the_same_version_one_is_made(store: JobStore) -> None:
    read = await add(store, a_job(State.WAITING))
    outcomes = await asyncio.gather(
        *(store.save(read.evolve(submit_attempts=number)) for number in range(10)), return_exceptions=True
    )
    made = [outcome for outcome in outcomes if isinstance(outcome, Job)]
    assert len(made) == 1
    assert await store.get(read.id) == made[0]


async def test_two_jobs_never_own_the_same_request(store: JobStore) -> None:
    first, second = [await add(store, a_job(State.QUEUED)) for _ in range(2)]
    await store.save(first.evolve(request_id="r-1"))
    with pytest.raises(IntegrityError):
        await store.save(second.evolve(request_id="r-1"))
    assert await store.owned(["r-1", "r-2"]) == {"r-1"}


async def test_jobs_are_read_by_their_states_from_the_oldest(store: JobStore) -> None:
    states = [State.QUEUED, State.DELIVERED, State.WAITING, State.FAILED]
    ages = [NOON, NOON, NOON - timedelta(hours=1), NOON]
    jobs = [await add(store, a_job(state, at=at)) for state, at in zip(states, ages, strict=True)]
    assert await store.in_states([State.QUEUED, State.WAITING]) == [jobs[2], jobs[0]]
    assert await store.in_states([]) == []


async def test_a_days_spending_is_what_is_reserved_and_charged_that_day(store: JobStore) -> None:
    yesterday = a_job(at=NOON - timedelta(days=1))
    first, second, _ = [await add(store, job) for job in (a_job(), a_job(State.PROCESSING), yesterday)]
    assert await store.spent(DAY) == 2 * PRICE
    await store.save(second.move(State.COMPLETED, NOON, cost_usd=Decimal("2.1")))
    assert await store.spent(DAY) == PRICE + Decimal("2.1")
    await store.save(first.move(State.EXPIRED, NOON))
    assert await store.spent(DAY) == Decimal("2.1")
    assert await store.spent(date(2026, 2, 28)) == PRICE
    assert await store.spent(date(2020, 1, 1)) == 0


async def test_what_was_reserved_before_midnight_is_settled_on_that_day(store: JobStore) -> None:
    job = await add(store, a_job(State.PROCESSING))
    tomorrow = NOON + timedelta(days=1)
    await store.save(job.move(State.COMPLETED, tomorrow, cost_usd=Decimal(1)))
    assert (await store.spent(DAY), await store.spent(tomorrow.date())) == (1, 0)


async def test_saving_many_times_counts_the_cost_once(store: JobStore) -> None:
    job = await add(store, a_job(State.PROCESSING))
    job = await store.save(job.move(State.COMPLETED, NOON, cost_usd=Decimal("1.5")))
    job = await store.save(job.move(State.POSTING, NOON, post_attempts=1))
    await store.save(job.move(State.DELIVERED, NOON))
    assert await store.spent(DAY) == Decimal("1.5")


async def test_the_limit_may_be_reached_and_not_passed(store: JobStore) -> None:
    for _ in range(2):
        await store.add(a_job(), daily_limit_usd=2 * PRICE)
    refused = a_job()
    with pytest.raises(SpendLimitReached):
        await store.add(refused, daily_limit_usd=2 * PRICE)
    assert await store.get(refused.id) is None
    assert await store.spent(DAY) == 2 * PRICE


async def test_a_released_reservation_makes_room(store: JobStore) -> None:
    job = await store.add(a_job(State.PREPARING), daily_limit_usd=PRICE)
    await store.save(job.move(State.FAILED, NOON))
    await store.add(a_job(), daily_limit_usd=PRICE)


async def test_a_hundred_at_once_never_pass_the_limit(store: JobStore) -> None:
    await assert_limit_holds([store])


async def test_a_hundred_at_once_from_two_processes_never_pass_the_limit(database_url: str, store: JobStore) -> None:
    async with open_database(database_url) as another:
        await assert_limit_holds([store, JobStore(another)])


async def assert_limit_holds(stores: list[JobStore]) -> None:
    limit = 7 * PRICE + Decimal("0.01")
    outcomes = await asyncio.gather(
        *(stores[number % len(stores)].add(a_job(), daily_limit_usd=limit) for number in range(100)),
        return_exceptions=True,
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, SpendLimitReached)]
    saved = [outcome for outcome in outcomes if isinstance(outcome, Job)]
    assert (len(saved), len(refused)) == (7, 93)
    assert await stores[0].spent(DAY) == 7 * PRICE
    assert len(await stores[-1].in_states([State.ACCEPTED])) == 7


@pytest.mark.parametrize("state", sorted(IN_FLIGHT))
async def test_an_intent_to_submit_needs_a_free_place_at_segmind(store: JobStore, state: State) -> None:
    await add(store, a_job(state))
    intent = await waiting(store)
    with pytest.raises(NoFreePlace):
        await store.save_submitting(intent, places=1)
    assert (await store.save_submitting(intent, places=2)).state is State.SUBMITTING


async def test_of_many_intents_at_once_as_many_are_saved_as_there_are_places(
    database_url: str, store: JobStore
) -> None:
    intents = [await waiting(store, prompt=f"fox {number}") for number in range(12)]
    async with open_database(database_url) as another:
        stores = [store, JobStore(another)]
        saving = [stores[number % 2].save_submitting(intent, places=5) for number, intent in enumerate(intents)]
        outcomes = await asyncio.gather(*saving, return_exceptions=True)
    assert sum(isinstance(outcome, Job) for outcome in outcomes) == 5
    assert sum(isinstance(outcome, NoFreePlace) for outcome in outcomes) == 7
    assert len(await store.in_states([State.SUBMITTING])) == 5


@pytest.mark.parametrize("doubt", [State.SUBMITTING, State.UNCONFIRMED])
async def test_no_equal_body_is_submitted_while_one_is_in_doubt(store: JobStore, doubt: State) -> None:
    first = await store.save_submitting(await waiting(store), places=9)
    if doubt is State.UNCONFIRMED:
        first = await store.save(first.move(doubt, NOON))
    second, other = await waiting(store), await waiting(store, prompt="an owl")
    with pytest.raises(EqualBodyInDoubt):
        await store.save_submitting(second, places=9)
    assert (await store.get(second.id) or second).state is State.WAITING
    await store.save_submitting(other, places=9)
    await store.save(first.move(State.QUEUED, NOON, request_id="r-1"))
    await store.save_submitting(second, places=9)


async def test_a_stale_intent_is_not_saved(store: JobStore) -> None:
    intent = await waiting(store)
    read = await store.get(intent.id)
    assert read is not None
    await store.save(read.move(State.CANCELLED, NOON))
    with pytest.raises(StaleJob):
        await store.save_submitting(intent, places=9)


async def test_a_save_whose_caller_is_cancelled_is_whole(store: JobStore) -> None:
    job = await add(store, a_job(State.PROCESSING))
    saving = asyncio.create_task(store.save(job.move(State.COMPLETED, NOON, cost_usd=Decimal(2))))
    await asyncio.wait({saving}, timeout=0)
    saving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await saving
    saved = await store.get(job.id)
    assert saved is not None
    assert (saved.state, saved.version) == (State.COMPLETED, 2)
    assert await store.spent(DAY) == 2


async def test_the_first_job_of_a_member_is_the_first_until_there_is_another(store: JobStore) -> None:
    first = await add(store, a_job(State.WAITING))
    assert await store.is_first(first)
    second = await add(store, a_job(State.WAITING))
    assert not await store.is_first(second)

    await store.save(second.move(State.CANCELLED, NOON))
    await store.delete_ended(before=NOON + timedelta(days=1), at_most=10)

    assert await store.is_first(first)
    assert await store.is_first(await add(store, a_job(State.WAITING, request=a_request(member_id=999))))
