"""What is wrong with a server's settings, before anyone spends: contradictions, and what the bot may not do.

Pure rules on facts that were gathered from Discord; `findings_words.py` has a sentence for each finding.
"""

from collections.abc import Iterator, Sequence

from bot.catalogue.models import ASPECT_RATIOS, DURATIONS
from bot.settings.entries import entries, numbers
from bot.settings.findings import AutomodFacts, Finding, FindingCode, Purpose, ServerFacts, Weight
from bot.settings.model import BadPattern, CastSharing, GuildSettings, Limits, ReviewMode


def check(settings: GuildSettings, facts: ServerFacts) -> Sequence[Finding]:
    """Find everything that is wrong with settings, the weightiest first."""
    found = [
        *_places(settings, facts),
        *_purposes(settings, facts),
        *_review(settings, facts),
        *_amounts(settings),
        *_money(settings, facts),
        *_choices(settings),
        *_label(settings),
        *_automod(settings, facts.automod),
        *_sharing(settings),
        *_stale(settings, facts),
    ]
    return sorted(found, key=lambda finding: finding.weight)


def made_worse(before: Sequence[Finding], after: Sequence[Finding]) -> Sequence[Finding]:
    """Return what a change has made wrong, or worth a second thought."""
    return [finding for finding in after if finding not in before and finding.weight < Weight.NOTE]


def asking_channels(settings: GuildSettings, facts: ServerFacts) -> Sequence[int]:
    """Return the channels that exist and in which members may ask, if they were named one by one."""
    return sorted(each for each in settings.channels or () if each in facts.channels)


def named_ids(settings: GuildSettings) -> tuple[frozenset[int], frozenset[int]]:
    """Return the channels and the roles that settings name."""
    named = [(entry, getattr(settings, name)) for name, entry in entries(type(settings)).items()]
    channels = {each for entry, value in named for each in entry.channel_ids(value)}
    return frozenset(channels), frozenset(each for entry, value in named for each in entry.role_ids(value))


def stale_ids(settings: GuildSettings, facts: ServerFacts) -> tuple[frozenset[int], frozenset[int]]:
    """Return the channels and the roles in settings that no longer exist."""
    channels, roles = named_ids(settings)
    return channels - facts.channels.keys(), roles - facts.roles


def _places(settings: GuildSettings, facts: ServerFacts) -> Iterator[Finding]:
    if settings.paused:
        yield Finding(code=FindingCode.PAUSED)
    if not settings.chosen:
        yield Finding(code=FindingCode.NOT_CHOSEN)
    elif not settings.everywhere and not asking_channels(settings, facts):
        yield Finding(code=FindingCode.CHANNELS_GONE if settings.channels else FindingCode.NO_CHANNEL)
    if settings.roles and not settings.roles & facts.roles:
        yield Finding(code=FindingCode.NO_ROLE)
    for channel_id, own in sorted(settings.channel_settings.items()):
        if own.paused and channel_id in facts.channels:
            yield Finding(code=FindingCode.CHANNEL_PAUSED, channel_id=channel_id)
        elif settings.chosen and not settings.is_open(channel_id) and channel_id in facts.channels:
            yield Finding(code=FindingCode.UNUSED_CHANNEL, channel_id=channel_id)


def _purposes(settings: GuildSettings, facts: ServerFacts) -> Iterator[Finding]:
    for channel_id in asking_channels(settings, facts):
        yield from _missing(channel_id, Purpose.REQUESTS, facts)
    used: dict[tuple[Purpose, int], None] = {}  # each once, in order
    for purpose, channel_id in (
        (Purpose.OUTPUT, settings.output_channel_id),
        *((Purpose.OUTPUT, own.output_channel_id) for _, own in sorted(settings.channel_settings.items())),
        (Purpose.REVIEW, settings.review_channel_id if _is_reviewed(settings) else None),
        (Purpose.LOG, settings.log_channel_id),
    ):
        if channel_id is not None:
            used[purpose, channel_id] = None
    for purpose, channel_id in used:
        if channel_id not in facts.channels:
            yield Finding(code=FindingCode.CHANNEL_GONE, purpose=purpose, channel_id=channel_id)
        else:
            yield from _missing(channel_id, purpose, facts)
    yield from _unrestricted(settings, facts)
    log = facts.channels.get(settings.log_channel_id or 0)
    if log is not None and log.public:
        yield Finding(code=FindingCode.LOG_PUBLIC, channel_id=settings.log_channel_id)


def _missing(channel_id: int, purpose: Purpose, facts: ServerFacts) -> Iterator[Finding]:
    if words := facts.channels[channel_id].missing.get(purpose):
        yield Finding(code=FindingCode.MISSING, purpose=purpose, channel_id=channel_id, words=words)


def _unrestricted(settings: GuildSettings, facts: ServerFacts) -> Iterator[Finding]:
    """Find channels behind an age gate whose videos would be shown in front of it.

    Before they are made, the gate refuses them; of those that are reported moderators see where they stand.
    """
    made = False
    asked_in = sorted(facts.channels) if settings.everywhere else asking_channels(settings, facts)
    for channel_id in asked_in:
        if not facts.channels[channel_id].age_restricted:
            continue
        here = settings.in_channel(channel_id)
        reviewed = here.review is not ReviewMode.OFF or here.new_member_days
        review = here.review_channel_id if reviewed else None
        found: list[Finding] = []
        for purpose, other in ((Purpose.OUTPUT, here.output_channel_id), (Purpose.REVIEW, review)):
            shown = facts.channels.get(other or 0)
            if shown is not None and not shown.age_restricted:
                found.append(
                    Finding(code=FindingCode.UNRESTRICTED, purpose=purpose, channel_id=channel_id, other_id=other)
                )
        yield from found
        made = made or not found
    reports_id = settings.review_channel_id or settings.log_channel_id
    reports = facts.channels.get(reports_id or 0)
    if made and reports is not None and not reports.age_restricted:
        yield Finding(code=FindingCode.REPORTS_BARE, channel_id=reports_id)


def _is_reviewed(settings: GuildSettings) -> bool:
    """Return whether there is anything that a moderator must look at."""
    modes = {settings.review, *(own.review for own in settings.channel_settings.values())} - {None, ReviewMode.OFF}
    return bool(modes or settings.new_member_days)


def _label(settings: GuildSettings) -> Iterator[Finding]:
    if not settings.ai_label:
        yield Finding(code=FindingCode.AI_UNSAID)


def _review(settings: GuildSettings, facts: ServerFacts) -> Iterator[Finding]:
    if not _is_reviewed(settings):
        return
    room = facts.channels.get(settings.review_channel_id or 0)
    if settings.review_channel_id is None:
        yield Finding(code=FindingCode.NO_REVIEW_CHANNEL)
    elif room is not None and room.public:
        yield Finding(code=FindingCode.REVIEW_PUBLIC, channel_id=settings.review_channel_id)
    if settings.original_links:
        yield Finding(code=FindingCode.ORIGINALS)
    if settings.cast_sharing is CastSharing.MEMBERS:
        yield Finding(code=FindingCode.SHARING_UNREVIEWED)


def _amounts(settings: GuildSettings) -> Iterator[Finding]:
    yield from _numbers(settings, FindingCode.SERVER_ZERO)
    everyone: tuple[int | None, Limits] = (None, settings.member_limits)
    for role_id, limits in (everyone, *sorted(settings.role_limits.items())):
        yield from _numbers(limits, FindingCode.ZERO, role_id=role_id)
        rising = [each for each in (limits.per_day, limits.per_week, limits.per_month) if each is not None]
        if rising != sorted(rising):
            yield Finding(code=FindingCode.LIMITS_CROSSED, role_id=role_id)
        if limits.seconds_per_day is not None and 0 < limits.seconds_per_day < min(settings.durations or DURATIONS):
            label = entries(Limits)["seconds_per_day"].label
            yield Finding(code=FindingCode.ZERO, role_id=role_id, name=label)
    for channel_id, own in sorted(settings.channel_settings.items()):
        yield from _numbers(own, FindingCode.ZERO, channel_id=channel_id)


def _numbers(
    owner: object, zero: FindingCode, *, role_id: int | None = None, channel_id: int | None = None
) -> Iterator[Finding]:
    """Find numbers that let no one make videos, or that were possible only in an earlier version."""
    for name, entry in numbers(type(owner)).items():
        value = getattr(owner, name)
        if value == 0 and entry.nobody_at_zero:
            yield Finding(code=zero, name=entry.label, role_id=role_id, channel_id=channel_id)
        elif not entry.holds(value):
            yield Finding(code=FindingCode.OUT_OF_RANGE, name=entry.label, role_id=role_id, channel_id=channel_id)


def _money(settings: GuildSettings, facts: ServerFacts) -> Iterator[Finding]:
    allowed = settings.durations or facts.prices_usd
    price = min((usd for seconds, usd in facts.prices_usd.items() if seconds in allowed), default=None)
    day, month = settings.spend_per_day_usd, settings.spend_per_month_usd
    for name, cap in (("spend_per_day_usd", day), ("spend_per_month_usd", month)):
        if cap is not None and price is not None and cap < price:
            yield Finding(code=FindingCode.CAP_TOO_LOW, name=name, amount=cap, price=price)
    if day is not None and month is not None and month < day:
        yield Finding(code=FindingCode.CAPS_CROSSED, amount=month, price=day)
    if day is None and month is None:
        yield Finding(code=FindingCode.NO_CAP)


def _choices(settings: GuildSettings) -> Iterator[Finding]:
    """Find places where no duration or no ratio is left that the model offers."""
    places = (None, *sorted(settings.channel_settings))
    for channel_id in places:
        own = settings if channel_id is None else settings.in_channel(channel_id)
        is_new = channel_id is None or own.durations != settings.durations
        if is_new and own.durations is not None and not own.durations & set(DURATIONS):
            yield Finding(code=FindingCode.NO_DURATION, channel_id=channel_id)
        is_new = channel_id is None or own.aspect_ratios != settings.aspect_ratios
        if is_new and own.aspect_ratios is not None and not own.aspect_ratios & set(ASPECT_RATIOS):
            yield Finding(code=FindingCode.NO_RATIO, channel_id=channel_id)


def _automod(settings: GuildSettings, automod: AutomodFacts) -> Iterator[Finding]:
    if not settings.automod:
        yield Finding(code=FindingCode.AUTOMOD_OFF)
    elif not automod.readable:
        yield Finding(code=FindingCode.AUTOMOD_UNREAD)
    elif not automod.reached:
        yield Finding(code=FindingCode.AUTOMOD_UNREACHABLE)
    else:
        blocks = settings.bad_patterns is BadPattern.BLOCK
        for rule, pattern in automod.bad_patterns:
            code = FindingCode.PATTERN_BLOCKS if blocks else FindingCode.PATTERN_SKIPPED
            yield Finding(code=code, name=rule, words=(pattern,))
        for rule in automod.presets:
            yield Finding(code=FindingCode.AUTOMOD_PRESET, name=rule)


def _sharing(settings: GuildSettings) -> Iterator[Finding]:
    if settings.cast_sharing is CastSharing.MODERATORS:
        yield Finding(code=FindingCode.SHARING_BY_MODERATORS)
    if settings.review_channel_id is None and settings.log_channel_id is None:
        yield Finding(code=FindingCode.NOBODY_TOLD)


def _stale(settings: GuildSettings, facts: ServerFacts) -> Iterator[Finding]:
    channels, roles = stale_ids(settings, facts)
    if channels or roles:
        yield Finding(code=FindingCode.STALE, count=len(channels) + len(roles))
