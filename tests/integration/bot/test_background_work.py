"""What goes on in the background of a running bot, on time that a test lets pass: nobody has to ask for it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.config import Settings
from bot.jobs.states import State
from bot.records.store import Search
from bot.services import Services, open_services
from sandbox.segmind.server import SegmindSandbox
from tests.support.channel import Channel
from tests.support.clock import ManualClock
from tests.support.database import LIMIT, file_url
from tests.support.jobs import NOON, a_job, a_request
from tests.support.operators import local_segmind, settings_at

GUILD = 10
CREDITS_LOW_USD = Decimal("123.45")


@pytest.fixture
async def segmind() -> AsyncIterator[SegmindSandbox]:
    async with local_segmind() as segmind:
        yield segmind


@pytest.fixture
async def services(
    channel: Channel, segmind: SegmindSandbox, clock: ManualClock, tmp_path: Path
) -> AsyncIterator[Services]:
    chosen: dict[str, Any] = {
        **settings_at(segmind),
        "discord_token": "token",
        "segmind_api_key": "SG_ffffffffffffffff",  # one that Segmind does not know
        "database_url": file_url(tmp_path),
        "data_dir": tmp_path / "data",
        "operator_credits_low_usd": CREDITS_LOW_USD,
    }
    async with open_services(Settings.model_validate(chosen), channel.client, clock=clock) as services:
        yield services


async def test_the_owner_is_told_of_a_refused_key_in_one_direct_message_while_the_bot_runs(
    services: Services, channel: Channel, clock: ManualClock
) -> None:
    owner = channel.sandbox.member("ada")
    await owner.at_direct_messages()
    assert services.operating.watch.credits_low_usd == CREDITS_LOW_USD
    told = asyncio.create_task(owner.wait_for(lambda message: "Segmind rejected the API key" in message.text))
    await clock.pass_until(told)

    async def noted_as_told() -> None:
        while await services.operating.notices.untold():
            await clock.sleep(1)

    await clock.pass_until(asyncio.create_task(noted_as_told()))
    clock.advance(600)  # after which Segmind is asked again; what else asks it then keeps its distance
    await clock.pass_until(asyncio.create_task(services.operating.watch.look()))
    assert [message.text for message in await owner.messages()] == [told.result().text]


async def test_a_servers_record_is_thinned_while_the_bot_runs(services: Services, clock: ManualClock) -> None:
    old = a_job(State.CANCELLED, request=a_request(guild_id=GUILD), at=NOON - timedelta(days=364, hours=23))
    await services.store.add(old, daily_limit_usd=LIMIT)
    store = services.records.store

    async def is_on_record() -> bool:
        _, count = await store.page(Search(guild_id=GUILD), first=0, at_most=1)
        return bool(count)

    assert await is_on_record()

    async def gone() -> None:
        while await is_on_record():
            await clock.sleep(600)

    await clock.pass_until(asyncio.create_task(gone()))
