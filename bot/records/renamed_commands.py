"""The upgrade from version 0.1: each server is told once which commands have new names."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import discord
import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.statements import insert_if_absent
from bot.database.tables import marks
from bot.discord_api.errors import translated
from bot.discord_api.sending import words_nonce
from bot.jobs.clock import Clock
from bot.jobs.ports import OutcomeUnclear, PortError
from bot.records.log_channel import Heard, LogChannel
from bot.settings.store import SettingsStore
from bot.ui.commands import option_name
from bot.ui.language import N_, _, speaking
from bot.ui.text import plain

log = structlog.get_logger(__name__)

UPGRADED: Final = "upgraded_from_0.1"  # the mark that a migration leaves in a database that version 0.1 has used
_SERVER: Final = "renamed:"  # of a server's mark, before its id
_TOLD: Final = datetime(
    1970, 1, 1, tzinfo=UTC
)  # a server's mark from when it was told; before that, of the last attempt
EVERY: Final = timedelta(minutes=1)
AGAIN: Final = timedelta(minutes=10)  # after which an attempt that wasn't noted as done is repeated
PAUSE: Final = 1.0  # seconds between two servers
# The names of version 0.1, and what each is now; what kept its name isn't among them.
RENAMED: Final[Mapping[str, Sequence[str]]] = {
    "video": ("studio",),
    "videos": ("jobs", "quota", "send-again"),
    "help": ("privacy",),
    "mod": ("block", "unblock", "blocks", "block-image", "unblock-image"),
}
_HEADING: Final = N_("**The bot's commands have new names**")
_WHAT_TO_DO: Final = N_(
    "Discord doesn't carry over who can use the old commands. If you changed that in *Server Settings*, "
    "*Integrations*, set it again for the new ones. Buttons on earlier messages still work."
)


def renamed_notice() -> str:
    """Write which commands have new names, and what that means for a server."""
    lines = [
        f"- {' · '.join(f'`/{name}`' for name in before)} → `/{option_name(now)}`" for now, before in RENAMED.items()
    ]
    return "\n".join([_(_HEADING), *lines, _(_WHAT_TO_DO)])


class RenamedCommands:
    """Tells the servers that were there before the upgrade, in the log channel or else the owner."""

    def __init__(
        self, client: discord.Client, database: AsyncEngine, settings: SettingsStore, channel: LogChannel, clock: Clock
    ) -> None:
        self._client = client
        self._database = database
        self._settings = settings
        self._channel = channel
        self._clock = clock

    async def run(self) -> None:
        """Tell each server, then wait to be cancelled, as all work in the background does."""
        await self.tell_all()
        await asyncio.Event().wait()

    async def tell_all(self) -> None:
        """Tell each server as soon as it's there, since one can be away at the start, until none is left."""
        await self._clock.sleep(EVERY.total_seconds())
        while not self._client.is_ready() or await self.tell():
            await self._clock.sleep(EVERY.total_seconds())

    async def tell(self) -> bool:
        """Tell the servers that are there and haven't been told; False if none is left to tell, now or later."""
        known = await self._marks()
        upgraded_at = known.get(UPGRADED)
        if upgraded_at is None or self._client.user is None:
            return False
        left = False
        for guild in list(self._client.guilds):
            if known.get(f"{_SERVER}{guild.id}") == _TOLD:
                continue
            me = guild.get_member(self._client.user.id)  # None in a server that is away
            joined_at = me and me.joined_at
            if joined_at is not None and joined_at >= upgraded_at:
                continue
            if joined_at is not None and await self._claim(guild.id) and await self._tell(guild):
                await self._clock.sleep(PAUSE)
            else:
                left = True
        return left

    async def _tell(self, guild: discord.Guild) -> bool:
        """Tell a server; False if Discord was in trouble, so that it isn't known whether it heard."""
        settings = await self._settings.get(guild.id)
        with speaking(settings.language or guild.preferred_locale.value):
            words = renamed_notice()
        heard = await self._channel.send(guild.id, words, nonce=words_nonce("u", str(guild.id)))
        if heard in {Heard.NOBODY, Heard.CLOSED}:
            heard = await self._tell_owner(guild.owner_id or 0, f"{plain(guild.name)}: {words}")
        log.info("renamed_commands_told", guild=guild.id, outcome=heard.name.lower())
        if heard is Heard.UNCLEAR:
            return False
        mine = update(marks).where(marks.c.name == f"{_SERVER}{guild.id}").values(at=_TOLD)
        async with self._database.begin() as connection:
            await connection.execute(mine)
        return True

    async def _tell_owner(self, owner_id: int, words: str) -> Heard:
        """Send a direct message; CLOSED if the owner takes none."""
        try:
            with translated():
                owner = await self._client.fetch_user(owner_id)
                await owner.send(words, allowed_mentions=discord.AllowedMentions.none(), nonce=words_nonce("u", words))
        except OutcomeUnclear:
            return Heard.UNCLEAR
        except PortError:
            return Heard.CLOSED
        return Heard.SAID

    async def _marks(self) -> dict[str, datetime]:
        query = select(marks).where(marks.c.name.like(f"{_SERVER}%") | (marks.c.name == UPGRADED))
        async with self._database.connect() as connection:
            return {row.name: row.at for row in await connection.execute(query)}

    async def _claim(self, guild_id: int) -> bool:
        """Claim a server for this process, unless another one has tried it within `AGAIN` or it was told."""
        name, now = f"{_SERVER}{guild_id}", self._clock.now()
        due = (marks.c.name == name, marks.c.at != _TOLD, marks.c.at <= now - AGAIN)
        async with self._database.begin() as connection:
            first = insert_if_absent(connection, marks, {"name": name, "at": now}).returning(marks.c.name)
            if (await connection.execute(first)).one_or_none() is not None:
                return True
            return (await connection.execute(update(marks).where(*due).values(at=now))).rowcount > 0
