"""The *Cancel* button of a card."""

from datetime import UTC, datetime

import discord
import pytest
import simcord

from bot.jobs.states import State
from tests.support.answers import answer_of, buttons_of, words_of
from tests.unit.cogs.stage import Boot, Stage


async def a_card(stage: Stage) -> discord.Message:
    await stage.ask()
    [job] = await stage.jobs()
    return await stage.card_of(job)


async def cancel(stage: Stage, card: discord.Message, who: simcord.MemberActor | None = None) -> str:
    result = await (who or stage.alice).click(card, label="Cancel")
    assert result.ephemeral
    assert result.response is not None
    return result.response.content


async def state_of(stage: Stage) -> State:
    [job] = await stage.jobs()
    return job.state


async def test_who_asked_takes_the_request_back_and_its_price_is_free_again(stage: Stage) -> None:
    card = await a_card(stage)
    assert await cancel(stage, card) == "Canceled. Nothing was charged, and $1.35 of the day's limit is free again."
    assert await state_of(stage) is State.CANCELLED
    assert stage.driven == []
    assert await stage.bot.services.store.spent(datetime.now(UTC).date()) == 0


async def test_the_card_says_cancelled_and_offers_it_no_more(stage: Stage) -> None:
    card = await a_card(stage)
    await cancel(stage, card)
    [shown] = stage.channel.history()
    assert "**⏹️ Canceled** · Nothing was charged." in str([part.to_dict() for part in shown.components])
    with pytest.raises(simcord.SetupError, match="No matching component"):
        await cancel(stage, card)


async def test_another_member_cannot_cancel(stage: Stage) -> None:
    card = await a_card(stage)
    bob = stage.guild.add_member(stage.env.create_user("bob"))
    assert (await cancel(stage, card, bob)).startswith("Only the member who requested this video")
    assert await state_of(stage) is State.PREPARING


async def test_who_may_manage_messages_here_can_cancel(stage: Stage) -> None:
    card = await a_card(stage)
    role = stage.guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
    mo = stage.guild.add_member(stage.env.create_user("mo"), roles=[role])
    assert (await cancel(stage, card, mo)).startswith("Canceled.")


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        (State.CANCELLED, "It's already canceled."),
        (State.COMPLETED, "The video is already made and charged"),
        (State.POSTING, "The video is already made and charged"),
        (State.DELIVERED, "It's already finished."),
    ],
)
async def test_what_is_made_or_over_cannot_be_canceled(stage: Stage, state: State, answer: str) -> None:
    card = await a_card(stage)
    await stage.has_become(state)
    assert (await cancel(stage, card)).startswith(answer)
    assert await state_of(stage) is state


async def test_a_card_of_before_a_restart_can_be_cancelled(stage: Stage, boot: Boot) -> None:
    card = await a_card(stage)
    await stage.env.restart_bot(await boot())
    assert (await cancel(stage, card)).startswith("Canceled.")


@pytest.mark.parametrize("state", [State.SUBMITTING, State.UNCONFIRMED, State.QUEUED, State.PROCESSING])
async def test_after_the_charge_it_is_asked_before_a_video_is_kept_from_being_posted(
    stage: Stage, state: State
) -> None:
    await a_card(stage)
    card = await stage.card_of(await stage.has_become(state))
    asked = await stage.alice.click(card, label="Don't post it")
    assert words_of(asked) == "It's already charged. Stop it from being posted?"
    [job] = await stage.jobs()
    assert not job.cancel_requested
    stopped = await stage.alice.click(answer_of(asked), label="Don't post it")
    assert words_of(stopped).endswith("so it's still charged. It won't be posted.")
    assert buttons_of(stopped) == {}
    [job] = await stage.jobs()
    assert (job.state, job.cancel_requested) == (state, True)
    assert job.committed_usd == job.reserved_usd
    [shown] = stage.channel.history()
    said = str([part.to_dict() for part in shown.components])
    assert "**⏹️ Canceled** · It was already running, so it's still charged, and the video won't be posted." in said


async def test_a_card_from_before_the_charge_asks_too_once_it_is_charged(stage: Stage) -> None:
    card = await a_card(stage)
    await stage.has_become(State.PROCESSING)
    assert await cancel(stage, card) == "It's already charged. Stop it from being posted?"


async def test_a_run_is_canceled_once_for_two_wishes(stage: Stage) -> None:
    await a_card(stage)
    card = await stage.card_of(await stage.has_become(State.QUEUED))
    asked = await stage.alice.click(card, label="Don't post it")
    await stage.has_become(State.QUEUED, cancel_requested=True)
    assert words_of(await stage.alice.click(answer_of(asked), label="Don't post it")) == "It's already canceled."
