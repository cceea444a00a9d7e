"""The one decision whether a request may be made: every rule of a server, asked in one order.

What is counted (limits, money) is only named here, as the verdict's `terms`: it is compared and reserved in the
transaction that saves the job, so that no two requests can take the same place.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import BigInteger, BindParameter, Exists, bindparam, exists, select

from bot.catalogue.model import VideoModel
from bot.catalogue.options import Options
from bot.database.reading import Reader
from bot.database.record_tables import operator_blocks
from bot.database.tables import blocks, guild_settings, marks
from bot.gate.denial import Denial, DenialCode
from bot.gate.limits import Terms, terms_for
from bot.gate.stops import PAUSED, Target
from bot.jobs.model import Handling, ReviewMode
from bot.settings.model import GuildSettings
from bot.settings.store import parsed

_GUILD: Final = bindparam("guild_id", type_=BigInteger())
_MEMBER: Final = bindparam("member_id", type_=BigInteger())
_BLOCK: Final = blocks.c.guild_id == _GUILD, blocks.c.member_id == _MEMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFacts:
    """The operator's stops, the moderators' blocks, and the server's settings."""

    settings: GuildSettings
    bot_paused: bool = False
    server_blocked: bool = False  # by the bot operator
    member_blocked_everywhere: bool = False  # the same
    member_blocked: bool = False  # by the server's moderators, at some time: `blocked_until` tells whether it counts
    blocked_until: datetime | None = None  # None: permanently


class GateFactsReader:
    """Read at each request: what is stopped, blocked or set counts at once, in every process."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def read(self, guild_id: int, member_id: int) -> GateFacts:
        row = await self._reader.row(_QUERY, {"guild_id": guild_id, "member_id": member_id})
        return GateFacts(
            settings=parsed(row.settings),
            bot_paused=row.bot_paused,
            server_blocked=row.server_blocked,
            member_blocked_everywhere=row.member_blocked_everywhere,
            member_blocked=row.member_blocked,
            blocked_until=row.blocked_until,
        )


def _is_stopped(target: Target, target_id: BindParameter[int]) -> Exists:
    return exists().where(operator_blocks.c.kind == target, operator_blocks.c.target_id == target_id)


# Put together once: that takes longer than to run it.
_QUERY: Final = select(
    exists().where(marks.c.name == PAUSED).label("bot_paused"),
    _is_stopped(Target.SERVER, _GUILD).label("server_blocked"),
    _is_stopped(Target.MEMBER, _MEMBER).label("member_blocked_everywhere"),
    exists().where(*_BLOCK).label("member_blocked"),
    select(blocks.c.until).where(*_BLOCK).scalar_subquery().label("blocked_until"),
    select(guild_settings.c.settings).where(guild_settings.c.guild_id == _GUILD).scalar_subquery().label("settings"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request to be judged: by whom, for what, and where. What isn't known yet is left out."""

    guild_id: int
    channel_id: int
    member_id: int
    parent_id: int | None = None  # the channel that a thread belongs to
    category_id: int | None = None
    role_ids: frozenset[int] = frozenset()
    manage_guild: bool = False  # whether the member has Manage Server
    joined_at: datetime | None = None
    age_restricted: bool = False  # the channel
    age_restricted_channels: frozenset[int] = frozenset()  # all such channels of the server
    texts: tuple[str, ...] = ()  # everything that the member wrote; empty where a form is about to be opened
    options: Options | None = None
    model: VideoModel | None = None  # that these are chosen for

    @property
    def home_id(self) -> int:
        """Return the channel whose rules count: a thread's are those of the channel it belongs to."""
        return self.parent_id or self.channel_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a request may be made."""

    language: str | None  # of card and post; None: the server's own
    handling: Handling  # of this very request: trusted roles and new members are considered
    terms: Terms  # what the reservation compares


class Facts(Protocol):
    async def read(self, guild_id: int, member_id: int) -> GateFacts:
        """Read what the database says, at this moment, about a request of a member in a server."""
        ...


class Texts(Protocol):
    """What may be written: the rules of the server for the words of its members."""

    async def denial(self, asked: Asked, settings: GuildSettings) -> Denial | None:
        """Judge `asked.texts`, under the settings that count in the channel; None where nothing is wrong."""
        ...


class _Clock(Protocol):
    def now(self) -> datetime: ...


class Gate:
    def __init__(self, facts: Facts, clock: _Clock, texts: Texts | None = None) -> None:
        self._facts = facts
        self._clock = clock
        self._texts = texts

    async def judge(self, asked: Asked) -> Verdict | Denial:
        """Find the first rule that forbids a request, or how it may be made."""
        facts = await self._facts.read(asked.guild_id, asked.member_id)
        settings = facts.settings.in_channel(asked.home_id)
        denial = (
            _judge_stops(facts, self._clock.now())
            or _judge_place_and_member(asked, settings)
            or _judge_options(asked, settings)
        )
        if denial is None and asked.texts and self._texts is not None:
            denial = await self._texts.denial(asked, settings)
        if denial is not None:
            return denial
        handling = self._handling(asked, settings)
        if _leaves_age_restriction(asked, settings, handling.review):
            return Denial(code=DenialCode.AGE_RESTRICTED)
        return Verdict(
            language=settings.language,
            handling=handling,
            terms=terms_for(settings, role_ids=asked.role_ids, channel_id=asked.home_id),
        )

    async def handling(self, asked: Asked) -> Handling:
        """Return how what was let in once would be handled by now; whether it may still be is not asked."""
        facts = await self._facts.read(asked.guild_id, asked.member_id)
        return self._handling(asked, facts.settings.in_channel(asked.home_id))

    async def judge_texts(self, asked: Asked) -> Denial | None:
        """Judge only what a member wrote, for something that is no request, such as a name that others will see."""
        if self._texts is None:
            return None
        facts = await self._facts.read(asked.guild_id, asked.member_id)
        settings = facts.settings.in_channel(asked.home_id)
        return await self._texts.denial(asked, settings)

    def _handling(self, asked: Asked, settings: GuildSettings) -> Handling:
        output = settings.output_channel_id
        return Handling(
            review=_review(asked, settings, self._clock.now()),
            review_hours=settings.review_hours,
            spoiler=settings.spoiler,
            output_channel_id=None if output == asked.channel_id else output,
            link_to_original=settings.links_to_original,
            ai_label=settings.ai_label,
            age_restricted=asked.age_restricted,
        )


def _judge_stops(facts: GateFacts, now: datetime) -> Denial | None:
    """Find what denies any request: first the operator's stops, then the moderators'."""
    if facts.bot_paused:
        return Denial(code=DenialCode.BOT_PAUSED)
    if facts.server_blocked:
        return Denial(code=DenialCode.SERVER_BLOCKED)
    if facts.member_blocked_everywhere:
        return Denial(code=DenialCode.MEMBER_BLOCKED_EVERYWHERE)
    if facts.member_blocked and (facts.blocked_until is None or facts.blocked_until > now):
        return Denial(code=DenialCode.MEMBER_BLOCKED, again_at=facts.blocked_until)
    return None


def _judge_place_and_member(asked: Asked, settings: GuildSettings) -> Denial | None:
    if settings.paused:
        return Denial(code=DenialCode.PAUSED)
    if not settings.chosen:
        return None if asked.manage_guild else Denial(code=DenialCode.NOT_OPEN)
    if not settings.is_open(asked.home_id):
        return Denial(code=DenialCode.CHANNEL, ids=tuple(sorted(settings.channels or ())))
    if settings.roles and not settings.roles & asked.role_ids:
        return Denial(code=DenialCode.ROLE, ids=tuple(sorted(settings.roles)))
    return None


def _judge_options(asked: Asked, settings: GuildSettings) -> Denial | None:
    """Hold what was chosen against what the server allows; named is what of that the same model makes."""
    durations, ratios, options, model = settings.durations, settings.aspect_ratios, asked.options, asked.model
    if options is None or model is None:
        return None
    if durations is not None and options.duration not in durations:
        possible = [str(each) for each in model.durations if each in durations]
        return Denial(code=DenialCode.DURATION, names=tuple(possible))
    if ratios is not None and options.aspect_ratio and options.aspect_ratio not in ratios:
        possible = [each for each in model.aspect_ratios if each in ratios]
        return Denial(code=DenialCode.ASPECT_RATIO, names=tuple(possible))
    return None


def _leaves_age_restriction(asked: Asked, settings: GuildSettings, review: ReviewMode) -> bool:
    """Return whether something requested in an age-restricted channel would be shown in one that is not."""
    elsewhere = {settings.output_channel_id}
    if review is not ReviewMode.OFF:
        elsewhere.add(settings.review_channel_id)
    return asked.age_restricted and not elsewhere - {None} <= asked.age_restricted_channels


def _review(asked: Asked, settings: GuildSettings, now: datetime) -> ReviewMode:
    if settings.trusted_roles & asked.role_ids:
        return ReviewMode.OFF
    # Members whose join date is unknown count as new.
    new = timedelta(days=settings.new_member_days)
    if new and (asked.joined_at is None or now - asked.joined_at < new):
        return ReviewMode.BEFORE_SPENDING
    return settings.review
