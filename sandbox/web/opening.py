"""Lets members ask for videos: in a server of its own the bot waits until somebody who may has said where."""

from typing import Final

from sandbox.discord.json_fields import objects
from sandbox.member import InteractionResult, NotOffered, Sandbox

COMMAND: Final = "settings"
MENU: Final = "reelcast:settings:list:channels:0"  # of the panel's page, by its custom id
CHANNEL: Final = "videos"


async def open_servers(control_url: str) -> list[InteractionResult]:
    """Have the owner of each server open #videos as owners do, with the bot's own command; returns its answers.

    A bot without the command needs no opening.
    """
    answers: list[InteractionResult] = []
    async with Sandbox.connect(control_url) as sandbox:
        for guild in objects(sandbox.description["guilds"]):
            owner = next(each for each in objects(guild["members"]) if each["id"] == guild["owner_id"])
            member = sandbox.member(owner["name"], guild=guild["name"], channel="general")
            channel_id = sandbox.admin.channel_id(CHANNEL, guild=guild["name"])
            try:
                panel = (await member.slash(COMMAND, page="places")).message
            except NotOffered:
                break
            if panel is not None:
                answers.append(await member.select(panel, MENU, [channel_id]))
    return answers
