"""The gate as interactions meet it: who is let in, what is reserved, and what members and moderators are told."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import discord
import structlog
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from bot.automod.rules import Match
from bot.catalogue.model import VideoModel
from bot.catalogue.options import Options
from bot.database.outages import words
from bot.delivery.private_answers import with_prompt
from bot.gate.counting import find_full, next_day, next_month
from bot.gate.denial import Denial, DenialCode, missing_permissions
from bot.gate.gate import Asked, Verdict
from bot.gate.limits import Limit
from bot.gate.spend_warnings import SpendWarning, warning_of, warnings_of
from bot.gate.text_rules import text_to_tell
from bot.gate.usage import LimitReached, Reservation
from bot.gate.words import denial_sentence, refused_text_notice, spend_warning_sentence
from bot.jobs.errors import SpendLimitReached
from bot.jobs.model import Job, VideoRequest
from bot.requests.waiting import Draft
from bot.requests.wish import Wish
from bot.services import Services
from bot.ui.answers import say
from bot.ui.attempts import AnsweredElsewhere
from bot.ui.language import server_locale, speaking
from cogs.requests.drafts import fix_controls

# Who is blocked can't fix that, and nothing of theirs is kept.
NOT_TO_FIX: Final = frozenset(
    {DenialCode.SERVER_BLOCKED, DenialCode.MEMBER_BLOCKED_EVERYWHERE, DenialCode.MEMBER_BLOCKED}
)

log = structlog.get_logger(__name__)


async def tell_moderators(
    services: Services, interaction: discord.Interaction[Any], asked: Asked, match: Match
) -> None:
    """Say in the server's log channel, if it has one, who broke which rule where, and with what."""
    settings = await services.guild_settings.get(asked.guild_id)
    if settings.log_channel_id is None:
        return
    with speaking(server_locale(settings.language, interaction)):
        notice = refused_text_notice(
            match,
            member_id=asked.member_id,
            channel_id=asked.channel_id,
            text=text_to_tell(match, asked, settings),
        )
    await services.log_channel.say(asked.guild_id, notice)


def asked_by(
    interaction: discord.Interaction[Any],
    *,
    texts: Iterable[str] = (),
    options: Options | None = None,
    model: VideoModel | None = None,
) -> Asked:
    """Return the member and place of a request; the caller gives the rest, as far as it's known."""
    channel, member, guild = interaction.channel, interaction.user, interaction.guild
    permissions = interaction.permissions
    here = channel.parent if isinstance(channel, discord.Thread) else channel
    return Asked(
        guild_id=interaction.guild_id or 0,
        channel_id=interaction.channel_id or 0,
        member_id=member.id,
        parent_id=channel.parent_id if isinstance(channel, discord.Thread) else None,
        category_id=here.category_id if isinstance(here, discord.abc.GuildChannel) else None,
        role_ids=frozenset(role.id for role in member.roles) if isinstance(member, discord.Member) else frozenset(),
        manage_guild=permissions.manage_guild or permissions.administrator,
        joined_at=member.joined_at if isinstance(member, discord.Member) else None,
        age_restricted=is_age_restricted(channel),
        age_restricted_channels=frozenset(
            each.id for each in (guild.channels if guild else ()) if is_age_restricted(each)
        ),
        texts=tuple(texts),
        options=options,
        model=model,
    )


def is_age_restricted(channel: object) -> bool:
    """Return whether only adults see a channel; a thread is as its parent."""
    is_nsfw = getattr(channel, "is_nsfw", None)
    return bool(is_nsfw and is_nsfw())


async def let_in(
    services: Services, interaction: discord.Interaction[Any], asked: Asked, wish: Wish | None = None
) -> Verdict | None:
    """Ask the gate; where it says no, answer with that, keep the wish to be fixed, and return None."""
    verdict = await services.gate.rules.judge(asked)
    if isinstance(verdict, Verdict):
        denial = _judge_output(interaction, verdict)
        if denial is None:
            return verdict
        verdict = denial
    await _deny_and_tell(services, interaction, asked, verdict, wish)
    return None


async def may_be_written(
    services: Services, interaction: discord.Interaction[Any], *texts: str, draft: Draft | None = None
) -> bool:
    """Return whether the rules of the server, if there is one, allow texts that are no request, and answer if not.

    The draft that they are from is kept to be fixed.
    """
    if interaction.guild_id is None:
        return True
    asked = asked_by(interaction, texts=texts)
    denial = await services.gate.rules.judge_texts(asked)
    if denial is not None:
        await _deny_and_tell(services, interaction, asked, denial, draft)
    return denial is None


async def servers_refusing(
    services: Services, interaction: discord.Interaction[Any], guild_ids: Collection[int], text: str
) -> Collection[int]:
    """Return which other servers don't allow what a member wrote, and its members would read.

    One whose AutoMod rules can't be read here, such as a server that the bot has left, is judged by its words alone.
    """
    rules, member_id = services.gate.rules, interaction.user.id
    asked = [Asked(guild_id=each, channel_id=0, member_id=member_id, texts=(text,)) for each in guild_ids]
    denials = await asyncio.gather(*map(rules.judge_texts, asked))
    judged = zip(guild_ids, denials, strict=True)
    return [each for each, denial in judged if denial is not None and denial.code is not DenialCode.TEXT_UNCHECKED]


async def has_room(
    services: Services, interaction: discord.Interaction[Any], asked: Asked, verdict: Verdict, wish: Wish | None = None
) -> bool:
    """Return whether at least the shortest video would fit every limit right now, and answer if not.

    Nothing is reserved: it spares a member a form that could only be refused.
    """
    now = services.clock.now()
    terms = verdict.terms
    used = await services.gate.usage.read(terms, guild_id=asked.guild_id, member_id=asked.member_id, now=now)
    seconds, price = min(services.offer.durations), min((await services.operating.prices.least()).values())
    denial = find_full(terms, used, seconds=seconds, price_usd=price, now=now)
    if denial is not None:
        await deny(services, interaction, denial, wish)
    return denial is None


async def reserve(
    services: Services,
    interaction: discord.Interaction[Any],
    request: VideoRequest,
    reservation: Reservation,
    *,
    price_usd: Decimal,
    wish: Wish,
) -> Job | None:
    """Make a job of a request, with all that it takes of limits reserved; where there is no room, say so.

    Raises `AnsweredElsewhere` where there is a job of the interaction.
    """
    try:
        return await services.jobs.intake.accept(interaction.id, request, price_usd=price_usd, reserve=reservation)
    except (LimitReached, SpendLimitReached) as error:
        denial = denial_of(error, services.clock.now())
    except IntegrityError:  # another process with this database was told of the interaction, too
        log.info("interaction_repeated", interaction=interaction.id, kind=interaction.type.name)
        raise AnsweredElsewhere from None
    await deny(services, interaction, denial, wish)
    await tell_of_refusal(services, request, denial)
    return None


async def tell_of_refusal(services: Services, request: VideoRequest, denial: Denial) -> None:
    """Tell the server's moderators that a request has met their spending limit, once for each."""
    warning = warning_of(denial, guild_id=request.guild_id, day=services.clock.now().date())
    await _warn(services, request.guild_locale, [warning] if warning else [])


async def tell_of_spending(services: Services, job: Job, reservation: Reservation) -> None:
    """Tell the server's moderators where a job brings spending near a cap, once for each."""
    warnings = warnings_of(reservation, guild_id=job.request.guild_id, day=job.spend_day)
    await _warn(services, job.request.guild_locale, warnings)


async def _deny_and_tell(
    services: Services, interaction: discord.Interaction[Any], asked: Asked, denial: Denial, draft: Draft | None
) -> None:
    if (match := denial.match) is not None:
        log.info(
            "text_refused",
            guild=asked.guild_id,
            channel=asked.channel_id,
            member=asked.member_id,
            rule=match.rule_id,
            kind=match.kind,
        )
    await deny(services, interaction, denial, draft)
    if match is not None:
        await tell_moderators(services, interaction, asked, match)


async def deny(
    services: Services, interaction: discord.Interaction[Any], denial: Denial, draft: Draft | None = None
) -> None:
    """Say why a request is not made; channels and roles are named only where the member can use them."""
    sentence = denial_sentence(as_seen(interaction, denial))
    await refuse(services, interaction, sentence, draft, fixable=denial.code not in NOT_TO_FIX)


async def refuse(
    services: Services,
    interaction: discord.Interaction[Any],
    sentence: str,
    draft: Draft | None = None,
    *,
    fixable: bool = True,
) -> None:
    """Tell the member alone why something is refused, with the prompt to be copied.

    *Fix it* opens the draft again, which is kept for 15 minutes; see `bot.requests.waiting`.
    """
    text, files = with_prompt(sentence, draft.prompt if isinstance(draft, Wish) else "")
    extra: dict[str, Any] = {"files": files}
    if draft is not None and fixable:
        try:
            kept, now = await _allowed(services, interaction, draft), services.clock.now()
            await services.paused.pause(interaction.id, interaction.user.id, kept, now, refused=True)
            extra["view"] = fix_controls(draft.kind, interaction.id)
        except SQLAlchemyError as error:  # what is said is still true
            log.warning("draft_not_kept", interaction=interaction.id, error=words(error))
    await say(interaction, text, **extra)


async def _allowed(services: Services, interaction: discord.Interaction[Any], draft: Draft) -> Draft:
    """Leave out of a draft what the server's rules for texts block: its words, or its images for their names."""

    async def is_allowed(texts: Sequence[str]) -> bool:
        if interaction.guild_id is None or not texts:
            return True
        return await services.gate.rules.judge_texts(asked_by(interaction, texts=texts)) is None

    return draft.only(words=await is_allowed(draft.words), images=await is_allowed(draft.filenames))


async def _warn(services: Services, locale: str, warnings: Iterable[SpendWarning]) -> None:
    now = services.clock.now()
    for warning in warnings:
        if await services.gate.warnings.is_first(warning, now):
            ends_at = next_day(now) if warning.limit is Limit.SERVER_SPEND_PER_DAY else next_month(now)
            with speaking(locale):
                sentence = spend_warning_sentence(warning, ends_at=ends_at)
            log.info("spending_cap", guild=warning.guild_id, period=warning.period, percent=warning.percent)
            await services.log_channel.say(warning.guild_id, sentence)


def denial_of(error: LimitReached | SpendLimitReached, now: datetime) -> Denial:
    """Name the limit that has no room; the figure of the bot's own is nothing for members."""
    if isinstance(error, LimitReached):
        return error.denial
    if error.whole_month:
        return Denial(code=DenialCode.LIMIT, limit=Limit.SPEND_PER_MONTH, again_at=next_month(now))
    return Denial(code=DenialCode.LIMIT, limit=Limit.SPEND_PER_DAY, again_at=next_day(now))


def _judge_output(interaction: discord.Interaction[Any], verdict: Verdict) -> Denial | None:
    """Find what keeps the bot from posting where the server's videos go, before anything is spent."""
    channel_id, guild = verdict.handling.output_channel_id, interaction.guild
    if channel_id is None or guild is None:
        return None
    channel = guild.get_channel_or_thread(channel_id)
    if channel is None:
        return Denial(code=DenialCode.OUTPUT_GONE)
    missing = missing_permissions(channel.permissions_for(guild.me), thread=isinstance(channel, discord.Thread))
    return Denial(code=DenialCode.OUTPUT_CLOSED, ids=(channel_id,), names=missing) if missing else None


def as_seen(interaction: discord.Interaction[Any], denial: Denial) -> Denial:
    """Leave in a denial only those channels and roles that there are, and that the member can see."""
    guild, member = interaction.guild, interaction.user
    if guild is None or not isinstance(member, discord.Member):
        return denial
    if denial.code is DenialCode.CHANNEL:
        channels = [(each, guild.get_channel(each)) for each in denial.ids]
        seen = [each for each, channel in channels if channel and channel.permissions_for(member).view_channel]
        return replace(denial, ids=tuple(seen))
    if denial.code is DenialCode.ROLE:
        return replace(denial, ids=tuple(each for each in denial.ids if guild.get_role(each)))
    return denial
