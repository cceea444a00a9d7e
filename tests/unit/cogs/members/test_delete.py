"""The *Delete* button of cards and posts."""

import discord
import pytest
import simcord

from bot.delivery.post_view import post_controls
from bot.jobs.decisions import Decided
from bot.jobs.states import State
from tests.unit.cogs.stage import Boot, Stage


async def a_delivered_video(stage: Stage) -> tuple[discord.Message, discord.Message]:
    """Have a card and its post in the channel; returns both."""
    await stage.ask()
    [job] = await stage.jobs()
    there = stage.bot.get_partial_messageable(stage.channel.id, guild_id=stage.guild.id)
    post = await there.send("your video is ready", view=post_controls(job))
    job = await stage.has_become(State.DELIVERED, post_attempts=1, post_message_id=post.id)
    return await stage.card_of(job), post


async def delete(stage: Stage, message: discord.Message, who: simcord.MemberActor | None = None) -> str:
    result = await (who or stage.alice).click(message, label="Delete")
    assert result.ephemeral
    [told] = [result.response] if result.response is not None and result.response.content else result.followups
    return told.content


async def state_of(stage: Stage) -> State:
    [job] = await stage.jobs()
    return job.state


@pytest.mark.parametrize("place", [0, 1], ids=["card", "post"])
async def test_who_asked_removes_video_and_card_at_once(stage: Stage, place: int) -> None:
    messages = await a_delivered_video(stage)
    assert await delete(stage, messages[place]) == "Deleted."
    assert stage.channel.history() == []
    assert await state_of(stage) is State.TAKEN_DOWN


async def test_who_may_manage_messages_here_can_delete_and_a_stranger_cannot(stage: Stage) -> None:
    card, post = await a_delivered_video(stage)
    bob = stage.guild.add_member(stage.env.create_user("bob"))
    assert (await delete(stage, post, bob)).startswith("Only the member who requested this video")
    assert len(stage.channel.history()) == 2
    role = stage.guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
    mo = stage.guild.add_member(stage.env.create_user("mo"), roles=[role])
    assert await delete(stage, card, mo) == "Deleted."
    assert stage.channel.history() == []


async def test_it_is_written_down_once_who_deleted_a_video(stage: Stage) -> None:
    card, _ = await a_delivered_video(stage)
    stage.env.inject_error("DELETE", "/channels/*/messages/*", status=403, times=1)
    for _ in range(2):
        await delete(stage, card)
    [job] = await stage.jobs()
    [made] = await stage.bot.services.moderators.decisions.of_job(job.id)
    assert (made.kind, made.by_id) == (Decided.DELETED, stage.alice.id)


async def test_what_is_gone_already_counts_as_deleted(stage: Stage) -> None:
    card, post = await a_delivered_video(stage)
    await post.delete()
    assert await delete(stage, card) == "Deleted."
    assert stage.channel.history() == []


async def test_what_discord_did_not_delete_can_be_deleted_once_more(stage: Stage) -> None:
    card, _ = await a_delivered_video(stage)
    stage.env.inject_error("DELETE", "/channels/*/messages/*", status=403, times=1)
    assert (await delete(stage, card)).startswith("Discord didn't delete everything.")
    assert await state_of(stage) is State.TAKEN_DOWN
    assert await delete(stage, card) == "Deleted."
    assert stage.channel.history() == []


async def test_the_card_of_a_request_without_a_video_goes_and_its_record_stays(stage: Stage, boot: Boot) -> None:
    await stage.ask()
    card = await stage.card_of(await stage.has_become(State.FAILED))
    await stage.env.restart_bot(await boot())
    assert await delete(stage, card) == "Deleted."
    assert stage.channel.history() == []
    assert await state_of(stage) is State.FAILED


async def test_what_runs_again_meanwhile_is_not_deleted(stage: Stage) -> None:
    await stage.ask()
    card = await stage.card_of(await stage.has_become(State.FAILED))
    await stage.has_become(State.QUEUED)
    assert (await delete(stage, card)).startswith("It's still in progress.")
