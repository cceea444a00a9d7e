"""`/records`: who made what in a server, and what its moderators decided; for them alone."""

import asyncio
import io
import re
from typing import Any, Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Reelcast, Services
from bot.records.export import MOST_ROWS, records_csv
from bot.records.page import (
    PER_PAGE,
    RECORDS_PATTERN,
    TEXT_LIMIT,
    exported,
    not_a_message,
    not_for_you,
    nothing_found,
    read_records_id,
    records_page,
)
from bot.records.store import Search
from bot.ui.answers import Shape, defer, say, show
from bot.ui.custom_ids import ID_PATTERN
from bot.ui.pressed_item import PressedItem

_MESSAGE: Final = re.compile(rf"(?:https?://(?:\w+\.)?discord(?:app)?\.com/channels/[0-9]+/[0-9]+/)?({ID_PATTERN})")

Text = app_commands.Range[str, 1, TEXT_LIMIT]


class RecordsPage(PressedItem, template=RECORDS_PATTERN):
    """Turns to another page; who may read it is asked again."""

    shape = Shape.UPDATE

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        search, first = read_records_id(self.match, interaction.guild_id or 0)
        await _show(bot.services, interaction, search, first)


@app_commands.guild_only()
@app_commands.default_permissions(manage_messages=True)
class RecordsCog(commands.GroupCog, group_name="records", group_description="See who made what here (moderators only)"):
    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="search", description="Search this server's records, newest first")
    @app_commands.describe(
        member="Member who made the request, was affected, or decided",
        message="Link or ID of a video's message or its card",
        text="Part of a prompt or reason",
    )
    async def search(
        self,
        interaction: discord.Interaction,
        member: discord.User | None = None,
        message: str | None = None,
        text: Text | None = None,
    ) -> None:
        message_id = _read_message(message)
        if message is not None and message_id is None:
            await say(interaction, not_a_message())
            return
        search = Search(
            guild_id=interaction.guild_id or 0,
            member_id=member.id if member else None,
            message_id=message_id,
            text=text or "",
        )
        await _show(self._services, interaction, search, 0)

    @app_commands.command(name="export", description="Export this server's records as a CSV file")
    @app_commands.describe(
        member="Member who made the request, was affected, or decided", text="Part of a prompt or reason"
    )
    async def export(
        self, interaction: discord.Interaction, member: discord.User | None = None, text: Text | None = None
    ) -> None:
        if not await _admits(interaction):
            return
        await defer(interaction)
        search = Search(guild_id=interaction.guild_id or 0, member_id=member.id if member else None, text=text or "")
        entries, count = await self._services.records.store.page(search, first=0, at_most=MOST_ROWS)
        if not entries:
            await say(interaction, nothing_found(filtered=bool(member or text)))
            return
        content, rows = await asyncio.to_thread(records_csv, entries)
        file = discord.File(io.BytesIO(content), filename="records.csv")
        await say(interaction, exported(rows, count), file=file)


async def _show(services: Services, interaction: discord.Interaction[Any], search: Search, first: int) -> None:
    if not await _admits(interaction):
        return
    entries, count = await services.records.store.page(search, first=first, at_most=PER_PAGE)
    if not entries and count:  # what stood there has been thinned since
        first = (count - 1) // PER_PAGE * PER_PAGE
        entries, count = await services.records.store.page(search, first=first, at_most=PER_PAGE)
    if not entries:
        filtered = bool(search.member_id or search.message_id or search.text)
        await say(interaction, nothing_found(filtered=filtered))
        return
    await show(interaction, view=records_page(search, entries, first=first, count=count))


async def _admits(interaction: discord.Interaction[Any]) -> bool:
    """Return whether someone may read the record now, and answer if not.

    A permission that a channel gives is not enough: the record is of all channels.
    """
    member = interaction.user
    allowed = isinstance(member, discord.Member) and member.guild_permissions.manage_messages
    if not allowed:
        await say(interaction, not_for_you())
    return allowed


def _read_message(typed: str | None) -> int | None:
    match = _MESSAGE.fullmatch((typed or "").strip().strip("<>"))
    return int(match[1]) if match else None


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(RecordsPage)
    await bot.add_cog(RecordsCog(bot.services))
