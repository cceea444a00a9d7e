"""What whoever runs the bot has stopped, on both databases and in every process."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.engine import open_database
from bot.gate.limits import Terms
from bot.gate.stops import OperatorBlock, OperatorStore, Target
from bot.gate.usage import Reservation
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from bot.operator.figures import OperatorFigures, ServerUse, Spent
from bot.operator.notices import NoticeKind, OperatorNotices
from tests.support.database import LIMIT
from tests.support.jobs import NOON, PRICE, a_job, a_request

GUILD, MEMBER = 10, 30


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[AsyncEngine]:
    async with open_database(database_url) as engine:
        yield engine


def a_block(target: Target, target_id: int, minute: int = 0) -> OperatorBlock:
    at = NOON + timedelta(minutes=minute)
    return OperatorBlock(target=target, target_id=target_id, reason="spam", by_id=1, at=at)


async def test_a_pause_counts_until_it_is_taken_back(database: AsyncEngine) -> None:
    store = OperatorStore(database)
    await store.pause(NOON)
    await store.pause(NOON + timedelta(hours=1))
    assert await store.paused_since() == NOON
    await store.resume()
    assert await store.paused_since() is None


async def test_servers_and_members_are_blocked_apart_although_ids_may_be_equal(database: AsyncEngine) -> None:
    store = OperatorStore(database)
    await store.block(a_block(Target.MEMBER, 10))
    assert await store.is_blocked(GUILD, MEMBER) is None
    await store.block(a_block(Target.MEMBER, 30, 1))
    assert await store.is_blocked(GUILD, MEMBER) is Target.MEMBER
    await store.block(a_block(Target.SERVER, 10, 2))
    assert await store.is_blocked(GUILD, MEMBER) is Target.SERVER
    found, count = await store.blocks(first=1, at_most=5)
    assert ([each.target_id for each in found], count) == ([30, 10], 3)
    assert await store.lift(Target.SERVER, 10)
    assert not await store.lift(Target.SERVER, 10)
    assert await store.is_blocked(GUILD, MEMBER) is Target.MEMBER


async def test_a_block_gives_way_to_a_newer_one(database: AsyncEngine) -> None:
    store = OperatorStore(database)
    await store.block(a_block(Target.MEMBER, 30))
    newer = a_block(Target.MEMBER, 30, 5)
    await store.block(newer)
    assert await store.blocks(first=0, at_most=5) == ([newer], 1)


async def test_money_is_told_by_day_month_and_server(database: AsyncEngine) -> None:
    jobs = JobStore(database)
    for guild_id, day in ((10, 0), (10, 1), (11, 1), (12, 31)):
        job = a_job(State.ACCEPTED, request=a_request(guild_id=guild_id), at=NOON + timedelta(days=day))
        await jobs.add(job, daily_limit_usd=LIMIT, reserve=Reservation(terms=Terms()))
    figures, today = OperatorFigures(database), date(2026, 3, 2)
    assert await figures.spent(today) == Spent(today=PRICE * 2, this_month=PRICE * 3)
    assert await figures.spent(date(2026, 5, 1)) == Spent(today=Decimal(0), this_month=Decimal(0))
    servers, count = await figures.servers(today, first=0, at_most=5)
    ten, eleven = (ServerUse(guild_id=10, videos=2, usd=PRICE * 2), ServerUse(guild_id=11, videos=1, usd=PRICE))
    assert (list(servers), count) == ([ten, eleven], 2)
    assert await figures.servers(today, first=1, at_most=5) == ([eleven], 2)


async def test_a_notice_is_noted_once_until_it_is_over(database: AsyncEngine) -> None:
    notices = OperatorNotices(database)
    assert await notices.note(NoticeKind.MODEL, NOON, about="a", detail="a")
    assert not await notices.note(NoticeKind.MODEL, NOON, about="a", detail="a")
    assert await notices.note(NoticeKind.MODEL, NOON, about="b", detail="b")
    first, second = await notices.untold()
    await notices.told([first], NOON)
    assert await notices.untold() == [second]
    assert await notices.over(NoticeKind.MODEL, about="a")
    assert not await notices.over(NoticeKind.MODEL, about="a")
    assert await notices.note(NoticeKind.MODEL, NOON, about="a", detail="a")
