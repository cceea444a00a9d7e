"""Finding the posts of a job on the local Discord, whatever the attempt and the channel."""

from dataclasses import replace
from datetime import timedelta

import discord
import pytest

from bot.delivery import post_search
from bot.delivery.posts import PostSender
from bot.jobs.model import Job, ReviewMode
from bot.jobs.ports import CannotTell, ChannelClosed, Posted, Video
from bot.jobs.states import State
from sandbox.discord.world.permissions import Permission
from tests.support.channel import FILM_CLUB, Channel
from tests.support.posts import finished, found, soon, unfit


async def test_a_post_is_found_by_what_it_carries(channel: Channel, posts: PostSender, video: Video) -> None:
    job = await finished(channel)
    assert await posts.find(job) is None
    message_id = await posts.post(job, video, leave_by=soon())
    assert await found(posts, job) == message_id


async def test_a_link_is_found_as_well(channel: Channel, posts: PostSender, video: Video) -> None:
    job = await finished(channel)
    linked = await posts.prepare(job, unfit(video))
    message_id = await posts.post(job, linked, leave_by=soon())
    assert await found(posts, job) == message_id


@pytest.mark.parametrize("attempt", [1, 2, 3])
async def test_the_post_of_whichever_attempt_is_the_jobs_post(
    channel: Channel, posts: PostSender, video: Video, attempt: int
) -> None:
    job = await finished(channel)
    message_id = await posts.post(job.evolve(post_attempts=2), video, leave_by=soon())
    assert await found(posts, job.evolve(post_attempts=attempt)) == message_id


def asked_now(job: Job) -> Job:
    """Have a job be asked for at this moment, by Discord's clock and ours."""
    now = discord.utils.utcnow()
    return replace(
        job, id=discord.utils.time_snowflake(now), created_at=now, state_since=now, completed_at=now, post_attempts=1
    )


def sent_again(channel: Channel, job: Job, where: str = "general") -> Job:
    """Give up the attempt under way, and have the video sent again elsewhere."""
    given_up = replace(job, state=State.UNDELIVERED, state_since=discord.utils.utcnow())
    other = int(channel.sandbox.admin.channel_id(where, guild=FILM_CLUB))
    return replace(given_up.sent_to(other), state=State.POSTING, post_attempts=job.post_attempts + 1)


async def test_a_post_that_got_no_answer_is_found_when_the_video_is_sent_again_in_another_channel(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    first = asked_now(await finished(channel))
    message_id = await posts.post(first, video, leave_by=soon())
    again = sent_again(channel, first)
    assert await posts.find(again) == Posted(channel_id=first.request.channel_id, message_id=message_id)
    once_more = sent_again(channel, again, "storyboards")
    assert await posts.find(once_more) == Posted(channel_id=first.request.channel_id, message_id=message_id)


async def test_an_earlier_channel_that_the_bot_cannot_read_stops_nobody_from_sending_again(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    first = asked_now(await finished(channel))
    await posts.post(first, video, leave_by=soon())
    await channel.sandbox.admin.set_overwrite("videos", role="Reelcast", deny=int(Permission.READ_MESSAGE_HISTORY))
    again = sent_again(channel, first)
    assert await posts.find(again) is None
    second = await posts.post(again, video, leave_by=soon())
    assert await posts.find(again) == Posted(channel_id=again.video_channel_id, message_id=second)


async def test_other_posts_replies_and_chatter_are_not_mistaken_for_it(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    job, other = [await finished(channel) for _ in range(2)]
    await posts.post(other, video, leave_by=soon())
    card = await channel.card(job)
    await channel.mira.send(f"reelcast:details:post:{job.id}:1", reply_to=card)
    assert await posts.find(job) is None


async def test_a_post_is_found_behind_more_messages_than_one_page_has(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    job = await finished(channel)
    for number in range(101):
        await channel.mira.send(f"chatter {number}")
    message_id = await posts.post(job, video, leave_by=soon())
    assert await found(posts, job) == message_id


@pytest.mark.parametrize("denied", [Permission.READ_MESSAGE_HISTORY, Permission.VIEW_CHANNEL])
async def test_where_the_bot_cannot_read_it_does_not_claim_that_nothing_is_there(
    channel: Channel, posts: PostSender, denied: Permission
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.set_overwrite("videos", role="Reelcast", deny=int(denied))
    with pytest.raises(ChannelClosed):
        await posts.find(job)


@pytest.mark.parametrize("chatter", [2, 3, 4])
async def test_a_channel_with_too_much_to_look_through_does_not_show_that_there_is_no_post(
    channel: Channel, posts: PostSender, monkeypatch: pytest.MonkeyPatch, chatter: int
) -> None:
    monkeypatch.setattr(post_search, "MOST_MESSAGES", 3)
    job = await finished(channel)
    for number in range(chatter):
        await channel.mira.send(f"chatter {number}")
    if chatter < 3:
        assert await posts.find(job) is None
    else:
        with pytest.raises(CannotTell):
            await posts.find(job)


def begun_now(job: Job) -> Job:
    """Have the attempt in progress begin at this moment, whatever our clock may be off by."""
    return replace(job, state_since=discord.utils.utcnow() + post_search.CLOCK_SLACK)


def approved_now(job: Job) -> Job:
    """Have a moderator approve a finished video at this moment."""
    handling = replace(job.request.handling, review=ReviewMode.BEFORE_POSTING)
    return begun_now(job.evolve(handling=handling, approved=True))


async def test_what_was_said_before_a_person_asked_for_a_post_hides_none(
    channel: Channel, posts: PostSender, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_search, "MOST_MESSAGES", 3)
    job = asked_now(await finished(channel))
    for number in range(4):
        await channel.mira.send(f"chatter {number}")
    with pytest.raises(CannotTell):
        await posts.find(job)
    assert await posts.find(begun_now(sent_again(channel, job, "videos"))) is None
    approved = approved_now(job)
    assert await posts.find(approved) is None
    message_id = await posts.post(approved, video, leave_by=soon())
    assert await found(posts, approved) == message_id


async def test_what_was_said_since_an_approval_may_hide_a_post(
    channel: Channel, posts: PostSender, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_search, "MOST_MESSAGES", 3)
    approved = approved_now(asked_now(await finished(channel)))
    for number in range(3):
        await channel.mira.send(f"chatter {number}")
    message_id = await posts.post(approved, video, leave_by=soon())
    for number in range(2):
        await channel.mira.send(f"chatter {number}")
    assert await found(posts, approved) == message_id
    await channel.mira.send("chatter")
    with pytest.raises(CannotTell):
        await posts.find(approved)


async def test_a_post_right_below_the_card_that_a_lost_database_knew_is_found_behind_all_that_was_said(
    channel: Channel, posts: PostSender, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_search, "MOST_MESSAGES", 3)
    job = asked_now(await finished(channel))
    message_id = await posts.post(job, video, leave_by=soon())
    for number in range(5):
        await channel.mira.send(f"chatter {number}")
    assert await found(posts, approved_now(job)) == message_id


async def test_a_post_from_before_an_approval_is_found_while_there_is_not_too_much_to_look_through(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    job = asked_now(await finished(channel))
    message_id = await posts.post(job, video, leave_by=soon())
    assert await found(posts, approved_now(job)) == message_id


async def test_a_card_that_is_gone_stops_no_post_that_a_person_asked_for(channel: Channel, posts: PostSender) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.delete_message(job.request.channel_id, job.card_message_id or 0)
    assert await posts.find(replace(job, post_channel_id=job.request.channel_id)) is None


async def test_a_post_is_found_although_its_card_was_deleted_meanwhile(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    job = await finished(channel)
    post = await posts.post(job, video, leave_by=soon())
    await channel.sandbox.admin.delete_message(job.request.channel_id, job.card_message_id or 0)
    assert await found(posts, job) == post


async def test_a_post_in_another_channel_is_found_however_far_our_clock_is_ahead(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    asked_at = discord.utils.utcnow()
    ahead = asked_at + timedelta(hours=1)
    job = replace(await finished(channel), id=discord.utils.time_snowflake(asked_at), created_at=ahead)
    other = int(channel.sandbox.admin.channel_id("general", guild=FILM_CLUB))
    job = replace(job, state_since=ahead, post_channel_id=other)
    message_id = await posts.post(job, video, leave_by=soon())
    assert await found(posts, job) == message_id
