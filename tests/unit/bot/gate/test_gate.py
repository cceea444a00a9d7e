"""The gate: which rule forbids a request first, and how one that passes is to be handled."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.catalogue.models import DEFAULT, MODELS
from bot.catalogue.options import options_of
from bot.gate.denial import Denial, DenialCode
from bot.gate.gate import Asked, Gate, GateFacts, Texts, Verdict
from bot.jobs.model import Handling, ReviewMode
from bot.settings.model import UNSET, ChannelSettings, GuildSettings, Limits

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
HERE, THREAD, ELSEWHERE, REVIEW = 20, 22, 21, 23
ARTIST, TRUSTED, OTHER = 1, 2, 3
OPTIONS = options_of(DEFAULT.slug, 5, "16:9")
LONG = options_of(DEFAULT.slug, 10, "16:9")
ASKED = Asked(
    guild_id=10,
    channel_id=HERE,
    member_id=30,
    role_ids=frozenset({OTHER}),
    joined_at=NOW - timedelta(days=100),
    texts=("a fox",),
    options=OPTIONS,
    model=DEFAULT,
)
OPEN = GuildSettings(channels=frozenset({HERE}))


class Moment:
    def now(self) -> datetime:
        return NOW


class Known:
    """What the database would say."""

    def __init__(self, facts: GateFacts) -> None:
        self._facts = facts

    async def read(self, guild_id: int, member_id: int) -> GateFacts:
        return self._facts


class Says:
    """The rules for texts, with their answer; they note what they were asked."""

    def __init__(self, code: DenialCode | None) -> None:
        self._denial = None if code is None else Denial(code=code)
        self.asked: list[Asked] = []

    async def denial(self, asked: Asked, settings: GuildSettings) -> Denial | None:
        self.asked.append(asked)
        return self._denial


async def judge(
    settings: GuildSettings, asked: Asked = ASKED, texts: Texts | None = None, **stopped: Any
) -> Verdict | Denial:
    return await Gate(Known(GateFacts(settings=settings, **stopped)), Moment(), texts).judge(asked)


async def denied(
    settings: GuildSettings, asked: Asked = ASKED, texts: Texts | None = None, **stopped: Any
) -> DenialCode | None:
    answer = await judge(settings, asked, texts, **stopped)
    return answer.code if isinstance(answer, Denial) else None


async def handled(settings: GuildSettings, asked: Asked = ASKED) -> Handling:
    answer = await judge(settings, asked)
    assert isinstance(answer, Verdict)
    return answer.handling


async def test_before_anybody_chose_channels_only_who_has_manage_server_may_ask_and_anywhere() -> None:
    assert await denied(UNSET) is DenialCode.NOT_OPEN
    moderator = replace(ASKED, manage_guild=True)
    assert await denied(UNSET, moderator) is None
    assert await denied(UNSET, replace(moderator, channel_id=ELSEWHERE)) is None


async def test_only_the_channels_chosen_are_open_to_moderators_too() -> None:
    there = replace(ASKED, channel_id=ELSEWHERE, manage_guild=True)
    answer = await judge(OPEN, there)
    assert isinstance(answer, Denial)
    assert (answer.code, answer.ids) == (DenialCode.CHANNEL, (HERE,))
    assert await denied(GuildSettings(channels=frozenset())) is DenialCode.CHANNEL


async def test_everywhere_is_open_to_all_where_that_was_chosen() -> None:
    assert await denied(GuildSettings(everywhere=True)) is None
    assert await denied(GuildSettings(everywhere=True, channels=frozenset())) is None


async def test_a_thread_is_as_open_as_its_channel() -> None:
    assert await denied(OPEN, replace(ASKED, channel_id=THREAD, parent_id=HERE)) is None
    assert await denied(OPEN, replace(ASKED, channel_id=THREAD, parent_id=ELSEWHERE)) is DenialCode.CHANNEL


async def test_where_roles_are_chosen_one_of_them_is_needed() -> None:
    settings = replace(OPEN, roles=frozenset({ARTIST, TRUSTED}))
    assert await denied(settings) is DenialCode.ROLE
    assert await denied(settings, replace(ASKED, role_ids=frozenset({OTHER, ARTIST}))) is None


@pytest.mark.parametrize(
    "settings",
    [
        replace(OPEN, paused=True),
        replace(OPEN, channel_settings={HERE: ChannelSettings(paused=True)}),
        GuildSettings(paused=True),
    ],
)
async def test_a_pause_of_the_server_or_the_channel_stops_everybody(settings: GuildSettings) -> None:
    assert await denied(settings, replace(ASKED, manage_guild=True)) is DenialCode.PAUSED


async def test_a_pause_of_one_channel_leaves_the_others_alone_and_counts_for_its_threads() -> None:
    both = frozenset({HERE, ELSEWHERE})
    settings = GuildSettings(channels=both, channel_settings={ELSEWHERE: ChannelSettings(paused=True)})
    assert await denied(settings) is None
    assert await denied(settings, replace(ASKED, channel_id=THREAD, parent_id=ELSEWHERE)) is DenialCode.PAUSED


async def test_what_is_stopped_is_told_before_all_else_first_what_the_operator_has_stopped() -> None:
    stops = ["bot_paused", "server_blocked", "member_blocked_everywhere", "member_blocked"]
    manager = replace(ASKED, manage_guild=True)
    told: list[DenialCode | None] = []
    for first in range(len(stops) + 1):
        facts: dict[str, Any] = dict.fromkeys(stops[first:], True)
        told.append(await denied(GuildSettings(paused=True), manager, **facts))
    assert told == [
        DenialCode.BOT_PAUSED,
        DenialCode.SERVER_BLOCKED,
        DenialCode.MEMBER_BLOCKED_EVERYWHERE,
        DenialCode.MEMBER_BLOCKED,
        DenialCode.PAUSED,
    ]


async def test_a_block_by_moderators_counts_until_its_end_which_is_told() -> None:
    later = NOW + timedelta(seconds=1)
    answer = await judge(OPEN, member_blocked=True, blocked_until=later)
    assert answer == Denial(code=DenialCode.MEMBER_BLOCKED, again_at=later)
    assert await judge(OPEN, member_blocked=True) == Denial(code=DenialCode.MEMBER_BLOCKED)
    assert await denied(OPEN, member_blocked=True, blocked_until=NOW) is None


async def test_lengths_and_shapes_are_those_of_the_channel_before_those_of_the_server() -> None:
    settings = replace(OPEN, durations=frozenset({5}), aspect_ratios=frozenset({"1:1"}))
    assert await denied(settings, replace(ASKED, options=LONG)) is DenialCode.DURATION
    assert await denied(settings) is DenialCode.ASPECT_RATIO
    own = ChannelSettings(durations=frozenset({10}), aspect_ratios=frozenset({"16:9"}))
    settings = replace(settings, channel_settings={HERE: own})
    assert await denied(settings, replace(ASKED, options=LONG)) is None
    assert await denied(settings) is DenialCode.DURATION


async def test_what_is_allowed_is_named_as_far_as_the_model_makes_it() -> None:
    short = replace(DEFAULT, durations=(5,), aspect_ratios=("16:9", "1:1"))
    asked = replace(ASKED, model=short)
    long_only = await judge(replace(OPEN, durations=frozenset({10})), asked)
    assert long_only == Denial(code=DenialCode.DURATION)
    shaped = await judge(replace(OPEN, aspect_ratios=frozenset({"1:1", "9:16"})), asked)
    assert shaped == Denial(code=DenialCode.ASPECT_RATIO, names=("1:1",))


async def test_a_model_without_ratios_breaks_no_rule_about_them() -> None:
    frames = MODELS["kling-o1-image-to-video"]
    settings = replace(OPEN, aspect_ratios=frozenset({"1:1"}))
    assert await denied(settings, replace(ASKED, options=options_of(frames.slug, 5), model=frames)) is None


async def test_a_form_about_to_be_opened_is_judged_without_what_is_not_known_yet() -> None:
    settings = replace(OPEN, durations=frozenset(), aspect_ratios=frozenset())
    texts = Says(DenialCode.TEXT)
    assert await denied(settings, replace(ASKED, texts=(), options=None), texts=texts) is None
    assert texts.asked == []


async def test_texts_are_judged_last_by_the_rules_for_texts() -> None:
    texts = Says(DenialCode.TEXT)
    assert await denied(OPEN, texts=texts) is DenialCode.TEXT
    assert await denied(UNSET, texts=texts) is DenialCode.NOT_OPEN
    assert len(texts.asked) == 1


async def test_a_request_is_reviewed_as_its_channel_says_unless_its_member_is_trusted() -> None:
    own = {HERE: ChannelSettings(review=ReviewMode.BEFORE_POSTING)}
    settings = replace(OPEN, channel_settings=own, trusted_roles=frozenset({TRUSTED}), review_hours=6)
    handling = await handled(settings)
    assert (handling.review, handling.review_hours) == (ReviewMode.BEFORE_POSTING, 6)
    assert (await handled(settings, replace(ASKED, role_ids=frozenset({TRUSTED})))).review is ReviewMode.OFF


@pytest.mark.parametrize(
    ("joined", "review"),
    [
        (timedelta(days=2, seconds=-1), ReviewMode.BEFORE_SPENDING),
        (timedelta(days=2), ReviewMode.OFF),
        (None, ReviewMode.BEFORE_SPENDING),  # nobody knows since when
    ],
)
async def test_new_members_are_reviewed_before_anything_is_spent(joined: timedelta | None, review: ReviewMode) -> None:
    settings = replace(OPEN, new_member_days=2)
    asked = replace(ASKED, joined_at=None if joined is None else NOW - joined)
    assert (await handled(settings, asked)).review is review


async def test_how_a_video_is_shown_is_decided_with_the_request() -> None:
    settings = replace(OPEN, spoiler=True, output_channel_id=ELSEWHERE, language="de")
    answer = await judge(settings)
    assert isinstance(answer, Verdict)
    assert answer.language == "de"
    assert (answer.handling.spoiler, answer.handling.output_channel_id) == (True, ELSEWHERE)
    assert answer.handling.link_to_original
    assert not (await handled(replace(settings, review=ReviewMode.BEFORE_POSTING))).link_to_original
    assert (await handled(replace(settings, output_channel_id=HERE))).output_channel_id is None


async def test_what_is_asked_for_in_an_age_restricted_channel_is_shown_in_such_channels_alone() -> None:
    asked = replace(ASKED, age_restricted=True, age_restricted_channels=frozenset({HERE, REVIEW}))
    assert await denied(OPEN, asked) is None
    assert await denied(replace(OPEN, output_channel_id=ELSEWHERE), asked) is DenialCode.AGE_RESTRICTED
    reviewed = replace(OPEN, review=ReviewMode.BEFORE_POSTING, review_channel_id=REVIEW)
    assert await denied(reviewed, asked) is None
    assert await denied(replace(reviewed, review_channel_id=ELSEWHERE), asked) is DenialCode.AGE_RESTRICTED
    assert await denied(replace(OPEN, review_channel_id=ELSEWHERE), asked) is None  # nothing is reviewed


async def test_the_limits_of_the_member_come_with_the_verdict() -> None:
    settings = replace(OPEN, member_limits=Limits(per_day=3), role_limits={ARTIST: Limits(per_day=9)})
    answer = await judge(settings, replace(ASKED, role_ids=frozenset({ARTIST}), channel_id=THREAD, parent_id=HERE))
    assert isinstance(answer, Verdict)
    assert (answer.terms.member.per_day, answer.terms.channel_id) == (9, HERE)


async def test_how_what_was_let_in_once_is_handled_is_told_though_it_would_not_be_let_in_now() -> None:
    here = ChannelSettings(review=ReviewMode.BEFORE_POSTING, spoiler=True)
    closed = replace(OPEN, channels=frozenset(), paused=True, trusted_roles=frozenset({TRUSTED}))
    gate = Gate(Known(GateFacts(settings=replace(closed, channel_settings={HERE: here}), bot_paused=True)), Moment())
    handling = await gate.handling(replace(ASKED, channel_id=THREAD, parent_id=HERE))
    assert (handling.review, handling.spoiler) == (ReviewMode.BEFORE_POSTING, True)
    trusted = replace(ASKED, role_ids=frozenset({TRUSTED}))
    assert (await gate.handling(trusted)).review is ReviewMode.OFF
