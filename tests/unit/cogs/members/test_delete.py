"""The *Delete* button of cards and posts."""

from pathlib import Path

import discord
import pytest
import simcord
from simcord.results import ResponseMessage

from bot.delivery.posts import MessageRemover
from bot.jobs.decisions import Decided
from bot.jobs.states import State
from tests.support.answers import answer_of, buttons_of, words_of
from tests.unit.cogs.stage import Boot, Stage


async def a_delivered_video(stage: Stage) -> discord.Message:
    """Have a card and its post in the channel; returns the post."""
    await stage.ask()
    [job] = await stage.jobs()
    post = await stage.post_of(job)
    await stage.card_of(await stage.has_become(State.DELIVERED, post_attempts=1, post_message_id=post.id))
    return post


async def ask(stage: Stage, message: discord.Message, who: simcord.MemberActor | None = None) -> ResponseMessage:
    """Press *Details*, then *Delete* there; returns the question."""
    who = who or stage.alice
    return answer_of(await who.click(answer_of(await who.click(message, label="Details")), label="Delete"))


async def delete(stage: Stage, message: discord.Message, who: simcord.MemberActor | None = None) -> str:
    question = await ask(stage, message, who)
    assert question.content == "Delete the card and the video?"
    return words_of(await (who or stage.alice).click(question, label="Delete"))


async def state_of(stage: Stage) -> State:
    [job] = await stage.jobs()
    return job.state


async def test_who_asked_removes_video_and_card_after_a_question(stage: Stage) -> None:
    post = await a_delivered_video(stage)
    question = await ask(stage, post)
    assert len(stage.channel.history()) == 2
    assert words_of(await stage.alice.click(question, label="Delete")) == "Deleted."
    assert stage.channel.history() == []
    assert await state_of(stage) is State.TAKEN_DOWN


async def test_who_may_manage_messages_here_can_delete_and_a_stranger_is_not_offered_to(stage: Stage) -> None:
    post = await a_delivered_video(stage)
    bob = stage.guild.add_member(stage.env.create_user("bob"))
    assert buttons_of(await bob.click(post, label="Details")) == {}
    role = stage.guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
    mo = stage.guild.add_member(stage.env.create_user("mo"), roles=[role])
    assert await delete(stage, post, mo) == "Deleted."
    assert stage.channel.history() == []


def an_earlier_button(job_id: int) -> discord.ui.View:
    """Make the *Delete* button that cards and posts of 0.1 have."""
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Delete", custom_id=f"reelcast:delete:{job_id}"))
    view.stop()
    return view


async def test_the_button_of_an_earlier_post_asks_too_and_tells_a_stranger_whose_it_is(stage: Stage) -> None:
    await a_delivered_video(stage)
    [job] = await stage.jobs()
    there = stage.bot.get_partial_messageable(stage.channel.id, guild_id=stage.guild.id)
    post = await there.send("<@1>, your video is ready.", view=an_earlier_button(job.id))
    bob = stage.guild.add_member(stage.env.create_user("bob"))
    assert words_of(await bob.click(post, label="Delete")).startswith("Only the member who requested this video")
    question = answer_of(await stage.alice.click(post, label="Delete"))
    assert question.content == "Delete the card and the video?"
    assert words_of(await stage.alice.click(question, label="Delete")) == "Deleted."
    assert await state_of(stage) is State.TAKEN_DOWN


async def test_it_is_written_down_once_who_deleted_a_video(stage: Stage) -> None:
    question = await ask(stage, await a_delivered_video(stage))
    stage.env.inject_error("DELETE", "/channels/*/messages/*", status=403, times=1)
    failed = await stage.alice.click(question, label="Delete")
    await stage.alice.click(answer_of(failed), label="Delete")
    [job] = await stage.jobs()
    [made] = await stage.bot.services.moderators.decisions.of_job(job.id)
    assert (made.kind, made.by_id) == (Decided.DELETED, stage.alice.id)


async def test_what_is_gone_already_counts_as_deleted(stage: Stage) -> None:
    post = await a_delivered_video(stage)
    question = await ask(stage, post)
    await post.delete()
    assert words_of(await stage.alice.click(question, label="Delete")) == "Deleted."
    assert stage.channel.history() == []


async def test_what_discord_did_not_delete_can_be_deleted_once_more(stage: Stage) -> None:
    question = await ask(stage, await a_delivered_video(stage))
    stage.env.inject_error("DELETE", "/channels/*/messages/*", status=403, times=1)
    failed = await stage.alice.click(question, label="Delete")
    assert words_of(failed).startswith("Discord didn't delete everything.")
    assert await state_of(stage) is State.TAKEN_DOWN
    assert words_of(await stage.alice.click(answer_of(failed), label="Delete")) == "Deleted."
    assert stage.channel.history() == []


async def test_a_deletion_that_was_saved_takes_the_post_along_whatever_becomes_of_the_process(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = await a_delivered_video(stage)
    question = await ask(stage, post)

    async def dies(*_: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(MessageRemover, "remove", dies)
        await stage.alice.click(question, label="Delete")
    [job] = await stage.jobs()
    assert post.id in [message.id for message in stage.channel.history()]
    assert await stage.bot.services.moderators.cases.see_to(job.id)
    assert post.id not in [message.id for message in stage.channel.history()]


async def test_the_card_of_a_request_without_a_video_goes_and_its_record_stays(stage: Stage, boot: Boot) -> None:
    await stage.ask()
    card = await stage.card_of(await stage.has_become(State.FAILED))
    await stage.env.restart_bot(await boot())
    assert await delete(stage, card) == "Deleted."
    assert stage.channel.history() == []
    assert await state_of(stage) is State.FAILED


async def test_what_runs_again_meanwhile_is_not_deleted(stage: Stage) -> None:
    await stage.ask()
    question = await ask(stage, await stage.card_of(await stage.has_become(State.FAILED)))
    await stage.has_become(State.QUEUED)
    answer = words_of(await stage.alice.click(question, label="Delete"))
    assert answer.startswith("It's still in progress.")


async def test_a_post_whose_record_is_gone_can_be_deleted_by_the_member_it_is_for_alone(
    stage: Stage, boot: Boot, tmp_path: Path
) -> None:
    post = await a_delivered_video(stage)
    await stage.env.restart_bot(await boot(database_url=f"sqlite:///{tmp_path}/another.db"))
    bob = stage.guild.add_member(stage.env.create_user("bob"))
    assert words_of(await bob.click(post, label="Details")) == "This video is no longer in the records."
    question = answer_of(await stage.alice.click(post, label="Details"))
    assert question.content == "This video is no longer in the records. Delete the card and the video?"
    assert words_of(await stage.alice.click(question, label="Delete")) == "Deleted."
    assert [message.id for message in stage.channel.history() if message.id == post.id] == []
