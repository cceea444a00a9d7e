"""What was decided is written down with what it changes, or not at all."""

from pathlib import Path

import pytest

from bot.database.engine import open_database
from bot.jobs.decisions import Decided, Decision
from bot.jobs.errors import StaleJob
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from bot.jobs.storage.records import DecisionStore
from tests.support.database import LIMIT, file_url
from tests.support.jobs import NOON, a_job


def a_decision(kind: Decided = Decided.APPROVED, *, job_id: int | None = 1, minute: int = 0) -> Decision:
    return Decision(guild_id=10, member_id=30, kind=kind, at=NOON.replace(minute=minute), job_id=job_id, by_id=99)


async def test_decisions_come_back_as_they_were_made(tmp_path: Path) -> None:
    first, second = a_decision(), a_decision(Decided.TAKEN_DOWN, minute=1)
    async with open_database(file_url(tmp_path)) as engine:
        store = DecisionStore(engine)
        await store.add(second)
        await store.add(first, a_decision(job_id=2))
        assert await store.of_job(1) == [first, second]
        assert await store.counts(10, 30) == {Decided.APPROVED: 2, Decided.TAKEN_DOWN: 1}
        assert await store.counts(11, 30) == {}


async def test_a_decision_stands_with_the_move_that_it_is_about_or_not_at_all(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        jobs, decisions = JobStore(engine), DecisionStore(engine)
        held = await jobs.add(a_job(State.HELD), daily_limit_usd=LIMIT)
        await jobs.save(held.move(State.REJECTED, NOON), a_decision(Decided.REJECTED, job_id=held.id))
        with pytest.raises(StaleJob):
            await jobs.save(held.move(State.PREPARING, NOON), a_decision(job_id=held.id))
        assert [each.kind for each in await decisions.of_job(held.id)] == [Decided.REJECTED]
