"""The *Details* button of a card."""

from pathlib import Path

import simcord
from simcord.results import InteractionResult

from bot.database.tables import jobs
from bot.jobs.model import Job
from bot.presentation.post import post_controls
from tests.unit.cogs.stage import Boot, Stage


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
    content = result.response.content
    assert r"\@Image1 waves" in content
    assert "5 s · 16:9" in content
    assert "Checking the images" in content
    assert f"`{job.id}`" in content


async def test_whoever_sees_the_card_may_see_its_details(stage: Stage) -> None:
    card = await card_of(stage)
    bob = stage.guild.add_member(stage.env.create_user("bob"))
    result = await details(stage, card, bob)
    assert result.ephemeral
    assert result.response is not None
    assert r"\@Image1 waves" in result.response.content


async def test_a_long_prompt_comes_whole_as_a_file(stage: Stage) -> None:
    prompt = "a keeper walks " * 100
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
    assert f"`{job.id}`" in result.response.content


async def press_under_a_post(stage: Stage, job: Job, channel: simcord.ChannelHandle) -> str:
    """Have the bot post a job's video buttons in a channel, press *Details* there, and return the answer."""
    there = stage.bot.get_partial_messageable(channel.id, guild_id=stage.guild.id)
    post = await there.send("your video is ready", view=post_controls(job))
    result = await stage.alice.click(post, label="Details")
    assert result.response is not None
    return result.response.content


async def test_a_post_in_another_channel_of_the_server_has_its_details_too(stage: Stage) -> None:
    await stage.ask()
    [job] = await stage.jobs()
    other = stage.guild.create_text_channel("other")
    assert f"`{job.id}`" in await press_under_a_post(stage, job, other)


async def test_a_job_of_another_server_is_not_told(stage: Stage) -> None:
    await stage.ask()
    [job] = await stage.jobs()
    async with stage.bot.services.store._engine.begin() as connection:
        await connection.execute(jobs.update().values(guild_id=1))
    assert await press_under_a_post(stage, job, stage.channel) == "This video is no longer on record."


async def test_details_of_a_job_that_is_no_longer_kept_say_so(stage: Stage, boot: Boot, tmp_path: Path) -> None:
    card = await card_of(stage)
    await stage.env.restart_bot(await boot(database_url=f"sqlite:///{tmp_path}/another.db"))
    result = await details(stage, card)
    assert result.ephemeral
    assert result.response is not None
    assert result.response.content == "This video is no longer on record."
