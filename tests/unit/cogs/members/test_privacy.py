"""*Your data* of `/help`, and *Delete my data*."""

import asyncio
import io
from collections.abc import Callable

import discord
import simcord
from simcord.results import InteractionResult

from bot.jobs.states import State
from tests.support.answers import answer_of, buttons_of, words_of
from tests.unit.cogs.stage import Boot, Stage

SECRET = "the lighthouse keeper"


async def ask_to_delete(stage: Stage, who: simcord.MemberActor | None = None) -> InteractionResult:
    told = await your_data(stage, who)
    return await (who or stage.alice).click(answer_of(told), label="Delete my data")


async def your_data(stage: Stage, who: simcord.MemberActor | None = None) -> InteractionResult:
    told = await (who or stage.alice).slash(stage.channel, "help")
    return await (who or stage.alice).click(answer_of(told), label="Your data")


async def choose(stage: Stage, question: InteractionResult, label: str) -> InteractionResult:
    return await stage.alice.click(answer_of(question), label=label)


async def a_post(stage: Stage, *, is_over: bool = True) -> tuple[discord.Message, discord.Message]:
    """Have a posted video of Alice's; returns the card and the post."""
    await stage.ask(SECRET + " @Image1")
    [job] = await stage.jobs()
    video = discord.File(io.BytesIO(b"video"), "reelcast.mp4")
    post = await stage.post_of(job, file=video)
    job = await stage.has_become(State.DELIVERED, post_attempts=1, post_message_id=post.id)
    return await stage.card_of(job), post


def channel_shows(stage: Stage) -> str:
    return "\n".join(
        message.content + str([part.to_dict() for part in message.components]) for message in stage.channel.history()
    )


async def comes_true(what: Callable[[], bool]) -> None:
    """Wait for what goes on once the answer is there: messages are emptied one after another."""
    async with asyncio.timeout(60):
        while not what():  # noqa: ASYNC110 - messages have no event
            await asyncio.sleep(0)


async def test_what_is_kept_is_told_and_deletion_offered(stage: Stage) -> None:
    told = await your_data(stage)
    assert "The bot doesn't read your messages." in words_of(told)
    assert list(buttons_of(told)) == ["Delete my data"]


async def test_nothing_is_deleted_before_it_is_confirmed(stage: Stage) -> None:
    await a_post(stage)
    question = await ask_to_delete(stage)
    for stays in (
        "without your prompts",
        "Posted videos stay in their channels",
        "The bot can't delete what the video service has.",
    ):
        assert stays in words_of(question)
    await choose(stage, question, "Keep everything")
    [job] = await stage.jobs()
    assert SECRET in job.request.prompt


async def test_cards_are_emptied_and_the_video_stays(stage: Stage) -> None:
    _card, post = await a_post(stage)
    await choose(stage, await ask_to_delete(stage), "Delete my data")
    assert await stage.jobs() == []
    await comes_true(lambda: "had their data deleted" in channel_shows(stage) and SECRET not in channel_shows(stage))
    assert post.id in [message.id for message in stage.channel.history()]


async def test_cards_and_videos_go_where_that_is_chosen(stage: Stage) -> None:
    await a_post(stage)
    await choose(stage, await ask_to_delete(stage), "Delete my data and videos")
    await comes_true(lambda: stage.channel.history() == [])


async def test_a_video_that_stayed_can_still_be_deleted_by_its_member_and_by_no_stranger(stage: Stage) -> None:
    _card, post = await a_post(stage)
    await choose(stage, await ask_to_delete(stage), "Delete my data")
    bob = stage.guild.add_member(stage.env.create_user("bob"))
    assert words_of(await bob.click(post, label="Details")) == "This video is no longer in the records."
    assert words_of(await stage.alice.click(post, label="Again $1.35")) == "This video is no longer in the records."
    question = answer_of(await stage.alice.click(post, label="Details"))
    assert words_of(await stage.alice.click(question, label="Delete")) == "Deleted."
    assert post.id not in [message.id for message in stage.channel.history()]


async def test_what_waits_is_cancelled_and_its_price_free_again(stage: Stage) -> None:
    await stage.ask(SECRET)
    await choose(stage, await ask_to_delete(stage), "Delete my data")
    services = stage.bot.services
    assert await stage.jobs() == []
    assert await services.store.spent(services.clock.now().date()) == 0
    await comes_true(lambda: SECRET not in channel_shows(stage))


async def test_what_runs_is_followed_to_its_cost_and_shows_nothing_any_more(stage: Stage) -> None:
    await stage.ask(SECRET)
    await stage.has_become(State.PROCESSING, request_id="7f1d")
    await choose(stage, await ask_to_delete(stage), "Delete my data and videos")
    [job] = await stage.jobs()
    assert (job.state, job.request_id, job.cancel_requested) == (State.PROCESSING, "7f1d", True)
    assert SECRET not in channel_shows(stage)


async def test_deleting_twice_is_deleting_once(stage: Stage) -> None:
    await a_post(stage)
    for question in [await ask_to_delete(stage) for _ in range(2)]:
        await choose(stage, question, "Delete my data")
        assert await stage.jobs() == []


async def test_a_question_of_before_a_restart_can_be_answered(stage: Stage, boot: Boot) -> None:
    await a_post(stage)
    question = await ask_to_delete(stage)
    await stage.env.restart_bot(await boot())
    await choose(stage, question, "Delete my data")
    assert await stage.jobs() == []


async def test_who_deletes_deletes_nobody_elses(stage: Stage) -> None:
    await a_post(stage)
    bob = stage.guild.add_member(stage.env.create_user("bob"))
    await bob.click(answer_of(await ask_to_delete(stage, bob)), label="Delete my data and videos")
    [job] = await stage.jobs()
    assert SECRET in job.request.prompt
    assert SECRET in channel_shows(stage)
