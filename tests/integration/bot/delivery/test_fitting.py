"""Finished videos on the local Discord: fitted to the channel, converted, and else as a link."""

from pathlib import Path

import pytest

from bot.delivery.posts import PostSender
from bot.discord_api.sending import EVERYWHERE
from bot.jobs.model import ProblemCode
from bot.jobs.ports import ChannelClosed, LinksOff, TooLarge, Video
from bot.media.videos.fitting import VideoFitter
from bot.media.videos.inspecting import inspect_video
from tests.support.channel import ANIMATION_GUILD, OFFER, Channel
from tests.support.films import Film
from tests.support.posts import MEBIBYTE, OUTPUT, finished, found, of_size, posts_of, seen, soon, unfit, without_links


async def test_a_link_that_is_refused_for_its_size_has_nothing_smaller_to_become(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.fault(method="POST", route="/messages", code=40005)
    with pytest.raises(TooLarge) as refused:
        await posts.post(job, await posts.prepare(job, unfit(video)), leave_by=soon())
    assert refused.value.problem is ProblemCode.TOO_LARGE


async def test_a_video_that_fits_is_posted_as_it_is(channel: Channel, posts: PostSender, video: Video) -> None:
    assert await posts.prepare(await finished(channel), video) == video


async def test_a_video_too_large_for_the_channel_is_fitted_beside_a_button_to_the_original_with_its_end(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    job = await finished(channel)
    large = of_size(video, 11 * MEBIBYTE)
    fitted = await posts.prepare(job, large)
    assert (fitted.original, fitted.over) == (large, None)
    post = await seen(channel, await posts.post(job, fitted, leave_by=soon()))
    [attachment] = post.attachments
    assert attachment.size == fitted.facts.size <= EVERYWHERE
    assert post.button("Open original file").url == OUTPUT
    assert "The original (11 MiB) is available until" in post.content
    assert job.output_ends_at is not None
    assert f"<t:{int(job.output_ends_at.timestamp())}" in post.content
    assert await found(posts, job) == post.id


async def test_a_video_that_cannot_be_fitted_comes_as_a_link_with_its_end(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    job = await finished(channel)
    linked = await posts.prepare(job, unfit(video))
    post = await seen(channel, await posts.post(job, linked, leave_by=soon()))
    assert post.attachments == []
    assert post.button("Open video").url == OUTPUT
    assert "At 11 MiB, it's over this channel's 10 MiB upload limit" in post.content
    assert job.output_ends_at is not None
    assert f"<t:{int(job.output_ends_at.timestamp())}" in post.content
    assert post.mentions == [channel.mira.id]


async def test_where_links_are_off_a_fitted_video_comes_without_a_word_of_the_original(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    job = without_links(await finished(channel))
    fitted = await posts.prepare(job, of_size(video, 11 * MEBIBYTE))
    post = await seen(channel, await posts.post(job, fitted, leave_by=soon()))
    assert [attachment.size for attachment in post.attachments] == [fitted.facts.size]
    assert post.content == f"<@{channel.mira.id}>\n> a fox\n-# 5 s · 16:9 · 1 image · AI-generated"
    assert [button.label for button in post.buttons if button.url is not None] == []


async def test_where_links_are_off_a_video_that_cannot_be_fitted_is_not_posted(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    job = without_links(await finished(channel))
    unfitted = await posts.prepare(job, unfit(video))
    with pytest.raises(LinksOff):
        await posts.post(job, unfitted, leave_by=soon())
    assert await posts.find(job) is None
    assert len(channel.requests("POST")) == 1  # the card


HEVC = Film(codec="libx265")


def of(film: Film, folder: Path) -> Video:
    path = film.write(folder)
    return Video(path=path, facts=inspect_video(path))


async def test_a_video_that_not_every_player_decodes_is_converted_however_small(
    channel: Channel, posts: PostSender, tmp_path: Path
) -> None:
    job = await finished(channel)
    made = of(HEVC, tmp_path)
    converted = await posts.prepare(job, made)
    assert (converted.facts.codec, converted.facts.plays, converted.original) == ("h264", True, made)
    post = await seen(channel, await posts.post(job, converted, leave_by=soon()))
    assert [attachment.size for attachment in post.attachments] == [converted.facts.size]
    assert "Converted to play on every device." in post.content
    assert post.content.endswith(" · AI-generated")
    assert post.button("Open original file").url == OUTPUT


async def test_a_video_that_is_only_packed_anew_comes_without_a_word_of_it(
    channel: Channel, posts: PostSender, tmp_path: Path
) -> None:
    job = await finished(channel)
    packed = await posts.prepare(job, of(Film(name="a.mkv"), tmp_path))
    assert (packed.facts.plays, packed.original) == (True, None)
    post = await seen(channel, await posts.post(job, packed, leave_by=soon()))
    assert post.content == f"<@{channel.mira.id}>\n> a fox\n-# 5 s · 16:9 · 1 image · AI-generated"


async def test_a_video_that_plays_everywhere_is_posted_as_it_is(
    channel: Channel, posts: PostSender, tmp_path: Path
) -> None:
    job = await finished(channel)
    video = of(Film(sounds=("aac",)), tmp_path)
    assert await posts.prepare(job, video) == video


async def test_a_video_that_cannot_be_converted_comes_as_a_link(channel: Channel, tmp_path: Path) -> None:
    posts, job = PostSender(channel.client, OFFER, VideoFitter(time_limit=0.001)), await finished(channel)
    linked = await posts.prepare(job, of(HEVC, tmp_path))
    post = await seen(channel, await posts.post(job, linked, leave_by=soon()))
    assert post.attachments == []
    assert "It can't be converted to play on every device." in post.content
    assert post.content.endswith(" · AI-generated")
    assert post.button("Open video").url == OUTPUT
    with pytest.raises(LinksOff):
        await posts.post(without_links(job), linked, leave_by=soon())


async def test_a_boosted_server_takes_a_larger_file(channel: Channel, posts: PostSender, video: Video) -> None:
    job = await finished(channel, guild=ANIMATION_GUILD)
    large = of_size(video, 11 * MEBIBYTE)
    assert await posts.prepare(job, large) == large
    post = await seen(channel, await posts.post(job, large, leave_by=soon()))
    assert [attachment.size for attachment in post.attachments] == [11 * MEBIBYTE]


async def test_a_file_that_discord_refuses_for_its_size_is_fitted_to_what_every_channel_takes_and_posted_once(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    job = await finished(channel, guild=ANIMATION_GUILD)
    large = of_size(video, 11 * MEBIBYTE)
    await channel.sandbox.admin.fault(method="POST", route="messages", status=413)
    with pytest.raises(TooLarge):
        await posts.post(job, large, leave_by=soon())
    fitted = await posts.prepare(job, large, refused=True)
    assert fitted.facts.size <= EVERYWHERE
    post = await seen(channel, await posts.post(job, fitted, leave_by=soon()))
    assert [attachment.size for attachment in post.attachments] == [fitted.facts.size]
    assert post.button("Open original file").url == OUTPUT
    assert len(await posts_of(channel, job)) == 1


@pytest.mark.parametrize("size", [1, 11], ids=["small", "fitted"])
async def test_a_file_that_is_refused_though_every_channel_takes_it_comes_as_a_link(
    channel: Channel, posts: PostSender, video: Video, size: int
) -> None:
    job = await finished(channel)
    made = await posts.prepare(job, of_size(video, size * MEBIBYTE))
    linked = await posts.prepare(job, made, refused=True)
    post = await seen(channel, await posts.post(job, linked, leave_by=soon()))
    assert post.attachments == []
    assert post.button("Open video").url == OUTPUT


async def test_a_server_that_is_gone_is_told_before_a_video_is_prepared(
    channel: Channel, posts: PostSender, video: Video
) -> None:
    job = await finished(channel)
    await channel.sandbox.admin.fault(method="GET", route="guilds", code=10004)
    with pytest.raises(ChannelClosed):
        await posts.prepare(job, video)
