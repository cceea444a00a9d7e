"""What can be wrong with a server's settings, as values, and the facts that it is found out by."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Final


class Purpose(StrEnum):
    """What a channel is for."""

    REQUESTS = "REQUESTS"
    OUTPUT = "OUTPUT"
    REVIEW = "REVIEW"
    LOG = "LOG"


class Weight(IntEnum):
    """How much a finding matters; the weightiest come first."""

    STOPS = 0  # something cannot work
    RISKS = 1  # something may be seen or spent that no one meant
    ODD = 2  # something has no effect, or not the one it seems to have
    NOTE = 3  # worth knowing


class FindingCode(StrEnum):
    NOT_CHOSEN = "NOT_CHOSEN"  # no one has said where members may ask
    NO_CHANNEL = "NO_CHANNEL"  # the list of channels is empty
    CHANNELS_GONE = "CHANNELS_GONE"  # none of the channels is there
    NO_ROLE = "NO_ROLE"  # none of the roles is there
    PAUSED = "PAUSED"
    CHANNEL_PAUSED = "CHANNEL_PAUSED"
    MISSING = "MISSING"  # permissions of the bot in a channel
    CHANNEL_GONE = "CHANNEL_GONE"  # one with a purpose
    NO_REVIEW_CHANNEL = "NO_REVIEW_CHANNEL"  # someone must look, and has nowhere to
    ZERO = "ZERO"  # a limit of members that lets no one
    SERVER_ZERO = "SERVER_ZERO"  # a limit of the whole server that lets no one
    OUT_OF_RANGE = "OUT_OF_RANGE"  # a number that was possible when it was set
    CAP_TOO_LOW = "CAP_TOO_LOW"  # a spending cap under the price of one video
    NO_DURATION = "NO_DURATION"  # none is left that the model offers
    NO_RATIO = "NO_RATIO"
    REVIEW_PUBLIC = "REVIEW_PUBLIC"
    LOG_PUBLIC = "LOG_PUBLIC"
    UNRESTRICTED = "UNRESTRICTED"  # what is asked for behind an age gate would be shown in front of it
    REPORTS_BARE = "REPORTS_BARE"  # moderators read of reports in front of an age gate, and not what they are about
    AUTOMOD_UNREAD = "AUTOMOD_UNREAD"
    AUTOMOD_UNREACHABLE = "AUTOMOD_UNREACHABLE"  # Discord does not give out the rules for the moment
    AUTOMOD_OFF = "AUTOMOD_OFF"
    AUTOMOD_PRESET = "AUTOMOD_PRESET"
    PATTERN_BLOCKS = "PATTERN_BLOCKS"  # a rule's pattern cannot be applied, so every text is refused
    PATTERN_SKIPPED = "PATTERN_SKIPPED"  # it cannot, and is left out
    AI_UNSAID = "AI_UNSAID"  # posts do not say that an AI made the video
    ORIGINALS = "ORIGINALS"  # linked, though someone reviews
    SHARING_UNREVIEWED = "SHARING_UNREVIEWED"
    SHARING_BY_MODERATORS = "SHARING_BY_MODERATORS"
    NOBODY_TOLD = "NOBODY_TOLD"  # of reports but the server's owner
    NO_CAP = "NO_CAP"
    CAPS_CROSSED = "CAPS_CROSSED"  # a month's cap below a day's
    LIMITS_CROSSED = "LIMITS_CROSSED"  # a longer time's limit below a shorter one's
    UNUSED_CHANNEL = "UNUSED_CHANNEL"  # has rules of its own, and members may not ask there
    STALE = "STALE"  # channels and roles that no longer exist


WEIGHTS: Final[Mapping[FindingCode, Weight]] = {
    **dict.fromkeys(
        (
            *(FindingCode.NOT_CHOSEN, FindingCode.NO_CHANNEL, FindingCode.CHANNELS_GONE),
            *(FindingCode.NO_ROLE, FindingCode.PAUSED),
            *(FindingCode.MISSING, FindingCode.CHANNEL_GONE, FindingCode.NO_REVIEW_CHANNEL),
            *(FindingCode.ZERO, FindingCode.SERVER_ZERO),
            *(FindingCode.CAP_TOO_LOW, FindingCode.NO_DURATION, FindingCode.NO_RATIO, FindingCode.PATTERN_BLOCKS),
            FindingCode.UNRESTRICTED,
        ),
        Weight.STOPS,
    ),
    **dict.fromkeys(
        (
            *(FindingCode.REVIEW_PUBLIC, FindingCode.LOG_PUBLIC),
            *(FindingCode.AUTOMOD_UNREAD, FindingCode.AUTOMOD_OFF, FindingCode.PATTERN_SKIPPED),
            FindingCode.AUTOMOD_UNREACHABLE,
            *(FindingCode.ORIGINALS, FindingCode.SHARING_UNREVIEWED, FindingCode.NOBODY_TOLD),
            FindingCode.AI_UNSAID,
        ),
        Weight.RISKS,
    ),
    **dict.fromkeys(
        (
            *(FindingCode.CHANNEL_PAUSED, FindingCode.CAPS_CROSSED, FindingCode.LIMITS_CROSSED),
            *(FindingCode.UNUSED_CHANNEL, FindingCode.STALE, FindingCode.OUT_OF_RANGE),
        ),
        Weight.ODD,
    ),
    **dict.fromkeys(
        (
            *(FindingCode.AUTOMOD_PRESET, FindingCode.SHARING_BY_MODERATORS, FindingCode.NO_CAP),
            FindingCode.REPORTS_BARE,
        ),
        Weight.NOTE,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    code: FindingCode
    purpose: Purpose | None = None
    channel_id: int | None = None
    role_id: int | None = None
    other_id: int | None = None  # a second channel
    name: str = ""  # a setting's label, an AutoMod rule's name
    words: tuple[str, ...] = ()  # permissions that are missing, in Discord's words; a rule's own text
    amount: Decimal = Decimal(0)  # dollars
    price: Decimal = Decimal(0)
    count: int = 0

    @property
    def weight(self) -> Weight:
        return WEIGHTS[self.code]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFacts:
    """What Discord says of a channel. `missing` is by purpose, in Discord's words."""

    missing: Mapping[Purpose, tuple[str, ...]]
    age_restricted: bool = False
    public: bool = False  # everyone on the server sees it


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomodFacts:
    """What is known of the server's AutoMod: `presets` and `bad_patterns` name rules, the latter with the pattern."""

    readable: bool  # the bot has Manage Server
    reached: bool = True  # Discord gave the rules out
    presets: tuple[str, ...] = ()
    bad_patterns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """What there is on the server: every channel and role that exists."""

    channels: Mapping[int, ChannelFacts]
    roles: frozenset[int]
    automod: AutomodFacts
    prices_usd: Mapping[int, Decimal]  # by duration in seconds
