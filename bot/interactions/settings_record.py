"""A change of settings, written into the server's record with the change itself."""

from datetime import datetime
from typing import Any

import discord
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.decisions import Decided, Decision
from bot.jobs.storage.records import note
from bot.settings.changes_line import changes_line
from bot.settings.model import GuildSettings
from bot.settings.store import Noted
from bot.ui.language import server_locale, speaking


def noting(interaction: discord.Interaction[Any], now: datetime) -> Noted:
    """Make what writes down who changed what, in the server's language, as it is searched for later.

    The log channel is told of it like of every decision.
    """

    async def write_down(connection: AsyncConnection, before: GuildSettings, after: GuildSettings) -> None:
        member_id = interaction.user.id
        with speaking(server_locale(after.language, interaction)):
            reason = changes_line(before, after)
        changed = Decision(
            guild_id=interaction.guild_id or 0,
            member_id=member_id,
            kind=Decided.SETTINGS_CHANGED,
            at=now,
            by_id=member_id,
            reason=reason,
        )
        await note(connection, changed)

    return write_down
