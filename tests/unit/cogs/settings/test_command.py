"""The commands of `/settings`: each says and does what the panel does."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import discord
import pytest
from simcord.backend.errors import SetupError

from bot.settings.model import BadPattern, CastSharing, ChannelSettings, Limits, ReviewMode
from bot.ui.commands import CommandTranslator
from tests.support.settings_panel import a_moderator
from tests.unit.cogs.stage import Stage

# A command, what is given to it, and what the settings have by their names afterwards.
CHANGES: Sequence[tuple[str, dict[str, Any], dict[str, Any]]] = (
    ("channels everywhere", {"on": True}, {"everywhere": True}),
    ("review mode", {"mode": "before_spending"}, {"review": ReviewMode.BEFORE_SPENDING}),
    ("review times", {"hours": "6", "new_member_days": "2"}, {"review_hours": 6, "new_member_days": 2}),
    ("filters automod", {"on": False}, {"automod": False}),
    ("filters patterns", {"patterns": "skip"}, {"bad_patterns": BadPattern.SKIP}),
    ("filters add-words", {"words": "gore*, late night"}, {"words": ("gore*", "late night")}),
    (
        "limits members",
        {"per_day": "5", "seconds_per_day": "60"},
        {"member_limits": Limits(per_day=5, seconds_per_day=60)},
    ),
    ("limits server", {"at_once": "8"}, {"at_once": 8}),
    ("spending", {"per_day": "$20", "per_month": "100.50"}, {"spend_per_month_usd": Decimal("100.50")}),
    ("spoilers", {"on": True}, {"spoiler": True}),
    ("ai-label", {"on": False}, {"ai_label": False}),
    ("durations", {"allowed": "5"}, {"durations": frozenset({5})}),
    ("ratios", {"allowed": "16:9,1:1"}, {"aspect_ratios": frozenset({"16:9", "1:1"})}),
    ("originals", {"when": "on"}, {"original_links": True}),
    ("reports", {"reports": "5"}, {"report_threshold": 5}),
    ("records", {"days": "90"}, {"keep_records_days": 90}),
    ("language", {"language": "fr"}, {"language": "fr"}),
    ("cast", {"sharing": "moderators"}, {"cast_sharing": CastSharing.MODERATORS}),
    ("pause", {}, {"paused": True}),
)


async def test_each_command_changes_its_setting_at_once(stage: Stage) -> None:
    mo = a_moderator(stage)
    for command, options, changed in CHANGES:
        assert "✅ Saved; it counts from now on." in await mo.slash(command, **options), command
        settings = await mo.settings()
        assert {name: getattr(settings, name) for name in changed} == changed
        assert "Nothing has changed" in await mo.slash(command, **options), command


async def test_channels_are_added_and_removed_here_or_by_name(stage: Stage) -> None:
    mo = a_moderator(stage)
    clips = stage.guild.create_text_channel("clips")
    await mo.slash("channels remove")
    assert (await mo.settings()).channels == frozenset()
    await mo.slash("channels add")
    await mo.slash("channels add", channel=clips)
    assert (await mo.settings()).channels == {stage.channel.id, clips.id}


async def test_a_thread_counts_as_the_channel_that_it_belongs_to(stage: Stage) -> None:
    mo = a_moderator(stage)
    clips = stage.guild.create_text_channel("clips")
    thread = await stage.thread_in(clips)
    await mo.slash("channels add", channel=thread)
    assert (await mo.settings()).channels == {stage.channel.id, clips.id}
    await mo.slash("channels remove", thread)
    assert (await mo.settings()).channels == {stage.channel.id}
    await mo.slash("pause", channel=thread)
    assert (await mo.settings()).channel_settings == {clips.id: ChannelSettings(paused=True)}


async def test_roles_may_ask_may_be_trusted_and_have_limits(stage: Stage) -> None:
    mo = a_moderator(stage)
    artists = stage.guild.create_role("Artists")
    await mo.slash("roles add", role=artists)
    await mo.slash("review trust", role=artists)
    await mo.slash("limits role", role=artists, per_week="9")
    settings = await mo.settings()
    assert settings.roles == settings.trusted_roles == {artists.id}
    assert settings.role_limits == {artists.id: Limits(per_week=9)}
    await mo.slash("review distrust", role=artists)
    await mo.slash("roles everybody")
    await mo.slash("limits role", role=artists, per_week="none")
    settings = await mo.settings()
    assert settings.roles == settings.trusted_roles == frozenset()
    assert settings.role_limits == {}
    await mo.slash("roles add", role=artists)
    await mo.slash("roles remove", role=artists)
    assert (await mo.settings()).roles == frozenset()


HIDDEN = discord.PermissionOverwrite(view_channel=False)
SEEN = discord.PermissionOverwrite(view_channel=True)


@pytest.mark.parametrize(
    ("command", "field"),
    [("output", "output_channel_id"), ("log", "log_channel_id"), ("review channel", "review_channel_id")],
)
async def test_a_channel_is_named_or_none(stage: Stage, command: str, field: str) -> None:
    mo = a_moderator(stage)
    room = stage.guild.create_text_channel("room", overwrites={stage.guild.default_role: HIDDEN, mo.actor: SEEN})
    await mo.slash(command, channel=room)
    assert getattr(await mo.settings(), field) == room.id
    await mo.slash(command)
    assert getattr(await mo.settings(), field) is None


async def test_a_channel_that_everyone_sees_is_refused_as_the_review_channel_and_named_by_the_check(
    stage: Stage,
) -> None:
    mo = a_moderator(stage)
    open_to_all = stage.guild.create_text_channel("room")
    assert "Everyone can see that channel" in await mo.slash("review channel", channel=open_to_all)
    assert (await mo.settings()).review_channel_id is None
    await stage.set(review=ReviewMode.BEFORE_POSTING, review_channel_id=open_to_all.id)
    assert f"Everyone can see <#{open_to_all.id}>, the review channel" in await mo.slash("check")


async def test_a_channel_has_settings_of_its_own_and_gives_them_up(stage: Stage) -> None:
    mo = a_moderator(stage)
    here, gallery = stage.channel, stage.guild.create_text_channel("gallery")
    assert f"<#{here.id}>" in await mo.slash("channel", channel=here)
    assert (await mo.settings()).channel_settings == {}
    await mo.slash(
        "channel",
        channel=here,
        review="off",
        output=gallery,
        spoilers="on",
        durations="5",
        ratios="1:1",
        per_day="2",
    )
    own = ChannelSettings(
        review=ReviewMode.OFF,
        output_channel_id=gallery.id,
        spoiler=True,
        durations=frozenset({5}),
        aspect_ratios=frozenset({"1:1"}),
        per_day=2,
    )
    assert (await mo.settings()).channel_settings == {here.id: own}
    await mo.slash("channel", channel=here, review="server", ratios="server", per_day="none")
    left = ChannelSettings(output_channel_id=gallery.id, spoiler=True, durations=frozenset({5}))
    assert (await mo.settings()).channel_settings == {here.id: left}
    await mo.slash("channel", channel=here, reset=True, spoilers="off")
    assert (await mo.settings()).channel_settings == {here.id: ChannelSettings(spoiler=False)}


async def test_several_options_are_taken_together_or_not_at_all(stage: Stage) -> None:
    mo = a_moderator(stage)
    said = await mo.slash("channel", channel=stage.channel, spoilers="on", per_day="lots")
    assert said.startswith("“lots” is not a whole number.")
    assert (await mo.settings()).channel_settings == {}


async def test_a_pause_ends_where_it_began(stage: Stage) -> None:
    mo = a_moderator(stage)
    await mo.slash("pause")
    await mo.slash("pause", channel=stage.channel)
    await mo.slash("resume")
    settings = await mo.settings()
    assert (settings.paused, settings.in_channel(stage.channel.id).paused) == (False, True)
    await mo.slash("resume", channel=stage.channel)
    assert not (await mo.settings()).in_channel(stage.channel.id).paused


async def test_what_is_paused_takes_no_request(stage: Stage) -> None:
    mo = a_moderator(stage)
    await mo.slash("pause")
    assert "paused" in await stage.refusal()
    await mo.slash("resume")
    await stage.ask()
    assert len(await stage.jobs()) == 1


async def test_words_are_shown_in_a_file_and_an_empty_list_is_said_to_be_empty(stage: Stage) -> None:
    mo = a_moderator(stage)
    assert await mo.slash("filters words") == "No words of your own are refused here."
    await mo.slash("filters add-words", words="gore")
    assert await mo.slash("filters words") == "The words that are refused, besides AutoMod's:"
    await mo.slash("filters remove-words", words="Gore")
    assert (await mo.settings()).words == ()


@pytest.mark.parametrize(("field", "place"), [("review_channel_id", "review"), ("log_channel_id", "log")])
async def test_the_check_names_what_the_bot_may_not_do_where_moderators_read(
    stage: Stage, field: str, place: str
) -> None:
    mo = a_moderator(stage)
    closed = stage.channel_without("view_channel")  # where nothing else is possible, either
    await stage.set(review=ReviewMode.BEFORE_POSTING, **{field: closed.id})
    lacking = "**View Channel**, **Send Messages**, **Attach Files** and **Read Message History**"
    assert f"🔴 In <#{closed.id}>, the {place} channel, the bot lacks {lacking}." in await mo.slash("check")
    await stage.set(**{field: stage.channel.id})
    assert "lacks" not in await mo.slash("check")


async def test_the_check_asks_nothing_of_a_review_channel_that_nobody_uses(stage: Stage) -> None:
    mo = a_moderator(stage)
    await stage.set(review=ReviewMode.OFF, review_channel_id=stage.channel_without("attach_files").id)
    assert "lacks" not in await mo.slash("check")


async def test_the_commands_are_hidden_from_who_lacks_manage_server(stage: Stage) -> None:
    with pytest.raises(SetupError, match="default-member-permissions"):
        await stage.alice.slash(stage.channel, "settings show")


async def test_who_is_shown_the_commands_all_the_same_is_told_why_they_do_nothing(stage: Stage) -> None:
    role = stage.guild.create_role("Helpers", permissions=discord.Permissions(view_channel=True))
    helper = stage.guild.add_member(stage.env.create_user("helper"), roles=[role])
    [settings] = [each for each in await stage.bot.tree.fetch_commands() if each.name == "settings"]
    stage.guild.set_command_permissions(settings, {role: True})
    for name in ("show", "pause", "reset", "tidy", "check", "filters words"):
        result = await helper.slash(stage.channel, f"settings {name}")
        assert result.response is not None
        assert result.response.ephemeral
        assert result.response.content.startswith("Only members with the permission Manage Server")
    assert not (await stage.bot.services.guild_settings.get(stage.guild.id)).paused


async def test_discord_takes_the_commands_as_they_are_in_all_languages_together(stage: Stage) -> None:
    [command] = [each for each in stage.bot.tree.get_commands() if each.name == "settings"]
    payload = await command.get_translated_payload(stage.bot.tree, CommandTranslator())
    assert int(payload["default_member_permissions"]) == discord.Permissions(manage_guild=True).value
    assert command.guild_only
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
