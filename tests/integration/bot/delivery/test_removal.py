"""Every post of a job is deleted, hidden and taken down, whichever attempt made it: a post without an answer, too."""

from dataclasses import replace
from datetime import timedelta

import discord
import pytest

from bot.delivery import post_search
from bot.delivery.posts import MessageRemover, PostSender
from bot.jobs.clock import monotonic
from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.ports import CannotTell, ChannelClosed, OutcomeUnclear, Video
from bot.jobs.states import State
from bot.media.videos.fitting import VideoFitter
from bot.members.emptying import MessageEmptier
from bot.moderation.store import owe_in
from sandbox.discord.world.permissions import Permission
from sandbox.member import Message
from tests.support.channel import FILM_CLUB, OFFER
from tests.support.database import LIMIT
from tests.support.moderators import Desk

UNREADABLE = int(Permission.READ_MESSAGE_HISTORY)


async def posted_twice(desk: Desk, video: Video, *, where: str = "general", busy: bool = False) -> Job:
    """Have a job whose first post got no answer, so that its video was sent again, and which knows the second alone.

    In a `busy` channel much was said between the card and the first post.
    """
    posts = PostSender(desk.channel.client, OFFER, VideoFitter())
    now = discord.utils.utcnow()
    asked = await desk.channel.job(State.POSTING)
    job = replace(asked, id=discord.utils.time_snowflake(now), created_at=now, state_since=now, completed_at=now)
    if busy:
        await chatter(desk)
    await posts.post(job, video, leave_by=monotonic() + 60)
    given_up = replace(job, state=State.UNDELIVERED, state_since=discord.utils.utcnow())
    again = given_up.sent_to(int(desk.channel.sandbox.admin.channel_id(where, guild=FILM_CLUB)))
    again = replace(again, state=State.DELIVERED, post_attempts=2)
    second = await posts.post(again, video, leave_by=monotonic() + 60)
    return await desk.store.add(again.evolve(post_message_id=second), daily_limit_usd=LIMIT)


async def posts_of(desk: Desk, job: Job) -> list[str]:
    """Tell in which channels posts of a job stand, with or without the video."""
    found: list[str] = []
    for name in ("videos", "general"):
        ours = [each for each in await seen(desk, name) if each.author == "reelcast"]
        found += [f"{name} {len(each.attachments)}" for each in ours if str(job.request.member_id) in each.content]
    return found


async def seen(desk: Desk, name: str) -> list[Message]:
    """Return what Mira sees in a channel, once all that happened has reached her."""
    desk.channel.mira.at(name)
    await desk.channel.mira.send("and now?")
    return await desk.channel.mira.messages(name)


async def hidden_or_down(desk: Desk, job: Job, state: State) -> bool:
    """Save what moderators want of a job, and bring its posts in line with it."""
    if state is State.DELIVERED:
        wanted = job.evolve(hidden=True)
    else:
        removed = Problem(code=ProblemCode.REMOVED)
        wanted = job.move(state, desk.clock.now(), problem=removed)
    await desk.store.save(wanted, also=owe_in)
    return await desk.moderators.cases.see_to(job.id)


async def test_every_post_of_a_deleted_request_is_found(desk: Desk, video: Video) -> None:
    job = await posted_twice(desk, video)
    bare = replace(job.bare(), post_message_id=None)
    found = [each async for each in MessageEmptier(desk.channel.client).posts_of(bare)]
    assert [each.channel_id for each in found] == [job.request.channel_id, job.video_channel_id]
    assert found[1].message_id == job.post_message_id


async def test_a_takedown_takes_every_post(desk: Desk, video: Video) -> None:
    job = await posted_twice(desk, video)
    assert await posts_of(desk, job) == ["videos 1", "general 1"]
    assert await hidden_or_down(desk, job, State.TAKEN_DOWN)
    assert await posts_of(desk, job) == []


async def test_hiding_leaves_no_post_with_the_video_and_one_is_put_back(desk: Desk, video: Video) -> None:
    job = await posted_twice(desk, video)
    await hidden_or_down(desk, job, State.DELIVERED)
    messages = await seen(desk, "general")
    post = next(each for each in messages if each.id == job.post_message_id)
    assert (await posts_of(desk, job), post.attachments, [each.label for each in post.buttons]) == ([], [], ["Details"])
    hidden = await desk.store.get(job.id)
    assert hidden is not None
    await desk.store.save(hidden.evolve(hidden=False), also=owe_in)
    assert await desk.moderators.cases.see_to(job.id)
    assert await posts_of(desk, job) == ["general 1"]


async def test_a_post_nobody_heard_of_goes_with_a_video_that_moderators_do_not_want_posted(
    desk: Desk, video: Video
) -> None:
    job = await posted_twice(desk, video)
    kept = replace(job, post_message_id=None, state=State.UNDELIVERED, state_since=discord.utils.utcnow())
    job = await desk.store.save(replace(kept, moved_from=None))
    assert await hidden_or_down(desk, job, State.WITHHELD)
    assert await posts_of(desk, job) == []


async def test_a_takedown_stays_owed_where_a_channel_cannot_be_searched_until_it_can(desk: Desk, video: Video) -> None:
    job = await posted_twice(desk, video)
    admin = desk.channel.sandbox.admin
    await admin.set_overwrite("videos", role="Reelcast", deny=UNREADABLE)
    assert not await hidden_or_down(desk, job, State.TAKEN_DOWN)
    assert await posts_of(desk, job) == ["videos 1"]
    await admin.set_overwrite("videos", role="Reelcast", deny=0)
    desk.clock.advance(3_600)
    assert await desk.moderators.cases.see_to(job.id)
    assert await posts_of(desk, job) == []


async def test_a_channel_that_is_gone_has_no_post_left(desk: Desk, video: Video) -> None:
    job = await posted_twice(desk, video)
    await desk.channel.sandbox.admin.delete_channel("videos")
    assert await hidden_or_down(desk, job, State.TAKEN_DOWN)


async def test_deleting_takes_every_post_and_the_card(desk: Desk, video: Video) -> None:
    job = await posted_twice(desk, video)
    await MessageRemover(desk.channel.client).remove(job)
    assert await posts_of(desk, job) == []
    assert job.card_message_id not in [each.id for each in await seen(desk, "videos")]


async def test_what_is_gone_already_is_deleted_and_what_cannot_be_found_out_is_not(desk: Desk, video: Video) -> None:
    job = await posted_twice(desk, video)
    admin = desk.channel.sandbox.admin
    await admin.fault(method="DELETE", route="messages", status=404, html=True)
    with pytest.raises(OutcomeUnclear):
        await MessageRemover(desk.channel.client).remove(job)
    await admin.delete_message(job.video_channel_id, job.post_message_id or 0)
    await admin.set_overwrite("videos", role="Reelcast", deny=UNREADABLE)
    with pytest.raises(ChannelClosed):
        await MessageRemover(desk.channel.client).remove(job)
    await admin.set_overwrite("videos", role="Reelcast", deny=0)
    await MessageRemover(desk.channel.client).remove(job)
    assert await posts_of(desk, job) == []


async def unheard_of(desk: Desk, video: Video, *, busy: bool = False) -> Job:
    """Have a job whose only post got no answer; in a `busy` channel much was said between the card and that post."""
    posts = PostSender(desk.channel.client, OFFER, VideoFitter())
    now = discord.utils.utcnow()
    asked = await desk.channel.job(State.POSTING)
    job = replace(asked, id=discord.utils.time_snowflake(now), created_at=now, state_since=now, completed_at=now)
    if busy:
        await chatter(desk)
    await posts.post(job, video, leave_by=monotonic() + 60)
    return await desk.store.add(job, daily_limit_usd=LIMIT)


async def chatter(desk: Desk) -> None:
    desk.channel.mira.at("videos")
    for number in range(4):
        await desk.channel.mira.send(f"chatter {number}")


async def test_a_takedown_finds_a_post_nobody_heard_of_behind_all_that_was_said_since_the_attempt(
    desk: Desk, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_search, "MOST_MESSAGES", 3)
    monkeypatch.setattr(post_search, "LATE", timedelta(0))
    attempt = await unheard_of(desk, video)
    job = await desk.store.save(attempt.move(State.UNDELIVERED, discord.utils.utcnow()))
    await chatter(desk)
    desk.clock.advance(60)
    assert await hidden_or_down(desk, job, State.WITHHELD)
    assert await posts_of(desk, job) == []


async def test_a_takedown_stays_owed_where_too_much_was_said_to_look_through(
    desk: Desk, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = await unheard_of(desk, video, busy=True)
    await chatter(desk)
    job = await desk.store.save(attempt.move(State.UNDELIVERED, discord.utils.utcnow()))
    monkeypatch.setattr(post_search, "MOST_MESSAGES", 3)
    assert not await hidden_or_down(desk, job, State.WITHHELD)
    assert await posts_of(desk, job) == ["videos 1"]
    monkeypatch.setattr(post_search, "MOST_MESSAGES", 2_000)
    desk.clock.advance(3_600)
    assert await desk.moderators.cases.see_to(job.id)
    assert await posts_of(desk, job) == []


async def test_a_channel_with_too_much_to_look_through_hides_no_post_in_another(
    desk: Desk, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await posted_twice(desk, video, busy=True)
    await chatter(desk)
    monkeypatch.setattr(post_search, "MOST_MESSAGES", 3)
    [first] = (replace(each, began_at=job.created_at) for each in job.earlier_posts)
    noted = first, replace(first, channel_id=job.video_channel_id)
    posts = MessageEmptier(desk.channel.client).posts_of(replace(job.bare(), post_message_id=None, earlier_posts=noted))
    assert (await anext(posts)).message_id == job.post_message_id
    with pytest.raises(CannotTell):
        await anext(posts)
