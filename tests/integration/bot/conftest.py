"""What the tests of the job engine and of delivery stand on."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.database.engine import open_database
from bot.delivery.cards import CardEditor
from bot.delivery.posts import PostSender
from bot.jobs.ports import Video
from bot.media.videos.fitting import VideoFitter
from bot.media.videos.inspecting import inspect_video
from tests.support.channel import OFFER, Channel, open_channel
from tests.support.clock import ManualClock
from tests.support.files import mp4
from tests.support.jobs import NOON
from tests.support.ledgers import PROCESSES, Ledger
from tests.support.moderators import Desk, open_desk
from tests.support.stage import Stage, open_stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path) as stage:
        yield stage


@pytest.fixture
async def channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Channel]:
    async with open_channel(tmp_path, monkeypatch) as channel:
        yield channel


@pytest.fixture
async def desk(channel: Channel, tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(channel, tmp_path) as desk:
        yield desk


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
async def cards(channel: Channel, clock: ManualClock) -> AsyncIterator[CardEditor]:
    cards = CardEditor(channel.client, OFFER, clock)
    yield cards
    await cards.close(0)


@pytest.fixture
def fitting() -> VideoFitter:
    return VideoFitter()


@pytest.fixture
def posts(channel: Channel, fitting: VideoFitter) -> PostSender:
    return PostSender(channel.client, OFFER, fitting)


@pytest.fixture
def video(tmp_path: Path) -> Video:
    path = tmp_path / "video.mp4"
    path.write_bytes(mp4())
    return Video(path=path, facts=inspect_video(path))


@pytest.fixture
async def ledger(database_url: str) -> AsyncGenerator[Ledger]:
    async with open_database(database_url) as engine:
        yield Ledger(engine)


@pytest.fixture
async def ledgers(database_url: str, ledger: Ledger) -> AsyncGenerator[Sequence[Ledger]]:
    """Give the same database as several processes see it."""
    async with AsyncExitStack() as stack:
        others = [await stack.enter_async_context(open_database(database_url)) for _ in range(PROCESSES - 1)]
        yield [ledger, *map(Ledger, others)]
