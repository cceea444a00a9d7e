"""*Send again* and *Post here*: a video that was made and not posted reaches a channel after all."""

from typing import Any

import discord
import pytest
import simcord

from bot.delivery.card_view import status_card
from bot.jobs.model import Job, Problem, ProblemCode, ReviewMode
from bot.jobs.states import State
from bot.settings.model import ChannelSettings
from tests.support.answers import answer_of
from tests.support.review_room import said
from tests.unit.cogs.stage import Boot, Stage, picture, post_here, press_id

PROBLEM = Problem(code=ProblemCode.CHANNEL)
GONE = "This video is no longer waiting to be sent."


async def an_undelivered_job(stage: Stage) -> Job:
    await stage.ask("a lighthouse keeper waves")
    return await stage.has_become(State.UNDELIVERED, problem=PROBLEM, post_attempts=1)


async def test_a_video_is_opened_and_posted_in_the_channel_of_the_command(stage: Stage) -> None:
    job = await an_undelivered_job(stage)
    other = stage.guild.create_text_channel("other")
    await stage.set(channels=frozenset({stage.channel.id, other.id}))
    shown = await stage.alice.slash(other, "videos")
    one = await stage.alice.select(answer_of(shown), [str(job.id)], custom_id="reelcast:jobs:open:all:0")
    answer = said(await stage.alice.click(answer_of(one), label="Post here"))
    assert answer == f"The video is being sent to <#{other.id}>."
    [posting] = await stage.jobs()
    assert (posting.state, posting.post_attempts, posting.post_channel_id) == (State.POSTING, 2, other.id)
    assert stage.driven[-1] == posting


async def test_the_videos_of_others_are_not_posted(stage: Stage) -> None:
    job = await an_undelivered_job(stage)
    bob = stage.guild.add_member(stage.env.create_user("bob"))
    assert await post_here(stage, job.id, who=bob) == GONE
    assert await post_here(stage, 7) == GONE


async def test_a_channel_where_the_bot_lacks_permissions_is_named_and_nothing_is_tried(stage: Stage) -> None:
    job = await an_undelivered_job(stage)
    channel = stage.channel_without("attach_files")
    assert "**Attach Files**" in await post_here(stage, job.id, channel=channel)
    [same] = await stage.jobs()
    assert same.state is State.UNDELIVERED


async def test_a_video_is_sent_only_where_its_member_could_ask_for_one(stage: Stage) -> None:
    job = await an_undelivered_job(stage)
    other = stage.guild.create_text_channel("other")
    answer = await post_here(stage, job.id, channel=other)
    assert answer == f"You can't make videos in this channel. Try <#{stage.channel.id}>."
    await stage.set(paused=True)
    assert (await post_here(stage, job.id)).startswith("This server's moderators have paused new videos here.")
    [same] = await stage.jobs()
    assert same.state is State.UNDELIVERED


async def test_the_button_keeps_to_a_pause_except_for_a_moderator(stage: Stage) -> None:
    card = await stage.card_of(await an_undelivered_job(stage))
    await stage.set(channel_settings={stage.channel.id: ChannelSettings(paused=True)})
    result = await stage.alice.click(card, label="Send again")
    assert said(result) == "This server's moderators have paused new videos here. Try again later."
    operator = stage.bot.services.operating.store
    await operator.pause(stage.bot.services.clock.now())
    result = await stage.alice.click(card, label="Send again")
    assert said(result).startswith("The bot operator has paused new videos.")
    await operator.resume()
    [same] = await stage.jobs()
    assert same.state is State.UNDELIVERED
    role = stage.guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
    mo = stage.guild.add_member(stage.env.create_user("mo"), roles=[role])
    await mo.click(card, label="Send again")
    [posting] = await stage.jobs()
    assert posting.state is State.POSTING


async def test_where_a_servers_videos_go_to_one_channel_this_one_does_too(stage: Stage) -> None:
    films = stage.guild.create_text_channel("films")
    await stage.set(output_channel_id=films.id)
    job = await an_undelivered_job(stage)
    said = await post_here(stage, job.id)
    assert said == f"The video is being sent to <#{films.id}>."
    card = await stage.card_of(await stage.has_become(State.UNDELIVERED, problem=PROBLEM))
    await stage.alice.click(card, label="Send again")
    [posting] = await stage.jobs()
    assert (posting.state, posting.post_channel_id) == (State.POSTING, films.id)


async def test_a_video_is_sent_once_for_two_wishes(stage: Stage) -> None:
    job = await an_undelivered_job(stage)
    await post_here(stage, job.id)
    assert await post_here(stage, job.id) == GONE
    [posting] = await stage.jobs()
    assert posting.post_attempts == 2


async def test_the_button_of_the_card_sends_the_video_here_after_a_restart_too(stage: Stage, boot: Boot) -> None:
    card = await stage.card_of(await an_undelivered_job(stage))
    await stage.env.restart_bot(await boot())
    result = await stage.alice.click(card, label="Send again")
    assert result.ephemeral
    [posting] = await stage.jobs()
    assert (posting.state, posting.post_channel_id) == (State.POSTING, stage.channel.id)


async def test_the_button_serves_who_asked_and_moderators_alone(stage: Stage) -> None:
    card = await stage.card_of(await an_undelivered_job(stage))
    bob = stage.guild.add_member(stage.env.create_user("bob"))
    result = await bob.click(card, label="Send again")
    assert said(result).startswith("Only the member who requested this video")
    role = stage.guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
    mo = stage.guild.add_member(stage.env.create_user("mo"), roles=[role])
    result = await mo.click(card, label="Send again")
    assert said(result).startswith("The video is being sent")


async def test_who_lost_the_role_that_videos_take_here_has_none_sent(stage: Stage) -> None:
    job = await an_undelivered_job(stage)
    trusted = stage.guild.create_role("Trusted")
    await stage.set(roles=frozenset({trusted.id}))
    result = await stage.alice.click(await stage.card_of(job), label="Send again")
    assert said(result).startswith("Not posted: the member who requested it can no longer make videos here.")
    [kept] = await stage.jobs()
    assert kept.state is State.UNDELIVERED


async def test_what_no_moderator_has_looked_at_comes_before_them_first(stage: Stage) -> None:
    await stage.set(review=ReviewMode.BEFORE_POSTING)
    job = await an_undelivered_job(stage)
    other = stage.guild.create_text_channel("other")
    await stage.set(channels=frozenset({stage.channel.id, other.id}))
    assert (await post_here(stage, job.id, channel=other)).startswith("A moderator reviews the video first.")
    [waiting] = await stage.jobs()
    assert (waiting.state, waiting.post_channel_id, waiting.problem) == (State.REVIEW, other.id, None)


async def a_stricter_channel(stage: Stage, **rules: bool | ReviewMode) -> simcord.ChannelHandle:
    """Open a channel to videos that has rules of its own, beside the one that has none."""
    strict = stage.guild.create_text_channel("strict")
    own = ChannelSettings(**rules)  # pyright: ignore[reportArgumentType]
    await stage.set(channels=frozenset({stage.channel.id, strict.id}), channel_settings={strict.id: own})
    return strict


@pytest.mark.parametrize("mode", [ReviewMode.BEFORE_POSTING, ReviewMode.BEFORE_SPENDING])
async def test_where_the_rules_are_stricter_than_where_it_was_asked_for_a_moderator_looks_first(
    stage: Stage, mode: ReviewMode
) -> None:
    job = await an_undelivered_job(stage)
    strict = await a_stricter_channel(stage, review=mode, spoiler=True)
    await stage.set(review_hours=5)
    assert (await post_here(stage, job.id, channel=strict)).startswith("A moderator reviews the video first.")
    [waiting] = await stage.jobs()
    assert (waiting.state, waiting.post_channel_id, waiting.problem) == (State.REVIEW, strict.id, None)
    handling = waiting.request.handling
    assert (handling.review, handling.review_hours, handling.spoiler) == (ReviewMode.BEFORE_POSTING, 5, True)
    assert not handling.link_to_original
    assert stage.driven[-1] != waiting


def shown(card: discord.Message) -> str:
    return str([component.to_dict() for component in card.components])


async def test_the_card_shows_no_more_what_waits_for_a_moderator_then(stage: Stage) -> None:
    job = await an_undelivered_job(stage)
    card = await stage.card_of(job)
    assert "a lighthouse keeper waves" in shown(card)
    await post_here(stage, job.id, channel=await a_stricter_channel(stage, review=ReviewMode.BEFORE_POSTING))
    [card] = [message for message in stage.channel.history() if message.id == job.card_message_id]
    assert "a lighthouse keeper waves" not in shown(card)
    assert "once a moderator approves them" in shown(card)


async def test_a_channel_of_spoilers_makes_it_one_and_where_there_are_none_it_stays_one(stage: Stage) -> None:
    job = await an_undelivered_job(stage)
    strict = await a_stricter_channel(stage, spoiler=True)
    for channel in (strict, stage.channel):
        await post_here(stage, job.id, channel=channel)
        [posting] = await stage.jobs()
        assert (posting.state, posting.request.handling.spoiler) == (State.POSTING, True)
        await stage.has_become(State.UNDELIVERED, problem=PROBLEM)


async def test_whom_the_server_trusts_has_it_sent_at_once(stage: Stage) -> None:
    job = await an_undelivered_job(stage)
    strict = await a_stricter_channel(stage, review=ReviewMode.BEFORE_POSTING)
    everyone = stage.guild.id  # a role that everybody has
    await stage.set(trusted_roles=frozenset({everyone}))
    assert (await post_here(stage, job.id, channel=strict)).startswith("The video is being sent")
    await stage.has_become(State.UNDELIVERED, problem=PROBLEM)
    assert await pressed(stage, job) == f"The video is being sent to <#{stage.channel.id}>."


async def test_what_a_moderator_has_approved_goes_as_they_saw_it(stage: Stage) -> None:
    await stage.set(review=ReviewMode.BEFORE_POSTING)
    await stage.ask()
    job = await stage.has_become(State.UNDELIVERED, problem=PROBLEM, post_attempts=1, approved=True)
    strict = await a_stricter_channel(stage, review=ReviewMode.BEFORE_POSTING, spoiler=True)
    assert (await post_here(stage, job.id, channel=strict)).startswith("The video is being sent")
    [posting] = await stage.jobs()
    assert (posting.state, posting.request.handling) == (State.POSTING, job.request.handling)


async def pressed(stage: Stage, job: Job, *, who: simcord.MemberActor | None = None) -> str:
    result = await (who or stage.alice).click(await stage.card_of(job), label="Send again")
    return said(result)


@pytest.mark.parametrize("by_moderator", [False, True])
async def test_the_button_too_asks_what_the_rules_are_by_now(stage: Stage, by_moderator: bool) -> None:
    job = await an_undelivered_job(stage)
    here = ChannelSettings(review=ReviewMode.BEFORE_POSTING, spoiler=True)
    await stage.set(channel_settings={stage.channel.id: here})
    role = stage.guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
    mo = stage.guild.add_member(stage.env.create_user("mo"), roles=[role])
    said = await pressed(stage, job, who=mo if by_moderator else stage.alice)
    assert said.startswith("A moderator reviews the video first.")
    [waiting] = await stage.jobs()
    assert (waiting.state, waiting.request.handling.spoiler) == (State.REVIEW, True)


async def test_what_was_approved_goes_without_asking_discord_who_asked(stage: Stage) -> None:
    job = await an_undelivered_job(stage)
    await stage.set(review=ReviewMode.BEFORE_POSTING)
    approved = await stage.bot.services.store.save(job.evolve(approved=True))
    role = stage.guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
    mo = stage.guild.add_member(stage.env.create_user("mo"), roles=[role])
    card = await stage.card_of(approved)
    stage.env.inject_error("GET", f"/guilds/{stage.guild.id}/members/{stage.alice.id}", status=500, times=None)
    assert said(await mo.click(card, label="Send again")).startswith("The video is being sent")
    [posting] = await stage.jobs()
    assert posting.state is State.POSTING


async def test_a_thread_has_the_rules_of_its_channel_for_the_button_too(stage: Stage) -> None:
    thread = await stage.thread_in(stage.channel)
    await stage.alice.slash(thread, "video", prompt="a fox", image1=picture())
    job = await stage.has_become(State.UNDELIVERED, problem=PROBLEM, post_attempts=1)
    await stage.set(channel_settings={stage.channel.id: ChannelSettings(review=ReviewMode.BEFORE_POSTING)})
    assert job.card_message_id is not None
    view = status_card(job, stage.bot.services.offer, now=stage.bot.services.clock.now())
    known = stage.bot.get_partial_messageable(thread.id, guild_id=stage.guild.id)
    await known.get_partial_message(job.card_message_id).edit(view=view)
    [card] = [message for message in thread.history() if message.id == job.card_message_id]
    await stage.alice.click(card, label="Send again")
    [waiting] = await stage.jobs()
    assert waiting.state is State.REVIEW


async def test_a_video_whose_channel_was_deleted_is_said_to_have_none(stage: Stage) -> None:
    job = await an_undelivered_job(stage)
    other = stage.guild.create_text_channel("other")
    backend: Any = stage.env.backend
    backend.delete_channel(stage.channel.id)
    result = await press_id(stage, f"reelcast:resend:{job.id}", channel=other)
    assert said(result) == "The channel was deleted, so the bot can't post in it. Use another channel."
