"""Finished videos on the local Discord: posted once, found again, and as a link where they do not fit."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.delivery.posts import PostDesk, nonce
from bot.jobs.model import Job
from bot.jobs.ports import CardGone, ChannelClosed, OutcomeUnclear, Video
from bot.jobs.states import State
from bot.media.videos import inspect_video
from sandbox.discord.permissions import Permission
from sandbox.member import Message
from tests.support.channel import ANIMATION_GUILD, FILM_CLUB, Channel, open_channel
from tests.support.files import mp4
from tests.support.jobs import NOON, a_job

MEBIBYTE = 1024 * 1024
OUTPUT = "https://images.segmind.com/outputs/0b6c6c1e.mp4"


@pytest.fixture
async def channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Channel]:
    async with open_channel(tmp_path, monkeypatch) as channel:
        yield channel


@pytest.fixture
def desk(channel: Channel) -> PostDesk:
    return PostDesk(channel.client)


@pytest.fixture
def video(tmp_path: Path) -> Video:
    path = tmp_path / "video.mp4"
    path.write_bytes(mp4())
    return Video(path=path, facts=inspect_video(path))


def of_size(video: Video, size: int) -> Video:
    """Have a video pass for one of another size: it is judged by its facts."""
    return replace(video, facts=replace(video.facts, size=size))


async def finished(channel: Channel, *, name: str = "videos", guild: str = FILM_CLUB) -> Job:
    job = await channel.job(State.POSTING, channel=name, guild=guild)
    return job.evolve(output_url=OUTPUT, completed_at=NOON)


def soon() -> float:
    return time.monotonic() + 60


async def posts_of(channel: Channel, job: Job) -> list[Message]:
    messages = await channel.mira.messages(job.request.channel_id)
    return [message for message in messages if message.reference == job.card_message_id]


async def seen(channel: Channel, message_id: int) -> Message:
    return await channel.mira.wait_for(lambda message: message.id == message_id)


async def test_a_video_is_posted_as_a_reply_to_its_card_and_mentions_who_asked_alone(
    channel: Channel, desk: PostDesk, video: Video
) -> None:
    job = await finished(channel)
    post = await seen(channel, await desk.post(job, video, leave_by=soon()))
    assert post.reference == job.card_message_id
    assert post.mentions == [channel.mira.id]
    [attachment] = post.attachments
    assert (attachment.filename, await channel.mira.download(attachment)) == ("reelcast.mp4", mp4())


async def test_the_same_attempt_is_posted_once_however_often_it_is_sent(
    channel: Channel, desk: PostDesk, video: Video
) -> None:
    job = await finished(channel)
    first, second = [await desk.post(job, video, leave_by=soon()) for _ in range(2)]
    assert first == second
    await seen(channel, first)
    assert len(await posts_of(channel, job)) == 1


async def test_a_new_attempt_is_a_new_post(channel: Channel, desk: PostDesk, video: Video) -> None:
    job = await finished(channel)
    first = await desk.post(job, video, leave_by=soon())
    assert await desk.post(job.evolve(post_attempts=2), video, leave_by=soon()) != first


@pytest.mark.parametrize("attempt", [1, 999, 1_000, 123_456])
def test_a_nonce_is_never_longer_than_discord_takes(attempt: int) -> None:
    job = a_job(State.POSTING, job_id=2**64 - 1).evolve(post_attempts=attempt)
    assert len(nonce(job)) <= 25


def test_nonces_of_different_jobs_and_attempts_differ() -> None:
    jobs = [a_job(State.POSTING, job_id=job_id).evolve(post_attempts=n) for job_id in (1, 11) for n in (1, 11, 111)]
    assert len({nonce(job) for job in jobs}) == len(jobs)


async def test_a_post_is_found_by_what_it_carries(channel: Channel, desk: PostDesk, video: Video) -> None:
    job = await finished(channel)
    assert await desk.find(job) is None
    message_id = await desk.post(job, video, leave_by=soon())
    assert await desk.find(job) == message_id


async def test_a_link_is_found_as_well(channel: Channel, desk: PostDesk, video: Video) -> None:
    job = await finished(channel)
    message_id = await desk.post(job, of_size(video, 11 * MEBIBYTE), leave_by=soon())
    assert await desk.find(job) == message_id


async def test_the_post_of_an_earlier_attempt_is_not_this_ones(channel: Channel, desk: PostDesk, video: Video) -> None:
    job = await finished(channel)
    await desk.post(job, video, leave_by=soon())
    assert await desk.find(job.evolve(post_attempts=2)) is None


async def test_other_posts_replies_and_chatter_are_not_mistaken_for_it(
    channel: Channel, desk: PostDesk, video: Video
) -> None:
    job, other = [await finished(channel) for _ in range(2)]
    await desk.post(other, video, leave_by=soon())
    card = await channel.card(job)
    await channel.mira.send(f"reelcast:details:post:{job.id}:1", reply_to=card)
    assert await desk.find(job) is None


async def test_a_post_is_found_behind_more_messages_than_one_page_has(
    channel: Channel, desk: PostDesk, video: Video
) -> None:
    job = await finished(channel)
    for number in range(101):
        await channel.mira.send(f"chatter {number}")
    message_id = await desk.post(job, video, leave_by=soon())
    assert await desk.find(job) == message_id


@pytest.mark.parametrize("denied", [Permission.READ_MESSAGE_HISTORY, Permission.VIEW_CHANNEL])
async def test_where_the_bot_cannot_read_it_does_not_claim_that_nothing_is_there(
    channel: Channel, desk: PostDesk, denied: Permission
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.set_overwrite("videos", role="Reelcast", deny=int(denied))
    with pytest.raises(ChannelClosed):
        await desk.find(job)


async def test_a_video_too_large_for_the_channel_comes_as_a_link_with_its_end(
    channel: Channel, desk: PostDesk, video: Video
) -> None:
    job = await finished(channel)
    post = await seen(channel, await desk.post(job, of_size(video, 11 * MEBIBYTE), leave_by=soon()))
    assert post.attachments == []
    assert post.button("Open the video").url == OUTPUT
    assert job.output_ends_at is not None
    assert f"<t:{int(job.output_ends_at.timestamp())}" in post.content
    assert post.mentions == [channel.mira.id]


async def test_a_boosted_server_takes_a_larger_file(channel: Channel, desk: PostDesk, video: Video) -> None:
    job = await finished(channel, guild=ANIMATION_GUILD)
    post = await seen(channel, await desk.post(job, of_size(video, 11 * MEBIBYTE), leave_by=soon()))
    assert len(post.attachments) == 1


async def test_a_file_that_discord_refuses_for_its_size_comes_as_a_link(
    channel: Channel, desk: PostDesk, video: Video
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.fault(method="POST", route="messages", status=413)
    post = await seen(channel, await desk.post(job, video, leave_by=soon()))
    assert post.attachments == []
    assert post.button("Open the video").url == OUTPUT


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_post_without_a_clear_answer_is_told_as_unclear_and_the_channel_tells(
    channel: Channel, desk: PostDesk, video: Video, moment: str
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.fault(method="POST", route="messages", status=503, moment=moment)
    with pytest.raises(OutcomeUnclear):
        await desk.post(job, video, leave_by=soon())
    found = await desk.find(job)
    assert (found is not None) is (moment == "after")
    again = await desk.post(job, video, leave_by=soon())
    assert found in {None, again}
    await seen(channel, again)
    assert len(await posts_of(channel, job)) == 1


async def test_a_connection_that_breaks_leaves_the_outcome_open(channel: Channel, desk: PostDesk, video: Video) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.fault(method="POST", route="messages", status=0, times=9, moment="after")
    with pytest.raises(OutcomeUnclear):
        await desk.post(job, video, leave_by=soon())
    await channel.sandbox.admin.clear_faults()
    assert await desk.find(job) is not None


async def test_a_post_that_could_not_leave_in_time_does_not_leave(
    channel: Channel, desk: PostDesk, video: Video
) -> None:
    job = await finished(channel)
    with pytest.raises(OutcomeUnclear):
        await desk.post(job, video, leave_by=time.monotonic() - 1)
    assert len(channel.requests("POST")) == 1  # the card
    assert await desk.find(job) is None


async def test_a_card_that_somebody_deleted_stops_the_posting(channel: Channel, desk: PostDesk, video: Video) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.delete_message(job.request.channel_id, job.card_message_id or 0)
    with pytest.raises(CardGone):
        await desk.post(job, video, leave_by=soon())
    with pytest.raises(CardGone):
        await desk.find(job)


@pytest.mark.parametrize("denied", [Permission.SEND_MESSAGES, Permission.ATTACH_FILES, Permission.VIEW_CHANNEL])
async def test_a_channel_that_does_not_let_the_bot_post_says_so(
    channel: Channel, desk: PostDesk, video: Video, denied: Permission
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.set_overwrite("videos", role="Reelcast", deny=int(denied))
    with pytest.raises(ChannelClosed):
        await desk.post(job, video, leave_by=soon())


async def test_a_channel_that_is_gone_says_so(channel: Channel, desk: PostDesk, video: Video) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.delete_channel("videos")
    with pytest.raises(ChannelClosed):
        await desk.post(job, video, leave_by=soon())


async def test_a_locked_thread_keeps_the_post_out_and_an_archived_one_wakes(
    channel: Channel, desk: PostDesk, video: Video
) -> None:
    job = await finished(channel, name="storyboards")
    await channel.sandbox.admin.set_thread("storyboards", archived=True)
    await desk.post(job, video, leave_by=soon())
    await channel.sandbox.admin.set_thread("storyboards", archived=True, locked=True)
    with pytest.raises(ChannelClosed):
        await desk.post(job.evolve(post_attempts=2), video, leave_by=soon())
