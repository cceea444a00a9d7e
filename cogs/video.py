"""`/video`: a member's images and words become a job."""

from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Reelcast, Services
from bot.interactions.cast_choices import usable_choices
from bot.interactions.requests import Requests, reference_of
from bot.interactions.wish import Wish


class VideoCog(commands.Cog):
    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="video", description="Make a video from your reference images")
    @app_commands.describe(
        prompt="What should happen; @Image1 names an image, @name a saved character",
        image1="The first reference image (JPEG, PNG or WebP)",
        image2="@Image2",
        image3="@Image3",
        image4="@Image4",
        image5="@Image5",
        image6="@Image6",
        image7="@Image7",
        duration="Seconds; 5 unless you say otherwise",
        aspect_ratio="16:9 unless you say otherwise",
        cast1="A saved character; its name in the prompt does as well",
        cast2="A saved character",
        cast3="A saved character",
    )
    @app_commands.autocomplete(cast1=usable_choices, cast2=usable_choices, cast3=usable_choices)
    async def video(
        self,
        interaction: discord.Interaction,
        prompt: str,
        image1: discord.Attachment | None = None,
        image2: discord.Attachment | None = None,
        image3: discord.Attachment | None = None,
        image4: discord.Attachment | None = None,
        image5: discord.Attachment | None = None,
        image6: discord.Attachment | None = None,
        image7: discord.Attachment | None = None,
        duration: Literal[5, 10] = 5,
        aspect_ratio: Literal["16:9", "9:16", "1:1"] = "16:9",
        cast1: str | None = None,
        cast2: str | None = None,
        cast3: str | None = None,
    ) -> None:
        options = (image1, image2, image3, image4, image5, image6, image7)
        images = [(number, reference_of(image)) for number, image in enumerate(options, start=1) if image is not None]
        cast = tuple(each for each in (cast1, cast2, cast3) if each)
        wish = Wish(prompt=prompt, images=images, duration=duration, aspect_ratio=aspect_ratio, cast=cast)
        await Requests(self._services).take(interaction, wish)


async def setup(bot: Reelcast) -> None:
    await bot.add_cog(VideoCog(bot.services))
