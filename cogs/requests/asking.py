"""The one way in: every command, button and modal that asks for a video ends here, and gets the same answers."""

from dataclasses import replace
from functools import partial
from typing import Any, Final

import aiohttp
import discord
import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.database.outages import words
from bot.discord_api.reasons import reason_of
from bot.gate.denial import missing_permissions
from bot.gate.usage import Reservation
from bot.jobs.model import Handling, Job, Reference, VideoRequest
from bot.members.words import hint_controls, hint_text
from bot.requests.consent import cost_line
from bot.requests.reading import Refusal, RefusalCode, read_options
from bot.requests.refusal_words import refusal_sentence
from bot.requests.wish import Wish
from bot.services import Services
from bot.ui.answers import AnswerUnproven, answer_of, say
from bot.ui.attempts import AnswerUnclear, NotAnswered
from bot.ui.custom_ids import DetailsId, button_ids
from bot.ui.language import N_, _, server_locale
from cogs.requests.characters import read_wish, texts_of
from cogs.requests.drafts import has_accepted
from cogs.requests.gatekeeping import asked_by, has_room, let_in, refuse, reserve, tell_of_spending

CARD_UNCLEAR: Final = N_(
    "Discord didn't confirm your request. If its card appears, the request continues. Otherwise, nothing is charged."
)
NOT_CONFIRMED: Final = N_("Discord didn't confirm the bot's answer. Nothing was charged. Try again.")
GOES_ON: Final = N_("The bot has your request and will continue with it. Its card might take a moment to update.")

log = structlog.get_logger(__name__)


class Requests:
    """Checks members' requests, and makes jobs of those that pass."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def take(self, interaction: discord.Interaction[Any], wish: Wish) -> bool:
        """Answer with the card of a new job, or with why there is none; return whether there is one."""
        services = self._services
        answer_of(interaction).uncharged = True
        options = _judge_place(interaction) or read_options(services.offer, wish.options)
        if isinstance(options, Refusal):
            await self._refuse(interaction, options, wish)
            return False
        model = services.offer.find(options.model) or services.offer.default
        read = await read_wish(services, interaction, wish, model)
        if isinstance(read, Refusal):
            await self._refuse(interaction, read, wish)
            return False
        price = (await services.operating.prices.of(model, options.duration)).usd
        asked = asked_by(interaction, texts=tuple(texts_of(read, wish)), model=model, options=options)
        verdict = await let_in(services, interaction, asked, wish)
        if verdict is None:
            return False
        if not await has_accepted(services, interaction, wish, cost_line(options.duration, price)):
            return False
        request = VideoRequest(
            guild_id=interaction.guild_id or 0,
            channel_id=interaction.channel_id or 0,
            member_id=interaction.user.id,
            locale=interaction.locale.value,
            guild_locale=server_locale(verdict.language, interaction),
            options=options,
            prompt=read.prompt,
            references=tuple(image for _number, image in wish.images),
            elements=read.elements,
            handling=_handling(verdict.handling, wish),
        )
        reservation = Reservation(terms=verdict.terms)
        job = await reserve(services, interaction, request, reservation, price_usd=price, wish=wish)
        if job is None:
            return False
        message_id = await self._show_card(interaction, job, wish)
        if message_id is None:
            return not answer_of(interaction).uncharged
        if not await self._go_on(interaction, job, message_id):
            return True
        try:
            await tell_of_spending(services, job, reservation)
            await _hint(services, interaction, job)
        except SQLAlchemyError as error:
            log.warning("not_told_besides", job=job.id, error=words(error))
        except Exception:  # the job goes on: who asked must not read that nothing came of it
            log.exception("not_told_besides", job=job.id)
        return True

    async def admits(self, interaction: discord.Interaction[Any], wish: Wish | None = None) -> bool:
        """Return whether a video can be made here at all, and answer if not: before a form is filled in."""
        refusal = _judge_place(interaction)
        if refusal is not None:
            await self._refuse(interaction, refusal, wish)
            return False
        asked = asked_by(interaction)
        verdict = await let_in(self._services, interaction, asked, wish)
        return verdict is not None and await has_room(self._services, interaction, asked, verdict, wish)

    async def _show_card(self, interaction: discord.Interaction[Any], job: Job, wish: Wish) -> int | None:
        """Answer with the card and return its id; None where it is not known to be there, and the member is told.

        A job goes on only with a card that is surely its own. One whose card may be there is left as it is: the card is
        looked for by its mark.
        """
        answer, intake = answer_of(interaction), self._services.jobs.intake
        card = partial(self._services.delivery.cards.view, job)
        mark = str(DetailsId.of_card(job))
        try:
            message_id = await answer.post(
                card(),
                plain=partial(card, gallery=False),
                is_ours=lambda message: mark in button_ids(message.components),
            )
        except AnswerUnclear as error:
            log.warning("card_unclear", job=job.id, error=str(error))
            answer.uncharged = False
            await say(interaction, _(CARD_UNCLEAR))
        except NotAnswered as error:
            await intake.card_failed(job, why=type(error).__name__)
        except AnswerUnproven as error:
            await intake.card_failed(job, why=type(error).__name__)
            await refuse(self._services, interaction, _(NOT_CONFIRMED), wish)
        except discord.HTTPException as error:
            await intake.card_failed(job, why="refused", status=error.status, code=error.code)
            sentence = f"{reason_of(error).member_sentence()} {_('Nothing was charged.')}"
            await refuse(self._services, interaction, sentence, wish)
        else:
            if message_id is not None:
                return message_id
            await intake.card_failed(job, why="unanswered")
            await refuse(self._services, interaction, _(NOT_CONFIRMED), wish)
        return None

    async def _go_on(self, interaction: discord.Interaction[Any], job: Job, message_id: int) -> bool:
        """Continue a job whose card was sent; if that can't be saved now, say that it continues later."""
        answer_of(interaction).uncharged = False
        await interaction.client.arrivals.all_answered(rounds=1)
        self._services.delivery.cards.answered(job, answer_of(interaction).edit)
        try:
            await self._services.jobs.intake.card_sent(job, message_id)
        except SQLAlchemyError as error:  # the card is found again by what looks for those that are not known
            log.warning("card_not_saved", job=job.id, error=words(error))
            await say(interaction, _(GOES_ON))
            return False
        return True

    async def _refuse(self, interaction: discord.Interaction[Any], refusal: Refusal, wish: Wish | None) -> None:
        fixable = refusal.code is not RefusalCode.OUTSIDE_SERVER  # no form makes a video there
        draft = wish and _fixable(refusal, wish)
        await refuse(self._services, interaction, refusal_sentence(refusal), draft, fixable=fixable)


def _fixable(refusal: Refusal, wish: Wish) -> Wish:
    """Return what a form begins with: it has no field for characters, so those that can't be used are left out."""
    match refusal.code:
        case RefusalCode.IMAGE:
            return replace(wish, faulty=refusal.number)
        case RefusalCode.UNKNOWN_CHARACTER:
            return replace(wish, cast=[text for text in wish.cast if text != refusal.name])
        case RefusalCode.SAME_NAME | RefusalCode.INPUT_COUNT:
            return replace(wish, cast=wish.cast[:-1])
        case _:
            return wish


def _judge_place(interaction: discord.Interaction[Any]) -> Refusal | None:
    """Find what forbids to make a video where an interaction comes from."""
    if interaction.guild_id is None:
        return Refusal(code=RefusalCode.OUTSIDE_SERVER)
    channel, granted = interaction.channel, interaction.app_permissions
    if isinstance(channel, discord.Thread) and not granted.manage_threads:
        if channel.is_private() and channel.me is None:
            return Refusal(code=RefusalCode.PRIVATE_THREAD)
        if channel.locked:
            return Refusal(code=RefusalCode.LOCKED_THREAD)
    missing = missing_permissions(granted, thread=isinstance(channel, discord.Thread))
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


async def _hint(services: Services, interaction: discord.Interaction[Any], job: Job) -> None:
    """Tell who has just asked for their first video how to go on; nothing comes of it where Discord is in trouble."""
    if not await services.store.is_first(job) or not await services.members.preferences.hint(job.request.member_id):
        return
    try:
        await say(interaction, hint_text(), view=hint_controls())
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        log.info("hint_not_given", error=type(error).__name__)
