"""What plays about moderators share: settings chosen, presses answered, buttons that nobody should have."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import aiohttp

from bot.database.engine import open_database
from bot.settings.store import SettingsStore
from sandbox.member import InteractionResult, Member, Message
from tests.end_to_end.stage import PATIENCE, Stage

DECISIONS = ("Approve", "Spoiler", "Block", "History", "Decide several")  # the buttons of what waits
A_ROW, ROWS = 5, 5  # buttons, and rows of them, that a message takes


async def set_up(stage: Stage, guild: str = "Film Club", **choices: Any) -> None:
    """Have these settings in a server; in Film Club moderators look at their channel."""
    admin = stage.sandbox.admin
    if guild == "Film Club":
        choices.setdefault("review_channel_id", int(admin.channel_id("review", guild=guild)))
    async with open_database(f"sqlite:///{stage.database}", migrate=False) as database:
        now = datetime.now(UTC)
        guild_id = int(admin.guild_id(guild))
        await SettingsStore(database).change(guild_id, lambda settings: replace(settings, **choices), now)


async def told(member: Member, result: InteractionResult) -> str:
    """Wait for what an interaction is answered in the end."""
    answer = await member.answered(result, PATIENCE)
    assert answer is not None, result
    return answer.text


async def told_alone(member: Member, result: InteractionResult) -> str:
    """Make sure that an interaction was answered with a message that only who acted sees; return its words."""
    assert result.modal is None
    answer = await member.answered(result, PATIENCE)
    assert answer is not None, result
    assert answer.ephemeral
    return answer.text


async def shown(member: Member, words: str, *labels: str) -> Message:
    """Wait until a member sees a message of the bot with these words and buttons."""
    return await member.wait_for(
        lambda message: words in message.text and [button.label for button in message.buttons] == list(labels), PATIENCE
    )


async def forged_buttons(stage: Stage, member: Member, custom_ids: Sequence[str]) -> list[tuple[Message, str]]:
    """Have buttons with custom ids of our choice where a member can press them; return the message of each."""
    url = f"{stage.discord.describe()['api_url']}/channels/{member.channel_id}/messages"
    headers = {"Authorization": f"Bot {stage.discord.world.token}"}
    found: list[tuple[Message, str]] = []
    async with aiohttp.ClientSession(headers=headers) as session:
        for start in range(0, len(custom_ids), A_ROW * ROWS):
            some = custom_ids[start : start + A_ROW * ROWS]
            buttons = [{"type": 2, "style": 2, "label": "Forged", "custom_id": each} for each in some]
            rows = [
                {"type": 1, "components": buttons[first : first + A_ROW]} for first in range(0, len(buttons), A_ROW)
            ]
            async with session.post(url, json={"content": "forged", "components": rows}) as answer:
                assert answer.status == HTTPStatus.OK, await answer.text()
                posted = int((await answer.json())["id"])
            message = await member.wait_for(lambda message, wanted=posted: message.id == wanted)
            found += [(message, each) for each in some]
    return found
