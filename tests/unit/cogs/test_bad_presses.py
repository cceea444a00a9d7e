"""Presses and words at the wrong time, from the wrong person, or at their worst: each gets one clear answer."""

import re
from datetime import timedelta
from typing import Any, Final

import discord
import pytest
import simcord
from simcord.results import InteractionResult
from structlog.testing import capture_logs

from bot.jobs.states import State
from tests.support.answers import words_of
from tests.support.hostile import LIVE
from tests.unit.cogs.stage import Stage, picture, texts

LATE = 14 * 60  # seconds; what a form was opened with is nearly gone by then
WITH_BUTTONS = [State.WAITING, State.PROCESSING, State.UNDELIVERED, State.DELIVERED, State.FAILED, State.REJECTED]
HARMLESS_TO_STRANGERS = {"Details", "Report"}
NAMES_NOTHING = [each for each in LIVE if not each.lower().startswith(("@image", "@element"))]
MENTION = re.compile(r"<[@#][!&]?\d+>")
WORST = [" ".join(NAMES_NOTHING[start::4]) for start in range(4)]


async def a_card(stage: Stage, state: State) -> discord.Message:
    """Have a message with a video's buttons: its card, or its post once there is one."""
    await stage.ask()
    job = await stage.has_become(state, post_message_id=77)
    return await (stage.post_of(job) if state is State.DELIVERED else stage.card_of(job))


def labels(card: discord.Message) -> list[str]:
    def walk(parts: Any) -> list[str]:
        return [each["label"] for each in parts if "label" in each] + [
            label for each in parts for label in walk([*each.get("components", ()), *accessories(each)])
        ]

    def accessories(part: Any) -> list[Any]:
        return [part["accessory"]] if "accessory" in part else []

    return walk([part.to_dict() for part in card.components])


async def press(who: simcord.MemberActor, card: discord.Message, label: str) -> InteractionResult:
    """Press a button; whatever it is, nothing breaks."""
    with capture_logs() as logged:
        result = await who.click(card, label=label)
    assert [line for line in logged if line["event"] == "command_broke"] == []
    return result


@pytest.mark.parametrize("state", WITH_BUTTONS)
async def test_every_button_of_a_video_that_is_no_longer_on_record_says_so(stage: Stage, state: State) -> None:
    card = await a_card(stage, state)
    await stage.has_become(State.CANCELLED)
    store = stage.bot.services.store
    await store.delete_ended(before=stage.bot.services.clock.now() + timedelta(days=1), at_most=9)
    assert labels(card)
    for label in labels(card):
        answer = words_of(await press(stage.alice, card, label))
        assert "no longer in the records" in answer or answer.startswith("Only the member who requested this video")
    assert await stage.jobs() == []


@pytest.mark.parametrize("state", WITH_BUTTONS)
async def test_a_stranger_changes_nothing_and_is_told_whose_it_is(stage: Stage, state: State) -> None:
    card = await a_card(stage, state)
    before = await stage.jobs()
    bob = stage.guild.add_member(stage.env.create_user("bob"))
    for label in labels(card):
        result = await press(bob, card, label)
        if label not in HARMLESS_TO_STRANGERS:
            assert words_of(result).startswith("Only the member who requested this video")
    assert await stage.jobs() == before


@pytest.mark.parametrize("text", WORST, ids=range(4))
@pytest.mark.parametrize("form", ["command", "form"])
@pytest.mark.parametrize("plain", [True, False])
async def test_no_words_are_refused_by_discord_or_ping_anybody(
    stage: Stage, form: str, text: str, *, plain: bool
) -> None:
    prompt = f"a fox {MENTION.sub('', text) if plain else text} waves"
    with capture_logs() as logged:
        if form == "command":
            result = await stage.ask(prompt)
        else:
            shown = await stage.alice.slash(stage.channel, "video")
            result = await stage.submit(shown, {"prompt": prompt, "images": [picture()]})
    assert [line for line in logged if line["event"] == "command_broke"] == []
    assert result.response is not None
    assert ("a fox" in texts(result.response)) is plain
    assert ("Your prompt" in result.response.content) is not plain  # a mention is refused, and the prompt given back
    for message in stage.channel.history():
        assert not message.mention_everyone
        assert {user.id for user in message.mentions} <= {stage.alice.id}


async def test_a_form_that_was_open_for_long_is_answered_at_once(stage: Stage) -> None:
    shown = await stage.alice.slash(stage.channel, "video")
    await stage.env.advance_time(LATE)
    result = await stage.submit(shown, {"prompt": "@Image1 waves", "images": [picture()]})
    assert result.response is not None
    assert not result.ephemeral
    assert len(await stage.jobs()) == 1


async def test_a_list_that_was_open_for_long_still_turns(stage: Stage) -> None:
    shown = await stage.alice.slash(stage.channel, "videos")
    await stage.env.advance_time(LATE)
    assert shown.response is not None
    assert "You haven't requested any videos here yet." in words_of(
        await stage.alice.click(shown.response, label="Refresh")
    )


def earlier(*custom_ids: str) -> discord.ui.View:
    """Make buttons as version 0.1 had them, each named by its custom id."""
    view = discord.ui.View(timeout=None)
    for custom_id in custom_ids:
        view.add_item(discord.ui.Button(label=custom_id, custom_id=custom_id))
    view.stop()
    return view


# Of the cards and posts of version 0.1: in which state of the job each is pressed, and how the answer begins.
EARLIER: Final = {
    "reelcast:details:card:{job}:0": (State.DELIVERED, r"\@Image1 waves"),
    "reelcast:details:post:{job}:1": (State.DELIVERED, r"\@Image1 waves"),
    "reelcast:cancel:{job}": (State.WAITING, "Canceled. Nothing was charged"),
    "reelcast:resend:{job}": (State.UNDELIVERED, "The video is being sent to"),
    "reelcast:again:{job}": (State.DELIVERED, "Another video with the same request costs $1.35 now."),
    "reelcast:delete:{job}": (State.FAILED, "Delete the card and the video?"),
}
EARLIER_FORMS: Final = {
    "reelcast:edit:{job}": (State.DELIVERED, "Edit and make again"),
    "reelcast:report:{job}": (State.DELIVERED, "Report this video"),
}


@pytest.mark.parametrize("pattern", EARLIER)
async def test_every_button_of_an_earlier_card_or_post_still_does_its_work(stage: Stage, pattern: str) -> None:
    state, answer = EARLIER[pattern]
    await stage.ask()
    job = await stage.has_become(state)
    custom_id = pattern.format(job=job.id)
    there = stage.bot.get_partial_messageable(stage.channel.id, guild_id=stage.guild.id)
    post = await there.send("your video is ready", view=earlier(custom_id))
    assert words_of(await press(stage.alice, post, custom_id)).startswith(answer)


@pytest.mark.parametrize("pattern", EARLIER_FORMS)
async def test_every_form_of_an_earlier_card_or_post_still_opens(stage: Stage, pattern: str) -> None:
    state, title = EARLIER_FORMS[pattern]
    await stage.ask()
    job = await stage.has_become(state)
    custom_id = pattern.format(job=job.id)
    there = stage.bot.get_partial_messageable(stage.channel.id, guild_id=stage.guild.id)
    bob = stage.guild.add_member(stage.env.create_user("bob"))
    post = await there.send("your video is ready", view=earlier(custom_id))
    shown = await press(bob if "report" in pattern else stage.alice, post, custom_id)
    assert shown.modal is not None
    assert shown.modal["title"] == title
    assert shown.modal["custom_id"] == custom_id
