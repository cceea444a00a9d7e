"""Who may ask, where and how much: every way in is held to what the server's moderators have chosen."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import discord
import pytest

from bot.jobs.model import Job, ReviewMode
from bot.jobs.states import State
from bot.settings.model import ChannelSettings, Limits
from tests.unit.cogs.stage import Stage, picture, texts

PRICE = Decimal("1.35")
SOON = r"<t:\d+:R>"


async def second(stage: Stage) -> str:
    """Have Alice ask for one video that is taken and for another that is not; returns why."""
    await stage.ask()
    result = await stage.ask()
    assert result.response is not None
    assert result.response.ephemeral
    assert len(await stage.jobs()) == 1
    assert "@Image1 waves" in result.response.content  # what was typed comes back
    return result.response.content.splitlines()[0]


@pytest.mark.parametrize("channels_chosen", [False])
async def test_a_new_server_is_open_to_nobody_but_who_can_open_it(stage: Stage) -> None:
    sentence = await stage.refusal()
    assert sentence == (
        "Videos aren't set up in this server yet. A moderator needs to choose channels with `/settings` first."
    )
    role = stage.guild.create_role("staff", permissions=discord.Permissions(manage_guild=True))
    mo = stage.guild.add_member(stage.env.create_user("mo"), roles=[role])
    await mo.slash(stage.channel, "video", prompt="a fox", image1=picture())
    assert len(await stage.jobs()) == 1


async def test_another_channel_is_refused_with_where_to_ask_as_far_as_the_member_sees_it(stage: Stage) -> None:
    hidden = stage.guild.create_text_channel(
        "staff", overwrites={stage.guild.default_role: discord.PermissionOverwrite(view_channel=False)}
    )
    other = stage.guild.create_text_channel("other")
    await stage.set(channels=frozenset({stage.channel.id, hidden.id, 404}))
    result = await stage.alice.slash(other, "video", prompt="a fox", image1=picture())
    assert await stage.refused(result) == f"You can't make videos in this channel. Try <#{stage.channel.id}>."


async def test_where_a_role_is_needed_it_is_named_and_pings_nobody(stage: Stage) -> None:
    role = stage.guild.create_role("Artists")
    await stage.set(roles=frozenset({role.id, 404}))
    sentence = await stage.refusal()
    assert sentence == f"You need the <@&{role.id}> role to make videos here. Ask a moderator for it."
    bob = stage.guild.add_member(stage.env.create_user("bob"), roles=[role])
    await bob.slash(stage.channel, "video", prompt="a fox", image1=picture())
    assert len(await stage.jobs()) == 1


async def test_a_pause_counts_at_once_and_so_does_its_end(stage: Stage) -> None:
    await stage.set(channel_settings={stage.channel.id: ChannelSettings(paused=True)})
    assert await stage.refusal() == "This server's moderators have paused new videos here. Try again later."
    await stage.set(channel_settings={})
    await stage.ask()
    assert len(await stage.jobs()) == 1


async def test_only_lengths_and_shapes_that_are_allowed_are_made(stage: Stage) -> None:
    await stage.set(durations=frozenset({5}), aspect_ratios=frozenset({"1:1", "9:16"}))
    assert "Choose one of these, in seconds: 5." in await stage.refusal(duration=10)
    assert "Choose one of these: 9:16 and 1:1." in await stage.refusal()


@pytest.mark.parametrize("command", ["video", "Make a video"])
async def test_nobody_fills_in_a_form_in_vain(stage: Stage, command: str) -> None:
    await stage.ask()
    await stage.set(member_limits=Limits(per_day=1))
    if command == "video":
        result = await stage.alice.slash(stage.channel, command)
    else:
        message = await stage.alice.send(stage.channel, "look", attachments=[picture()])
        result = await stage.alice.context_menu(stage.channel, command, message)
    assert result.modal is None
    assert result.response is not None
    assert result.response.ephemeral
    assert "You've used the 1 video you can make in 24 hours" in result.response.content


async def test_a_form_that_was_open_meanwhile_is_held_to_the_limit_when_it_comes(stage: Stage) -> None:
    await stage.set(member_limits=Limits(per_day=1))
    opened = await stage.alice.slash(stage.channel, "video")
    assert opened.modal is not None
    await stage.ask()
    result = await stage.submit(opened, {"prompt": "a fox", "images": [picture()]})
    assert result.response is not None
    assert "You've used the 1 video you can make in 24 hours" in result.response.content
    assert "a fox" in result.response.content
    assert len(await stage.jobs()) == 1


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(per_day=1), "You've used the 1 video you can make in 24 hours. You can make another <t:"),
        (Limits(per_week=1), "You've used the 1 video you can make in 7 days. You can make another <t:"),
        (Limits(per_month=1), "You've used the 1 video you can make in 30 days. You can make another <t:"),
        (Limits(seconds_per_day=9), "This would go over your limit of 9 seconds in 24 hours. You can make it <t:"),
        (Limits(at_once=1), "You have 1 video in progress, which is your limit. Try again when it finishes."),
    ],
)
async def test_a_limit_is_told_with_when_there_is_room_again(stage: Stage, limits: Limits, said: str) -> None:
    await stage.set(member_limits=limits)
    assert (await second(stage)).startswith(said)


@pytest.mark.parametrize("limits", [Limits(per_day=0), Limits(at_once=0), Limits(seconds_per_day=0)])
async def test_a_limit_of_nothing_lets_nobody(stage: Stage, limits: Limits) -> None:
    await stage.set(member_limits=limits)
    assert await stage.refusal() == "You can't make videos here because your limit is 0. Ask a moderator to raise it."


async def test_a_channels_own_limit_and_the_servers_places_are_told_as_such(stage: Stage) -> None:
    await stage.set(channel_settings={stage.channel.id: ChannelSettings(per_day=1)})
    assert (await second(stage)).startswith("You've used the 1 video you can make in this channel in 24 hours.")
    await stage.set(channel_settings={}, at_once=1)
    result = await stage.ask()
    assert result.response is not None
    assert result.response.content.startswith("This server has 1 video in progress, which is its limit.")


async def test_a_request_taken_back_makes_room_at_once(stage: Stage) -> None:
    await stage.set(member_limits=Limits(per_day=1, at_once=1))
    await stage.ask()
    await stage.has_become(State.CANCELLED)
    await stage.ask()
    assert [job.state for job in await stage.jobs()] == [State.CANCELLED, State.PREPARING]


async def test_again_counts_as_any_other_request(stage: Stage) -> None:
    await stage.ask()
    job = await stage.has_become(State.DELIVERED)
    post = await stage.post_of(job)
    await stage.set(paused=True)
    result = await stage.alice.click(post, label="Again $1.35")
    assert result.response is not None
    assert result.response.content.startswith("This server's moderators have paused new videos here.")
    assert len(await stage.jobs()) == 1


async def test_a_server_that_is_out_of_money_says_so_without_a_figure_and_tells_its_moderators_once(
    stage: Stage,
) -> None:
    log = stage.guild.create_text_channel("log")
    await stage.set(spend_per_day_usd=2 * PRICE, log_channel_id=log.id)
    await stage.ask()
    assert log.history() == []
    for _ in range(3):
        await stage.ask()
    assert len(await stage.jobs()) == 2
    [message] = log.history()
    assert message.content.startswith("This server has reached its daily spending limit of $2.70. It resets <t:")
    result = await stage.ask()
    assert result.response is not None
    assert result.response.content.startswith("This server has reached its spending limit for today. Try again <t:")
    assert "$" not in result.response.content


async def test_moderators_hear_at_four_fifths_of_a_cap_and_again_when_it_is_reached(stage: Stage) -> None:
    log = stage.guild.create_text_channel("log")
    await stage.set(spend_per_month_usd=3 * PRICE + Decimal("0.50"), log_channel_id=log.id)
    for _ in range(3):
        await stage.ask()
    near = "80% of this server's monthly spending limit is used: $4.05 of $4.55. It resets <t:"
    assert [message.content[: len(near)] for message in log.history()] == [near]
    await stage.ask()
    _, reached = log.history()
    assert reached.content.startswith("This server has reached its monthly spending limit of $4.55.")


@pytest.mark.parametrize("gone", [True, False], ids=["deleted", "closed"])
async def test_a_log_channel_that_takes_nothing_stops_nobody(stage: Stage, gone: bool) -> None:
    log = stage.channel_without("send_messages")
    await stage.set(spend_per_day_usd=PRICE, log_channel_id=404 if gone else log.id)
    await stage.ask()
    assert len(await stage.jobs()) == 1


async def test_a_cap_below_the_price_of_a_video_is_told_as_one_that_time_will_not_help(stage: Stage) -> None:
    await stage.set(spend_per_day_usd=Decimal(1))
    assert await stage.refusal() == (
        "This video costs more than the whole spending limit. Choose a shorter one, or ask a moderator."
    )


async def test_where_the_videos_go_is_looked_at_before_anything_is_spent(stage: Stage) -> None:
    closed = stage.channel_without("attach_files")
    await stage.set(output_channel_id=closed.id)
    assert await stage.refusal() == (
        f"This server posts videos in <#{closed.id}>, but the bot doesn't have the **Attach Files** permission there. "
        "Ask a moderator."
    )
    await stage.set(output_channel_id=404)
    assert "no longer exists. Ask a moderator to choose another" in await stage.refusal()
    gallery = stage.guild.create_text_channel("gallery")
    await stage.set(output_channel_id=gallery.id, spoiler=True)
    await stage.ask()
    [job] = await stage.jobs()
    assert (job.video_channel_id, job.request.handling.spoiler) == (gallery.id, True)


@pytest.mark.parametrize("changes", [{"spend_limit_usd_per_month": PRICE}])
async def test_the_bots_own_month_is_told_without_its_figure(stage: Stage) -> None:
    sentence = await second(stage)
    assert sentence.startswith("This bot has reached its spending limit for this month. Try again <t:")
    assert "$" not in sentence


async def test_what_a_server_set_is_read_at_each_request_by_every_process(stage: Stage) -> None:
    await stage.set(member_limits=Limits(per_day=1))
    await second(stage)
    await stage.bot.services.guild_settings.change(
        stage.guild.id,
        lambda settings: replace(settings, member_limits=Limits(per_day=2)),
        stage.bot.services.clock.now(),
    )
    await stage.ask()
    assert len(await stage.jobs()) == 2


async def asked_after(stage: Stage, membership: timedelta) -> tuple[Job, str]:
    """Have Alice ask who has been a member for so long; returns the job, and what everybody reads on its card."""
    member = stage.env.backend.get_guild(stage.guild.id).members[stage.alice.id]
    member.joined_at = (stage.bot.services.clock.now() - membership).isoformat()
    result = await stage.ask()
    assert result.response is not None
    [job] = await stage.jobs()
    return job, texts(result.response)


async def test_who_joined_long_ago_is_not_reviewed_where_new_members_are(stage: Stage) -> None:
    await stage.set(new_member_days=2)
    job, card = await asked_after(stage, timedelta(days=3))
    assert (job.state, job.request.handling.review) == (State.PREPARING, ReviewMode.OFF)
    assert "waves" in card


async def test_who_joined_just_now_waits_for_a_moderator_before_anything_is_spent(stage: Stage) -> None:
    await stage.set(new_member_days=2)
    job, card = await asked_after(stage, timedelta(minutes=1))
    assert job.request.handling.review is ReviewMode.BEFORE_SPENDING
    assert job.awaits_review(ReviewMode.BEFORE_SPENDING)  # by which its driver holds it
    assert "waves" not in card


async def test_where_new_members_are_as_others_nobody_waits(stage: Stage) -> None:
    job, _ = await asked_after(stage, timedelta(minutes=1))
    assert job.request.handling.review is ReviewMode.OFF
