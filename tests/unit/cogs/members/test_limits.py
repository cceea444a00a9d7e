"""*Limits* of `/videos`: what of each limit is used, told to the member alone."""

from decimal import Decimal

import discord
import pytest
import simcord

from bot.jobs.states import State
from bot.settings.model import ChannelSettings, Limits
from tests.support.answers import answer_of, words_of
from tests.unit.cogs.stage import Stage


async def limits(stage: Stage, who: simcord.MemberActor | None = None) -> list[str]:
    shown = await (who or stage.alice).slash(stage.channel, "videos")
    return words_of(await (who or stage.alice).click(answer_of(shown), label="Limits")).splitlines()


async def test_without_limits_it_says_so(stage: Stage) -> None:
    await stage.ask()
    assert await limits(stage) == ["You've requested 1 video here in the last 24 hours. No limit is set for you."]


async def test_each_limit_has_a_line_and_a_full_one_says_when_there_is_room(stage: Stage) -> None:
    most = Limits(per_day=1, per_week=5, per_month=20, at_once=2, seconds_per_day=60)
    await stage.set(member_limits=most, channel_settings={stage.channel.id: ChannelSettings(per_day=4)}, at_once=9)
    await stage.ask()
    asked, here, today, week, month, seconds, own, servers = await limits(stage)
    assert asked == "You've requested 1 video here in the last 24 hours."
    assert here == "- Videos in this channel in 24 hours: used **1** of 4."
    assert today.startswith("- Videos in 24 hours: used **1** of 1. Available again <t:")
    assert week == "- Videos in 7 days: used **1** of 5."
    assert month == "- Videos in 30 days: used **1** of 20."
    assert seconds == "- Seconds of video in 24 hours: used **5** of 60."
    assert own == "- Your videos in progress: **1** of 2."
    assert servers == "- This server's videos in progress: **1** of 9."


async def test_the_limits_of_the_members_own_roles_are_told(stage: Stage) -> None:
    role = stage.guild.create_role("Boosters")
    bob = stage.guild.add_member(stage.env.create_user("bob"), roles=[role])
    await stage.set(member_limits=Limits(per_day=1), role_limits={role.id: Limits(per_day=10)})
    assert (await limits(stage, bob))[1] == "- Videos in 24 hours: used **0** of 10."


async def test_what_was_released_or_given_back_is_not_counted(stage: Stage) -> None:
    await stage.set(member_limits=Limits(per_day=5))
    await stage.ask()
    await stage.has_become(State.CANCELLED)
    assert (await limits(stage))[1] == "- Videos in 24 hours: used **0** of 5."


async def test_dollars_are_for_moderators(stage: Stage) -> None:
    role = stage.guild.create_role("staff", permissions=discord.Permissions(manage_guild=True))
    mo = stage.guild.add_member(stage.env.create_user("mo"), roles=[role])
    await stage.set(spend_per_day_usd=Decimal("1.35"), spend_per_month_usd=Decimal(20))
    await stage.ask()
    _, today = await limits(stage)
    assert today.startswith("- This server has reached its spending limit for today. Available again <t:")
    _, today, month = await limits(stage, mo)
    assert today.startswith("- Spent or reserved by this server today: **$1.35** of $1.35. Available again <t:")
    assert month == "- Spent or reserved by this server this month: **$1.35** of $20.00."


@pytest.mark.parametrize("channels_chosen", [False])
async def test_who_may_not_ask_here_reads_why(stage: Stage) -> None:
    why, asked = await limits(stage)
    assert why.startswith("Videos aren't set up in this server yet.")
    assert asked == "You haven't requested any videos here in the last 24 hours. No limit is set for you."
