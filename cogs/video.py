"""`/video`: a member's images and words become a job."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Reelcast, Services
from bot.jobs.errors import SpendLimitReached
from bot.jobs.model import Job, Reference, VideoRequest
from bot.policy.permissions import missing_permissions
from bot.policy.request import Refusal, RefusalCode, Upload, judge_request
from bot.presentation.card import status_card
from bot.presentation.refusal import refusal_message

ALREADY_ANSWERED: Final = 40060


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
        images = [(number, image) for number, image in enumerate(options, start=1) if image is not None]
        refusal = _judge_place(interaction) or judge_request(
            prompt, [_upload(number, image) for number, image in images], self._services.image_rules
        )
        if refusal is not None:
            await self._refuse(interaction, refusal, prompt)
            return
        request = VideoRequest(
            guild_id=interaction.guild_id or 0,
            channel_id=interaction.channel_id or 0,
            member_id=interaction.user.id,
            locale=interaction.locale.value,
            model=self._services.settings.segmind_model,
            prompt=prompt,
            duration=duration,
            aspect_ratio=aspect_ratio,
            references=_references([image for _, image in images]),
        )
        try:
            job = await self._services.intake.accept(
                interaction.id, request, price_usd=self._services.settings.prices_usd[duration]
            )
        except SpendLimitReached:
            await self._refuse(interaction, Refusal(code=RefusalCode.SPEND_LIMIT), prompt)
            return
        await self._show_card(interaction, job)

    async def _show_card(self, interaction: discord.Interaction, job: Job) -> None:
        """Answer with the card; a job goes on only when its card is known to be there."""
        view = status_card(job, self._services.image_rules, now=self._services.clock.now())
        try:
            answer = await interaction.response.send_message(view=view, allowed_mentions=discord.AllowedMentions.none())
            message_id = answer.message_id
        except (discord.DiscordServerError, aiohttp.ClientError, OSError):
            message_id = await _card_that_may_be_there(interaction)
        except discord.HTTPException as error:
            # After an answer that got lost, discord.py's own repeat of it is refused.
            message_id = await _card_that_may_be_there(interaction) if error.code == ALREADY_ANSWERED else None
        if message_id is None:
            await self._services.intake.card_failed(job)
        else:
            await self._services.intake.card_sent(job, message_id)

    async def _refuse(self, interaction: discord.Interaction, refusal: Refusal, prompt: str) -> None:
        text, files = refusal_message(
            refusal,
            self._services.image_rules,
            prompt=prompt,
            spending_resets_at=_next_midnight(self._services.clock.now()),
        )
        await interaction.response.send_message(
            text, files=files, ephemeral=True, allowed_mentions=discord.AllowedMentions.none()
        )


async def _card_that_may_be_there(interaction: discord.Interaction) -> int | None:
    """Look for the answer to an interaction whose sending got no clear end; None where there surely is none.

    Other errors go on: the job stays as it is, and is dropped when its card does not become known in time.
    """
    try:
        return (await interaction.original_response()).id
    except discord.NotFound:
        return None


def _judge_place(interaction: discord.Interaction) -> Refusal | None:
    if interaction.guild_id is None:
        return Refusal(code=RefusalCode.OUTSIDE_SERVER)
    missing = missing_permissions(interaction.app_permissions, thread=isinstance(interaction.channel, discord.Thread))
    return Refusal(code=RefusalCode.PERMISSIONS, names=missing) if missing else None


def _upload(number: int, image: discord.Attachment) -> Upload:
    return Upload(
        option=number, content_type=image.content_type, size=image.size, width=image.width, height=image.height
    )


def _references(images: Sequence[discord.Attachment]) -> tuple[Reference, ...]:
    return tuple(
        Reference(
            url=image.url,
            filename=image.filename,
            content_type=image.content_type or "",
            size=image.size,
            width=image.width or 0,
            height=image.height or 0,
        )
        for image in images
    )


def _next_midnight(now: datetime) -> datetime:
    return (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


async def setup(bot: Reelcast) -> None:
    await bot.add_cog(VideoCog(bot.services))
