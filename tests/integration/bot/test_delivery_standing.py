"""How who asked stands with the server when their video is there, asked of Discord anew."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.jobs.decisions import Pause
from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.ports import OutcomeUnclear
from bot.jobs.states import State
from bot.media.fingerprints import fingerprint
from bot.policy.blocks import Block
from bot.policy.guild_settings import ChannelSettings
from sandbox.discord.permissions import Permission
from tests.support.channel import Channel
from tests.support.drawings import drawing
from tests.support.moderators import Desk, open_desk


@pytest.fixture
async def desk(channel: Channel, tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(channel, tmp_path) as desk:
        await desk.set(channels=frozenset({desk.place("videos")}))
        yield desk


async def objection(desk: Desk, job: Job | None = None) -> ProblemCode | None:
    return await desk.moderators.standing.objection(job or await desk.job(State.COMPLETED))


def role(desk: Desk, name: str) -> int:
    return int(desk.channel.sandbox.admin._id("roles", name, "Film Club"))


async def test_nothing_speaks_against_who_stands_as_before(desk: Desk) -> None:
    assert await objection(desk) is None


async def test_who_left_is_seen_to_have_left(desk: Desk) -> None:
    job = await desk.job(State.COMPLETED)
    await desk.channel.sandbox.admin.remove_member("mira", guild="Film Club")
    assert await objection(desk, job) is ProblemCode.LEFT


async def test_a_time_out_counts_until_it_ends(desk: Desk) -> None:
    job = await desk.job(State.COMPLETED)
    await desk.channel.sandbox.admin.time_out("mira", 3_600, guild="Film Club")
    assert await objection(desk, job) is ProblemCode.TIMED_OUT
    desk.clock.advance(timedelta(hours=1, minutes=1).total_seconds())
    assert await objection(desk, job) is None


async def test_who_is_blocked_is_not_asked_of_discord(desk: Desk) -> None:
    job = await desk.job(State.COMPLETED)
    block = Block(
        guild_id=job.request.guild_id,
        member_id=job.request.member_id,
        until=None,
        by_id=1,
        reason="",
        at=desk.clock.now(),
    )
    await desk.moderators.blocks.put(block)
    assert await objection(desk, job) is ProblemCode.BLOCKED
    assert desk.channel.requests("GET", "/members/") == []


async def test_a_role_taken_away_since_counts(desk: Desk) -> None:
    await desk.set(roles=frozenset({role(desk, "Trusted")}))
    await desk.channel.sandbox.admin.set_member_roles("mira", ["Trusted"], guild="Film Club")
    job = await desk.job(State.COMPLETED)
    assert await objection(desk, job) is None
    await desk.channel.sandbox.admin.set_member_roles("mira", [], guild="Film Club")
    assert await objection(desk, job) is ProblemCode.NOT_ALLOWED


async def test_the_role_of_everyone_is_everybodys_though_discord_lists_it_for_no_member(desk: Desk) -> None:
    job = await desk.job(State.COMPLETED)
    await desk.set(roles=frozenset({job.request.guild_id}))
    assert await objection(desk, job) is None


async def test_a_channel_closed_to_videos_since_counts(desk: Desk) -> None:
    job = await desk.job(State.COMPLETED)
    await desk.set(channels=frozenset({desk.place("general")}))
    assert await objection(desk, job) is ProblemCode.NOT_ALLOWED


async def test_a_thread_counts_as_the_channel_it_belongs_to(desk: Desk) -> None:
    job = await desk.job(State.COMPLETED, channel="storyboards")
    assert await objection(desk, job) is None
    await desk.set(channels=frozenset({desk.place("general")}))
    assert await objection(desk, job) is ProblemCode.NOT_ALLOWED


async def test_the_pause_of_a_channel_counts_in_its_threads_and_nowhere_else(desk: Desk) -> None:
    thread, elsewhere = await desk.job(State.HELD, channel="storyboards"), await desk.job(State.HELD, channel="general")
    await desk.set(channel_settings={desk.place("videos"): ChannelSettings(paused=True)})
    assert await desk.moderators.standing.pause(thread) is Pause.CHANNEL
    assert await desk.moderators.standing.pause(elsewhere) is None


async def test_where_nobody_chose_channels_any_more_only_who_manages_the_server_is_served(desk: Desk) -> None:
    await desk.set(channels=None)
    job = await desk.job(State.COMPLETED)
    assert await objection(desk, job) is ProblemCode.NOT_ALLOWED
    admin = desk.channel.sandbox.admin
    await admin.set_role_permissions("Trusted", int(Permission.MANAGE_GUILD), guild="Film Club")
    await admin.set_member_roles("mira", ["Trusted"], guild="Film Club")
    assert await objection(desk, job) is None


async def test_a_discord_that_does_not_answer_leaves_it_open(desk: Desk) -> None:
    job = await desk.job(State.COMPLETED)
    await desk.channel.sandbox.admin.fault(method="GET", route="members", status=503, times=1)
    with pytest.raises(OutcomeUnclear):
        await objection(desk, job)


async def test_moderators_are_told_in_the_log_channel_and_nobody_is_pinged(desk: Desk) -> None:
    job = await desk.job(State.COMPLETED)
    await desk.moderators.standing.tell(job.evolve(problem=Problem(code=ProblemCode.LEFT)))
    [told] = await desk.seen("general")
    assert f"<@{job.request.member_id}> is no longer in the server" in told.content
    assert told.data["mentions"] == []


async def test_a_blocked_picture_is_named_to_moderators(desk: Desk) -> None:
    job = await desk.job(State.PREPARING)
    prints = [fingerprint(drawing(seed)) for seed in (1, 2)]
    images = desk.moderators.blocked_images
    await images.add(job.request.guild_id, prints[1:], by_id=1, reason="", now=desk.clock.now())
    assert await desk.moderators.standing.blocked_image(job, prints) == 1
    [told] = await desk.seen("general")
    assert "a blocked picture" in told.content
    elsewhere = replace(job, request=replace(job.request, guild_id=1))
    assert await desk.moderators.standing.blocked_image(elsewhere, prints) is None
