"""Discord offers some commands only to who has a permission, which the moderators' guide tells."""

import re
from pathlib import Path
from typing import Final

import discord
from discord import app_commands

from tests.unit.cogs.stage import Stage

GUIDE: Final = Path(__file__).parents[3] / "docs" / "moderators.md"
WORDS: Final = {
    "manage_guild": "Manage Server",
    "manage_messages": "Manage Messages",
    "moderate_members": "Time Out Members",
}


async def test_the_guide_tells_moderators_which_commands_discord_offers_them(stage: Stage) -> None:
    offered: dict[str, set[str]] = {}
    for command in stage.bot.tree.walk_commands():
        needed = command.default_permissions if command.parent is None else None
        if needed:
            offered.setdefault(named(needed), set()).add(f"`/{command.name}`")
    for menu in stage.bot.tree.get_commands(type=discord.AppCommandType.message):
        assert isinstance(menu, app_commands.ContextMenu)
        if menu.default_permissions:
            offered.setdefault(named(menu.default_permissions), set()).add(f"*{menu.name}*")
    assert told() == offered


async def test_who_runs_the_bot_is_offered_their_command_where_they_administrate_and_other_members_nowhere(
    stage: Stage,
) -> None:
    [operator] = [command for command in await stage.bot.tree.fetch_commands() if command.name == "operator"]
    assert operator.default_member_permissions == discord.Permissions.none()  # "0": nobody but administrators
    manages = stage.guild.create_role("Moderators", permissions=discord.Permissions(manage_guild=True))
    rules = stage.guild.create_role("Administrators", permissions=discord.Permissions(administrator=True))
    mo = stage.guild.add_member(stage.env.create_user("mo"), roles=[manages])
    ada = stage.guild.add_member(stage.env.create_user("ada"), roles=[rules])
    offered = [who for who in (stage.alice, mo, ada) if "operator" in who.available_commands(stage.channel)]
    assert offered == [ada]


def named(permissions: discord.Permissions) -> str:
    [name] = [name for name, is_set in permissions if is_set]
    return WORDS[name]


def told() -> dict[str, set[str]]:
    _, _, below = GUIDE.read_text(encoding="utf-8").partition("| with | Discord offers |\n|---|---|\n")
    rows = [line.strip("|").split("|") for line in below.partition("\n\n")[0].splitlines()]
    return {who.strip(): set(re.findall(r"`/[a-z-]+`|\*[^*]+\*", offers)) for who, offers in rows}
