"""The message command *Make a video*."""

from typing import Any

import discord
import simcord
from simcord.results import InteractionResult

from tests.support.answers import answer_of
from tests.unit.cogs.stage import Boot, Stage, Upload, picture


async def a_message(stage: Stage, *files: Upload) -> discord.Message:
    bob = stage.guild.add_member(stage.env.create_user("bob"))
    return await bob.send(stage.channel, "look", attachments=list(files))


async def opened(stage: Stage, message: discord.Message) -> InteractionResult:
    return await stage.alice.context_menu(stage.channel, "Make a video", message)


async def submit(stage: Stage, message: discord.Message, **values: Any) -> InteractionResult:
    return await stage.submit(await opened(stage, message), {"prompt": "@Image1 waves", **values})


async def filenames(stage: Stage) -> list[str]:
    [job] = await stage.jobs()
    return [reference.filename for reference in job.request.references]


async def test_the_images_of_a_message_become_a_job_of_who_asked(stage: Stage) -> None:
    message = await a_message(stage, picture("a.png"), ("notes.txt", b"words"), picture("b.jpg"))
    result = await submit(stage, message)
    assert result.response is not None
    assert not result.ephemeral
    assert await filenames(stage) == ["a.png", "b.jpg"]
    [job] = await stage.jobs()
    assert job.request.member_id == stage.alice.id
    assert stage.driven == [job]


async def test_some_of_the_images_may_be_chosen(stage: Stage) -> None:
    message = await a_message(stage, picture("a.png"), picture("b.png"), picture("c.png"))
    await submit(stage, message, images=["3", "1"])  # in the form nobody sees which was ticked first
    assert await filenames(stage) == ["a.png", "c.png"]


async def test_of_ten_images_the_first_seven_are_chosen_unless_the_member_says_otherwise(stage: Stage) -> None:
    message = await a_message(stage, *[picture(f"{number}.png") for number in range(10)])
    await submit(stage, message)
    assert await filenames(stage) == [f"{number}.png" for number in range(7)]


async def test_a_refusal_keeps_all_ten_images_to_choose_from(stage: Stage) -> None:
    message = await a_message(stage, *[picture(f"{number}.png") for number in range(1, 11)])
    await stage.set(paused=True)
    refused = await opened(stage, message)
    assert refused.modal is None
    await stage.set(paused=False)
    form = await stage.alice.click(answer_of(refused), label="Fix it")
    result = await stage.submit(form, {"prompt": "@Image1 waves", "images": ["3", "8", "10"]})
    assert result.response is not None
    assert result.response.components == []  # of the refusal
    assert await filenames(stage) == ["3.png", "8.png", "10.png"]


async def test_a_message_without_images_says_so(stage: Stage) -> None:
    message = await a_message(stage, ("notes.txt", b"words"))
    sentence = await stage.refused(await opened(stage, message))
    assert sentence.startswith("This message has no images.")


async def test_the_same_checks_as_of_the_command_are_passed(stage: Stage) -> None:
    message = await a_message(stage, picture(size=(10, 10)))
    assert "`image1` is too small" in await stage.refused(await submit(stage, message))


async def test_a_form_from_before_a_restart_is_taken(stage: Stage, boot: Boot) -> None:
    message = await a_message(stage, picture("a.png"))
    shown = await opened(stage, message)
    await stage.env.restart_bot(await boot())
    await stage.submit(shown, {"prompt": "a keeper sleeps"})
    assert await filenames(stage) == ["a.png"]


async def test_a_form_whose_images_are_no_longer_kept_gives_the_words_back(stage: Stage) -> None:
    message = await a_message(stage, picture())
    shown = await opened(stage, message)
    await stage.bot.services.paused.forget_member(stage.alice.id)
    result = await stage.submit(shown, {"prompt": "a keeper sleeps"})
    sentence = await stage.refused(result)
    assert sentence.startswith("This form has expired.")
    assert result.response is not None
    assert "```\na keeper sleeps\n```" in result.response.content


async def test_two_members_may_fill_in_the_form_of_one_message(stage: Stage) -> None:
    message = await a_message(stage, picture())
    carol = stage.guild.add_member(stage.env.create_user("carol"))
    shown = await opened(stage, message)
    await _ask(stage, carol, message)
    await stage.submit(shown, {"prompt": "a fox"})
    assert {job.request.member_id for job in await stage.jobs()} == {carol.id, stage.alice.id}


async def _ask(stage: Stage, who: simcord.MemberActor, message: discord.Message) -> None:
    shown = await who.context_menu(stage.channel, "Make a video", message)
    await stage.submit(shown, {"prompt": "a fox"}, who=who)
