"""What the panel of `/settings` finds wrong with a server, and how it is fixed from there."""

from decimal import Decimal
from typing import Any

from bot.settings.entries import Page
from bot.settings.model import (
    ChannelSettings,
    GuildSettings,
    Limits,
)
from tests.support.settings_panel import a_moderator, hidden_channel
from tests.unit.cogs.stage import Stage


async def test_what_was_deleted_is_named_so_and_tidied_up_with_one_press(stage: Stage) -> None:
    mo = a_moderator(stage)
    gone, lost = 777, 888
    await stage.set(
        channels=frozenset({stage.channel.id, gone}),
        trusted_roles=frozenset({lost}),
        role_limits={lost: Limits(per_day=1)},
        output_channel_id=gone,
        channel_settings={gone: ChannelSettings(paused=True)},
    )
    for page in (each for each in Page if each is not Page.CHANNEL):
        assert "777" not in await mo.open(page.value)
    assert "deleted channel" in await mo.open("places")
    assert "deleted role: 1 video in 24 hours" in await mo.open("limits")
    await mo.click("tidy")
    assert await mo.settings() == GuildSettings(channels=frozenset({stage.channel.id}))


async def test_a_server_whose_channels_discord_does_not_tell_is_not_taken_for_an_empty_one(stage: Stage) -> None:
    mo = a_moderator(stage)
    guild = stage.bot.get_guild(stage.guild.id)
    assert guild is not None
    guild.unavailable = True
    assert (await mo.open()).startswith("Couldn't get this server's channels and roles from Discord")
    assert (await mo.settings()).channels == {stage.channel.id}


async def test_the_check_names_missing_permissions_by_channel(stage: Stage) -> None:
    mo = a_moderator(stage)
    quiet = stage.channel_without("attach_files", "send_messages")
    await stage.set(output_channel_id=quiet.id)
    said = await mo.open("check")
    assert (
        f"🔴 The bot doesn't have **Send Messages** and **Attach Files** in <#{quiet.id}>, where videos are posted."
        in said
    )
    await mo.open("places")
    await mo.choose("output_channel_id")
    assert "doesn't have" not in await mo.open("check")


def make_rule(stage: Stage, name: str, trigger: int, **metadata: list[Any]) -> None:
    body = {"name": name, "event_type": 1, "trigger_type": trigger, "trigger_metadata": metadata}
    stage.env.backend.create_auto_mod_rule(stage.guild.id, stage.alice.id, body)


async def test_the_check_tells_which_automod_rules_are_not_applied(stage: Stage) -> None:
    mo = a_moderator(stage)
    make_rule(stage, "*Slurs* @here", 4, presets=[1])
    make_rule(stage, "Links", 1, keyword_filter=[], regex_patterns=["(?-u:x)+", r"a{5000}{5000}"])
    said = await mo.open("check")
    assert r"🔵 Discord's own word lists in the AutoMod rule **\*Slurs\* \@here** are NOT applied to prompts" in said
    assert (
        r"🔴 The bot can't read this pattern of the AutoMod rule **Links**, so it blocks every prompt: a\{5000\}"
        in said
    )
    await mo.open("filters")
    await mo.choose("bad_patterns", "skip")
    said = await mo.open("check")
    assert "🟠 The bot can't read this pattern of the AutoMod rule **Links** and ignores it" in said


async def test_the_check_says_plainly_where_the_bot_may_not_read_automod_rules(stage: Stage) -> None:
    mo = a_moderator(stage)
    assert stage.guild.me is not None
    kept = stage.guild.me.guild_permissions
    kept.update(manage_guild=False, administrator=False)
    stage.env.backend.edit_role(stage.guild.id, stage.guild.me.roles[-1].id, {"permissions": kept.value})
    await stage.env.settle()
    said = await mo.open("check")
    assert "🟠 The server's AutoMod rules are NOT applied to prompts. The bot needs Manage Server to read them." in said


async def test_the_check_has_a_clear_answer_where_nothing_is_wrong(stage: Stage) -> None:
    mo = a_moderator(stage)
    room = hidden_channel(stage, mo, "moderators")
    await stage.set(log_channel_id=room.id, spend_per_day_usd=Decimal(20))
    assert "✅ All good: no conflicts" in await mo.open("check")


async def test_a_finding_is_fixed_beside_where_it_stands(stage: Stage) -> None:
    mo = a_moderator(stage)
    await stage.set(ai_label=False, automod=False, paused=True, channel_settings={777: ChannelSettings(per_day=1)})
    await mo.open("check")
    await mo.click("fix:ai_label")
    await mo.click("fix:automod")
    await mo.click("fix:paused")
    said = await mo.click("tidy")
    settings = await mo.settings()
    assert (settings.ai_label, settings.automod, settings.paused, settings.channel_settings) == (True, True, False, {})
    assert "no spending limit" in said
    await mo.fill_in("server_limits", {"spend_per_day_usd": "20"})
    await mo.open("check")
    assert "Review channel" in await mo.click("turn:fix:0:review")  # where reports go to the owner alone


async def test_a_change_that_makes_something_wrong_elsewhere_has_a_button_to_there(stage: Stage) -> None:
    mo = a_moderator(stage)
    await mo.open("posts")
    await stage.set(spend_per_day_usd=Decimal(2))
    said = await mo.choose("durations", "10")
    assert "below the price of one video, $2.70" in said
    await mo.fill_in("server_limits", {"spend_per_day_usd": "20"})
    assert (await mo.settings()).spend_per_day_usd == 20
