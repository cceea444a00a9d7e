"""Edits, posts and notices wait for their turn where other processes use the same channel."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.delivery.cards import CardEditor
from bot.delivery.notices import PrivateNotices
from bot.delivery.posts import PostSender
from bot.jobs.model import Job
from bot.jobs.ports import ChannelClosed, Video
from bot.jobs.states import State
from bot.media.videos.fitting import VideoFitter
from bot.media.videos.inspecting import inspect_video
from tests.support.channel import OFFER, Channel
from tests.support.clock import ManualClock
from tests.support.files import mp4, png
from tests.support.jobs import NOON
from tests.support.moderators import open_desk


class Turns:
    """The turns that were asked for; none comes before it is let come."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[int] = asyncio.Queue()
        self.come = asyncio.Event()

    async def wait(self, channel_id: int) -> None:
        self.asked.put_nowait(channel_id)
        await self.come.wait()


@pytest.fixture
def turns() -> Turns:
    return Turns()


@pytest.fixture
async def cards(channel: Channel, turns: Turns) -> AsyncIterator[CardEditor]:
    desk = CardEditor(channel.client, OFFER, ManualClock(NOON), turn=turns.wait)
    yield desk
    await desk.close(0)


async def test_a_card_shows_what_is_newest_when_the_turn_comes(
    channel: Channel, turns: Turns, cards: CardEditor
) -> None:
    job = await channel.job(State.SUBMITTING)
    cards.changed(queued := job.move(State.QUEUED, NOON))
    assert await turns.asked.get() == job.request.channel_id
    cards.changed(queued.move(State.FAILED, NOON))
    assert not channel.requests("PATCH")
    turns.come.set()
    await channel.shows(job, "Failed")
    assert len(channel.requests("PATCH")) == 1


async def test_references_are_put_on_the_card_in_turn(
    channel: Channel, turns: Turns, cards: CardEditor, tmp_path: Path
) -> None:
    job = await channel.job(State.PREPARING)
    (path := tmp_path / "reference-1").write_bytes(png())
    attaching = asyncio.create_task(cards.attach(job, {"image1": path}))
    assert await turns.asked.get() == job.request.channel_id
    assert not channel.requests("PATCH")
    turns.come.set()
    assert await attaching == {"image1": "image1.png"}


async def test_a_video_counts_as_prepared_when_it_may_be_posted(channel: Channel, turns: Turns, tmp_path: Path) -> None:
    (path := tmp_path / "video.mp4").write_bytes(mp4())
    video = Video(path=path, facts=inspect_video(path))
    job = await channel.job(State.COMPLETED)
    desk = PostSender(channel.client, OFFER, VideoFitter(), turns.wait)
    preparing = asyncio.create_task(desk.prepare(job, video))
    assert await turns.asked.get() == job.request.channel_id
    assert not preparing.done()
    turns.come.set()
    assert await preparing == video


class Held:
    """Turns of edits and of posts, none of which comes before it is let come."""

    def __init__(self) -> None:
        self.edits, self.posts = Turns(), Turns()

    async def edit(self, channel_id: int, /) -> None:
        await self.edits.wait(channel_id)

    async def post(self, channel_id: int, /) -> None:
        await self.posts.wait(channel_id)


async def test_what_moderators_are_shown_and_told_takes_its_turns_in_their_channels(
    channel: Channel, tmp_path: Path
) -> None:
    turns = Held()
    async with open_desk(channel, tmp_path, turns=turns) as desk:
        job, reviews = await desk.job(State.HELD), desk.moderators.reviews
        sent = len(channel.requests("POST"))
        await reviews.claim(job)
        showing = asyncio.create_task(reviews.show_request(job, desk.pictures()))
        assert await turns.posts.asked.get() == desk.place("review")
        telling = asyncio.create_task(reviews.not_shown(job, ChannelClosed("10003")))
        assert await turns.posts.asked.get() == desk.place("general")
        await desk.moderators.reports.add(job, 77, "I am in it", desk.clock.now())
        reporting = asyncio.create_task(desk.moderators.cases.see_to(job.id))
        assert await turns.posts.asked.get() == desk.place("review")
        assert len(channel.requests("POST")) == sent
        turns.posts.come.set()
        await asyncio.gather(showing, telling, reporting)
        assert len(channel.requests("POST")) == sent + 3

        await desk.store.save(job.move(State.CANCELLED, desk.clock.now()))
        settling = asyncio.create_task(reviews.settle_all())
        assert await turns.edits.asked.get() == desk.place("review")
        assert not channel.requests("PATCH")
        turns.edits.come.set()
        await settling
        assert len(channel.requests("PATCH")) == 1


async def test_a_private_word_takes_its_turn_in_the_members_own_channel(channel: Channel, turns: Turns) -> None:
    told: asyncio.Queue[Job] = asyncio.Queue()
    job = await channel.job(State.UNDELIVERED)
    telling = asyncio.create_task(PrivateNotices(channel.client, OFFER, told.put, turns.wait).tell(job))
    private = await turns.asked.get()
    assert private != job.request.channel_id
    assert not channel.requests("POST", f"/channels/{private}")
    turns.come.set()
    await telling
    assert told.get_nowait() == job
