"""How who asked stands with the server when their video is there, asked of Discord anew."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.database.engine import open_database
from bot.gate.stops import OperatorBlock, OperatorStore, Target
from bot.jobs.decisions import Pause
from bot.jobs.model import Handling, Job, Problem, ProblemCode
from bot.jobs.ports import ChannelClosed, OutcomeUnclear
from bot.jobs.states import State
from bot.moderation.blocks import Block, BlockStore
from bot.settings.model import ChannelSettings
from sandbox.discord.world.permissions import Permission
from tests.support.channel import Channel
from tests.support.database import file_url
from tests.support.drawings import drawing, print_of
from tests.support.moderators import Desk, open_desk


@pytest.fixture
async def desk(channel: Channel, tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(channel, tmp_path) as desk:
        await desk.set(channels=frozenset({desk.place("videos")}))
        yield desk


async def objection(desk: Desk, job: Job | None = None) -> ProblemCode | None:
    return await desk.moderators.standing.objection(job or await desk.job(State.COMPLETED))


def a_block(desk: Desk, job: Job) -> Block:
    who = {"guild_id": job.request.guild_id, "member_id": job.request.member_id}
    return Block(**who, until=None, by_id=1, reason="", at=desk.clock.now())


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
    await desk.moderators.blocks.put(a_block(desk, job))
    assert await objection(desk, job) is ProblemCode.BLOCKED
    assert desk.channel.requests("GET", "/members/") == []


@pytest.mark.parametrize("closes", [True, False], ids=["the channel is closed", "the member is blocked"])
async def test_what_moderators_decide_while_discord_is_asked_counts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, *, closes: bool
) -> None:
    job = await desk.job(State.COMPLETED)
    standing = desk.moderators.standing
    ask = standing._member

    async def meanwhile(job: Job) -> object:
        found = await ask(job)
        if closes:
            await desk.set(channels=frozenset({desk.place("general")}))
        else:
            await desk.moderators.blocks.put(a_block(desk, job))
        return found

    monkeypatch.setattr(standing, "_member", meanwhile)
    assert await objection(desk, job) is (ProblemCode.NOT_ALLOWED if closes else ProblemCode.BLOCKED)


async def test_a_block_that_another_program_writes_counts_and_so_does_its_end(desk: Desk) -> None:
    job = await desk.job(State.WAITING)
    standing = desk.moderators.standing
    async with open_database(file_url(desk.folder)) as elsewhere:
        others = BlockStore(elsewhere, desk.clock)
        operators = OperatorStore(elsewhere)
        assert not await standing.is_blocked(job)
        await others.put(a_block(desk, job))
        assert await standing.is_blocked(job)
        await others.lift(job.request.guild_id, job.request.member_id)
        assert not await standing.is_blocked(job)
        await operators.block(
            OperatorBlock(
                target=Target.MEMBER, target_id=job.request.member_id, reason="", by_id=1, at=desk.clock.now()
            )
        )
        assert await standing.is_blocked(job)


async def test_a_temporary_block_counts_as_the_clock_says_even_if_that_is_set_back(desk: Desk) -> None:
    job = await desk.job(State.WAITING)
    standing = desk.moderators.standing
    await desk.moderators.blocks.put(replace(a_block(desk, job), until=desk.clock.now() + timedelta(hours=1)))
    answers: list[bool] = []
    for hours in (0, 2, -2):
        desk.clock.advance(timedelta(hours=hours).total_seconds())
        answers.append(await standing.is_blocked(job))
    assert answers == [True, False, True]


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


async def test_a_channel_that_was_deleted_since_is_told(desk: Desk) -> None:
    job = await desk.job(State.COMPLETED)
    await desk.channel.sandbox.admin.delete_channel("videos")
    with pytest.raises(ChannelClosed) as gone:
        await objection(desk, job)
    assert gone.value.problem is ProblemCode.CHANNEL_GONE


async def test_what_is_sent_to_its_usual_channel_is_held_to_where_it_was_asked_for(desk: Desk) -> None:
    asked = await desk.job(State.UNDELIVERED)
    usual = desk.place("general")
    sent = asked.evolve(handling=Handling(output_channel_id=usual), post_channel_id=usual)
    assert await objection(desk, sent) is None
    await desk.set(channels=frozenset({desk.place("storyboards")}))
    assert await objection(desk, sent) is ProblemCode.NOT_ALLOWED


async def test_what_was_sent_elsewhere_is_held_to_whether_videos_are_allowed_there(desk: Desk) -> None:
    asked = await desk.job(State.UNDELIVERED)
    sent = asked.evolve(post_channel_id=desk.place("general"))
    assert await objection(desk, sent) is ProblemCode.NOT_ALLOWED
    await desk.set(channels=frozenset({desk.place("general")}))
    assert await objection(desk, sent) is None
    assert await objection(desk, asked) is ProblemCode.NOT_ALLOWED
    await desk.channel.sandbox.admin.delete_channel("videos")
    assert await objection(desk, sent) is None


async def test_what_was_sent_to_where_videos_go_needs_no_request_to_be_allowed_there(desk: Desk) -> None:
    general = desk.place("general")
    sent = (await desk.job(State.UNDELIVERED)).evolve(post_channel_id=general)
    await desk.set(output_channel_id=general)
    assert await objection(desk, sent) is None
    own = ChannelSettings(output_channel_id=general)
    await desk.set(output_channel_id=None, channel_settings={desk.place("videos"): own})
    assert await objection(desk, sent) is None
    asked_there = await desk.job(State.COMPLETED, channel="general")
    assert await objection(desk, asked_there) is ProblemCode.NOT_ALLOWED


async def test_who_asked_and_where_is_read_anew_for_a_video_that_is_sent_again(desk: Desk) -> None:
    trusted = role(desk, "Trusted")
    await desk.channel.sandbox.admin.set_member_roles("mira", ["Trusted"], guild="Film Club")
    job = await desk.job(State.UNDELIVERED, channel="storyboards")
    asked = await desk.moderators.standing.asked_anew(job)
    assert (asked.channel_id, asked.home_id) == (job.request.channel_id, desk.place("videos"))
    assert (asked.guild_id, asked.member_id) == (job.request.guild_id, job.request.member_id)
    assert asked.role_ids == {job.request.guild_id, trusted}
    assert asked.joined_at is not None


async def test_of_who_left_and_a_channel_that_is_gone_nothing_is_taken_for_granted(desk: Desk) -> None:
    job = await desk.job(State.UNDELIVERED, channel="general")
    admin = desk.channel.sandbox.admin
    await admin.remove_member("mira", guild="Film Club")
    await admin.delete_channel("general")
    asked = await desk.moderators.standing.asked_anew(job)
    assert (asked.home_id, asked.joined_at) == (job.request.channel_id, None)
    assert asked.role_ids == {job.request.guild_id}


async def test_the_pause_of_a_channel_counts_in_its_threads_and_nowhere_else(desk: Desk) -> None:
    thread, elsewhere = await desk.job(State.HELD, channel="storyboards"), await desk.job(State.HELD, channel="general")
    await desk.set(channel_settings={desk.place("videos"): ChannelSettings(paused=True)})
    assert await desk.moderators.standing.pause(thread) is Pause.CHANNEL
    assert await desk.moderators.standing.pause(elsewhere) is None
    await desk.channel.sandbox.admin.delete_channel("general")
    assert await desk.moderators.standing.pause(elsewhere) is None


async def test_where_nobody_chose_channels_any_more_only_who_manages_the_server_is_served(desk: Desk) -> None:
    await desk.set(channels=None)
    job = await desk.job(State.COMPLETED)
    assert await objection(desk, job) is ProblemCode.NOT_ALLOWED
    admin = desk.channel.sandbox.admin
    await admin.set_role_permissions("Trusted", int(Permission.MANAGE_GUILD), guild="Film Club")
    await admin.set_member_roles("mira", ["Trusted"], guild="Film Club")
    assert await objection(desk, job) is None


async def test_the_owner_of_a_server_needs_no_role_to_manage_it(desk: Desk) -> None:
    await desk.set(channels=None)
    job = await desk.job(State.COMPLETED)
    ada = desk.channel.sandbox.member("ada", guild="Film Club")
    assert await objection(desk, replace(job, request=replace(job.request, member_id=ada.id))) is None


@pytest.mark.parametrize(("code", "problem"), [(10004, ProblemCode.BOT_GONE), (50001, ProblemCode.NO_ACCESS)])
async def test_a_server_that_the_bot_is_not_in_is_not_taken_for_a_member_who_left(
    desk: Desk, code: int, problem: ProblemCode
) -> None:
    job = await desk.job(State.COMPLETED)
    await desk.channel.sandbox.admin.fault(method="GET", route="members", code=code)
    with pytest.raises(ChannelClosed) as closed:
        await objection(desk, job)
    assert closed.value.problem is problem


async def test_a_404_that_is_no_word_of_discords_is_not_taken_for_a_member_who_left(desk: Desk) -> None:
    job = await desk.job(State.COMPLETED)
    await desk.channel.sandbox.admin.fault(method="GET", route="members", status=404, html=True)
    with pytest.raises(OutcomeUnclear):
        await objection(desk, job)


async def test_a_channel_is_not_taken_for_gone_by_what_is_no_word_of_discords(desk: Desk) -> None:
    job = await desk.job(State.UNDELIVERED, channel="storyboards")
    await desk.channel.sandbox.admin.fault(method="GET", route="channels", status=404, html=True)
    with pytest.raises(OutcomeUnclear):
        await desk.moderators.standing.asked_anew(job)


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
    prints = [print_of(drawing(seed)) for seed in (1, 2)]
    images = desk.moderators.blocked_images
    await images.add(job.request.guild_id, prints[1:], by_id=1, reason="", now=desk.clock.now())
    assert await desk.moderators.standing.blocked_image(job, prints) == 1
    [told] = await desk.seen("general")
    assert "requested a video with a blocked image" in told.content
    elsewhere = replace(job, request=replace(job.request, guild_id=1))
    assert await desk.moderators.standing.blocked_image(elsewhere, prints) is None


@pytest.mark.parametrize("target", Target)
async def test_who_or_whose_server_is_blocked_everywhere_is_blocked_until_that_is_lifted(
    desk: Desk, target: Target
) -> None:
    job = await desk.job(State.COMPLETED)
    target_id = {Target.MEMBER: job.request.member_id, Target.SERVER: job.request.guild_id}[target]
    block = OperatorBlock(target=target, target_id=target_id, reason="spam", by_id=1, at=desk.clock.now())
    async with open_database(file_url(desk.folder)) as database:
        operator = OperatorStore(database)
        await operator.block(block)
        assert await objection(desk, job) is ProblemCode.BLOCKED
        await operator.lift(target, target_id)
    assert await objection(desk, job) is None
