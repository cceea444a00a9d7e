"""A member's data is deleted in PostgreSQL, which several processes share."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

from bot.database.engine import open_database
from bot.jobs.model import Job
from bot.jobs.ports import Posted
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from bot.members.emptying import Telltale
from bot.members.forgetting import SETTLED_AFTER, Forgetting
from bot.members.preferences import PreferenceStore
from tests.support.clock import ManualClock
from tests.support.database import LIMIT
from tests.support.jobs import NOON, PRICE, a_job, a_request
from tests.support.ports import CardsInMemory

MEMBER = 30


class Elsewhere:
    """A dispatcher whose drivers are other processes, and a desk that notes what it empties."""

    def __init__(self) -> None:
        self.emptied: list[int] = []

    async def dispatch(self, job: Job) -> None:
        raise AssertionError(job)

    async def release(self, job_id: int) -> None:
        pass

    async def posts_of(self, job: Job) -> AsyncIterator[Posted]:
        return
        yield

    async def empty(self, telltale: Telltale) -> None:
        self.emptied.append(telltale.message_id)


async def test_two_processes_delete_at_once_and_share_what_is_to_be_emptied(postgres_url: str) -> None:
    clock, here, there = ManualClock(NOON), Elsewhere(), Elsewhere()
    async with open_database(postgres_url) as first, open_database(postgres_url) as second:
        store = JobStore(first)
        for state in (State.WAITING, State.PROCESSING, State.DELIVERED, State.FAILED):
            added = await store.add(a_job(request=a_request(member_id=MEMBER, prompt="secret")), daily_limit_usd=LIMIT)
            submitted = None if state is State.WAITING else NOON
            await store.save(replace(added, state=state, card_message_id=added.id + 1, submitted_at=submitted))
        both = [
            Forgetting(database, desk, JobStore(database), dispatcher=desk, cards=CardsInMemory(), clock=clock)
            for database, desk in ((first, here), (second, there))
        ]
        done = await asyncio.gather(*(each.forget(MEMBER, remove_messages=False) for each in both))
        assert sorted(each.requests for each in done) == [0, 4]
        await asyncio.gather(*(each.emptying.sweep() for each in both))
        assert len(set(here.emptied) | set(there.emptied)) == len(here.emptied + there.emptied) == 4
        left = await store.in_states(State)
        assert {job.state for job in left} == {State.PROCESSING, State.DELIVERED, State.FAILED}
        assert {job.request.prompt for job in left} == {""}
        assert await store.spent(NOON.date()) == 2 * PRICE
        clock.advance((SETTLED_AFTER + timedelta(seconds=1)).total_seconds())
        assert await both[0].tidy(clock.now()) == 2
        await both[0].erase()


async def test_a_hint_is_given_once_by_two_processes(postgres_url: str) -> None:
    async with open_database(postgres_url) as first, open_database(postgres_url) as second:
        given = await asyncio.gather(PreferenceStore(first).hint(MEMBER), PreferenceStore(second).hint(MEMBER))
        assert sorted(given) == [False, True]
