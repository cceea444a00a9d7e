"""Panels, questions, and forms of version 0.1 that are still open do what they did: their custom ids are understood."""

from typing import Any, Final

import discord
import pytest
from discord import ui
from simcord.results import InteractionResult

from bot.settings.model import ChannelSettings
from tests.support.settings_panel import a_moderator
from tests.unit.cogs.stage import Stage, texts

# The buttons of 0.1 after `reelcast:settings:`, and a part of what is said then.
BUTTONS: Final = {
    "put:paused:0:on": "Pause new videos in the whole server?",  # which asks first now
    "put:paused:0:off": "Nothing changed",
    "put:everywhere:0:on": "In every channel: On",
    "put:automod:0:off": "NOT applied",
    "put:spoiler:0:on": "Spoilers: On",
    "put:paused:{channel}:on": "Paused: On",
    "do:check:0": "has no spending limit",
    "do:tidy:0": "Nothing changed",
    "do:words:0": "list of blocked words is empty",
    "do:as_server:{channel}": "Nothing changed",
    "do:show:0": "Where and who",
    "do:reset:0": "Saved",
    "turn:back:0:channels": "Channels with their own settings",
}
MENUS: Final = {
    "pick:review:0": (["off", "before_spending", "before_posting"], "before_spending", "Saved"),
    "pick:review:{channel}": (["server", "off", "before_posting"], "before_posting", "Saved"),
    "pick:spoiler:{channel}": (["server", "on", "off"], "on", "Saved"),
    "pick:bad_patterns:0": (["block", "skip"], "skip", "Saved"),
    "pick:original_links:0": (["auto", "on", "off"], "off", "Saved"),
    "pick:language:0": (["auto", "de"], "auto", "Nothing changed"),
    "pick:cast_sharing:0": (["off", "moderators"], "moderators", "Saved"),
    "allow:durations:0": (["5", "10"], "5", "Saved"),
    "allow:aspect_ratios:{channel}": (["16:9", "1:1"], "1:1", "Saved"),
    "turn:page:0": (["overview", "limits"], "limits", "Limits for each member"),
}
FORMS: Final = {
    "form:member_limits:0": {"per_day": "5"},
    "form:server_limits:0": {"at_once": "5"},
    "form:channel_limits:{channel}": {"per_day": "5"},
    "form:review_times:0": {"review_hours": "12", "new_member_days": "1"},
    "form:records:0": {"report_threshold": "2", "keep_records_days": "30"},
    "form:add_words:0": {"words": "gore"},
    "form:remove_words:0": {"words": "blood"},
}


async def shown(stage: Stage, *items: ui.Item[Any]) -> discord.Message:
    """Post components as a panel of 0.1 had them; a test can't be given a private message of the past."""
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(ui.TextDisplay("Settings"), *(ui.ActionRow(item) for item in items)))
    view.stop()
    return await stage.bot.get_partial_messageable(stage.channel.id).send(view=view)


def full_id(stage: Stage, short: str) -> str:
    return f"reelcast:settings:{short.format(channel=stage.channel.id)}"


def said(pressed: InteractionResult) -> str:
    """Return what a press led to: the edited panel, or an answer."""
    assert pressed.response is not None
    return pressed.response.content or texts(pressed.response)


@pytest.mark.parametrize("short", BUTTONS)
async def test_every_button_of_the_first_panel_is_understood(stage: Stage, short: str) -> None:
    mo = a_moderator(stage)
    message = await shown(stage, ui.Button(label="Old", custom_id=full_id(stage, short)))
    pressed = await mo.actor.click(message, label="Old")
    assert BUTTONS[short] in said(pressed)
    assert not (await mo.settings()).paused


@pytest.mark.parametrize("short", MENUS)
async def test_every_menu_of_the_first_panel_is_understood(stage: Stage, short: str) -> None:
    mo = a_moderator(stage)
    options, chosen, wanted = MENUS[short]
    select = ui.Select[Any](
        custom_id=full_id(stage, short), options=[discord.SelectOption(label=each) for each in options]
    )
    pressed = await mo.actor.select(await shown(stage, select), [chosen])
    assert wanted in said(pressed)


@pytest.mark.parametrize("short", FORMS)
async def test_every_form_of_the_first_panel_opens_and_is_taken(stage: Stage, short: str) -> None:
    mo = a_moderator(stage)
    await stage.set(words=("blood",))
    message = await shown(stage, ui.Button(label="Old", custom_id=full_id(stage, short)))
    opened = await mo.actor.click(message, label="Old")
    assert opened.modal is not None
    assert opened.modal["custom_id"] == full_id(stage, short)
    assert "Saved" in said(await stage.submit(opened, FORMS[short], who=mo.actor))


async def test_the_lists_of_the_first_panel_are_understood(stage: Stage) -> None:
    mo = a_moderator(stage)
    patron, gallery = stage.guild.create_role("Patron"), stage.guild.create_text_channel("gallery")
    chosen: dict[str, tuple[Any, Any]] = {
        "list:channels:0": (ui.ChannelSelect[Any], gallery),
        "list:roles:0": (ui.RoleSelect[Any], patron),
        "list:trusted_roles:0": (ui.RoleSelect[Any], patron),
        "point:output_channel_id:0": (ui.ChannelSelect[Any], gallery),
        "point:log_channel_id:0": (ui.ChannelSelect[Any], gallery),
        "point:output_channel_id:{channel}": (ui.ChannelSelect[Any], gallery),
    }
    for short, (kind, target) in chosen.items():
        message = await shown(stage, kind(custom_id=full_id(stage, short)))
        await mo.actor.select(message, [target])
    settings = await mo.settings()
    assert settings.channels == {stage.channel.id, gallery.id}
    assert (settings.roles, settings.trusted_roles) == ({patron.id}, {patron.id})
    assert (settings.output_channel_id, settings.log_channel_id) == (gallery.id, gallery.id)
    assert settings.channel_settings == {stage.channel.id: ChannelSettings(output_channel_id=gallery.id)}
    roles = await shown(stage, ui.RoleSelect(custom_id=full_id(stage, "role:role_limits:0")))
    assert (await mo.actor.select(roles, [patron])).modal is not None
    channels = await shown(stage, ui.ChannelSelect(custom_id=full_id(stage, "channel:own_settings:0")))
    assert gallery.mention in said(await mo.actor.select(channels, [gallery]))
