"""The settings panel, its modals and its answers: Discord takes them whatever is set, named or typed."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from discord.components import _component_factory  # pyright: ignore[reportPrivateUsage]
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.settings.check import check
from bot.settings.entries import Page, numbers
from bot.settings.findings import AutomodFacts, ChannelFacts, Finding, FindingCode, Purpose, ServerFacts
from bot.settings.findings_words import finding_sentence, findings_list
from bot.settings.model import UNSET, ChannelSettings, GuildSettings, Limits, ReviewMode
from bot.settings.panel.fixes import fix_of
from bot.settings.panel.ids import PANEL_PATTERN, PanelAction, PanelId, forms
from bot.settings.panel.modals import (
    RefusedForm,
    numbers_modal,
    setup_modal,
    typed_in,
    typed_numbers,
    typed_setup,
    typed_words,
    words_modal,
)
from bot.settings.panel.panel import pause_question, reset_question, settings_panel
from bot.settings.panel.parts import PanelState
from bot.settings.typed_values import BadSetting, BadSettingCode, read_words
from bot.settings.words import bad_setting_sentence
from bot.ui.language import LANGUAGES, speaking
from bot.ui.text import plain, unescaped
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


def payload_of(page: Page, state: PanelState, notice: str = "", **more: Any) -> Mapping[str, Any]:
    components = settings_panel(page, state, notice, **more).to_components()
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
        check_taken(payload_of(page, state, "Saved.", worse=findings))


@settings(max_examples=60, deadline=None)
@given(any_settings, any_facts, st.sampled_from(sorted(forms())), hostile, st.sampled_from(["en-US", *LANGUAGES]))
def test_every_page_has_room_for_a_form_that_is_refused_in_it(
    chosen: GuildSettings, known: ServerFacts, form: str, typed: str, locale: str
) -> None:
    state = PanelState(settings=chosen, facts=known, findings=check(chosen, known), channel_id=LARGEST)
    with speaking(locale):
        values = typed_numbers(form, dict.fromkeys(forms()[form].fields, one_line(typed)[:20]))
        panel_id = PanelId(action=PanelAction.FORM, name=form)
        refused = RefusedForm(form=panel_id, typed=values, sentence="No.")
        check_taken(payload_of(panel_id.page, state, "Saved.", refused=refused))


def one_line(typed: str) -> str:
    """Write what was typed as Discord sends what stood in a field of one line."""
    return " ".join(typed.split())


def components_of(state: PanelState, page: Page, refused: RefusedForm) -> list[Any]:
    """Return a panel's components as Discord gives them back."""
    raw: Any = settings_panel(page, state, refused=refused).to_components()
    return [_component_factory(each) for each in raw]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(forms())), st.lists(hostile, min_size=5, max_size=5))
@example("server_limits", ["2O", "**", "<#12>", "·", "\\"])
@example("server_limits", ["", "", "7", "", "\u05d0 1"])
def test_what_was_typed_in_a_refused_form_stands_in_it_again(form: str, typed: list[str]) -> None:
    fields = dict(zip(forms()[form].fields, (visible(each)[:20].strip() for each in typed), strict=False))
    refused = RefusedForm(form=PanelId(action=PanelAction.FORM, name=form), typed=typed_numbers(form, fields))
    state = PanelState(settings=UNSET, facts=NOTHING, findings=[])
    kept = typed_in(components_of(state, Page.LIMITS, refused))
    modal = numbers_modal(form, UNSET, typed=kept)
    inputs = [each["component"] for each in modal.to_dict()["components"]]
    assert {each["custom_id"]: each.get("value", "") for each in inputs} == fields


def visible(typed: str) -> str:
    return unescaped(plain(one_line(typed)))


def test_what_was_chosen_for_a_setup_that_is_refused_stands_in_its_form_again() -> None:
    facts = ServerFacts(
        channels=dict.fromkeys((7, 8, 9), ChannelFacts(missing={})),
        roles=frozenset(),
        automod=AutomodFacts(readable=False),
        prices_usd=PRICES,
    )
    form = PanelId(action=PanelAction.FORM, name="setup", value="before_posting")
    refused = RefusedForm(form=form, typed=[*typed_setup([7, 8], "before_posting", 9, "2O $")])
    kept = typed_in(components_of(PanelState(settings=UNSET, facts=facts, findings=[]), Page.CHECK, refused))
    modal = setup_modal("x", UNSET, facts, typed=kept, review=form.value)
    channels, review, room, per_day = (each["component"] for each in modal.to_dict()["components"])
    assert [each["id"] for each in channels["default_values"]] == [7, 8]
    assert [each["value"] for each in review["options"] if each["default"]] == ["before_posting"]
    assert [each["id"] for each in room["default_values"]] == [9]
    assert per_day["value"] == "2O $"


def test_words_that_cannot_be_words_stand_in_their_form_again() -> None:
    words = ["***", "x" * 61]
    form = PanelId(action=PanelAction.FORM, name="add_words")
    refused = RefusedForm(form=form, typed=typed_words(words))
    kept = typed_in(components_of(PanelState(settings=UNSET, facts=NOTHING, findings=[]), Page.FILTERS, refused))
    [field] = words_modal("add_words", kept).to_dict()["components"]
    assert field["component"]["value"] == ", ".join(words)


def test_of_more_words_than_are_kept_whole_ones_stand_in_the_form_again() -> None:
    words = [f"badger{number}" for number in range(1_000)]
    form = PanelId(action=PanelAction.FORM, name="remove_words")
    refused = RefusedForm(form=form, typed=typed_words(words))
    shown = components_of(PanelState(settings=UNSET, facts=NOTHING, findings=[]), Page.FILTERS, refused)
    [field] = words_modal("remove_words", typed_in(shown)).to_dict()["components"]
    again = field["component"]["value"].split(", ")
    assert again == words[: len(again)]
    assert len(again) > 50


@settings(max_examples=60, deadline=None)
@given(any_settings, any_facts, st.sampled_from(["en-US", *LANGUAGES]))
def test_the_form_of_a_setup_is_taken_whatever_is_set(chosen: GuildSettings, known: ServerFacts, locale: str) -> None:
    with speaking(locale):
        check_modal(setup_modal("reelcast:setup", chosen, known).to_dict())


def test_a_setup_begins_with_what_is_safe_and_asks_for_a_channel_for_reports() -> None:
    fields = [each["component"] for each in setup_modal("x", UNSET, NOTHING).to_dict()["components"]]
    assert [each["value"] for each in fields[1]["options"] if each["default"]] == ["before_spending"]
    assert fields[2]["required"]
    assert fields[3]["value"] == "20"
    logged = GuildSettings(everywhere=True, log_channel_id=1)
    fields = [each["component"] for each in setup_modal("x", logged, NOTHING).to_dict()["components"]]
    assert [each["value"] for each in fields[1]["options"] if each["default"]] == ["off"]
    assert not fields[2]["required"]
    assert "value" not in fields[3]


@pytest.mark.parametrize("code", FindingCode)
@pytest.mark.parametrize("purpose", [None, *Purpose])
@pytest.mark.parametrize("place", [{}, {"channel_id": 1}, {"role_id": 2}])
def test_every_finding_has_a_button_that_leads_to_its_fix(
    code: FindingCode, purpose: Purpose | None, place: dict[str, Any]
) -> None:
    label, fix = fix_of(Finding(code=code, purpose=purpose, name=numbers(Limits)["per_day"].label, **place))
    assert label
    assert re.fullmatch(PANEL_PATTERN, str(fix))
    assert fix.action is not PanelAction.FORM or fix.name in {"setup", *forms()}
    assert fix.action is not PanelAction.TURN or fix.value in {page.value for page in Page}


@pytest.mark.parametrize("page", Page)
def test_a_page_of_a_server_that_decided_nothing_is_taken(page: Page) -> None:
    state = PanelState(settings=UNSET, facts=NOTHING, findings=check(UNSET, NOTHING), channel_id=LARGEST)
    check_taken(payload_of(page, state))


def test_the_questions_before_everything_is_paused_or_forgotten_are_taken() -> None:
    for question in (reset_question(), pause_question()):
        check_taken({"flags": IS_COMPONENTS_V2, "components": question.to_components()})


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


def test_the_same_finding_in_many_channels_is_told_once_with_all_of_them() -> None:
    own = ChannelSettings(per_day=3)
    channels = dict.fromkeys(range(1, 30), ChannelFacts(missing={Purpose.REQUESTS: ("View Channel",)}))
    chosen = GuildSettings(channels=frozenset({1, 2}), channel_settings=dict.fromkeys(channels, own))
    facts = replace(NOTHING, channels=channels)
    shown = str(findings_parts_of(chosen, facts))
    assert shown.count("where members can make videos") == 1
    assert shown.count("has its own settings, but") == 1
    assert "<#1>" in shown
    assert "<#2>" in shown
    assert "reelcast:settings:turn:fix:0:channels" in shown
    one = replace(chosen, channel_settings={5: own})
    assert "reelcast:settings:do:as_server:5" in str(findings_parts_of(one, facts))


def findings_parts_of(chosen: GuildSettings, facts: ServerFacts) -> Any:
    return payload_of(Page.CHECK, PanelState(settings=chosen, facts=facts, findings=check(chosen, facts)))


def test_what_a_custom_id_says_is_read_back() -> None:
    known = [
        PanelId(action=action, name=name, target=target, value=value)
        for action in PanelAction
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


@pytest.mark.parametrize(
    ("words", "overview", "page"),
    [((), "No words", ""), (("gore", "dog*"), "2 blocked words", "2 more blocked words. ")],
)
def test_words_are_counted_only_where_there_are_some(words: tuple[str, ...], overview: str, page: str) -> None:
    state = PanelState(settings=replace(UNSET, words=words), facts=NOTHING, findings=[])
    shown, filters = (str(payload_of(each, state)) for each in (Page.OVERVIEW, Page.FILTERS))
    assert f"Blocked words: {overview}" in shown
    assert f"-# {page}A `*` at either end" in filters
