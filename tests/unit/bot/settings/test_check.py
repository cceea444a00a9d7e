"""What is found wrong with a server's settings."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bot.settings.check import check, made_worse, stale_ids
from bot.settings.findings import (
    WEIGHTS,
    AutomodFacts,
    ChannelFacts,
    Finding,
    FindingCode,
    Purpose,
    ServerFacts,
    Weight,
)
from bot.settings.model import (
    UNSET,
    BadPattern,
    CastSharing,
    ChannelSettings,
    GuildSettings,
    Limits,
    ReviewMode,
)

VIDEOS, CLIPS, REVIEW, LOG, NIGHT, GONE = 1, 2, 3, 4, 5, 98
TRUSTED, LOST = 11, 99
PRICES = {5: Decimal("1.35"), 10: Decimal("2.70")}
FULLY = AutomodFacts(readable=True)
# Nothing is wrong with these.
GOOD = GuildSettings(
    channels=frozenset({VIDEOS}),
    review=ReviewMode.BEFORE_POSTING,
    review_channel_id=REVIEW,
    log_channel_id=LOG,
    spend_per_day_usd=Decimal(20),
    member_limits=Limits(per_day=5, per_week=10, at_once=2),
)


def facts(
    *, automod: AutomodFacts = FULLY, missing: Mapping[int, Sequence[str]] | None = None, public: Sequence[int] = ()
) -> ServerFacts:
    channels = {
        each: ChannelFacts(
            missing={purpose: tuple((missing or {}).get(each, ())) for purpose in Purpose},
            age_restricted=each == NIGHT,
            public=each in public,
        )
        for each in (VIDEOS, CLIPS, REVIEW, LOG, NIGHT)
    }
    return ServerFacts(channels=channels, roles=frozenset({TRUSTED}), automod=automod, prices_usd=PRICES)


def found(settings: GuildSettings, **known: Any) -> Sequence[Finding]:
    return check(settings, facts(**known))


def codes(settings: GuildSettings, **known: Any) -> set[FindingCode]:
    return {finding.code for finding in found(settings, **known)}


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert found(GOOD) == []


def test_a_server_that_decided_nothing_is_told_how_to_begin() -> None:
    assert found(UNSET)[0].code is FindingCode.NOT_CHOSEN


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"paused": True}, FindingCode.PAUSED),
        ({"channels": frozenset[int]()}, FindingCode.NO_CHANNEL),
        ({"channels": frozenset({GONE})}, FindingCode.CHANNELS_GONE),
        ({"roles": frozenset({LOST})}, FindingCode.NO_ROLE),
        ({"output_channel_id": GONE}, FindingCode.CHANNEL_GONE),
        ({"review_channel_id": GONE}, FindingCode.CHANNEL_GONE),
        ({"log_channel_id": GONE}, FindingCode.CHANNEL_GONE),
        ({"review_channel_id": None}, FindingCode.NO_REVIEW_CHANNEL),
        ({"review": ReviewMode.OFF, "review_channel_id": None, "new_member_days": 3}, FindingCode.NO_REVIEW_CHANNEL),
        ({"member_limits": Limits(per_day=0)}, FindingCode.ZERO),
        ({"member_limits": Limits(seconds_per_day=4)}, FindingCode.ZERO),
        ({"role_limits": {TRUSTED: Limits(at_once=0)}}, FindingCode.ZERO),
        ({"at_once": 0}, FindingCode.SERVER_ZERO),
        ({"review_hours": 145}, FindingCode.OUT_OF_RANGE),
        ({"member_limits": Limits(per_week=7_001)}, FindingCode.OUT_OF_RANGE),
        ({"channel_settings": {VIDEOS: ChannelSettings(per_day=0)}}, FindingCode.ZERO),
        ({"spend_per_day_usd": Decimal("1.34")}, FindingCode.CAP_TOO_LOW),
        ({"spend_per_day_usd": Decimal("2.69"), "durations": frozenset({10})}, FindingCode.CAP_TOO_LOW),
        ({"spend_per_day_usd": None, "spend_per_month_usd": Decimal(0)}, FindingCode.CAP_TOO_LOW),
        ({"durations": frozenset[int]()}, FindingCode.NO_DURATION),
        ({"durations": frozenset({7})}, FindingCode.NO_DURATION),
        ({"aspect_ratios": frozenset({"4:3"})}, FindingCode.NO_RATIO),
        ({"channels": frozenset({NIGHT}), "output_channel_id": CLIPS}, FindingCode.UNRESTRICTED),
        ({"channels": frozenset({NIGHT})}, FindingCode.UNRESTRICTED),  # the review channel is not
        ({"automod": False}, FindingCode.AUTOMOD_OFF),
        ({"original_links": True}, FindingCode.ORIGINALS),
        ({"ai_label": False}, FindingCode.AI_UNSAID),
        ({"cast_sharing": CastSharing.MEMBERS}, FindingCode.SHARING_UNREVIEWED),
        ({"cast_sharing": CastSharing.MODERATORS}, FindingCode.SHARING_BY_MODERATORS),
        (
            {"review": ReviewMode.OFF, "review_channel_id": None, "log_channel_id": None},
            FindingCode.NOBODY_TOLD,
        ),
        ({"channel_settings": {VIDEOS: ChannelSettings(paused=True)}}, FindingCode.CHANNEL_PAUSED),
        ({"channel_settings": {CLIPS: ChannelSettings(spoiler=True)}}, FindingCode.UNUSED_CHANNEL),
        ({"member_limits": Limits(per_day=5, per_week=3)}, FindingCode.LIMITS_CROSSED),
        ({"spend_per_month_usd": Decimal(10)}, FindingCode.CAPS_CROSSED),
        ({"trusted_roles": frozenset({LOST})}, FindingCode.STALE),
        ({"spend_per_day_usd": None}, FindingCode.NO_CAP),
    ],
)
def test_each_contradiction_is_found_and_nothing_else(changes: dict[str, Any], code: FindingCode) -> None:
    assert codes(replace(GOOD, **changes)) - {FindingCode.STALE} == {code} - {FindingCode.STALE}
    assert code in codes(replace(GOOD, **changes))


@pytest.mark.parametrize(
    ("known", "code"),
    [
        ({"automod": AutomodFacts(readable=False)}, FindingCode.AUTOMOD_UNREAD),
        ({"automod": AutomodFacts(readable=True, reached=False)}, FindingCode.AUTOMOD_UNREACHABLE),
        ({"automod": AutomodFacts(readable=True, presets=("Slurs",))}, FindingCode.AUTOMOD_PRESET),
        ({"automod": AutomodFacts(readable=True, bad_patterns=(("Links", "(?=x)"),))}, FindingCode.PATTERN_BLOCKS),
        ({"missing": {VIDEOS: ["Attach Files"]}}, FindingCode.MISSING),
        ({"missing": {REVIEW: ["View Channel"]}}, FindingCode.MISSING),
        ({"public": [REVIEW]}, FindingCode.REVIEW_PUBLIC),
        ({"public": [LOG]}, FindingCode.LOG_PUBLIC),
    ],
)
def test_what_discord_says_is_held_against_the_settings(known: dict[str, Any], code: FindingCode) -> None:
    assert codes(GOOD, **known) == {code}


def test_a_pattern_that_cannot_be_applied_stops_everything_unless_it_is_to_be_skipped() -> None:
    automod = AutomodFacts(readable=True, bad_patterns=(("Links", "(?=x)"),))
    [finding] = found(replace(GOOD, bad_patterns=BadPattern.SKIP), automod=automod)
    assert (finding.code, finding.name, finding.words) == (FindingCode.PATTERN_SKIPPED, "Links", ("(?=x)",))
    assert codes(replace(GOOD, automod=False), automod=automod) == {FindingCode.AUTOMOD_OFF}


def test_permissions_are_missed_only_where_they_are_needed() -> None:
    assert codes(GOOD, missing={CLIPS: ["Send Messages"]}) == set()
    off = replace(GOOD, review=ReviewMode.OFF)
    assert codes(off, missing={REVIEW: ["Send Messages"]}) == set()
    [finding] = found(replace(GOOD, output_channel_id=CLIPS), missing={CLIPS: ["Send Messages"]})
    assert (finding.purpose, finding.channel_id, finding.words) == (Purpose.OUTPUT, CLIPS, ("Send Messages",))


def test_what_a_channel_has_of_its_own_counts() -> None:
    reviewed_there = replace(
        GOOD,
        review=ReviewMode.OFF,
        review_channel_id=None,
        channel_settings={VIDEOS: ChannelSettings(review=ReviewMode.BEFORE_SPENDING)},
    )
    assert FindingCode.NO_REVIEW_CHANNEL in codes(reviewed_there)
    at_night = replace(GOOD, channels=frozenset({NIGHT}), review=ReviewMode.OFF, output_channel_id=CLIPS)
    stays = replace(at_night, channel_settings={NIGHT: ChannelSettings(output_channel_id=NIGHT)})
    assert FindingCode.UNRESTRICTED in codes(at_night)
    assert FindingCode.UNRESTRICTED not in codes(stays)
    empty = replace(GOOD, channel_settings={VIDEOS: ChannelSettings(aspect_ratios=frozenset())})
    assert [each.channel_id for each in found(empty)] == [VIDEOS]


def test_new_members_are_reviewed_behind_the_age_gate_too() -> None:
    settings = replace(GOOD, channels=frozenset({NIGHT}), review=ReviewMode.OFF, new_member_days=3)
    assert codes(settings) == {FindingCode.UNRESTRICTED}
    assert codes(replace(settings, review_channel_id=NIGHT)) == set()


@pytest.mark.parametrize(
    ("review", "log", "bare_in"),
    [(REVIEW, LOG, REVIEW), (REVIEW, NIGHT, REVIEW), (None, LOG, LOG), (NIGHT, LOG, None), (None, NIGHT, None)],
)
def test_moderators_who_read_of_reports_in_front_of_an_age_gate_are_told(
    review: int | None, log: int | None, bare_in: int | None
) -> None:
    settings = replace(
        GOOD, channels=frozenset({NIGHT}), review=ReviewMode.OFF, review_channel_id=review, log_channel_id=log
    )
    bare = [each.channel_id for each in found(settings) if each.code is FindingCode.REPORTS_BARE]
    assert bare == ([bare_in] if bare_in else [])


def test_everywhere_is_a_choice_too() -> None:
    everywhere = replace(GOOD, channels=None, everywhere=True, review=ReviewMode.OFF)
    assert codes(everywhere) == {FindingCode.REPORTS_BARE}
    assert codes(replace(everywhere, output_channel_id=CLIPS)) == {FindingCode.UNRESTRICTED}


def test_the_weightiest_findings_come_first() -> None:
    bad = replace(UNSET, paused=True, member_limits=Limits(per_week=0, per_day=1), automod=False)
    weights = [finding.weight for finding in found(bad)]
    assert weights == sorted(weights)
    assert len(set(weights)) == len(Weight)


def test_only_what_a_change_has_made_wrong_is_told_after_it() -> None:
    before = found(replace(GOOD, paused=True))
    after = found(replace(GOOD, paused=True, review_channel_id=None, spend_per_day_usd=None))
    assert [each.code for each in made_worse(before, after)] == [FindingCode.NO_REVIEW_CHANNEL]


def test_every_code_has_a_weight() -> None:
    assert set(WEIGHTS) == set(FindingCode)


def test_ids_that_no_longer_exist_are_found_wherever_they_stand() -> None:
    settings = GuildSettings(
        channels=frozenset({VIDEOS, 90}),
        output_channel_id=91,
        review_channel_id=92,
        log_channel_id=93,
        roles=frozenset({TRUSTED, 80}),
        trusted_roles=frozenset({81}),
        role_limits={82: Limits()},
        channel_settings={94: ChannelSettings(), VIDEOS: ChannelSettings(output_channel_id=95)},
    )
    assert stale_ids(settings, facts()) == ({90, 91, 92, 93, 94, 95}, {80, 81, 82})
