"""The one way in: every command, button and modal that asks for a video ends here, and gets the same answers."""

from dataclasses import replace
from typing import Any, Final

import aiohttp
import discord
import structlog

from bot.interactions.asked import asked_by
from bot.interactions.casting import read_wish, texts_of
from bot.interactions.consent import has_accepted
from bot.interactions.errors import say
from bot.interactions.gatekeeping import has_room, let_in, reserve, tell_of_spending
from bot.interactions.help import hint_newcomer
from bot.interactions.server_locale import server_locale
from bot.interactions.wish import Wish, facts_of
from bot.jobs.model import Handling, Job, Reference, VideoRequest
from bot.policy.options import read_options
from bot.policy.permissions import missing_permissions
from bot.policy.request import Refusal, RefusalCode
from bot.policy.usage import Reservation
from bot.presentation.card import status_card
from bot.presentation.refusal import refusal_message
from bot.services import Services

ALREADY_ANSWERED: Final = 40060

log = structlog.get_logger(__name__)


class Requests:
    """Judges what members ask for, and makes jobs of what may be made."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def take(self, interaction: discord.Interaction[Any], wish: Wish) -> bool:
        """Answer with the card of a new job, or with why there is none; tell whether there is one."""
        services = self._services
        options = _judge_place(interaction) or read_options(
            services.offer, model=wish.model, duration=wish.duration, aspect_ratio=wish.aspect_ratio
        )
        if isinstance(options, Refusal):
            await self._refuse(interaction, options, wish.prompt)
            return False
        model = options.model
        read = await read_wish(services, interaction, wish, model)
        if isinstance(read, Refusal):
            await self._refuse(interaction, read, wish.prompt)
            return False
        price = model.prices_usd[options.duration]
        asked = asked_by(interaction, texts=tuple(texts_of(read, wish)), options=options)
        verdict = await let_in(services, interaction, asked, prompt=wish.prompt)
        if verdict is None:
            return False
        if not await has_accepted(services, interaction, {"video": facts_of(wish)}):
            return False
        request = VideoRequest(
            guild_id=interaction.guild_id or 0,
            channel_id=interaction.channel_id or 0,
            member_id=interaction.user.id,
            locale=interaction.locale.value,
            guild_locale=server_locale(verdict.language, interaction),
            model=model.slug,
            prompt=read.prompt,
            duration=options.duration,
            aspect_ratio=options.aspect_ratio,
            references=tuple(image for _, image in wish.images),
            elements=read.elements,
            handling=_handling(verdict.handling, wish),
        )
        reservation = Reservation(terms=verdict.terms)
        job = await reserve(services, interaction, request, reservation, price_usd=price, prompt=wish.prompt)
        if job is None:
            return False
        await self._show_card(interaction, job)
        try:
            await tell_of_spending(services, job, reservation)
            await hint_newcomer(services, interaction, job)
        except Exception:  # the job goes on: whoever asked must not read that nothing came of it
            log.exception("not_told_besides", job=job.id)
        return True

    async def admits(self, interaction: discord.Interaction[Any]) -> bool:
        """Tell whether a video can be made in this place at all, and answer if not: nobody fills in a form in vain."""
        refusal = _judge_place(interaction)
        if refusal is not None:
            await self._refuse(interaction, refusal, prompt="")
            return False
        asked = asked_by(interaction)
        verdict = await let_in(self._services, interaction, asked, prompt="")
        return verdict is not None and await has_room(self._services, interaction, asked, verdict)

    async def _show_card(self, interaction: discord.Interaction[Any], job: Job) -> None:
        """Answer with the card; a job goes on only when its card is known to be there."""
        view = status_card(job, self._services.offer, now=self._services.clock.now())
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

    async def _refuse(self, interaction: discord.Interaction[Any], refusal: Refusal, prompt: str) -> None:
        text, files = refusal_message(refusal, prompt=prompt)
        await say(interaction, text, files=files)


async def _card_that_may_be_there(interaction: discord.Interaction[Any]) -> int | None:
    """Look for the answer to an interaction whose sending got no clear end; None where there surely is none.

    Other errors go on: the job stays as it is, and is dropped when its card does not become known in time.
    """
    try:
        return (await interaction.original_response()).id
    except discord.NotFound:
        return None


def _judge_place(interaction: discord.Interaction[Any]) -> Refusal | None:
    """Find what forbids to make a video where an interaction comes from."""
    if interaction.guild_id is None:
        return Refusal(code=RefusalCode.OUTSIDE_SERVER)
    missing = missing_permissions(interaction.app_permissions, thread=isinstance(interaction.channel, discord.Thread))
    return Refusal(code=RefusalCode.PERMISSIONS, names=missing) if missing else None


def _handling(by_server: Handling, wish: Wish) -> Handling:
    """Add a member's wish, who can hide more than their server asks for and nothing less."""
    return replace(by_server, spoiler=by_server.spoiler or wish.spoiler, spoiler_asked=wish.spoiler)


def reference_of(image: discord.Attachment) -> Reference:
    """Take from an attachment what Discord tells of it; no width is 0, as of what is no picture."""
    return Reference(
        url=image.url,
        filename=image.filename,
        content_type=image.content_type or "",
        size=image.size,
        width=image.width or 0,
        height=image.height or 0,
    )
