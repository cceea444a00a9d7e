"""`/video`: a member's images and words become a job."""

from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Reelcast, Services
from bot.interactions.requests import Requests, reference_of
from bot.interactions.wish import Wish


class VideoCog(commands.Cog):
    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="video", description="Make a video from your reference images")
    @app_commands.describe(
        prompt="What should happen; @Image1, @Image2 … name the images",
        image1="The first reference image (JPEG, PNG or WebP)",
        image2="@Image2",
        image3="@Image3",
        image4="@Image4",
        image5="@Image5",
        image6="@Image6",
        image7="@Image7",
        duration="Seconds; 5 unless you say otherwise",
        aspect_ratio="16:9 unless you say otherwise",
    )
    async def video(
        self,
        interaction: discord.Interaction,
        prompt: str,
        image1: discord.Attachment,
        image2: discord.Attachment | None = None,
        image3: discord.Attachment | None = None,
        image4: discord.Attachment | None = None,
        image5: discord.Attachment | None = None,
        image6: discord.Attachment | None = None,
        image7: discord.Attachment | None = None,
        duration: Literal[5, 10] = 5,
        aspect_ratio: Literal["16:9", "9:16", "1:1"] = "16:9",
    ) -> None:
        options = (image1, image2, image3, image4, image5, image6, image7)
        images = [(number, reference_of(image)) for number, image in enumerate(options, start=1) if image is not None]
        wish = Wish(prompt=prompt, images=images, duration=duration, aspect_ratio=aspect_ratio)
        await Requests(self._services).take(interaction, wish)


async def setup(bot: Reelcast) -> None:
    await bot.add_cog(VideoCog(bot.services))
