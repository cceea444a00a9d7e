"""The least that answers /video: discord.py, one command with an image, one layout as large as our card."""

import asyncio
import json
import os
import sys

import discord
from discord import app_commands, ui
from discord.ext import commands
from discord.http import Route


class BareBot(commands.AutoShardedBot):
    """Set up as our bot is, so that only what the bot does makes the difference."""

    def __init__(self) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
        )

    async def setup_hook(self) -> None:
        await self.add_cog(VideoCog())
        await self.tree.sync()

    async def on_ready(self) -> None:
        print(json.dumps({"event": "ready"}), file=sys.stderr, flush=True)


class VideoCog(commands.Cog):
    @app_commands.command(name="video", description="Answer with a card")
    async def video(self, interaction: discord.Interaction, prompt: str, image1: discord.Attachment) -> None:
        await interaction.response.send_message(
            view=card(prompt, image1.url), allowed_mentions=discord.AllowedMentions.none()
        )


def card(prompt: str, image_url: str) -> ui.LayoutView:
    """Lay out what our card has: a title, the prompt and a line of facts beside the image, and a button."""
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=discord.Colour.blurple())
    text = f"**Queued**\n> {prompt}\n-# 5 s, 16:9, 1 image"
    image: ui.Thumbnail[ui.LayoutView] = ui.Thumbnail(image_url)
    section: ui.Section[ui.LayoutView] = ui.Section(text, accessory=image)
    container.add_item(section)
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    row.add_item(ui.Button(label="Details", custom_id="details"))
    container.add_item(row)
    view = ui.LayoutView(timeout=None)
    view.add_item(container)
    view.stop()
    return view


async def main() -> None:
    Route.BASE = os.environ["DISCORD_API_URL"]
    async with BareBot() as bot:
        await bot.start(os.environ["DISCORD_TOKEN"])


if __name__ == "__main__":
    asyncio.run(main())
