"""What a server has decided about the bot, as one value. A server that decided nothing is safe: see `channels`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bot.jobs.model import ReviewMode

__all__ = ["UNSET", "BadPattern", "CastSharing", "ChannelSettings", "GuildSettings", "Limits", "ReviewMode"]


class CastSharing(StrEnum):
    """Who may share saved characters with the whole server."""

    OFF = "OFF"
    MODERATORS = "MODERATORS"
    MEMBERS = "MEMBERS"


class BadPattern(StrEnum):
    """What becomes of a text where one of the server's patterns cannot be applied to it."""

    BLOCK = "BLOCK"
    SKIP = "SKIP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one member may have made, in rolling windows. None is no limit; 0 lets nobody."""

    per_day: int | None = None  # videos in 24 hours
    per_week: int | None = None  # in 7 days
    per_month: int | None = None  # in 30 days
    at_once: int | None = None  # unfinished at the same time
    seconds_per_day: int | None = None  # of video


NO_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """What one channel does otherwise than its server; None is: as the server does."""

    review: ReviewMode | None = None
    output_channel_id: int | None = None
    spoiler: bool | None = None
    durations: frozenset[int] | None = None  # seconds
    aspect_ratios: frozenset[str] | None = None
    per_day: int | None = None  # videos of one member in this channel in 24 hours
    paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildSettings:
    """All settings of a server. Roles and channels are ids and may be gone; money is US dollars."""

    # Where members may ask. None until somebody has chosen: only who has Manage Server may ask, anywhere.
    # A thread counts as the channel it belongs to. Empty: nowhere.
    channels: frozenset[int] | None = None
    everywhere: bool = False  # in every channel, whatever `channels` says
    roles: frozenset[int] = frozenset()  # who may ask; empty: everybody
    output_channel_id: int | None = None  # where finished videos go, if not where they were asked for
    log_channel_id: int | None = None
    paused: bool = False

    review: ReviewMode = ReviewMode.OFF
    review_channel_id: int | None = None
    review_hours: int = 24  # after which what nobody looked at is rejected
    trusted_roles: frozenset[int] = frozenset()  # skip the review
    new_member_days: int = 0  # whoever joined fewer days ago is reviewed before spending, whatever the mode

    member_limits: Limits = NO_LIMITS
    # Of a member's roles the most generous counts, instead of everybody's; a None of a role is: as everybody's.
    role_limits: Mapping[int, Limits] = field(default_factory=dict[int, Limits])
    at_once: int | None = None  # unfinished jobs of the whole server
    spend_per_day_usd: Decimal | None = None  # UTC days
    spend_per_month_usd: Decimal | None = None

    automod: bool = True  # the server's own AutoMod keyword rules count for prompts
    bad_patterns: BadPattern = BadPattern.BLOCK
    words: tuple[str, ...] = ()  # refused besides; `*` at an end stands for more letters, as in AutoMod

    spoiler: bool = False
    ai_label: bool = True  # posts say that an AI made the video
    durations: frozenset[int] | None = None  # None: all that the model offers
    aspect_ratios: frozenset[str] | None = None
    original_links: bool | None = None  # buttons to Segmind's file; None: yes, unless there is a review
    report_threshold: int = 3  # reports that hide a video until a moderator decides; 0: never by itself
    cast_sharing: CastSharing = CastSharing.OFF
    language: str | None = None  # of cards and posts; None: as the server set it in Discord
    keep_records_days: int = 365

    channel_settings: Mapping[int, ChannelSettings] = field(default_factory=dict[int, ChannelSettings])

    @property
    def chosen(self) -> bool:
        """Whether somebody has decided where members may ask; until then only who has Manage Server may, anywhere."""
        return self.everywhere or self.channels is not None

    def is_open(self, channel_id: int) -> bool:
        """Tell whether members may ask in a channel; a thread is asked about by its parent's id."""
        return self.everywhere or channel_id in (self.channels or ())

    def in_channel(self, channel_id: int) -> "GuildSettings":
        """Give the settings as they count in one channel; a thread's are its parent's."""
        own = self.channel_settings.get(channel_id)
        if own is None:
            return self
        return replace(
            self,
            review=self.review if own.review is None else own.review,
            output_channel_id=own.output_channel_id or self.output_channel_id,
            spoiler=self.spoiler if own.spoiler is None else own.spoiler,
            durations=self.durations if own.durations is None else own.durations,
            aspect_ratios=self.aspect_ratios if own.aspect_ratios is None else own.aspect_ratios,
            paused=self.paused or own.paused,
        )

    @property
    def links_to_original(self) -> bool:
        """Whether a post has a button to Segmind's file, which no takedown can delete."""
        if self.original_links is not None:
            return self.original_links
        return self.review is ReviewMode.OFF and not self.new_member_days


UNSET: Final = GuildSettings()
