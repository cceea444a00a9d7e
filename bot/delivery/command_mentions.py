"""Commands as links that open them: for that Discord's id of each is needed."""

import asyncio
from collections.abc import Mapping
from typing import Final

import aiohttp
import discord
import structlog

from bot.presentation.help import NAMED

log = structlog.get_logger(__name__)

PATIENCE: Final = 1.0  # seconds that Discord has to tell the ids; an answer has three


class CommandMentions:
    """Asks for the ids when somebody first wants them; until they are known commands are named, and no links."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._ids: Mapping[str, int] = {}

    async def get(self) -> Mapping[str, str]:
        """Give what to write for each command that is `NAMED`."""
        if not self._ids:
            await self._ask()
        return {name: self._mention(name) for name in NAMED}

    def _mention(self, name: str) -> str:
        command_id = self._ids.get(name.split(maxsplit=1)[0])
        return f"`/{name}`" if command_id is None else f"</{name}:{command_id}>"

    async def _ask(self) -> None:
        if self._client.application_id is None:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                told = await self._client.http.get_global_commands(self._client.application_id)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("command_ids_not_told", error=type(error).__name__)
        else:
            self._ids = {each["name"]: int(each["id"]) for each in told}
