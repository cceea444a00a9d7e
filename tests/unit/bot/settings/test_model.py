"""A setting is one entry: everything that knows settings is built from it."""

from dataclasses import dataclass, replace
from textwrap import indent
from typing import Any

import pytest
from pydantic import TypeAdapter

from bot.settings import model
from bot.settings.changes import changes_line, set_numbers
from bot.settings.check import check
from bot.settings.entries import Number, Page, Switch, declared, entries
from bot.settings.findings import AutomodFacts, FindingCode, ServerFacts
from bot.settings.findings_words import finding_sentence
from bot.settings.model import ChannelSettings, GuildSettings, Limits
from bot.settings.panel.modals import numbers_modal
from bot.settings.panel.panel import settings_panel
from bot.settings.panel.parts import PanelState
from bot.settings.typed_values import BadSetting
from bot.settings.words import bad_setting_sentence
from scripts.settings_docs import server_table
from tests.support.guide import GUIDE, code_of

LABEL, HELP = "Images in one request", "Requests with more images are refused."
FACTS = ServerFacts(channels={}, roles=frozenset(), automod=AutomodFacts(readable=True), prices_usd={})


@dataclass(frozen=True, slots=True, kw_only=True)
class OneMore(GuildSettings):
    """The settings of servers, and one more."""

    most_images: int = declared(Number, LABEL, HELP, Page.PLACES, default=7, least=1, most=9)


def test_the_guide_to_adding_a_setting_says_so_word_for_word() -> None:
    """What is found everywhere in the next test is what CONTRIBUTING.md tells to write."""
    [field] = code_of("Adding a setting")
    names: dict[str, Any] = {**vars(model), "GuildSettings": GuildSettings, "dataclass": dataclass}
    described = (
        f"@dataclass(frozen=True, slots=True, kw_only=True)\nclass Described(GuildSettings):\n{indent(field, '    ')}"
    )
    exec(compile(described, str(GUIDE), "exec"), names)  # noqa: S102 - our own guide
    assert entries(names["Described"]) == entries(OneMore)


def panel_text(page: Page, settings: GuildSettings) -> str:
    state = PanelState(settings=settings, facts=FACTS, findings=check(settings, FACTS))
    return str(settings_panel(page, state).to_components())


def test_one_more_entry_is_found_everywhere() -> None:
    unset = OneMore()
    assert unset.most_images == 7
    assert TypeAdapter(OneMore).validate_python({"paused": True}) == replace(unset, paused=True)
    assert f"{LABEL}: 7" in panel_text(Page.OVERVIEW, unset)
    assert f"{LABEL}: **7** · {HELP}" in panel_text(Page.PLACES, unset)
    assert "reelcast:settings:form:places:0" in panel_text(Page.PLACES, unset)
    [field] = numbers_modal("places", unset).to_dict()["components"]
    assert (field["label"], field["description"]) == (LABEL, "1 to 9")
    assert (field["component"]["custom_id"], field["component"]["value"]) == ("most_images", "7")
    few = set_numbers({"most_images": "3"})(unset)
    assert few == OneMore(most_images=3)
    assert changes_line(unset, few) == f"{LABEL}: 7 → 3"
    with pytest.raises(BadSetting) as refused:
        set_numbers({"most_images": "10"})(unset)
    assert bad_setting_sentence(refused.value) == f"“10” is out of range for *{LABEL}*. Enter a number from 1 to 9."
    [finding] = [each for each in check(OneMore(most_images=10), FACTS) if each.code is FindingCode.OUT_OF_RANGE]
    assert finding_sentence(finding, FACTS).startswith(f"*{LABEL}* is out of range")
    assert f"| Where and who | {LABEL} | {HELP} | 7 | 1 to 9 |  |" in server_table(OneMore)


@pytest.mark.parametrize(
    ("label", "told", "default", "least", "most"),
    [("", HELP, 3, 1, 9), (LABEL, "", 3, 1, 9), (LABEL, HELP, 10, 1, 9), (LABEL, HELP, 5, 9, 1)],
)
def test_an_entry_that_lacks_something_cannot_be_built(
    label: str, told: str, default: int, least: int, most: int
) -> None:
    with pytest.raises(ValueError, match=r"a (setting|number) has"):
        Number(label, told, Page.PLACES, default=default, least=least, most=most)


def test_an_entry_names_its_page_and_its_range() -> None:
    with pytest.raises(TypeError, match="page"):
        Switch(LABEL, HELP, default=False)  # pyright: ignore[reportCallIssue]
    with pytest.raises(TypeError, match=r"least.*most"):
        Number(LABEL, HELP, Page.PLACES, default=3)  # pyright: ignore[reportCallIssue]


def test_a_field_that_is_not_declared_cannot_be_used() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Bare(GuildSettings):
        most_images: int = 7

    with pytest.raises(TypeError, match="most_images"):
        entries(Bare)


def test_more_numbers_than_a_form_takes_are_noticed_when_the_panel_is_made() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class TooMany(OneMore):
        a: int = declared(Number, LABEL, HELP, Page.PLACES, default=1, least=1, most=9)
        b: int = declared(Number, LABEL, HELP, Page.PLACES, default=1, least=1, most=9)
        c: int = declared(Number, LABEL, HELP, Page.PLACES, default=1, least=1, most=9)
        d: int = declared(Number, LABEL, HELP, Page.PLACES, default=1, least=1, most=9)
        e: int = declared(Number, LABEL, HELP, Page.PLACES, default=1, least=1, most=9)

    with pytest.raises(ValueError, match="5 fields at most"):
        panel_text(Page.PLACES, TooMany())


@pytest.mark.parametrize("settings", [GuildSettings, ChannelSettings, Limits])
def test_every_field_is_declared_and_its_default_is_that_of_its_entry(settings: type) -> None:
    unset = settings()
    assert {name: entry.default for name, entry in entries(settings).items()} == {
        name: getattr(unset, name) for name in entries(settings)
    }
