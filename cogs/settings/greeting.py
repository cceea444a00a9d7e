"""The bot comes to a server: it says once how to begin, with *Set up* beside it."""

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any

import discord
import structlog
from discord import ui
from discord.ext import commands

from bot.app import Reelcast
from bot.settings.panel.ids import SETUP_ID
from bot.settings.panel.panel import open_server
from bot.ui.custom_ids import view_of
from bot.ui.language import _, speaking
from bot.ui.text import plain

log = structlog.get_logger(__name__)


def welcome(guild: discord.Guild, *, to_owner: bool = False) -> tuple[str, ui.View]:
    """Write the message to a server that has decided nothing; it addresses everyone and pings no one.

    Its owner gets it where the bot can write in no channel.
    """
    setup = ui.Button[ui.View](label=_("Set up"), style=discord.ButtonStyle.primary, custom_id=SETUP_ID)
    view = view_of(setup)
    if to_owner:
        setup.custom_id = f"{SETUP_ID}:{guild.id}"
        view.add_item(open_server(guild.id))
        content = _(
            "🎬 **Members of {server} can turn reference images into videos.** The bot can't write in any channel there"
            " yet. Allow it View Channel and Send Messages where videos go, then press *Set up*."
        )
        return content.format(server=plain(guild.name)), view
    lines = [
        _("🎬 **Hi! Members can turn reference images into videos here.**"),
        _(
            "Videos aren't open to members yet. Someone with Manage Server can press *Set up* to choose channels, "
            "review, and a spending limit. Until then, no one else can make videos."
        ),
    ]
    return "\n".join(lines), view


class GreetingCog(commands.Cog):
    def __init__(self, bot: Reelcast) -> None:
        self._bot = bot

    @commands.Cog.listener("on_guild_join")
    async def greet(self, guild: discord.Guild) -> None:
        """Say how to begin, where the server has its own messages go, unless it decided long ago."""
        settings = await self._bot.services.guild_settings.get(guild.id)
        greeted = not settings.chosen and (await self._greet_in_channel(guild) or await self._greet_owner(guild))
        log.info("guild_joined", guild=guild.id, greeted=greeted)

    async def _greet_in_channel(self, guild: discord.Guild) -> bool:
        """Post the welcome message in the first channel where the bot can; return whether there was one."""
        with speaking(guild.preferred_locale.value):
            content, view = welcome(guild)
        for channel in _places(guild):
            if await _sent(guild, channel.send, content, view):
                return True
        return False

    async def _greet_owner(self, guild: discord.Guild) -> bool:
        """Tell the owner, where there is no such channel; return whether that reached them."""
        with speaking(guild.preferred_locale.value):
            content, view = welcome(guild, to_owner=True)
        return await _sent(guild, partial(self._write_to, guild.owner_id or 0), content, view)

    async def _write_to(self, user_id: int, content: str, **parts: Any) -> None:
        user = await self._bot.fetch_user(user_id)
        await user.send(content, **parts)


def _places(guild: discord.Guild) -> Iterator[discord.TextChannel]:
    """Yield the channels where the bot can write: first the one for the server's own messages, then from the top."""
    for channel in dict.fromkeys((guild.system_channel, *guild.text_channels)):
        if channel is not None:
            granted = channel.permissions_for(guild.me)
            if granted.view_channel and granted.send_messages:
                yield channel


async def _sent(guild: discord.Guild, send: Callable[..., Awaitable[object]], content: str, view: ui.View) -> bool:
    try:
        await send(content, view=view, allowed_mentions=discord.AllowedMentions.none())
    except discord.HTTPException as error:  # gone or closed meanwhile: nothing depends on a greeting
        log.warning("greeting_not_sent", guild=guild.id, error=type(error).__name__)
        return False
    return True


async def setup(bot: Reelcast) -> None:
    await bot.add_cog(GreetingCog(bot))
