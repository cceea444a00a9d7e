"""The log channel is told of each video and each decision, by a bot that has just been started, too."""

from dataclasses import replace

import pytest
import simcord

from bot.jobs.decisions import Decided, Decision
from bot.jobs.model import ReviewMode
from bot.jobs.states import State
from bot.records.log_channel import LogMirror
from tests.support.settings_panel import a_moderator
from tests.unit.cogs.stage import Stage


@pytest.fixture
async def log_channel(stage: Stage) -> simcord.ChannelHandle:
    channel = stage.guild.create_text_channel("log")
    await stage.set(log_channel_id=channel.id)
    return channel


def mirror(stage: Stage) -> LogMirror:
    return stage.bot.services.records.mirror


def lines(channel: simcord.ChannelHandle) -> list[list[str]]:
    return [message.content.splitlines() for message in channel.history()]


async def test_a_finished_video_is_one_line_with_its_prompt_below(
    stage: Stage, log_channel: simcord.ChannelHandle
) -> None:
    await stage.ask("@Image1 waves at **@everyone**")
    await mirror(stage).tell()
    assert lines(log_channel) == []
    job = await stage.has_become(State.DELIVERED, post_message_id=77)
    await mirror(stage).tell()
    await mirror(stage).tell()
    [[line, prompt]] = lines(log_channel)
    address = f"https://discord.com/channels/{stage.guild.id}/{stage.channel.id}/77"
    assert line == f"✅ **Done** · 5 s · {stage.alice.mention} <#{job.request.channel_id}> {address}"
    assert prompt == r"-# \@Image1 waves at \*\*\@everyone\*\*"


async def test_what_a_review_hides_is_not_told(stage: Stage, log_channel: simcord.ChannelHandle) -> None:
    await stage.ask("@Image1 does something secret")
    [job] = await stage.jobs()
    held = replace(job.request.handling, review=ReviewMode.BEFORE_POSTING)
    await stage.has_become(State.UNDELIVERED, handling=held)
    await mirror(stage).tell()
    [[line]] = lines(log_channel)
    assert line.startswith("📦 **Ready, but not posted**")


async def test_several_things_are_one_message_and_a_decision_says_its_end(
    stage: Stage, log_channel: simcord.ChannelHandle
) -> None:
    await stage.ask()
    job = await stage.has_become(State.HELD)
    services = stage.bot.services
    decision = Decision(
        guild_id=stage.guild.id,
        member_id=stage.alice.id,
        kind=Decided.REJECTED,
        at=services.clock.now(),
        job_id=job.id,
        by_id=99,
        reason="no **weapons**",
    )
    await services.store.save(job.move(State.REJECTED, services.clock.now()), decision)
    await services.moderators.decisions.add(replace(decision, id="b", kind=Decided.BLOCKED, job_id=None, reason=""))
    await mirror(stage).tell()
    [[rejected, blocked]] = lines(log_channel)
    assert rejected.startswith(rf"🚫 <@99> rejected a request by {stage.alice.mention}. (no \*\*weapons\*\*)")
    assert blocked == f"🔒 <@99> blocked {stage.alice.mention}."


async def test_a_change_of_settings_is_told_and_on_record(stage: Stage, log_channel: simcord.ChannelHandle) -> None:
    mo = a_moderator(stage)
    await mo.open("posts")
    other = a_moderator(stage, "other")
    await other.open("posts")
    await mo.click("spoiler")
    await other.click("spoiler")  # as it is already
    await mirror(stage).tell()
    assert lines(log_channel) == [[f"⚙️ {mo.actor.mention} changed this server's settings. Spoilers: Off → On"]]


async def test_what_discord_did_not_take_stays_owed(stage: Stage, log_channel: simcord.ChannelHandle) -> None:
    await stage.ask()
    await stage.has_become(State.DELIVERED, post_message_id=77)
    stage.env.inject_error("POST", f"/channels/{log_channel.id}/messages", status=503)
    await mirror(stage).tell()
    assert lines(log_channel) == []
    await mirror(stage).tell()
    assert len(lines(log_channel)) == 1


async def test_a_log_channel_that_is_gone_is_not_asked_again_and_again(
    stage: Stage, log_channel: simcord.ChannelHandle
) -> None:
    await stage.ask()
    await stage.has_become(State.DELIVERED, post_message_id=77)
    await stage.set(log_channel_id=1)
    await mirror(stage).tell()
    assert await stage.bot.services.records.log.owed() == {}


async def test_a_server_without_a_log_channel_is_owed_nothing(stage: Stage) -> None:
    await stage.ask()
    await stage.has_become(State.DELIVERED, post_message_id=77)
    await mirror(stage).tell()
    assert await stage.bot.services.records.log.owed() == {}


async def test_more_than_a_message_takes_comes_with_the_next(stage: Stage, log_channel: simcord.ChannelHandle) -> None:
    services = stage.bot.services
    made = [
        Decision(
            guild_id=stage.guild.id,
            member_id=each,
            kind=Decided.BLOCKED,
            at=services.clock.now(),
            by_id=99,
            reason="*" * 300,
        )
        for each in range(20)
    ]
    await services.moderators.decisions.add(*made)
    tellers = mirror(stage)
    while await services.records.log.owed():
        await tellers.tell()
    told = lines(log_channel)
    assert sum(len(each) for each in told) == len(made)
    assert len(told) > 1


async def test_who_reported_a_video_is_not_told(stage: Stage, log_channel: simcord.ChannelHandle) -> None:
    decision = Decision(
        guild_id=stage.guild.id,
        member_id=stage.alice.id,
        kind=Decided.REPORTED,
        at=stage.bot.services.clock.now(),
        by_id=99,
        reason="it shows my house",
    )
    await stage.bot.services.moderators.decisions.add(decision)
    await mirror(stage).tell()
    assert lines(log_channel) == [[f"🚩 A video by {stage.alice.mention} was reported."]]
