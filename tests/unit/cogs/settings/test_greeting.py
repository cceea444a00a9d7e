"""What the bot says when it comes to a server."""

from collections.abc import Mapping
from typing import Any

import discord
import simcord
from simcord.backend import serializers
from structlog.testing import capture_logs

from bot.settings.model import GuildSettings
from tests.unit.cogs.stage import Stage


async def come_to(stage: Stage, guild: simcord.GuildHandle) -> Mapping[str, Any]:
    """Have the bot added to a server; returns what it logs of that."""
    backend = stage.env.backend
    with capture_logs() as logs:
        backend.emit("GUILD_DELETE", {"id": str(guild.id)})
        joined = {**serializers.guild_create_payload(backend, backend.get_guild(guild.id))}
        joined.pop("unavailable")  # Discord says it only of servers that the bot was on before
        backend.emit("GUILD_CREATE", joined)
        await stage.env.settle()
    [noted] = [entry for entry in logs if entry["event"] == "guild_joined"]
    assert noted["guild"] == guild.id
    return noted


def a_server(stage: Stage, locale: str = "en-US", **denied: bool) -> tuple[simcord.GuildHandle, simcord.ChannelHandle]:
    """Make a server that has a channel for its own messages, in which the bot is denied something."""
    guild = stage.env.create_guild("Animation Guild", preferred_locale=locale)
    assert guild.me is not None
    welcome = guild.create_text_channel(
        "welcome", overwrites={guild.me: discord.PermissionOverwrite(**denied)} if denied else None
    )
    stage.env.backend.get_guild(guild.id).system_channel_id = welcome.id
    return guild, welcome


async def test_a_new_server_is_told_once_how_to_begin_and_nobody_is_pinged(stage: Stage) -> None:
    guild, welcome = a_server(stage)
    assert (await come_to(stage, guild))["greeted"]
    [said] = welcome.history()
    assert "Videos aren't open to members yet." in said.content
    assert "`/settings`" in said.content
    assert not said.mention_everyone
    assert said.mentions == said.role_mentions == []


async def test_it_is_told_in_the_servers_language(stage: Stage) -> None:
    guild, welcome = a_server(stage, "de")
    await come_to(stage, guild)
    [said] = welcome.history()
    assert said.content.startswith("🎬 **Hallo!")


async def test_where_the_bot_may_not_write_it_says_nothing(stage: Stage) -> None:
    guild, welcome = a_server(stage, send_messages=False)
    assert not (await come_to(stage, guild))["greeted"]
    assert welcome.history() == []


async def test_where_there_is_no_place_for_it_it_is_only_logged(stage: Stage) -> None:
    guild = stage.env.create_guild("Animation Guild")
    channel = guild.create_text_channel("general")
    assert not (await come_to(stage, guild))["greeted"]
    assert channel.history() == []


async def test_a_discord_that_refuses_the_greeting_does_no_harm(stage: Stage) -> None:
    guild, welcome = a_server(stage)
    stage.env.inject_error("POST", f"/channels/{welcome.id}/messages", status=403, code=50013)
    assert not (await come_to(stage, guild))["greeted"]


async def test_a_server_that_has_decided_before_is_not_told_again(stage: Stage) -> None:
    guild, welcome = a_server(stage)
    store = stage.bot.services.guild_settings
    decided = GuildSettings(channels=frozenset({welcome.id}))
    await store.change(guild.id, lambda _before: decided, stage.bot.services.clock.now())
    assert not (await come_to(stage, guild))["greeted"]
    assert welcome.history() == []
    assert await store.get(guild.id) == decided
