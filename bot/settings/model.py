"""What a server has decided about the bot, as one value. A server that decided nothing is safe: see `channels`.

A field is a setting, and its entry is all that there is to say of it: the panel, its forms, the check, the record line,
the default, and the table in `docs/moderators.md` are made from it. A value that was saved keeps its name and type.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.catalogue.models import ASPECT_RATIOS, DURATIONS
from bot.jobs.model import ReviewMode
from bot.settings.choices import BAD_PATTERNS, LANGUAGES, ORIGINALS, REVIEWS, SHARINGS, BadPattern, CastSharing
from bot.settings.entries import (
    BlockedWords,
    ChannelList,
    Choice,
    LimitSet,
    Number,
    OneChannel,
    OwnSettings,
    Page,
    RoleLimits,
    RoleList,
    Subset,
    Switch,
    declared,
    declared_own,
    entries,
)
from bot.ui.language import N_, _, ngettext

__all__ = ["UNSET", "BadPattern", "CastSharing", "ChannelSettings", "GuildSettings", "Limits", "ReviewMode"]


_SHAPES: Final[Mapping[str, str]] = {"16:9": N_("16:9, wide"), "9:16": N_("9:16, tall"), "1:1": N_("1:1, square")}


def _limit(label: str, told: str, page: Page = Page.LIMITS, *, most: int, counted: Callable[[int], str]) -> int | None:
    """Declare how much one member may have made."""
    return declared(Number, label, told, page, default=None, least=0, most=most, nobody_at_zero=True, counted=counted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one member may have made, in rolling windows. None is no limit; 0 lets no one."""

    per_day: int | None = _limit(
        N_("Videos in 24 hours"),
        N_("Counted over the last 24 hours."),
        most=1_000,
        counted=lambda count: ngettext("{count} video in 24 hours", "{count} videos in 24 hours", count),
    )
    per_week: int | None = _limit(
        N_("Videos in 7 days"),
        N_("Counted over the last 7 days."),
        most=7_000,
        counted=lambda count: ngettext("{count} video in 7 days", "{count} videos in 7 days", count),
    )
    per_month: int | None = _limit(
        N_("Videos in 30 days"),
        N_("Counted over the last 30 days."),
        most=30_000,
        counted=lambda count: ngettext("{count} video in 30 days", "{count} videos in 30 days", count),
    )
    at_once: int | None = _limit(
        N_("Videos in progress at once"),
        N_("Requests in progress at the same time."),
        most=1_000,
        counted=lambda count: ngettext("{count} in progress at once", "{count} in progress at once", count),
    )
    seconds_per_day: int | None = _limit(
        N_("Seconds of video in 24 hours"),
        N_("The lengths of all videos together."),
        most=10_000,
        counted=lambda count: ngettext(
            "{count} second of video in 24 hours", "{count} seconds of video in 24 hours", count
        ),
    )


NO_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildSettings:
    """All settings of a server. Roles and channels are ids and may be gone; money is US dollars."""

    # None until someone has chosen: only who has Manage Server may ask, anywhere. A thread counts as the channel it
    # belongs to. Empty: nowhere.
    channels: frozenset[int] | None = declared(
        ChannelList,
        N_("Channels where members can make videos"),
        N_("Members can request videos in these channels and their threads."),
        Page.PLACES,
        default=None,
        undecided=N_("No channels are set, so only members with Manage Server can make videos, in any channel."),
        empty=N_("None chosen, so members can't make videos."),
        unless="everywhere",
    )
    # Whatever `channels` says.
    everywhere: bool = declared(
        Switch,
        N_("In every channel"),
        N_("Members can make videos wherever they can use the bot's commands."),
        Page.PLACES,
        default=False,
    )
    roles: frozenset[int] = declared(
        RoleList,
        N_("Who can make videos"),
        N_("Everyone who can see the channel. Choose roles to allow only those."),
        Page.PLACES,
        default=frozenset(),
        empty=N_("Everyone"),
        keeps_last=True,
    )
    output_channel_id: int | None = declared(
        OneChannel,
        N_("Where videos are posted"),
        N_("Finished videos are posted in this channel, wherever they were requested."),
        Page.PLACES,
        default=None,
        placeholder=N_("The channel where it was requested"),
        unset=N_("The channel where they were requested"),
    )
    log_channel_id: int | None = declared(
        OneChannel,
        N_("Log channel"),
        N_("Choose a channel for decisions and warnings. Pick one that members can't see."),
        Page.PLACES,
        default=None,
        placeholder=N_("No log channel"),
    )
    paused: bool = declared(
        Switch, N_("Paused"), N_("No new videos can be made in this channel."), Page.OVERVIEW, default=False
    )

    review: ReviewMode = declared(
        Choice,
        N_("Review"),
        N_("Choose whether a moderator reviews requests or videos first."),
        Page.REVIEW,
        default=ReviewMode.OFF,
        options=REVIEWS,
    )
    review_channel_id: int | None = declared(
        OneChannel,
        N_("Review channel"),
        N_("Choose a channel for requests and videos waiting for review. Pick one that members can't see."),
        Page.REVIEW,
        default=None,
        placeholder=N_("Choose a channel"),
    )
    trusted_roles: frozenset[int] = declared(
        RoleList,
        N_("Roles that skip review"),
        N_("Requests of members with one of these roles aren't reviewed."),
        Page.REVIEW,
        default=frozenset(),
        empty=N_("None"),
    )
    # At most 6 days, for the video's file lives for 7.
    review_hours: int = declared(
        Number,
        N_("Hours until unreviewed items are rejected"),
        N_("A request that no one reviewed in time is rejected."),
        Page.REVIEW,
        default=24,
        least=1,
        most=144,
    )
    new_member_days: int = declared(
        Number,
        N_("Days that new members need review"),
        N_("Requests of members who joined more recently are reviewed before spending, whatever the mode."),
        Page.REVIEW,
        default=0,
        least=0,
        most=365,
    )

    member_limits: Limits = declared(
        LimitSet,
        N_("Limits for each member"),
        N_("How many videos one member can have made."),
        Page.LIMITS,
        default=NO_LIMITS,
    )
    # Of a member's roles the most generous counts, instead of everyone's; a None of a role is: as everyone's.
    role_limits: Mapping[int, Limits] = declared(
        RoleLimits,
        N_("Roles with their own limits"),
        N_(
            "The most generous of a member's roles applies. Limits that a role leaves empty are the same as "
            "for each member."
        ),
        Page.LIMITS,
        default={},
    )
    at_once: int | None = declared(
        Number,
        N_("Videos in progress at once, whole server"),
        N_("Requests of all members in progress at the same time."),
        Page.LIMITS,
        default=None,
        least=0,
        most=1_000,
        nobody_at_zero=True,
    )
    spend_per_day_usd: Decimal | None = declared(
        Number,
        N_("Spending limit per day, in US dollars"),
        N_("A day begins at midnight UTC."),
        Page.LIMITS,
        default=None,
        least=0,
        most=100_000,
        dollars=True,
    )
    spend_per_month_usd: Decimal | None = declared(
        Number,
        N_("Spending limit per month, in US dollars"),
        N_("A month begins at midnight UTC of its first day."),
        Page.LIMITS,
        default=None,
        least=0,
        most=1_000_000,
        dollars=True,
    )

    automod: bool = declared(
        Switch,
        N_("AutoMod"),
        N_("The server's AutoMod keyword rules also apply to prompts. Discord itself doesn't check prompts."),
        Page.FILTERS,
        default=True,
    )
    bad_patterns: BadPattern = declared(
        Choice,
        N_("AutoMod patterns that the bot can't read"),
        N_("A few regular expressions only work in AutoMod itself. This decides what happens if a rule has one."),
        Page.FILTERS,
        default=BadPattern.BLOCK,
        options=BAD_PATTERNS,
    )
    # Blocked in addition; `*` at an end stands for more letters, as in AutoMod.
    words: tuple[str, ...] = declared(
        BlockedWords,
        N_("Blocked words"),
        N_("A `*` at either end stands for more letters."),
        Page.FILTERS,
        default=(),
    )

    spoiler: bool = declared(
        Switch, N_("Spoilers"), N_("Videos are hidden until a member clicks."), Page.POSTS, default=False
    )
    ai_label: bool = declared(
        Switch, N_("AI label"), N_("Posts say that the video is AI-generated."), Page.POSTS, default=True
    )
    # Seconds; None: all that the model offers.
    durations: frozenset[int] | None = declared(
        Subset,
        N_("Allowed durations"),
        N_("Members can choose from these durations."),
        Page.POSTS,
        default=None,
        options={str(each): each for each in DURATIONS},
        option_label=lambda seconds: ngettext("{count} second", "{count} seconds", seconds).format(count=seconds),
        short_label=lambda seconds: _("{seconds} s").format(seconds=seconds),
    )
    aspect_ratios: frozenset[str] | None = declared(
        Subset,
        N_("Allowed aspect ratios"),
        N_("Members can choose from these aspect ratios."),
        Page.POSTS,
        default=None,
        options={each: each for each in ASPECT_RATIOS},
        option_label=lambda ratio: _(_SHAPES.get(ratio, ratio)),
        short_label=str,
    )
    # Buttons to Segmind's file.
    original_links: bool | None = declared(
        Choice,
        N_("Buttons to the original file"),
        N_("A takedown can't delete the file at the video service."),
        Page.POSTS,
        default=None,
        options=ORIGINALS,
    )
    report_threshold: int = declared(
        Number,
        N_("Reports needed to hide a video"),
        N_("This many reports hide a video until a moderator decides. At 0, reports never hide one."),
        Page.POSTS,
        default=3,
        least=0,
        most=100,
    )
    keep_records_days: int = declared(
        Number,
        N_("Days to keep records"),
        N_("Older records are deleted."),
        Page.POSTS,
        default=365,
        least=1,
        most=3_650,
    )

    # None: as the server set it in Discord.
    language: str | None = declared(
        Choice,
        N_("Language of cards and posts"),
        N_("Messages that only one member sees use that member's Discord language."),
        Page.CAST,
        default=None,
        options=LANGUAGES,
    )
    cast_sharing: CastSharing = declared(
        Choice,
        N_("Who can share saved characters with the whole server"),
        N_("Everyone else can use shared characters and keep their own."),
        Page.CAST,
        default=CastSharing.OFF,
        options=SHARINGS,
    )

    channel_settings: "Mapping[int, ChannelSettings]" = declared(
        OwnSettings,
        N_("Channels with their own settings"),
        N_("Anything not chosen here uses the server setting."),
        Page.CHANNELS,
        default={},
    )

    @property
    def chosen(self) -> bool:
        """Whether someone has decided where members may ask; until then only who has Manage Server may, anywhere."""
        return self.everywhere or self.channels is not None

    def is_open(self, channel_id: int) -> bool:
        """Return whether members may ask in a channel; a thread is asked about by its parent's id."""
        return self.everywhere or channel_id in (self.channels or ())

    def in_channel(self, channel_id: int) -> "GuildSettings":
        """Return the settings as they count in one channel; a thread's are its parent's."""
        own = self.channel_settings.get(channel_id)
        if own is None:
            return self
        chosen = {name: value for name in OF_CHANNELS if (value := getattr(own, name)) is not None}
        return replace(self, **chosen, paused=self.paused or own.paused)

    @property
    def links_to_original(self) -> bool:
        """Whether a post has a button to Segmind's file, which no takedown can delete."""
        if self.original_links is not None:
            return self.original_links
        return self.review is ReviewMode.OFF and not self.new_member_days


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """What one channel does otherwise than its server."""

    paused: bool = declared(
        Switch, N_("Paused"), N_("No new videos can be made in this channel."), Page.CHANNEL, default=False
    )
    review: ReviewMode | None = declared_own(GuildSettings, "review")
    output_channel_id: int | None = declared_own(GuildSettings, "output_channel_id")
    spoiler: bool | None = declared_own(GuildSettings, "spoiler")
    durations: frozenset[int] | None = declared_own(GuildSettings, "durations")
    aspect_ratios: frozenset[str] | None = declared_own(GuildSettings, "aspect_ratios")
    per_day: int | None = _limit(
        N_("Videos in 24 hours"),
        N_("Counted for each member in this channel, over the last 24 hours."),
        Page.CHANNEL,
        most=1_000,
        counted=lambda count: ngettext("{count} video in 24 hours", "{count} videos in 24 hours", count),
    )


# What a channel may do otherwise; a pause of the server counts in all of its channels.
OF_CHANNELS: Final = tuple(entries(ChannelSettings).keys() & entries(GuildSettings).keys() - {"paused"})
UNSET: Final = GuildSettings()
