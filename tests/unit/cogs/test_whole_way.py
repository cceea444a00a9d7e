"""The whole way of a video on SimCord, with the real engine and a real local Segmind.

SimCord waits for all that the bot has under way, in a time of its own, and a run under way never settles. So drivers
start outside of what SimCord owns: they run in real time, on real sockets, and only their Discord is SimCord's.
"""

import asyncio
import contextvars
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.app import Reelcast, open_services
from bot.config import Settings
from bot.jobs.driving.intake import Intake
from bot.jobs.driving.one_process import InProcessDispatcher
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.media.hosts import AllowedHosts
from sandbox.segmind.server import SegmindSandbox
from tests.support.consent import GivenConsents
from tests.support.database import file_url
from tests.unit.cogs.served_cdn import ServedCdn
from tests.unit.cogs.stage import SimulatedClock, Stage, picture, texts

PATIENCE = 60.0  # real seconds


@dataclass(frozen=True, slots=True)
class FreeDispatcher:
    """Starts drivers in a context that is not SimCord's."""

    inner: InProcessDispatcher

    async def dispatch(self, job: Job) -> None:
        contextvars.Context().run(lambda: asyncio.create_task(self.inner.dispatch(job)))

    async def resume(self) -> int:
        return 0

    async def ended(self) -> None:
        """Wait until every driver has nothing left to do."""
        async with asyncio.timeout(PATIENCE):
            while drivers := list(self.inner._drivers.values()):
                await asyncio.wait(drivers)


@pytest.fixture
async def simcord_bot(tmp_path: Path, cdn: ServedCdn) -> AsyncIterator[Reelcast]:
    async with SegmindSandbox(speed=400.0, requests_per_minute=6_000) as sandbox:
        segmind = sandbox.describe()
        settings = Settings.model_validate(
            {
                "discord_token": SecretStr("token"),
                "segmind_api_key": SecretStr(segmind["api_key"]),
                "segmind_api_url": segmind["api_url"],
                "segmind_history_url": segmind["history_url"],
                "segmind_storage_url": segmind["storage_url"],
                "segmind_output_hosts": AllowedHosts.parse([segmind["output_host"]]),
                "segmind_requests_per_minute": 6_000,
                "attachment_hosts": AllowedHosts.parse([cdn.origin.removeprefix("http://")]),
                "database_url": file_url(tmp_path),
                "data_dir": tmp_path / "data",
            }
        )
        bot = Reelcast(shard_count=1)
        async with open_services(settings, bot, clock=SimulatedClock()) as services:
            assert isinstance(services.jobs.dispatcher, InProcessDispatcher)
            dispatcher: Any = FreeDispatcher(services.jobs.dispatcher)
            intake = Intake(
                store=services.store,
                dispatcher=dispatcher,
                cards=services.delivery.cards,
                clock=services.clock,
                daily_limit_usd=settings.spend_limit_usd_per_day,
            )
            jobs = replace(services.jobs, dispatcher=dispatcher, intake=intake)
            bot.services = replace(services, jobs=jobs, consents=GivenConsents())
            yield bot


async def test_a_members_pictures_become_a_video_in_reply_to_the_card(stage: Stage, cdn: ServedCdn) -> None:
    stage.env.backend.cdn = cdn
    result = await stage.ask("@Image1 meets @Image2", image2=picture("harbour.jpg"))
    dispatcher: Any = stage.bot.services.jobs.dispatcher
    await dispatcher.ended()
    [job] = await stage.jobs()
    assert job.state is State.DELIVERED
    assert result.response is not None
    card, post = stage.channel.history()
    assert card.id == result.response.id
    assert post.reference is not None
    assert post.reference.message_id == card.id
    assert post.content == (
        f"{stage.alice.mention}\n> \\@Image1 meets \\@Image2\n-# 5 s · 16:9 · 2 images · AI-generated"
    )
    [video] = post.attachments
    assert video.filename.endswith(".mp4")
    assert [attachment.filename for attachment in card.attachments] == ["image1.png", "image2.png"]


async def test_a_picture_that_turns_out_to_be_broken_is_told_on_the_card_and_costs_nothing(
    stage: Stage, cdn: ServedCdn
) -> None:
    stage.env.backend.cdn = cdn
    name, data = picture(size=(900, 900))
    result = await stage.ask("a fox", image2=(name, data[: len(data) // 2]))
    dispatcher: Any = stage.bot.services.jobs.dispatcher
    await dispatcher.ended()
    await stage.bot.services.delivery.cards.close(PATIENCE)
    [job] = await stage.jobs()
    assert job.state is State.FAILED
    assert result.response is not None
    assert "Failed" in texts(result.response)
    assert "`image2` can't be opened" in texts(result.response)
    assert await stage.bot.services.store.spent(job.spend_day) == 0
