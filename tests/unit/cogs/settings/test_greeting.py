"""What the bot says when it comes to a server, and the form that sets the server up."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import discord
import pytest
import simcord
from simcord.backend import serializers
from simcord.backend.errors import SetupError
from structlog.testing import capture_logs

from bot.settings.changes import reset
from bot.settings.model import GuildSettings, ReviewMode
from tests.support.settings_panel import Moderator, a_moderator, typed
from tests.unit.cogs.stage import Boot, Stage, texts


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


def a_server(
    stage: Stage, locale: str = "en-US", owner: simcord.UserHandle | None = None, **denied: bool
) -> tuple[simcord.GuildHandle, simcord.ChannelHandle]:
    """Make a server that has a channel for its own messages, in which the bot is denied something."""
    guild = stage.env.create_guild("Animation Guild", preferred_locale=locale, owner=owner)
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
    [[button]] = [row.children for row in said.components if isinstance(row, discord.ActionRow)]
    assert isinstance(button, discord.Button)
    assert button.label == "Set up"
    assert not said.mention_everyone
    assert said.mentions == said.role_mentions == []


async def test_it_is_told_in_the_servers_language(stage: Stage) -> None:
    guild, welcome = a_server(stage, "de")
    await come_to(stage, guild)
    [said] = welcome.history()
    assert said.content.startswith("🎬 **Hallo!")


async def test_where_the_bot_may_not_write_another_channel_is_taken(stage: Stage) -> None:
    guild, welcome = a_server(stage, send_messages=False)
    assert guild.me is not None
    hidden = guild.create_text_channel("a", overwrites={guild.me: discord.PermissionOverwrite(view_channel=False)})
    general = guild.create_text_channel("general")
    assert (await come_to(stage, guild))["greeted"]
    assert (welcome.history(), hidden.history()) == ([], [])
    [said] = general.history()
    assert "*Set up*" in said.content


async def test_where_there_is_no_such_channel_its_owner_is_told(stage: Stage) -> None:
    owner = stage.env.create_user("olga")
    guild, _welcome = a_server(stage, owner=owner, send_messages=False)
    assert (await come_to(stage, guild))["greeted"]
    [said] = owner.dm_channel.history()
    assert "Members of Animation Guild" in said.content
    [[setup, link]] = [row.children for row in said.components if isinstance(row, discord.ActionRow)]
    assert isinstance(setup, discord.Button)
    assert isinstance(link, discord.Button)
    assert setup.label == "Set up"
    assert link.url == f"https://discord.com/channels/{guild.id}"


async def test_an_owner_sets_a_server_up_in_the_direct_message_and_a_typo_loses_nothing(stage: Stage) -> None:
    owner = stage.env.create_user("olga")
    guild, clips = a_server(stage, owner=owner, send_messages=False)
    hidden: dict[Any, discord.PermissionOverwrite] = {
        guild.default_role: discord.PermissionOverwrite(view_channel=False)
    }
    room = guild.create_text_channel("moderators", overwrites=hidden)
    await come_to(stage, guild)
    [said] = owner.dm_channel.history()
    opened = await owner.click(said, custom_id=f"reelcast:setup:{guild.id}")
    entered = {"channels": [str(clips.id)], "review": "before_spending", "review_channel_id": [str(room.id)]}
    refused = await owner.submit_modal(opened, {**entered, "spend_per_day_usd": "2O"})
    assert refused.response is not None
    assert "“2O” isn't a dollar amount." in texts(refused.response)
    assert not (await stage.bot.services.guild_settings.get(guild.id)).chosen
    opened = await owner.click(refused.response, custom_id=f"reelcast:settings:retry:setup:{guild.id}:before_spending")
    assert typed(opened) == {
        "channels": [str(clips.id)],
        "review": ["before_spending"],
        "review_channel_id": [str(room.id)],
        "spend_per_day_usd": "2O",
    }
    done = await owner.submit_modal(opened, {**entered, "spend_per_day_usd": "20"})
    assert done.response is not None
    assert f"The bot doesn't have **Send Messages** and **Attach Files** in <#{clips.id}>" in texts(done.response)
    settings = await stage.bot.services.guild_settings.get(guild.id)
    assert (settings.channels, settings.review_channel_id) == ({clips.id}, room.id)


async def test_only_its_owner_sets_a_server_up_in_a_direct_message(stage: Stage) -> None:
    owner, other = stage.env.create_user("olga"), stage.env.create_user("eve")
    guild, _clips = a_server(stage, owner=owner)
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Forged", custom_id=f"reelcast:setup:{guild.id}"))
    view.stop()
    user = await stage.bot.fetch_user(other.id)
    pressed = await other.click(await user.send("forged", view=view), label="Forged")
    assert pressed.response is not None
    assert pressed.response.content.startswith("You need Manage Server")


async def test_a_discord_that_refuses_the_greeting_does_no_harm(stage: Stage) -> None:
    guild, welcome = a_server(stage)
    stage.env.inject_error("POST", f"/channels/{welcome.id}/messages", status=403, code=50013)
    stage.env.inject_error("POST", "/users/@me/channels", status=403, code=50007)
    assert not (await come_to(stage, guild))["greeted"]


async def test_a_server_that_has_decided_before_is_not_told_again(stage: Stage) -> None:
    guild, welcome = a_server(stage)
    store = stage.bot.services.guild_settings
    decided = GuildSettings(channels=frozenset({welcome.id}))
    await store.change(guild.id, lambda _before: decided, stage.bot.services.clock.now())
    assert not (await come_to(stage, guild))["greeted"]
    assert welcome.history() == []
    assert await store.get(guild.id) == decided


async def greeted(stage: Stage, name: str = "mo") -> tuple[Moderator, discord.Message]:
    """Have the bot come to the stage's server, which has decided nothing; returns a moderator and the welcome."""
    await stage.bot.services.guild_settings.change(stage.guild.id, reset, stage.bot.services.clock.now())
    stage.env.backend.get_guild(stage.guild.id).system_channel_id = stage.channel.id
    await come_to(stage, stage.guild)
    [welcome] = stage.channel.history()
    return a_moderator(stage, name), welcome


def hidden_channel(stage: Stage, mo: Moderator) -> Any:
    assert stage.guild.me is not None
    shown = {each: discord.PermissionOverwrite(view_channel=True) for each in (stage.guild.me, mo.actor)}
    overwrites: dict[Any, discord.PermissionOverwrite] = {
        stage.guild.default_role: discord.PermissionOverwrite(view_channel=False),
        **shown,
    }
    return stage.guild.create_text_channel("moderators", overwrites=overwrites)


async def test_one_form_sets_a_server_up_and_the_check_follows(stage: Stage) -> None:
    mo, welcome = await greeted(stage)
    room = hidden_channel(stage, mo)
    opened = await mo.actor.click(welcome, custom_id="reelcast:setup")
    said = await mo.submit(opened, {"channels": [stage.channel], "review_channel_id": [room]})
    assert f"✅ Saved. Members can make videos in <#{stage.channel.id}>." in said
    assert "✅ All good" in said
    assert await mo.settings() == GuildSettings(
        channels=frozenset({stage.channel.id}),
        review=ReviewMode.BEFORE_SPENDING,
        review_channel_id=room.id,
        spend_per_day_usd=Decimal(20),
    )
    assert welcome.content in [each.content for each in stage.channel.history()]  # which others still see


async def test_a_setup_with_a_typo_saves_nothing_and_loses_nothing(stage: Stage, boot: Boot) -> None:
    mo, welcome = await greeted(stage)
    room, clips = hidden_channel(stage, mo), stage.guild.create_text_channel("clips")
    opened = await mo.actor.click(welcome, custom_id="reelcast:setup")
    entered = {
        "channels": [stage.channel, clips],
        "review": "before_posting",
        "review_channel_id": [room],
        "spend_per_day_usd": "2O",
    }
    assert "“2O” isn't a dollar amount." in await mo.submit(opened, entered)
    assert not (await mo.settings()).chosen
    await stage.env.restart_bot(await boot())
    opened = await mo.open_form("retry:setup")
    assert typed(opened) == {
        "channels": [stage.channel.id, clips.id],
        "review": ["before_posting"],
        "review_channel_id": [room.id],
        "spend_per_day_usd": "2O",
    }
    said = await mo.submit(opened, entered | {"spend_per_day_usd": "20"})
    assert "✅ All good" in said
    assert (await mo.settings()).channels == {stage.channel.id, clips.id}


async def test_a_review_channel_that_everyone_sees_finishes_no_setup(stage: Stage) -> None:
    mo, welcome = await greeted(stage)
    opened = await mo.actor.click(welcome, custom_id="reelcast:setup")
    said = await mo.submit(opened, {"channels": [stage.channel], "review_channel_id": [stage.channel]})
    assert "Choose a channel that members can't see." in said
    assert not (await mo.settings()).chosen
    assert typed(await mo.open_form("retry:setup"))["channels"] == [stage.channel.id]


async def test_a_setup_needs_a_channel_for_reports_unless_there_is_a_log_channel(stage: Stage) -> None:
    mo, welcome = await greeted(stage)
    opened = await mo.actor.click(welcome, custom_id="reelcast:setup")
    with pytest.raises(SetupError, match="review_channel_id"):
        await mo.submit(opened, {"channels": [stage.channel]})
    await stage.set(log_channel_id=hidden_channel(stage, mo).id)
    opened = await mo.actor.click(welcome, custom_id="reelcast:setup")
    assert "Saved" in await mo.submit(opened, {"channels": [stage.channel], "review": "off"})
    await mo.open("check")


async def test_who_lacks_manage_server_is_told_why_set_up_does_nothing(stage: Stage) -> None:
    _mo, welcome = await greeted(stage)
    pressed = await stage.alice.click(welcome, custom_id="reelcast:setup")
    assert pressed.response is not None
    assert pressed.response.ephemeral
    assert pressed.response.content.startswith("You need Manage Server")


async def test_the_panel_of_a_server_that_decided_nothing_has_set_up_too(stage: Stage) -> None:
    mo, _welcome = await greeted(stage)
    room = hidden_channel(stage, mo)
    for page in ("overview", "check"):
        await mo.open(page)
        assert typed(await mo.open_form("form:setup"))["spend_per_day_usd"] == "20"
    said = await mo.fill_in("form:setup", {"channels": [stage.channel], "review_channel_id": [room]})
    assert "✅ All good" in said
