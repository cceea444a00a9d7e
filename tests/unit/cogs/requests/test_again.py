"""*Again* and *Edit*: a request that is over becomes a new one."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
from simcord.results import InteractionResult
from sqlalchemy import event, text
from structlog.testing import capture_logs

from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.states import State
from tests.support.jobs import NOON, charge
from tests.unit.cogs.stage import Boot, Stage, picture, texts, unlinked


async def a_post(stage: Stage, state: State = State.DELIVERED, **asked: Any) -> discord.Message:
    await stage.ask(**asked)
    return await stage.post_of(await stage.has_become(state))


async def press(
    stage: Stage, message: discord.Message, label: str = "Again", who: simcord.MemberActor | None = None
) -> InteractionResult:
    """Press the button whose label begins with these words."""
    labels = [each.label or "" for each in buttons(message.components)]
    [found] = [each for each in labels if each.startswith(label)]
    return await (who or stage.alice).click(message, label=found)


def buttons(components: Sequence[discord.Component]) -> Iterator[discord.Button]:
    for each in components:
        if isinstance(each, discord.Button):
            yield each
        elif isinstance(each, discord.ActionRow | discord.Container):
            yield from buttons(each.children)


async def the_second(stage: Stage) -> Job:
    _, second = await stage.jobs()
    return second


def said(result: InteractionResult) -> str:
    assert result.response is not None
    assert result.ephemeral
    return unlinked(result.response.content)


async def test_again_makes_the_same_request_a_new_job_with_a_card_of_its_own(stage: Stage) -> None:
    card = await a_post(
        stage, prompt="@Image2 waves", image2=picture("harbour.jpg"), duration=10, aspect_ratio="9:16", spoiler=True
    )
    result = await press(stage, card)
    assert result.response is not None
    assert not result.ephemeral
    assert r"> \@Image2 waves" in texts(result.response)
    first, second = await stage.jobs()
    assert second.card_message_id == result.response.id
    assert second.state is State.PREPARING
    assert stage.driven[-1] == second
    assert second.request == first.request


async def test_a_request_that_failed_can_be_fixed_with_its_prompt_and_images_kept(stage: Stage) -> None:
    await stage.ask(image2=picture("harbour.jpg"))
    card = await stage.card_of(await stage.has_become(State.FAILED))
    await edited(stage, card, label="Fix it", prompt="@Image2 sleeps")
    request = (await the_second(stage)).request
    assert request.prompt == "@Image2 sleeps"
    assert names(request.references) == ["keeper.png", "harbour.jpg"]


async def test_the_price_stands_on_the_button_and_is_asked_about_where_it_is_another(stage: Stage) -> None:
    post = await a_post(stage)
    [job] = await stage.jobs()
    assert next(each.label for each in buttons(post.components)) == "Again $1.35"
    await charge(stage.bot.services.store, "1.50", "1.50", "1.50", request=job.request, since=NOON)
    asked = await press(stage, post)
    assert said(asked) == "Another video with the same request costs $1.50 now."
    before = len(await stage.jobs())
    assert asked.response is not None
    await stage.alice.click(asked.response, label="Again $1.50")
    assert len(await stage.jobs()) == before + 1


async def test_the_button_of_an_earlier_version_asks_with_the_price_and_then_makes_the_video(stage: Stage) -> None:
    await a_post(stage)
    [job] = await stage.jobs()
    earlier = discord.ui.View(timeout=None)
    earlier.add_item(discord.ui.Button(label="Again", custom_id=f"reelcast:again:{job.id}"))
    earlier.stop()
    there = stage.bot.get_partial_messageable(stage.channel.id, guild_id=stage.guild.id)
    asked = await press(stage, await there.send("your video is ready", view=earlier))
    assert said(asked) == "Another video with the same request costs $1.35 now."
    assert len(await stage.jobs()) == 1
    assert asked.response is not None
    made = await stage.alice.click(asked.response, label="Again $1.35")
    assert not made.ephemeral
    assert (await the_second(stage)).request == job.request


async def test_again_can_be_canceled_for_free_until_it_is_submitted(stage: Stage) -> None:
    made = await press(stage, await a_post(stage))
    assert made.response is not None
    await stage.alice.click(made.response, label="Cancel")
    second = await the_second(stage)
    assert (second.state, second.committed_usd) == (State.CANCELLED, 0)


async def test_again_reserves_its_price_as_any_request(stage: Stage) -> None:
    await press(stage, await a_post(stage, State.DELIVERED, duration=10))
    assert await stage.bot.services.store.spent(datetime.now(UTC).date()) == Decimal("5.40")


@pytest.mark.parametrize("changes", [{"spend_limit_usd_per_day": Decimal("1.35")}])
async def test_again_keeps_to_the_days_limit_and_may_be_pressed_anew(stage: Stage) -> None:
    card = await a_post(stage, State.DELIVERED)
    assert said(await press(stage, card)).startswith("This bot has reached its spending limit for today.")
    assert said(await press(stage, card)).startswith("This bot has reached its spending limit for today.")
    assert len(await stage.jobs()) == 1


async def test_a_double_click_makes_one_new_run(stage: Stage) -> None:
    card = await a_post(stage)
    await press(stage, card)
    assert said(await press(stage, card)) == "This video was already requested again a moment ago."
    assert len(await stage.jobs()) == 2


async def test_a_click_that_broke_may_have_made_a_run_and_is_not_repeated_at_once(stage: Stage) -> None:
    card = await a_post(stage)
    troubles = [RuntimeError("the disk")]

    def break_once(*told: object) -> None:
        if troubles and "UPDATE jobs" in str(told):
            raise troubles.pop()

    event.listen(stage.bot.services.store.engine.sync_engine, "before_cursor_execute", break_once)
    await press(stage, card)
    assert not troubles
    assert said(await press(stage, card)) == "This video was already requested again a moment ago."
    assert len(await stage.jobs()) == 2


@pytest.mark.parametrize("label", ["Again", "Edit"])
async def test_a_stranger_is_sent_to_the_commands(stage: Stage, label: str) -> None:
    card = await a_post(stage)
    bob = stage.guild.add_member(stage.env.create_user("bob"))
    answer = said(await press(stage, card, label, bob))
    assert answer.startswith("Only the member who requested this video")
    assert "`/video`" in answer
    assert len(await stage.jobs()) == 1


@pytest.mark.parametrize(
    ("state", "answer"), [(State.PROCESSING, "It's still in progress."), (State.TAKEN_DOWN, "This video was kept back")]
)
async def test_a_card_that_shows_an_older_state_says_why_it_cannot_be(stage: Stage, state: State, answer: str) -> None:
    card = await a_post(stage)
    await stage.has_become(state)
    for label in ("Again", "Edit"):
        assert said(await press(stage, card, label)).startswith(answer)


async def test_again_works_after_a_restart_and_under_the_post(stage: Stage, boot: Boot) -> None:
    await stage.ask()
    job = await stage.has_become(State.DELIVERED, post_attempts=1)
    post = await stage.post_of(job)
    await stage.env.restart_bot(await boot())
    await press(stage, post)
    assert (await the_second(stage)).request.prompt == "@Image1 waves"


async def edited(stage: Stage, card: discord.Message, *, label: str = "Edit", **values: Any) -> InteractionResult:
    return await stage.submit(await press(stage, card, label), values)


async def test_edit_left_as_it_is_makes_the_same_request(stage: Stage) -> None:
    card = await a_post(stage, duration=10, aspect_ratio="1:1")
    await edited(stage, card)
    first, second = await stage.jobs()
    assert second.request == first.request


async def test_edit_takes_other_words_and_choices_and_keeps_the_images(stage: Stage) -> None:
    card = await a_post(stage, image2=picture("harbour.jpg"))
    await edited(stage, card, prompt="@Image2 sleeps", duration="10", ratio="9:16")
    request = (await the_second(stage)).request
    assert (request.prompt, request.duration, request.options.aspect_ratio) == ("@Image2 sleeps", 10, "9:16")
    assert names(request.references) == ["keeper.png", "harbour.jpg"]


async def test_edit_takes_other_images_in_place_of_all(stage: Stage) -> None:
    card = await a_post(stage, image2=picture("harbour.jpg"))
    await edited(stage, card, images=[picture("lamp.webp")])
    assert names((await the_second(stage)).request.references) == ["lamp.webp"]


async def test_edit_passes_the_same_checks_as_a_command(stage: Stage) -> None:
    card = await a_post(stage)
    answer = said(await edited(stage, card, prompt="@Image2 waves"))
    assert "`@Image2`, but there's only `@Image1`" in answer
    assert "```\n@Image2 waves\n```" in answer
    assert len(await stage.jobs()) == 1


async def test_a_form_that_was_opened_before_a_restart_and_long_ago_is_taken(stage: Stage, boot: Boot) -> None:
    card = await a_post(stage)
    shown = await press(stage, card, "Edit")
    await stage.env.restart_bot(await boot())
    await stage.env.advance_time(14 * 60)
    await stage.submit(shown, {"prompt": "a keeper sleeps"})
    assert (await the_second(stage)).request.prompt == "a keeper sleeps"


async def test_a_form_of_a_video_that_was_removed_meanwhile_gives_the_words_back(stage: Stage) -> None:
    card = await a_post(stage)
    shown = await press(stage, card, "Edit")
    await stage.has_become(State.TAKEN_DOWN)
    answer = said(await stage.submit(shown, {"prompt": "a keeper sleeps"}))
    assert "kept back or taken down" in answer
    assert "a keeper sleeps" in answer


def names(references: Sequence[Any]) -> list[str]:
    return [reference.filename for reference in references]


async def an_old_post(
    stage: Stage, *, card_name: str | None = "image1.png", lasting_url: str | None = None
) -> discord.Message:
    """Have the post of a video whose uploads are too old to be relied on."""
    await stage.ask()
    [job] = await stage.jobs()
    [reference] = job.request.references
    old = replace(
        job.evolve(references=(replace(reference, card_name=card_name, lasting_url=lasting_url),)),
        state=State.DELIVERED,
        created_at=job.created_at - timedelta(hours=1),
    )
    await stage.bot.services.store.save(old)
    return await stage.post_of(old)


async def test_images_that_are_gone_with_their_card_are_asked_for(stage: Stage) -> None:
    post = await an_old_post(stage)
    card, _ = stage.channel.history()
    await card.delete()
    shown = await press(stage, post)
    await stage.submit(shown, {"images": [picture("harbour.jpg")]})
    second = await the_second(stage)
    assert second.request.prompt == "@Image1 waves"
    assert names(second.request.references) == ["harbour.jpg"]


async def test_images_that_the_card_never_got_are_asked_for(stage: Stage) -> None:
    post = await an_old_post(stage, card_name=None)
    shown = await press(stage, post)
    assert shown.modal is not None
    assert shown.modal["title"] == "Add the images again"
    assert len(await stage.jobs()) == 1


async def test_images_that_are_in_segminds_storage_alone_are_taken_from_there(stage: Stage) -> None:
    stored = "https://images.segmind.com/assets/1.png"
    post = await an_old_post(stage, card_name=None, lasting_url=stored)
    await press(stage, post)
    assert [each.url for each in (await the_second(stage)).request.references] == [stored]


async def test_an_edit_whose_images_are_gone_waits_for_them_with_all_that_was_typed(stage: Stage, boot: Boot) -> None:
    card = await an_old_post(stage, card_name=None)
    asked = await stage.submit(await press(stage, card, "Edit"), {"prompt": "@Image1 sleeps", "duration": "10"})
    assert said(asked).startswith("The images are no longer on Discord.")
    await stage.env.restart_bot(await boot())
    assert asked.response is not None
    shown = await stage.alice.click(asked.response, label="Add images")
    await stage.submit(shown, {"images": [picture("harbour.jpg")]})
    request = (await the_second(stage)).request
    assert (request.prompt, request.duration) == ("@Image1 sleeps", 10)
    assert names(request.references) == ["harbour.jpg"]


async def test_images_that_are_added_twice_make_one_job(stage: Stage) -> None:
    card = await an_old_post(stage, card_name=None)
    asked = await stage.submit(await press(stage, card, "Edit"), {"prompt": "@Image1 sleeps"})
    assert asked.response is not None
    first, second = [await stage.alice.click(asked.response, label="Add images") for _ in range(2)]
    await stage.submit(first, {"images": [picture()]})
    [answer] = (await stage.submit(second, {"images": [picture()]})).followups
    assert answer.content.startswith("This request expired after 15 minutes, or was already sent.")
    assert len(await stage.jobs()) == 2


async def test_a_picture_that_discord_had_lost_before_it_was_fetched_is_asked_for_at_once(stage: Stage) -> None:
    await stage.ask()
    problem = Problem(code=ProblemCode.IMAGE, detail="gone", image=1)
    card = await stage.post_of(await stage.has_become(State.FAILED, problem=problem))
    assert (await press(stage, card)).modal is not None


async def test_a_card_that_discord_does_not_show_now_can_be_tried_again_at_once(stage: Stage) -> None:
    post = await an_old_post(stage)
    stage.env.inject_error("GET", "/channels/*/messages/*", status=429, times=1)
    assert "Try again in a minute." in said(await press(stage, post))
    assert (await press(stage, post)).modal is not None  # the press before is not taken for a double click


@pytest.mark.parametrize("label", ["Again", "Edit"])
async def test_a_button_of_a_job_that_is_no_longer_kept_says_so(
    stage: Stage, boot: Boot, tmp_path: Path, label: str
) -> None:
    card = await a_post(stage)
    await stage.env.restart_bot(await boot(database_url=f"sqlite:///{tmp_path}/another.db"))
    assert said(await press(stage, card, label)) == "This video is no longer in the records."


async def test_a_button_that_breaks_says_so_instead_of_failing(stage: Stage) -> None:
    card = await a_post(stage)
    async with stage.bot.services.store.engine.begin() as connection:
        await connection.execute(text("DROP TABLE jobs"))
    with capture_logs() as logged:
        answer = said(await press(stage, card))
    assert [(line["event"], line["command"]) for line in logged] == [("command_broke", "AgainButton")]
    assert answer.startswith("Something went wrong")
