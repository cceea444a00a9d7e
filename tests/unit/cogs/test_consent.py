"""The notice before a member's first images: accepted once, and what they asked for goes on by itself."""

from datetime import timedelta
from typing import Any

import discord
import pytest
import simcord
from simcord.backend.errors import SetupError
from simcord.results import InteractionResult
from sqlalchemy import select, update

from bot.database.tables import consents, paused_requests
from bot.jobs.states import State
from bot.requests.consent import WORDING
from bot.requests.wish import Wish
from cogs.members.help import forget_member
from tests.unit.cogs.cast.cast_stage import said
from tests.unit.cogs.stage import Boot, Stage, picture, press_id

ACCEPT = "Accept and continue"


@pytest.fixture
def consent_given() -> bool:
    return False


async def accept(stage: Stage, notice: InteractionResult, who: simcord.MemberActor | None = None) -> InteractionResult:
    assert notice.response is not None
    return await (who or stage.alice).click(notice.response, label=ACCEPT)


def follows(accepted: InteractionResult) -> str:
    """Return what only the member sees, after the notice without its button."""
    [answer] = accepted.followups
    assert answer.ephemeral
    return answer.content


async def rows(stage: Stage, table: Any) -> list[Any]:
    async with stage.bot.services.consents._engine.connect() as connection:
        return list(await connection.execute(select(table)))


async def test_nothing_is_made_or_spent_before_the_notice_is_accepted(stage: Stage) -> None:
    notice = said(await stage.ask("@Image1 waves"))
    assert "Anyone recognizable in them must agree" in notice
    assert "the bot can't delete them there" in notice
    assert await stage.jobs() == []
    assert await rows(stage, consents) == []


async def test_accepting_goes_on_with_the_very_request(stage: Stage) -> None:
    notice = await stage.ask("@Image2 waves", image2=picture("harbour.jpg"), duration=10, aspect_ratio="9:16")
    [card] = (await accept(stage, notice)).followups
    assert not card.ephemeral
    [job] = await stage.jobs()
    request = job.request
    assert (request.prompt, request.duration, request.options.aspect_ratio) == ("@Image2 waves", 10, "9:16")
    assert [each.filename for each in request.references] == ["keeper.png", "harbour.jpg"]
    assert (job.state, job.card_message_id) == (State.PREPARING, card.id)


async def test_it_is_recorded_who_accepted_which_wording_when(stage: Stage) -> None:
    before = stage.bot.services.clock.now()
    await accept(stage, await stage.ask())
    [record] = await rows(stage, consents)
    assert (record.member_id, record.version, record.locale) == (stage.alice.id, WORDING, "en-US")
    assert before <= record.accepted_at <= stage.bot.services.clock.now()


async def test_who_has_accepted_is_not_asked_again_and_others_are(stage: Stage) -> None:
    await accept(stage, await stage.ask())
    assert not (await stage.ask()).ephemeral
    bob = stage.guild.add_member(stage.env.create_user("bob"))
    assert "Before you upload images" in said(await bob.slash(stage.channel, "video", prompt="a fox", image1=picture()))


async def test_every_way_in_asks_once(stage: Stage) -> None:
    opened = await stage.alice.slash(stage.channel, "video")
    notice = await stage.submit(opened, {"prompt": "@Image1 waves", "images": [picture()]})
    assert "Before you upload images" in said(notice)
    await accept(stage, notice)
    assert len(await stage.jobs()) == 1


async def test_a_character_is_saved_after_the_notice_without_filling_the_form_in_again(stage: Stage) -> None:
    opened = await press_id(stage, "reelcast:cast-add")
    values = {"name": "mira", "frontal": [picture()], "others": [picture()]}
    notice = await stage.submit(opened, values)
    assert "Before you upload images" in said(notice)
    # SimCord's files have no address that can be fetched: that they are asked for shows that saving went on.
    assert follows(await accept(stage, notice)) == "`frontal` couldn't be downloaded from Discord. Upload it again."


async def test_a_request_that_is_refused_asks_for_no_consent(stage: Stage) -> None:
    assert (await stage.refusal("")).startswith("Your prompt is empty.")


async def test_accepting_works_after_a_restart(stage: Stage, boot: Boot) -> None:
    notice = await stage.ask()
    await stage.env.restart_bot(await boot())
    await accept(stage, notice)
    assert len(await stage.jobs()) == 1


async def test_the_button_is_gone_once_it_was_pressed(stage: Stage) -> None:
    notice = await stage.ask()
    answer = await accept(stage, notice)
    assert answer.response is not None
    assert answer.response.components == []
    with pytest.raises(SetupError, match="No matching component"):
        await accept(stage, notice)


async def test_what_a_yes_costs_is_said_before_it_is_given(stage: Stage) -> None:
    assert said(await stage.ask(duration=10)).endswith("Your video (10 s) costs $2.70 and starts when you accept.")


async def test_accepting_again_makes_no_second_video(stage: Stage) -> None:
    await stage.ask()
    [paused] = await rows(stage, paused_requests)
    view = discord.ui.View()
    view.add_item(discord.ui.Button(label=ACCEPT, custom_id=f"reelcast:consent:{WORDING}:{paused.id}"))
    there = stage.bot.get_partial_messageable(stage.channel.id, guild_id=stage.guild.id)
    notice = await there.send("the same notice on another screen", view=view)
    await stage.alice.click(notice, label=ACCEPT)
    answer = said(await stage.alice.click(notice, label=ACCEPT))
    assert answer.startswith("Thanks, you're all set. Your request was already picked up")
    assert len(await stage.jobs()) == 1


async def test_a_strangers_press_takes_nobodys_request(stage: Stage) -> None:
    await stage.ask()
    [paused] = await rows(stage, paused_requests)
    assert await stage.bot.services.paused.resume(paused.id, stage.alice.id + 1, paused.paused_at) is None
    assert len(await rows(stage, paused_requests)) == 1


async def test_uploads_that_discord_has_dropped_meanwhile_are_asked_for(stage: Stage) -> None:
    notice = await stage.ask("@Image1 waves", duration=10)
    await age(stage, timedelta(minutes=16))
    [asked] = (await accept(stage, notice)).followups
    shown = await stage.alice.click(asked, label="Add images")
    await stage.submit(shown, {"images": [picture("harbour.jpg")]})
    [job] = await stage.jobs()
    assert (job.request.prompt, job.request.duration) == ("@Image1 waves", 10)
    assert [each.filename for each in job.request.references] == ["harbour.jpg"]


async def test_a_notice_of_yesterday_says_what_to_do(stage: Stage) -> None:
    notice = await stage.ask()
    await age(stage, timedelta(hours=25))
    await stage.ask()  # what is older than a day is dropped when another waits
    assert len(await rows(stage, paused_requests)) == 1
    assert "send it again" in follows(await accept(stage, notice))


async def test_whoever_asks_on_and_on_leaves_no_heap(stage: Stage) -> None:
    for _ in range(7):
        await stage.ask()
    assert len(await rows(stage, paused_requests)) == 5


async def test_an_older_wording_is_not_taken_for_todays(stage: Stage) -> None:
    await stage.ask()
    [paused] = await rows(stage, paused_requests)
    view = discord.ui.View()
    view.add_item(discord.ui.Button(label=ACCEPT, custom_id=f"reelcast:consent:{WORDING - 1}:{paused.id}"))
    there = stage.bot.get_partial_messageable(stage.channel.id, guild_id=stage.guild.id)
    again = await stage.alice.click(await there.send("a notice of last year", view=view), label=ACCEPT)
    assert "Before you upload images" in said(again)
    assert await rows(stage, consents) == []
    await accept(stage, again)
    assert len(await stage.jobs()) == 1


async def test_what_waits_is_forgotten_with_its_member_and_that_they_accepted_is_not(stage: Stage) -> None:
    bob = stage.guild.add_member(stage.env.create_user("bob"))
    await bob.slash(stage.channel, "video", prompt="a fox", image1=picture())
    await accept(stage, await stage.ask())
    opened = await stage.alice.slash(stage.channel, "video")
    wish = Wish(prompt="a fox", images=[])
    await stage.bot.services.paused.pause(1, stage.alice.id, wish, stage.bot.services.clock.now())
    await forget_member(stage.bot.services, stage.alice.id)
    assert [row.member_id for row in await rows(stage, paused_requests)] == [bob.id]
    answer = await stage.submit(opened, {"prompt": "@Image1 waves", "images": [picture()]})
    assert not answer.ephemeral


async def age(stage: Stage, by: timedelta) -> None:
    """Make whatever waits older than it is."""
    async with stage.bot.services.consents._engine.begin() as connection:
        for row in await connection.execute(select(paused_requests)):
            older = update(paused_requests).where(paused_requests.c.id == row.id)
            await connection.execute(older.values(paused_at=row.paused_at - by))
