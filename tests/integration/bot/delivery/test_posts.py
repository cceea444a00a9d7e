"""Finished videos on the local Discord: posted once, and refused for its true reason."""

from typing import Any

import pytest

from bot.delivery.posts import PostSender
from bot.jobs.clock import monotonic
from bot.jobs.model import ProblemCode
from bot.jobs.ports import CardGone, ChannelClosed, OutcomeUnclear, Video
from bot.jobs.states import State
from sandbox.discord.world.permissions import Permission
from tests.support.channel import FILM_CLUB, Channel
from tests.support.files import mp4
from tests.support.posts import OUTPUT, finished, found, posts_of, seen, soon


async def test_a_video_is_posted_as_a_reply_to_its_card_and_mentions_who_asked_alone(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    job = await finished(channel)
    post = await seen(channel, await posts.post(job, video, leave_by=soon()))
    assert post.reference == job.card_message_id
    assert post.mentions == [channel.mira.id]
    [attachment] = post.attachments
    assert (attachment.filename, await channel.mira.download(attachment)) == ("reelcast.mp4", mp4())


async def test_the_same_attempt_is_posted_once_however_often_it_is_sent(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    job = await finished(channel)
    first, second = [await posts.post(job, video, leave_by=soon()) for _ in range(2)]
    assert first == second
    await seen(channel, first)
    assert len(await posts_of(channel, job)) == 1


async def test_a_new_attempt_is_a_new_post(channel: Channel, posts: PostSender, video: Video) -> None:
    job = await finished(channel)
    first = await posts.post(job, video, leave_by=soon())
    assert await posts.post(job.evolve(post_attempts=2), video, leave_by=soon()) != first


async def test_a_bot_that_is_timed_out_is_told_from_one_without_permission(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.time_out("reelcast", 3_600, guild=FILM_CLUB)
    with pytest.raises(ChannelClosed) as closed:
        await posts.post(job, video, leave_by=soon())
    assert closed.value.problem is ProblemCode.BOT_TIMED_OUT
    await channel.sandbox.admin.time_out("reelcast", 0, guild=FILM_CLUB)
    assert await posts.post(job, video, leave_by=soon())


async def test_a_bot_that_was_kicked_is_told_from_one_that_does_not_see_the_channel(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.remove_member("reelcast", guild=FILM_CLUB)
    with pytest.raises(ChannelClosed) as closed:
        await posts.post(job, video, leave_by=soon())
    assert closed.value.problem is ProblemCode.BOT_GONE


@pytest.mark.parametrize("prompt", ["a fox\nin  the *snow*", "x" * 2_500], ids=["short", "long"])
async def test_the_prompt_describes_the_video_to_those_who_do_not_see_it(
    channel: Channel, posts: PostSender, video: Video, prompt: str
) -> None:
    job = (await channel.job(State.POSTING, prompt=prompt)).evolve(output_url=OUTPUT)
    post = await seen(channel, await posts.post(job, video, leave_by=soon()))
    [attachment] = post.attachments
    assert attachment.description in {"a fox in the *snow*", "x" * 1_023 + "…"}


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_post_without_a_clear_answer_is_told_as_unclear_and_the_channel_tells(
    channel: Channel, posts: PostSender, video: Video, moment: str
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.fault(method="POST", route="messages", status=503, moment=moment)
    with pytest.raises(OutcomeUnclear):
        await posts.post(job, video, leave_by=soon())
    there = await found(posts, job)
    assert (there is not None) is (moment == "after")
    again = await posts.post(job, video, leave_by=soon())
    assert there in {None, again}
    await seen(channel, again)
    assert len(await posts_of(channel, job)) == 1


async def test_a_connection_that_breaks_leaves_the_outcome_open(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.fault(method="POST", route="messages", status=0, times=9, moment="after")
    with pytest.raises(OutcomeUnclear):
        await posts.post(job, video, leave_by=soon())
    await channel.sandbox.admin.clear_faults()
    assert await posts.find(job) is not None


async def test_a_post_that_could_not_leave_in_time_does_not_leave(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    job = await finished(channel)
    with pytest.raises(OutcomeUnclear):
        await posts.post(job, video, leave_by=monotonic() - 1)
    assert len(channel.requests("POST")) == 1  # the card
    assert await posts.find(job) is None


async def test_a_card_that_somebody_deleted_stops_the_posting(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.delete_message(job.request.channel_id, job.card_message_id or 0)
    with pytest.raises(CardGone):
        await posts.post(job, video, leave_by=soon())
    with pytest.raises(CardGone):
        await posts.find(job)
    asked_for = job.evolve(post_channel_id=job.request.channel_id)
    assert await posts.post(asked_for, video, leave_by=soon()), "a person sends it all the same"


@pytest.mark.parametrize(
    "denied",
    [Permission.SEND_MESSAGES, Permission.ATTACH_FILES, Permission.READ_MESSAGE_HISTORY, Permission.VIEW_CHANNEL],
)
async def test_a_channel_that_does_not_let_the_bot_post_says_so(
    channel: Channel, posts: PostSender, video: Video, denied: Permission
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.set_overwrite("videos", role="Reelcast", deny=int(denied))
    with pytest.raises(ChannelClosed) as closed:
        await posts.post(job, video, leave_by=soon())
    assert closed.value.problem in {ProblemCode.CHANNEL, ProblemCode.NO_ACCESS}


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (160005, ProblemCode.LOCKED),
        (50083, ProblemCode.ARCHIVED),
        (200000, ProblemCode.CONTENT_BLOCKED),
        (200001, ProblemCode.CONTENT_BLOCKED),
        (20009, ProblemCode.CONTENT_BLOCKED),
        (240000, ProblemCode.HARMFUL_LINK),
        (10003, ProblemCode.CHANNEL_GONE),
        (10004, ProblemCode.BOT_GONE),
        (50001, ProblemCode.NO_ACCESS),
        (50013, ProblemCode.CHANNEL),
        (160002, ProblemCode.CHANNEL),
        (50035, ProblemCode.NOT_TAKEN),
        (50024, ProblemCode.NOT_TAKEN),
    ],
)
async def test_a_post_that_discord_refuses_is_told_by_its_true_reason(
    channel: Channel, posts: PostSender, video: Video, code: int, problem: ProblemCode
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.fault(method="POST", route="/messages", code=code, status=403)
    with pytest.raises(ChannelClosed) as closed:
        await posts.post(job, video, leave_by=soon())
    assert closed.value.problem is problem
    assert f"403 {code}: " in closed.value.detail


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 403, "code": 40333},
        {"status": 401},
        {"status": 403, "html": True},
        {"status": 404, "html": True},
        {"cloudflare": "1020"},
        {"status": 200, "body": "<html>a captive page</html>"},
    ],
    ids=["40333", "401", "a page with 403", "a page with 404", "Cloudflare 1020", "a page with 200"],
)
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_an_answer_from_before_discords_api_says_nothing_of_the_post(
    channel: Channel, posts: PostSender, video: Video, fault: dict[str, Any], moment: str
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.fault(method="POST", route="/messages", moment=moment, **fault)
    with pytest.raises(OutcomeUnclear):
        await posts.post(job, video, leave_by=soon())
    assert (await posts.find(job) is not None) is (moment == "after")


async def test_a_ban_by_cloudflare_is_waited_out_as_long_as_it_lasts(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.fault(
        method="POST", route="/messages", cloudflare="1015", headers={"Retry-After": "77"}
    )
    with pytest.raises(OutcomeUnclear) as unclear:
        await posts.post(job, video, leave_by=soon())
    assert (unclear.value.wait, "1015" in unclear.value.detail) == (77, True)


async def test_a_channel_that_is_gone_says_so(channel: Channel, posts: PostSender, video: Video) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.delete_channel("videos")
    with pytest.raises(ChannelClosed):
        await posts.post(job, video, leave_by=soon())


async def test_a_locked_thread_keeps_the_post_out_and_an_archived_one_wakes(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    job = await finished(channel, name="storyboards")
    await channel.sandbox.admin.set_thread("storyboards", archived=True)
    await posts.post(job, video, leave_by=soon())
    await channel.sandbox.admin.set_thread("storyboards", archived=True, locked=True)
    with pytest.raises(ChannelClosed):
        await posts.post(job.evolve(post_attempts=2), video, leave_by=soon())


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_post_that_may_have_been_made_is_not_repeated_before_anybody_looks(
    channel: Channel, posts: PostSender, video: Video, status: int
) -> None:
    await channel.sandbox.admin.set_nonce_memory(0)
    job = await finished(channel)
    await channel.sandbox.admin.fault(method="POST", route="/messages", status=status, moment="after")
    with pytest.raises(OutcomeUnclear):
        await posts.post(job, video, leave_by=soon())
    there = await found(posts, job)
    assert [message.id for message in await posts_of(channel, job)] == [there]


async def test_a_post_that_was_refused_for_its_rate_is_repeated(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.fault(method="POST", route="/messages", status=429, retry_after=0.01)
    assert await posts.post(job, video, leave_by=soon()) == await found(posts, job)
