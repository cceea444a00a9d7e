"""The *Cancel* button of a card."""

from datetime import UTC, datetime

import discord
import pytest
import simcord

from bot.jobs.states import State
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
    assert "### 🚫 Canceled" in str([part.to_dict() for part in shown.components])
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
async def test_what_is_made_or_over_cannot_be_cancelled(stage: Stage, state: State, answer: str) -> None:
    card = await a_card(stage)
    await stage.has_become(state)
    assert (await cancel(stage, card)).startswith(answer)
    assert await state_of(stage) is state


async def test_a_card_of_before_a_restart_can_be_cancelled(stage: Stage, boot: Boot) -> None:
    card = await a_card(stage)
    await stage.env.restart_bot(await boot())
    assert (await cancel(stage, card)).startswith("Canceled.")


@pytest.mark.parametrize("state", [State.SUBMITTING, State.UNCONFIRMED, State.QUEUED, State.PROCESSING])
async def test_a_run_is_paid_for_all_the_same_and_its_video_is_withheld(stage: Stage, state: State) -> None:
    card = await a_card(stage)
    await stage.has_become(state)
    assert (await cancel(stage, card)).endswith("so it's still charged. It won't be posted.")
    [job] = await stage.jobs()
    assert (job.state, job.cancel_requested) == (state, True)
    assert job.committed_usd == job.reserved_usd
    [shown] = stage.channel.history()
    assert "so it's still charged, and the video won't be posted" in str([part.to_dict() for part in shown.components])


async def test_a_run_is_cancelled_once_for_two_wishes(stage: Stage) -> None:
    await a_card(stage)
    [card] = [await stage.card_of(await stage.has_become(State.QUEUED))]
    await stage.has_become(State.QUEUED, cancel_requested=True)
    assert await cancel(stage, card) == "It's already canceled."
