"""Finished videos on the local Discord: posted once, found again, fitted to the channel, and else as a link."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.delivery import post_search
from bot.delivery.nonces import EVERYWHERE
from bot.delivery.posts import PostDesk
from bot.jobs.clock import monotonic
from bot.jobs.model import Handling, Job, ProblemCode
from bot.jobs.ports import CannotTell, CardGone, ChannelClosed, LinksOff, OutcomeUnclear, Posted, TooLarge, Video
from bot.jobs.states import State
from bot.media.fitting import FittingDesk
from bot.media.videos import inspect_video
from sandbox.discord.permissions import Permission
from sandbox.member import Message
from tests.support.channel import ANIMATION_GUILD, FILM_CLUB, Channel
from tests.support.files import mp4
from tests.support.films import Film
from tests.support.jobs import NOON

MEBIBYTE = 1024 * 1024
OUTPUT = "https://images.segmind.com/outputs/0b6c6c1e.mp4"


@pytest.fixture
def fitting() -> FittingDesk:
    return FittingDesk()


@pytest.fixture
def desk(channel: Channel, fitting: FittingDesk) -> PostDesk:
    return PostDesk(channel.client, fitting)


@pytest.fixture
def video(tmp_path: Path) -> Video:
    path = tmp_path / "video.mp4"
    path.write_bytes(mp4())
    return Video(path=path, facts=inspect_video(path))


def of_size(video: Video, size: int) -> Video:
    """Bring a video to a size that its pictures do not need."""
    with video.path.open("r+b") as file:
        file.truncate(size)
    return replace(video, facts=replace(video.facts, size=size))


def unfit(video: Video) -> Video:
    """Make a video that is too large and, being none, cannot be fitted."""
    video.path.write_bytes(b"no video")
    return of_size(video, 11 * MEBIBYTE)


async def finished(channel: Channel, *, name: str = "videos", guild: str = FILM_CLUB) -> Job:
    job = await channel.job(State.POSTING, channel=name, guild=guild)
    return job.evolve(output_url=OUTPUT, completed_at=NOON)


def without_links(job: Job) -> Job:
    """Have a job's server keep Segmind's file to itself."""
    return replace(job, request=replace(job.request, handling=Handling(link_to_original=False)))


def soon() -> float:
    return monotonic() + 60


async def found(desk: PostDesk, job: Job) -> int | None:
    posted = await desk.find(job)
    return posted and posted.message_id


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


async def test_a_post_is_found_by_what_it_carries(channel: Channel, desk: PostDesk, video: Video) -> None:
    job = await finished(channel)
    assert await desk.find(job) is None
    message_id = await desk.post(job, video, leave_by=soon())
    assert await found(desk, job) == message_id


async def test_a_link_is_found_as_well(channel: Channel, desk: PostDesk, video: Video) -> None:
    job = await finished(channel)
    linked = await desk.prepare(job, unfit(video))
    message_id = await desk.post(job, linked, leave_by=soon())
    assert await found(desk, job) == message_id


@pytest.mark.parametrize("attempt", [1, 2, 3])
async def test_the_post_of_whichever_attempt_is_the_jobs_post(
    channel: Channel, desk: PostDesk, video: Video, attempt: int
) -> None:
    job = await finished(channel)
    message_id = await desk.post(job.evolve(post_attempts=2), video, leave_by=soon())
    assert await found(desk, job.evolve(post_attempts=attempt)) == message_id


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
    channel: Channel, desk: PostDesk, video: Video
) -> None:
    first = asked_now(await finished(channel))
    message_id = await desk.post(first, video, leave_by=soon())
    again = sent_again(channel, first)
    assert await desk.find(again) == Posted(channel_id=first.request.channel_id, message_id=message_id)
    once_more = sent_again(channel, again, "storyboards")
    assert await desk.find(once_more) == Posted(channel_id=first.request.channel_id, message_id=message_id)


async def test_an_earlier_channel_that_the_bot_cannot_read_stops_nobody_from_sending_again(
    channel: Channel, desk: PostDesk, video: Video
) -> None:
    first = asked_now(await finished(channel))
    await desk.post(first, video, leave_by=soon())
    await channel.sandbox.admin.set_overwrite("videos", role="Reelcast", deny=int(Permission.READ_MESSAGE_HISTORY))
    again = sent_again(channel, first)
    assert await desk.find(again) is None
    second = await desk.post(again, video, leave_by=soon())
    assert await desk.find(again) == Posted(channel_id=again.video_channel_id, message_id=second)


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
    assert await found(desk, job) == message_id


@pytest.mark.parametrize("denied", [Permission.READ_MESSAGE_HISTORY, Permission.VIEW_CHANNEL])
async def test_where_the_bot_cannot_read_it_does_not_claim_that_nothing_is_there(
    channel: Channel, desk: PostDesk, denied: Permission
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.set_overwrite("videos", role="Reelcast", deny=int(denied))
    with pytest.raises(ChannelClosed):
        await desk.find(job)


@pytest.mark.parametrize("chatter", [2, 3, 4])
async def test_a_channel_with_too_much_to_look_through_does_not_show_that_there_is_no_post(
    channel: Channel, desk: PostDesk, monkeypatch: pytest.MonkeyPatch, chatter: int
) -> None:
    monkeypatch.setattr(post_search, "MOST_MESSAGES", 3)
    job = await finished(channel)
    for number in range(chatter):
        await channel.mira.send(f"chatter {number}")
    if chatter < 3:
        assert await desk.find(job) is None
    else:
        with pytest.raises(CannotTell):
            await desk.find(job)


async def test_a_card_that_is_gone_stops_no_post_that_a_person_asked_for(channel: Channel, desk: PostDesk) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.delete_message(job.request.channel_id, job.card_message_id or 0)
    assert await desk.find(replace(job, post_channel_id=job.request.channel_id)) is None


async def test_a_link_that_is_refused_for_its_size_has_nothing_smaller_to_become(
    channel: Channel, desk: PostDesk, video: Video
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.fault(method="POST", route="/messages", code=40005)
    with pytest.raises(TooLarge) as refused:
        await desk.post(job, await desk.prepare(job, unfit(video)), leave_by=soon())
    assert refused.value.problem is ProblemCode.TOO_LARGE


async def test_a_bot_that_is_timed_out_is_told_from_one_without_permission(
    channel: Channel, desk: PostDesk, video: Video
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.time_out("reelcast", 3_600, guild=FILM_CLUB)
    with pytest.raises(ChannelClosed) as closed:
        await desk.post(job, video, leave_by=soon())
    assert closed.value.problem is ProblemCode.BOT_TIMED_OUT
    await channel.sandbox.admin.time_out("reelcast", 0, guild=FILM_CLUB)
    assert await desk.post(job, video, leave_by=soon())


async def test_a_bot_that_was_kicked_is_told_from_one_that_does_not_see_the_channel(
    channel: Channel, desk: PostDesk, video: Video
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.remove_member("reelcast", guild=FILM_CLUB)
    with pytest.raises(ChannelClosed) as closed:
        await desk.post(job, video, leave_by=soon())
    assert closed.value.problem is ProblemCode.BOT_GONE


async def test_a_video_that_fits_is_posted_as_it_is(channel: Channel, desk: PostDesk, video: Video) -> None:
    assert await desk.prepare(await finished(channel), video) == video


async def test_a_video_too_large_for_the_channel_is_fitted_beside_a_button_to_the_original_with_its_end(
    channel: Channel, desk: PostDesk, video: Video
) -> None:
    job = await finished(channel)
    large = of_size(video, 11 * MEBIBYTE)
    fitted = await desk.prepare(job, large)
    assert (fitted.original, fitted.over) == (large, None)
    post = await seen(channel, await desk.post(job, fitted, leave_by=soon()))
    [attachment] = post.attachments
    assert attachment.size == fitted.facts.size <= EVERYWHERE
    assert post.button("Original").url == OUTPUT
    assert "the original (11 MiB) is kept until" in post.content
    assert job.output_ends_at is not None
    assert f"<t:{int(job.output_ends_at.timestamp())}" in post.content
    assert await found(desk, job) == post.id


async def test_a_video_that_cannot_be_fitted_comes_as_a_link_with_its_end(
    channel: Channel, desk: PostDesk, video: Video
) -> None:
    job = await finished(channel)
    linked = await desk.prepare(job, unfit(video))
    post = await seen(channel, await desk.post(job, linked, leave_by=soon()))
    assert post.attachments == []
    assert post.button("Open the video").url == OUTPUT
    assert "At 11 MiB it is larger than the 10 MiB this channel takes" in post.content
    assert job.output_ends_at is not None
    assert f"<t:{int(job.output_ends_at.timestamp())}" in post.content
    assert post.mentions == [channel.mira.id]


async def test_where_links_are_off_a_fitted_video_comes_without_a_word_of_the_original(
    channel: Channel, desk: PostDesk, video: Video
) -> None:
    job = without_links(await finished(channel))
    fitted = await desk.prepare(job, of_size(video, 11 * MEBIBYTE))
    post = await seen(channel, await desk.post(job, fitted, leave_by=soon()))
    assert [attachment.size for attachment in post.attachments] == [fitted.facts.size]
    assert post.content == f"<@{channel.mira.id}>, your video is ready.\n-# AI-generated"
    assert [button.label for button in post.buttons if button.url is not None] == []


async def test_where_links_are_off_a_video_that_cannot_be_fitted_is_not_posted(
    channel: Channel, desk: PostDesk, video: Video
) -> None:
    job = without_links(await finished(channel))
    unfitted = await desk.prepare(job, unfit(video))
    with pytest.raises(LinksOff):
        await desk.post(job, unfitted, leave_by=soon())
    assert await desk.find(job) is None
    assert len(channel.requests("POST")) == 1  # the card


HEVC = Film(codec="libx265")


def of(film: Film, folder: Path) -> Video:
    path = film.write(folder)
    return Video(path=path, facts=inspect_video(path))


async def test_a_video_that_not_every_player_decodes_is_converted_however_small(
    channel: Channel, desk: PostDesk, tmp_path: Path
) -> None:
    job = await finished(channel)
    made = of(HEVC, tmp_path)
    converted = await desk.prepare(job, made)
    assert (converted.facts.codec, converted.facts.plays, converted.original) == ("h264", True, made)
    post = await seen(channel, await desk.post(job, converted, leave_by=soon()))
    assert [attachment.size for attachment in post.attachments] == [converted.facts.size]
    assert "Converted to play on every device." in post.content
    assert post.content.endswith("\n-# AI-generated")
    assert post.button("Original").url == OUTPUT


async def test_a_video_that_is_only_packed_anew_comes_without_a_word_of_it(
    channel: Channel, desk: PostDesk, tmp_path: Path
) -> None:
    job = await finished(channel)
    packed = await desk.prepare(job, of(Film(name="a.mkv"), tmp_path))
    assert (packed.facts.plays, packed.original) == (True, None)
    post = await seen(channel, await desk.post(job, packed, leave_by=soon()))
    assert post.content == f"<@{channel.mira.id}>, your video is ready.\n-# AI-generated"


async def test_a_video_that_plays_everywhere_is_posted_as_it_is(
    channel: Channel, desk: PostDesk, tmp_path: Path
) -> None:
    job = await finished(channel)
    video = of(Film(sounds=("aac",)), tmp_path)
    assert await desk.prepare(job, video) == video


async def test_a_video_that_cannot_be_converted_comes_as_a_link(channel: Channel, tmp_path: Path) -> None:
    desk, job = PostDesk(channel.client, FittingDesk(time_limit=0.001)), await finished(channel)
    linked = await desk.prepare(job, of(HEVC, tmp_path))
    post = await seen(channel, await desk.post(job, linked, leave_by=soon()))
    assert post.attachments == []
    assert "It can't be converted to play on every device." in post.content
    assert post.content.endswith("\n-# AI-generated")
    assert post.button("Open the video").url == OUTPUT
    with pytest.raises(LinksOff):
        await desk.post(without_links(job), linked, leave_by=soon())


async def test_a_boosted_server_takes_a_larger_file(channel: Channel, desk: PostDesk, video: Video) -> None:
    job = await finished(channel, guild=ANIMATION_GUILD)
    large = of_size(video, 11 * MEBIBYTE)
    assert await desk.prepare(job, large) == large
    post = await seen(channel, await desk.post(job, large, leave_by=soon()))
    assert [attachment.size for attachment in post.attachments] == [11 * MEBIBYTE]


async def test_a_file_that_discord_refuses_for_its_size_is_fitted_to_what_every_channel_takes_and_posted_once(
    channel: Channel, desk: PostDesk, video: Video
) -> None:
    job = await finished(channel, guild=ANIMATION_GUILD)
    large = of_size(video, 11 * MEBIBYTE)
    await channel.sandbox.admin.fault(method="POST", route="messages", status=413)
    with pytest.raises(TooLarge):
        await desk.post(job, large, leave_by=soon())
    fitted = await desk.prepare(job, large, refused=True)
    assert fitted.facts.size <= EVERYWHERE
    post = await seen(channel, await desk.post(job, fitted, leave_by=soon()))
    assert [attachment.size for attachment in post.attachments] == [fitted.facts.size]
    assert post.button("Original").url == OUTPUT
    assert len(await posts_of(channel, job)) == 1


@pytest.mark.parametrize("size", [1, 11], ids=["small", "fitted"])
async def test_a_file_that_is_refused_though_every_channel_takes_it_comes_as_a_link(
    channel: Channel, desk: PostDesk, video: Video, size: int
) -> None:
    job = await finished(channel)
    made = await desk.prepare(job, of_size(video, size * MEBIBYTE))
    linked = await desk.prepare(job, made, refused=True)
    post = await seen(channel, await desk.post(job, linked, leave_by=soon()))
    assert post.attachments == []
    assert post.button("Open the video").url == OUTPUT


async def test_a_server_that_is_gone_is_told_before_a_video_is_prepared(
    channel: Channel, desk: PostDesk, video: Video
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.fault(method="GET", route="guilds", code=10004)
    with pytest.raises(ChannelClosed):
        await desk.prepare(job, video)


@pytest.mark.parametrize("prompt", ["a fox\nin  the *snow*", "x" * 2_500], ids=["short", "long"])
async def test_the_prompt_describes_the_video_to_those_who_do_not_see_it(
    channel: Channel, desk: PostDesk, video: Video, prompt: str
) -> None:
    job = (await channel.job(State.POSTING, prompt=prompt)).evolve(output_url=OUTPUT)
    post = await seen(channel, await desk.post(job, video, leave_by=soon()))
    [attachment] = post.attachments
    assert attachment.description in {"a fox in the *snow*", "x" * 1_023 + "…"}


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_post_without_a_clear_answer_is_told_as_unclear_and_the_channel_tells(
    channel: Channel, desk: PostDesk, video: Video, moment: str
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.fault(method="POST", route="messages", status=503, moment=moment)
    with pytest.raises(OutcomeUnclear):
        await desk.post(job, video, leave_by=soon())
    there = await found(desk, job)
    assert (there is not None) is (moment == "after")
    again = await desk.post(job, video, leave_by=soon())
    assert there in {None, again}
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
        await desk.post(job, video, leave_by=monotonic() - 1)
    assert len(channel.requests("POST")) == 1  # the card
    assert await desk.find(job) is None


async def test_a_card_that_somebody_deleted_stops_the_posting(channel: Channel, desk: PostDesk, video: Video) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.delete_message(job.request.channel_id, job.card_message_id or 0)
    with pytest.raises(CardGone):
        await desk.post(job, video, leave_by=soon())
    with pytest.raises(CardGone):
        await desk.find(job)


async def test_a_post_is_found_although_its_card_was_deleted_meanwhile(
    channel: Channel, desk: PostDesk, video: Video
) -> None:
    job = await finished(channel)
    post = await desk.post(job, video, leave_by=soon())
    await channel.sandbox.admin.delete_message(job.request.channel_id, job.card_message_id or 0)
    assert await found(desk, job) == post


@pytest.mark.parametrize("denied", [Permission.SEND_MESSAGES, Permission.ATTACH_FILES, Permission.VIEW_CHANNEL])
async def test_a_channel_that_does_not_let_the_bot_post_says_so(
    channel: Channel, desk: PostDesk, video: Video, denied: Permission
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.set_overwrite("videos", role="Reelcast", deny=int(denied))
    with pytest.raises(ChannelClosed):
        await desk.post(job, video, leave_by=soon())


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (160005, ProblemCode.LOCKED),
        (50083, ProblemCode.ARCHIVED),
        (200000, ProblemCode.CONTENT_BLOCKED),
        (200001, ProblemCode.CONTENT_BLOCKED),
        (240000, ProblemCode.HARMFUL_LINK),
        (10003, ProblemCode.CHANNEL_GONE),
        (10004, ProblemCode.BOT_GONE),
        (50001, ProblemCode.NO_ACCESS),
        (50013, ProblemCode.CHANNEL),
        (50035, ProblemCode.NOT_TAKEN),
        (50024, ProblemCode.NOT_TAKEN),
    ],
)
async def test_a_post_that_discord_refuses_is_told_by_its_true_reason(
    channel: Channel, desk: PostDesk, video: Video, code: int, problem: ProblemCode
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.fault(method="POST", route="/messages", code=code, status=403)
    with pytest.raises(ChannelClosed) as closed:
        await desk.post(job, video, leave_by=soon())
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
    channel: Channel, desk: PostDesk, video: Video, fault: dict[str, Any], moment: str
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.fault(method="POST", route="/messages", moment=moment, **fault)
    with pytest.raises(OutcomeUnclear):
        await desk.post(job, video, leave_by=soon())
    assert (await desk.find(job) is not None) is (moment == "after")


async def test_a_ban_by_cloudflare_is_waited_out_as_long_as_it_lasts(
    channel: Channel, desk: PostDesk, video: Video
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.fault(
        method="POST", route="/messages", cloudflare="1015", headers={"Retry-After": "77"}
    )
    with pytest.raises(OutcomeUnclear) as unclear:
        await desk.post(job, video, leave_by=soon())
    assert (unclear.value.wait, "1015" in unclear.value.detail) == (77, True)


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


async def test_a_post_in_another_channel_is_found_however_far_our_clock_is_ahead(
    channel: Channel, desk: PostDesk, video: Video
) -> None:
    asked_at = discord.utils.utcnow()
    ahead = asked_at + timedelta(hours=1)
    job = replace(await finished(channel), id=discord.utils.time_snowflake(asked_at), created_at=ahead)
    other = int(channel.sandbox.admin.channel_id("general", guild=FILM_CLUB))
    job = replace(job, state_since=ahead, post_channel_id=other)
    message_id = await desk.post(job, video, leave_by=soon())
    assert await found(desk, job) == message_id


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_post_that_may_have_been_made_is_not_repeated_before_anybody_looks(
    channel: Channel, desk: PostDesk, video: Video, status: int
) -> None:
    await channel.sandbox.admin.set_nonce_memory(0)
    job = await finished(channel)
    await channel.sandbox.admin.fault(method="POST", route="/messages", status=status, moment="after")
    with pytest.raises(OutcomeUnclear):
        await desk.post(job, video, leave_by=soon())
    there = await found(desk, job)
    assert [message.id for message in await posts_of(channel, job)] == [there]


async def test_a_post_that_was_refused_for_its_rate_is_repeated(channel: Channel, desk: PostDesk, video: Video) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.fault(method="POST", route="/messages", status=429, retry_after=0.01)
    assert await desk.post(job, video, leave_by=soon()) == await found(desk, job)
