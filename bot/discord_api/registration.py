"""Registering the commands with Discord, which may refuse to take them for a while: the bot goes on with the old."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import aiohttp
import discord
import structlog
from discord import app_commands

from bot.discord_api.reasons import retry_after
from bot.jobs.clock import Clock

log = structlog.get_logger(__name__)

GRACE: Final = 3.0  # seconds that Discord has to take the commands before the bot goes on without
FIRST_WAIT: Final = 30.0  # seconds until Discord is asked again; doubled for each further time
LONGEST_WAIT: Final = 3600.0
NOT_YET: Final = "commands not registered yet"


class Registration:
    """Registers the commands until Discord has taken them; `trouble` says why it has not."""

    def __init__(self, sync: Callable[[], Awaitable[object]], clock: Clock) -> None:
        self._sync = sync
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self.trouble = ""

    async def begin(self) -> None:
        """Register; where Discord makes us wait, members are answered by the commands of before meanwhile.

        It takes two registrations in a while, so that a bot started often would be deaf for as long.
        """
        self._task = asyncio.create_task(self._register(), name="commands")
        if (await asyncio.wait({self._task}, timeout=GRACE))[0]:
            await self._task
        elif not self.trouble:
            self.trouble = NOT_YET
            log.warning("commands_not_taken_yet")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _register(self) -> None:
        wait = FIRST_WAIT
        while True:
            try:
                await self._sync()
            # What is no API at all answers text where discord.py looks for fields.
            except (
                discord.HTTPException,
                aiohttp.ClientError,
                OSError,
                TypeError,
                app_commands.AppCommandError,
            ) as error:
                pause = max(wait, retry_after(error) or 0.0)
                self.trouble = f"commands not registered ({_kind(error)})"
                log.warning("commands_not_taken", error=_kind(error), again_in_seconds=round(pause))
                await self._clock.sleep(pause)
                wait = min(wait * 2, LONGEST_WAIT)
            else:
                if self.trouble:
                    log.info("commands_taken")
                self.trouble = ""
                return


def _kind(error: Exception) -> str:
    if isinstance(error, discord.HTTPException):
        return f"HTTP {error.status}, code {error.code}"
    return type(error).__name__
