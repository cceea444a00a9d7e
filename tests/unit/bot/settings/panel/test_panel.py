"""The settings panel, its modals and its answers: Discord takes them whatever is set, named or typed."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.settings.check import check
from bot.settings.entries import Page, numbers
from bot.settings.findings import AutomodFacts, ChannelFacts, Finding, FindingCode, Purpose, ServerFacts
from bot.settings.findings_words import finding_sentence, findings_list, short_findings
from bot.settings.model import UNSET, ChannelSettings, GuildSettings, Limits, ReviewMode
from bot.settings.panel.ids import PANEL_PATTERN, PanelAction, PanelId, forms
from bot.settings.panel.modals import numbers_modal, words_modal
from bot.settings.panel.panel import reset_question, settings_panel
from bot.settings.panel.parts import PanelState
from bot.settings.typed_values import BadSetting, BadSettingCode, read_words
from bot.settings.words import bad_setting_sentence
from bot.ui.language import LANGUAGES, speaking
from sandbox.discord.messages.rules import IS_COMPONENTS_V2, check_message, check_modal

LARGEST = 2**63 - 1
MENTION = re.compile(r"(?<!\\)<(?:@[!&]?|#)[0-9]+>|(?<!\\)@(?:everyone|here)")
NUMBERS = {**numbers(GuildSettings), **numbers(Limits)}
PRICES = {5: Decimal("1.35"), 10: Decimal("2.70")}

ids = st.integers(1, 9) | st.integers(LARGEST - 50, LARGEST)
many_ids = st.frozensets(ids, max_size=40)
amounts = st.none() | st.integers(0, 30_000)
limits = st.builds(
    Limits, per_day=amounts, per_week=amounts, per_month=amounts, at_once=amounts, seconds_per_day=amounts
)
subsets = st.none() | st.frozensets(st.sampled_from([5, 10, 7]))
ratios = st.none() | st.frozensets(st.sampled_from(["16:9", "9:16", "1:1", "4:3"]))
channel_settings = st.builds(
    ChannelSettings,
    review=st.none() | st.sampled_from(ReviewMode),
    output_channel_id=st.none() | ids,
    spoiler=st.none() | st.booleans(),
    durations=subsets,
    aspect_ratios=ratios,
    per_day=amounts,
)
dollars = st.none() | st.decimals(0, 1_000_000, places=2)
any_settings = st.builds(
    GuildSettings,
    channels=st.none() | many_ids,
    everywhere=st.booleans(),
    roles=many_ids,
    output_channel_id=st.none() | ids,
    log_channel_id=st.none() | ids,
    paused=st.booleans(),
    review=st.sampled_from(ReviewMode),
    review_channel_id=st.none() | ids,
    trusted_roles=many_ids,
    new_member_days=st.integers(0, 365),
    member_limits=limits,
    role_limits=st.dictionaries(ids, limits, max_size=30),
    at_once=amounts,
    spend_per_day_usd=dollars,
    spend_per_month_usd=dollars,
    words=st.lists(st.text(min_size=1, max_size=60), max_size=3).map(tuple),
    durations=subsets,
    aspect_ratios=ratios,
    language=st.none() | st.sampled_from(["de", "xx", "en-US"]),
    channel_settings=st.dictionaries(ids, channel_settings, max_size=30),
)
hostile = st.text(max_size=120) | st.text(alphabet="*_`~|<>@#&!:/\\[]()\n\u202e0123456789", max_size=120)
automod = st.builds(
    AutomodFacts,
    readable=st.booleans(),
    presets=st.lists(hostile, max_size=4).map(tuple),
    bad_patterns=st.lists(st.tuples(hostile, hostile), max_size=12).map(tuple),
)
channel_facts = st.builds(
    ChannelFacts,
    missing=st.sampled_from([{}, dict.fromkeys(Purpose, ("View Channel", "Send Messages", "Attach Files"))]),
    age_restricted=st.booleans(),
    public=st.booleans(),
)
any_facts = st.builds(
    ServerFacts,
    channels=st.dictionaries(ids, channel_facts, max_size=30),
    roles=many_ids,
    automod=automod,
    prices_usd=st.just(PRICES),
)
NOTHING = ServerFacts(channels={}, roles=frozenset(), automod=AutomodFacts(readable=False), prices_usd=PRICES)


def payload_of(page: Page, state: PanelState, notice: str = "") -> Mapping[str, Any]:
    components = settings_panel(page, state, notice).to_components()
    return {"flags": IS_COMPONENTS_V2, "components": components}


def check_taken(payload: Mapping[str, Any]) -> None:
    check_message(payload, files=[], upload_limit=1)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(Page), any_settings, any_facts, st.sampled_from(["en-US", *LANGUAGES]))
def test_every_page_is_taken_whatever_is_set(
    page: Page, chosen: GuildSettings, known: ServerFacts, locale: str
) -> None:
    findings = check(chosen, known)
    state = PanelState(settings=chosen, facts=known, findings=findings, channel_id=LARGEST)
    with speaking(locale):
        check_taken(payload_of(page, state, f"Saved.\n{short_findings(findings, known)}"))


@pytest.mark.parametrize("page", Page)
def test_a_page_of_a_server_that_decided_nothing_is_taken(page: Page) -> None:
    state = PanelState(settings=UNSET, facts=NOTHING, findings=check(UNSET, NOTHING), channel_id=LARGEST)
    check_taken(payload_of(page, state))


def test_the_question_before_everything_is_forgotten_is_taken() -> None:
    check_taken({"flags": IS_COMPONENTS_V2, "components": reset_question().to_components()})


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(forms())), any_settings, hostile.filter(bool), st.sampled_from(["en-US", *LANGUAGES]))
def test_every_modal_is_taken_whatever_is_set_and_however_a_role_is_called(
    form: str, chosen: GuildSettings, role: str, locale: str
) -> None:
    with speaking(locale):
        check_modal(numbers_modal(form, chosen, 1, role).to_dict())


@pytest.mark.parametrize("locale", ["en-US", *LANGUAGES])
def test_the_modals_for_words_are_taken_in_every_language(locale: str) -> None:
    with speaking(locale):
        check_modal(words_modal("add_words").to_dict())
        check_modal(words_modal("remove_words").to_dict())


@pytest.mark.parametrize("name", sorted(NUMBERS))
@settings(max_examples=500, deadline=None)
@given(typed=hostile)
@example(typed="@everyone")
@example(typed="<@&123456789012345678>")
@example(typed="9" * 4_000)
def test_a_number_that_cannot_be_is_quoted_back_without_harm(name: str, typed: str) -> None:
    try:
        NUMBERS[name].read(typed)
    except BadSetting as error:
        check_sentence(bad_setting_sentence(error))


@settings(max_examples=500, deadline=None)
@given(hostile)
@example("@everyone" * 10)
@example("\\" * 200)
def test_words_that_cannot_be_are_quoted_back_without_harm(typed: str) -> None:
    try:
        read_words(typed)
    except BadSetting as error:
        check_sentence(bad_setting_sentence(error))


@pytest.mark.parametrize("code", BadSettingCode)
def test_every_refusal_is_a_whole_sentence(code: BadSettingCode) -> None:
    sentence = bad_setting_sentence(BadSetting(code, "per_day", typed="x", least=0, most=10))
    check_sentence(sentence)
    assert sentence.endswith(".")
    assert "{" not in sentence


@settings(max_examples=500, deadline=None)
@given(hostile, hostile)
def test_the_names_of_automod_rules_do_no_harm(rule: str, pattern: str) -> None:
    known = AutomodFacts(readable=True, presets=(rule,), bad_patterns=((rule, pattern),))
    facts = ServerFacts(channels={}, roles=frozenset(), automod=known, prices_usd=PRICES)
    told = findings_list([each for each in check(UNSET, facts) if each.name == rule], facts)
    assert not MENTION.search(told)
    check_message({"content": told}, files=[], upload_limit=1)


@pytest.mark.parametrize("code", FindingCode)
@pytest.mark.parametrize("place", [{}, {"channel_id": 1}, {"role_id": 2}])
def test_every_finding_is_a_whole_sentence_in_every_language(code: FindingCode, place: dict[str, Any]) -> None:
    finding = Finding(code=code, other_id=3, name="per_day", words=("View Channel",), purpose=Purpose.REVIEW, **place)
    for locale in ("en-US", *LANGUAGES):
        with speaking(locale):
            sentence = finding_sentence(finding, NOTHING)
        check_sentence(sentence)
        assert "{" not in sentence


def test_what_a_custom_id_says_is_read_back() -> None:
    known = [
        PanelId(deed=deed, name=name, target=target, value=value)
        for deed in PanelAction
        for name in ("everywhere", "output_channel_id")
        for target in (0, LARGEST)
        for value in ("", "on", "before_posting", "en-US")
    ]
    for each in known:
        match = re.fullmatch(PANEL_PATTERN, str(each))
        assert match is not None
        assert PanelId.of(match) == each
        assert len(str(each)) <= 100


def check_sentence(sentence: str) -> None:
    assert not MENTION.search(sentence)
    check_message({"content": sentence}, files=[], upload_limit=1)
