"""The *Details* button of a card."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import discord
import pytest
import simcord
from simcord.results import InteractionResult

from bot.database.tables import jobs
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.ui.custom_ids import DetailsId
from tests.support.answers import words_of
from tests.support.review_room import Room, said
from tests.unit.cogs.stage import Boot, Stage, texts

Withdrawal = Callable[[Room, str], Awaitable[None]]


async def card_of(stage: Stage, prompt: str = "@Image1 waves") -> simcord.ResponseMessage:
    result = await stage.ask(prompt)
    assert result.response is not None
    return result.response


async def details(
    stage: Stage, card: simcord.ResponseMessage, who: simcord.MemberActor | None = None
) -> InteractionResult:
    return await (who or stage.alice).click(card.message, label="Details")


async def test_details_tell_one_member_everything_about_the_job(stage: Stage) -> None:
    card = await card_of(stage)
    [job] = await stage.jobs()
    result = await details(stage, card)
    assert result.ephemeral
    assert result.response is not None
    content = texts(result.response)
    assert r"\@Image1 waves" in content
    assert "5 s · 16:9" in content
    assert "Queued" in content
    assert f"`{job.id}`" in content


async def test_whoever_sees_the_card_may_see_its_details(stage: Stage) -> None:
    card = await card_of(stage)
    bob = stage.guild.add_member(stage.env.create_user("bob"))
    result = await details(stage, card, bob)
    assert result.ephemeral
    assert result.response is not None
    assert r"\@Image1 waves" in texts(result.response)


async def test_a_long_prompt_comes_whole_as_a_file(stage: Stage) -> None:
    prompt = "a *keeper* walks! " * 138
    result = await details(stage, await card_of(stage, prompt))
    assert result.response is not None
    [file] = result.response.attachments
    assert await file.read() == prompt.encode()


async def test_details_work_after_a_restart(stage: Stage, boot: Boot) -> None:
    card = await card_of(stage)
    [job] = await stage.jobs()
    await stage.env.restart_bot(await boot())
    result = await details(stage, card)
    assert result.response is not None
    assert f"`{job.id}`" in texts(result.response)


async def press_under_a_post(stage: Stage, job: Job, channel: simcord.ChannelHandle) -> str:
    """Have the bot post a job's video buttons in a channel, press *Details* there, and return the answer."""
    result = await stage.alice.click(await stage.post_of(job, channel), label="Details")
    return words_of(result)


async def test_a_post_in_another_channel_of_the_server_has_its_details_too(stage: Stage) -> None:
    await stage.ask()
    [job] = await stage.jobs()
    other = stage.guild.create_text_channel("other")
    assert f"`{job.id}`" in await press_under_a_post(stage, job, other)


async def test_a_job_of_another_server_is_not_told(stage: Stage) -> None:
    await stage.ask()
    [job] = await stage.jobs()
    async with stage.bot.services.store.engine.begin() as connection:
        await connection.execute(jobs.update().values(guild_id=1))
    assert await press_under_a_post(stage, job, stage.channel) == (
        "This video is no longer in the records. Delete the card and the video?"
    )


async def test_details_of_a_job_that_is_no_longer_kept_say_so(stage: Stage, boot: Boot, tmp_path: Path) -> None:
    card = await card_of(stage)
    await stage.env.restart_bot(await boot(database_url=f"sqlite:///{tmp_path}/another.db"))
    result = await details(stage, card)
    assert result.ephemeral
    assert result.response is not None
    assert result.response.content == "This video is no longer in the records."


async def waiting(room: Room, prompt: str) -> None:
    await room.request(prompt)


async def rejected(room: Room, prompt: str) -> None:
    await room.request(prompt)
    shown = await room.rejection()
    assert said(await room.mo.submit_modal(shown, {"reason": "no"})).startswith("Rejected.")


async def taken_down(room: Room, prompt: str) -> None:
    stage = room.stage
    await stage.ask(prompt)
    job = (await room.job()).evolve(post_attempts=1)
    post = await stage.post_of(job)
    await stage.has_become(State.DELIVERED, post_attempts=1, post_message_id=post.id)
    shown = await room.mo.context_menu(stage.channel, "Take down", post)
    assert said(await stage.submit(shown, {}, who=room.mo)).startswith("Taken down.")


WITHDRAWALS = pytest.mark.parametrize(
    ("withdraw", "state"),
    [(waiting, State.HELD), (rejected, State.REJECTED), (taken_down, State.TAKEN_DOWN)],
)
PROMPTS = pytest.mark.parametrize("prompt", ["a fox waves", "a fox waves " * 200], ids=["short", "long"])


async def told(room: Room, who: simcord.MemberActor) -> simcord.ResponseMessage:
    """Have a member press *Details* on the card of the one job there is; returns what only they see."""
    result = await who.click(await room.stage.card_of(await room.job()), label="Details")
    assert result.ephemeral
    assert result.response is not None
    return result.response


async def read(message: simcord.ResponseMessage) -> str:
    """Return everything that a message says, its files included."""
    return "\n".join([message.content, texts(message), *[(await file.read()).decode() for file in message.attachments]])


@WITHDRAWALS
@PROMPTS
async def test_what_waits_for_a_moderator_or_was_withdrawn_is_not_told_to_other_members(
    room: Room, withdraw: Withdrawal, state: State, prompt: str
) -> None:
    await withdraw(room, prompt)
    job = await room.job()
    assert job.state is state
    message = await told(room, room.guest)
    assert "can see its prompt and images" in texts(message)
    assert "fox" not in texts(message)
    assert "5 s · 16:9" in texts(message)  # the rest is told
    assert (message.attachments, message.embeds) == ([], [])
    assert not [each.url for each in job.request.references if each.url in str(message.components)]


@WITHDRAWALS
@PROMPTS
@pytest.mark.parametrize("who", ["alice", "kim"], ids=["member", "moderator"])
async def test_who_asked_and_who_moderates_are_told_all_the_same(
    room: Room, withdraw: Withdrawal, state: State, prompt: str, who: str
) -> None:
    await withdraw(room, prompt)
    assert (await room.job()).state is state
    message = await told(room, room.stage.alice if who == "alice" else room.kim)
    assert prompt.strip() in await read(message)


async def test_who_moderates_another_channel_alone_is_not_told_there_either(room: Room) -> None:
    manages = discord.PermissionOverwrite(manage_messages=True)
    warden = room.stage.guild.add_member(room.stage.env.create_user("warden"))
    kept = room.stage.guild.create_text_channel("kept", overwrites={warden: manages})
    job = await room.request("a fox waves")
    forged = await room.forge(kept, str(DetailsId(place="card", job_id=job.id)))
    result = await warden.click(forged, label="Forged")
    assert result.response is not None
    assert "can see its prompt and images" in await read(result.response)
