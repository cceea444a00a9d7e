"""The rules of a server for texts, as members and moderators meet them: AutoMod's, and the server's own words."""

from dataclasses import replace
from typing import Any

import discord
import simcord

from bot.settings.model import BadPattern, GuildSettings
from tests.unit.cogs.stage import Stage, picture

REFUSED = "Your text or a file name contains something this server doesn't allow. Change it and try again."


def make_rule(stage: Stage, name: str = "No cats", **facts: Any) -> int:
    """Make a keyword rule in the server, as a moderator would; returns its id."""
    metadata = {"keyword_filter": facts.pop("keywords", []), "regex_patterns": facts.pop("patterns", [])}
    body = {"name": name, "event_type": 1, "trigger_type": 1, "trigger_metadata": metadata, **facts}
    return stage.env.backend.create_auto_mod_rule(stage.guild.id, stage.alice.id, body).id


async def choose(stage: Stage, **settings: Any) -> None:
    """Change settings of the server."""

    def change(before: GuildSettings) -> GuildSettings:
        return replace(before, **settings)

    await stage.bot.services.guild_settings.change(stage.guild.id, change, stage.bot.services.clock.now())


async def log_channel(stage: Stage) -> simcord.ChannelHandle:
    channel = stage.guild.create_text_channel("log")
    await choose(stage, log_channel_id=channel.id)
    return channel


def said_in(channel: simcord.ChannelHandle) -> str:
    [message] = channel.history()
    return message.content


async def test_a_prompt_against_a_rule_is_refused_without_naming_the_rule_and_given_back(stage: Stage) -> None:
    make_rule(stage, keywords=["cat*"])
    result = await stage.ask("Two CATS meet")
    assert await stage.refused(result) == REFUSED
    assert result.response is not None
    assert "Two CATS meet" in result.response.content
    assert "No cats" not in result.response.content


async def test_the_name_of_a_file_is_a_text_too(stage: Stage) -> None:
    make_rule(stage, keywords=["cat"])
    assert await stage.refusal(image1=picture("my_cat.png")) == REFUSED


async def test_a_modal_is_judged_as_a_command_is(stage: Stage) -> None:
    make_rule(stage, patterns=[r"\bc[a4]t\b"])
    opened = await stage.alice.slash(stage.channel, "video")
    values = {"prompt": "a c4t", "images": [picture()]}
    assert await stage.refused(await stage.submit(opened, values)) == REFUSED


async def test_a_rule_counts_from_the_moment_it_is_made_until_it_is_deleted(stage: Stage) -> None:
    await stage.ask("a dog")
    rule = make_rule(stage, keywords=["cat"])
    refused = await stage.ask("a cat")
    assert refused.response is not None
    assert REFUSED in refused.response.content
    stage.env.backend.delete_auto_mod_rule(stage.guild.id, rule)
    await stage.ask("a cat")
    assert len(await stage.jobs()) == 2


async def test_what_happened_while_the_gateway_was_away_is_read_when_it_is_back(stage: Stage) -> None:
    rule = make_rule(stage, keywords=["cat"])
    await stage.refusal("a cat")
    # No event tells of this change.
    stage.env.backend.get_auto_mod_rule(stage.guild.id, rule).trigger_metadata["keyword_filter"] = ["dog"]
    assert await stage.refusal("a cat") == REFUSED
    stage.bot.dispatch("shard_connect", 0)
    assert await stage.refusal("a dog") == REFUSED


async def test_who_has_an_exempt_role_or_manage_server_may_write_it(stage: Stage) -> None:
    trusted, moderator = (
        stage.guild.create_role("Trusted"),
        stage.guild.create_role("Moderators", permissions=discord.Permissions(manage_guild=True)),
    )
    make_rule(stage, keywords=["cat"], exempt_roles=[trusted.id])
    for name, role in (("bob", trusted), ("mo", moderator)):
        member = stage.guild.add_member(stage.env.create_user(name), roles=[role])
        await member.slash(stage.channel, "video", prompt="a cat", image1=picture())
    assert len(await stage.jobs()) == 2


async def test_a_channel_that_is_exempt_exempts_its_threads(stage: Stage) -> None:
    make_rule(stage, keywords=["cat"], exempt_channels=[stage.channel.id])
    thread = await stage.thread_in(stage.channel)
    await stage.alice.slash(thread, "video", prompt="a cat", image1=picture())
    assert len(await stage.jobs()) == 1


async def test_a_server_can_leave_its_automod_rules_out(stage: Stage) -> None:
    make_rule(stage, keywords=["cat"])
    await choose(stage, automod=False)
    await stage.ask("a cat")
    assert len(await stage.jobs()) == 1


async def test_a_pattern_that_cannot_be_applied_blocks_or_is_skipped_as_the_server_wants(stage: Stage) -> None:
    make_rule(stage, patterns=["(?=cat)"])
    assert await stage.refusal("a fox") == REFUSED
    await choose(stage, bad_patterns=BadPattern.SKIP)
    await stage.ask("a fox")
    assert len(await stage.jobs()) == 1


async def test_the_servers_own_words_are_refused_too(stage: Stage) -> None:
    await choose(stage, words=("dog*",))
    assert await stage.refusal("two Dogs") == REFUSED
    await stage.ask("two cats")
    assert len(await stage.jobs()) == 1


async def test_moderators_read_who_broke_which_rule_where_with_the_text_behind_a_spoiler(stage: Stage) -> None:
    make_rule(stage, "No **cats**", keywords=["cat*"])
    log = await log_channel(stage)
    await stage.refusal("@here || two\nCATS ||")
    said = said_in(log)
    assert f"<@{stage.alice.id}>" in said
    assert f"<#{stage.channel.id}>" in said
    assert "AutoMod rule **No \\*\\*cats\\*\\***" in said
    assert "||cat\\*||" in said
    assert said.endswith("\n||\\@here \\|\\| two CATS \\|\\|||")


async def test_words_of_the_own_list_are_told_as_such(stage: Stage) -> None:
    log = await log_channel(stage)
    await choose(stage, words=("dog*",))
    await stage.refusal("two dogs")
    assert "It matches ||dog\\*||, one of this server's blocked words." in said_in(log)
