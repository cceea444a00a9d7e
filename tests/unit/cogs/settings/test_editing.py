"""`/settings`: who may use it, and what the panel that it opens does with what Discord tells."""

from typing import Any

import discord
import pytest
from simcord.backend.errors import SetupError

from bot.settings.model import ReviewMode
from bot.ui.commands import CommandTranslator
from tests.support.settings_panel import a_moderator
from tests.unit.cogs.stage import Stage


async def test_a_channel_that_everyone_sees_is_named_by_the_check(stage: Stage) -> None:
    mo = a_moderator(stage)
    open_to_all = stage.guild.create_text_channel("room")
    await stage.set(review=ReviewMode.BEFORE_POSTING, review_channel_id=open_to_all.id)
    assert f"Everyone can see <#{open_to_all.id}>, the review channel" in await mo.open("check")


async def test_a_pause_ends_where_it_began(stage: Stage) -> None:
    mo = a_moderator(stage)
    await mo.open("channels")
    await mo.choose("own_settings", stage.channel)
    await mo.click(f"paused:{stage.channel.id}")
    await mo.open()
    await mo.pause()
    await mo.click("paused")
    settings = await mo.settings()
    assert (settings.paused, settings.in_channel(stage.channel.id).paused) == (False, True)
    await mo.open("channels")
    await mo.choose("own_settings", stage.channel)
    await mo.click(f"paused:{stage.channel.id}")
    assert not (await mo.settings()).in_channel(stage.channel.id).paused


async def test_what_is_paused_takes_no_request(stage: Stage) -> None:
    mo = a_moderator(stage)
    await mo.open()
    await mo.pause()
    assert "paused" in await stage.refusal()
    await mo.click("paused")
    await stage.ask()
    assert len(await stage.jobs()) == 1


@pytest.mark.parametrize(("field", "place"), [("review_channel_id", "review"), ("log_channel_id", "log")])
async def test_the_check_names_what_the_bot_may_not_do_where_moderators_read(
    stage: Stage, field: str, place: str
) -> None:
    mo = a_moderator(stage)
    closed = stage.channel_without("view_channel")  # where nothing else is possible, either
    await stage.set(review=ReviewMode.BEFORE_POSTING, **{field: closed.id})
    lacking = "**View Channel**, **Send Messages**, **Attach Files** and **Read Message History**"
    assert f"🔴 The bot doesn't have {lacking} in <#{closed.id}>, the {place} channel." in await mo.open("check")
    await stage.set(**{field: stage.channel.id})
    assert "doesn't have" not in await mo.open("check")


async def test_the_check_asks_nothing_of_a_review_channel_that_nobody_uses(stage: Stage) -> None:
    mo = a_moderator(stage)
    await stage.set(review=ReviewMode.OFF, review_channel_id=stage.channel_without("attach_files").id)
    assert "doesn't have" not in await mo.open("check")


async def test_the_command_is_hidden_from_who_lacks_manage_server(stage: Stage) -> None:
    with pytest.raises(SetupError, match="default-member-permissions"):
        await stage.alice.slash(stage.channel, "settings")


async def test_who_is_shown_the_command_all_the_same_is_told_why_it_does_nothing(stage: Stage) -> None:
    role = stage.guild.create_role("Helpers", permissions=discord.Permissions(view_channel=True))
    helper = stage.guild.add_member(stage.env.create_user("helper"), roles=[role])
    [settings] = [each for each in await stage.bot.tree.fetch_commands() if each.name == "settings"]
    stage.guild.set_command_permissions(settings, {role: True})
    result = await helper.slash(stage.channel, "settings")
    assert result.response is not None
    assert result.response.ephemeral
    assert result.response.content.startswith("You need Manage Server")


async def test_discord_takes_the_commands_as_they_are_in_all_languages_together(stage: Stage) -> None:
    [command] = [each for each in stage.bot.tree.get_commands() if each.name == "settings"]
    payload = await command.get_translated_payload(stage.bot.tree, CommandTranslator())
    assert int(payload["default_member_permissions"]) == discord.Permissions(manage_guild=True).value
    assert command.guild_only
    [page] = payload["options"]
    assert {each["name_localizations"].get("de") for each in page["choices"]} >= {"Wo und wer", "Prüfung"}
    assert len(payload["options"]) <= 25
    assert characters(payload) <= 8_000


def characters(entry: dict[str, Any]) -> int:
    """Count a command as Discord does: of a text in several languages the longest."""
    texts = [
        max(map(len, [entry[key], *(entry.get(f"{key}_localizations") or {}).values()]))
        for key in ("name", "description")
        if key in entry
    ]
    nested = [*entry.get("options", ()), *entry.get("choices", ())]
    return sum(texts) + len(str(entry.get("value", ""))) + sum(characters(each) for each in nested)
