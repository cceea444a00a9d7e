"""What members read of saved characters stays within Discord's limits and harmless, whatever anybody typed."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cast.model import Character
from bot.cast.view import (
    CastVerb,
    bad_name_sentence,
    cast_add_modal,
    cast_page,
    character_page,
    choice_label,
    delete_question,
    full_sentence,
    rename_modal,
)
from bot.jobs.prompt import NAME_LIMIT, as_name
from bot.requests.consent import NOTICE, consent_controls
from bot.requests.reading import Refusal, RefusalCode
from bot.requests.refusal_words import request_sentence, unknown_character_sentence
from sandbox.discord.messages.modal_rules import check_modal
from sandbox.discord.messages.rules import IS_COMPONENTS_V2, check_message
from tests.support.jobs import NOON

HOSTILE = (
    st.text(alphabet=st.sampled_from("@everyone <>&!*_~`|\\[](#)/:\n\u202e\u200b\x00aé狐"), max_size=200) | st.text()
)
LETTERS = st.characters(categories=["L", "Nd"]) | st.sampled_from("-_")
NAMES = st.text(LETTERS, min_size=1, max_size=NAME_LIMIT).map(as_name).filter(lambda name: name is not None).map(str)
# A mention, a link, a code fence or another mark that nothing escapes.
LIVE = re.compile(r"(?<!\\)(?:@everyone|@here|<[@#!&]|```|\*\*\*|~~|\|\||\]\()")


def unescaped(sentence: str) -> str | None:
    """Return the first mark of Discord's that would count, code spans left out."""
    found = LIVE.search(re.sub(r"`[^`]*`", "", sentence))
    return found and found[0]


@settings(max_examples=500)
@given(HOSTILE)
def test_whatever_is_typed_as_a_name_comes_back_harmless(text: str) -> None:
    for sentence in (bad_name_sentence(text), unknown_character_sentence(text, "`@mira`")):
        assert len(sentence) < 400
        assert "\n" not in sentence
        assert unescaped(sentence) is None


@settings(max_examples=500)
@given(st.lists(NAMES, min_size=1, max_size=20))
def test_any_names_make_a_list_and_choices_that_discord_takes(names: list[str]) -> None:
    characters = [
        Character(id=number, owner_id=number % 2, name=name, created_at=NOON, shared=number % 3 == 0)
        for number, name in enumerate(names)
    ]
    layouts = [cast_page(characters, 0, 20), *(delete_question(each) for each in characters)]
    layouts += [character_page(each, 0, [], can=[CastVerb.RENAME]) for each in characters]
    for layout in layouts:
        payload = layout.to_components()
        check_message({"flags": IS_COMPONENTS_V2, "components": payload}, files=[], upload_limit=1)
        shown = [each["content"] for each in payload[0]["components"] if "content" in each]
        assert unescaped("\n".join(shown).replace("<@1>", "")) is None
    for each in characters:
        check_modal(rename_modal(each).to_dict())
    assert all(1 <= len(choice_label(each, 0)) <= 100 for each in characters)


@pytest.mark.parametrize("code", [RefusalCode.UNKNOWN_NAME, RefusalCode.UNKNOWN_IMAGE])
def test_where_there_is_nothing_to_name_the_answer_says_so(code: RefusalCode) -> None:
    refusal = Refusal(code=code, name="mira" if code is RefusalCode.UNKNOWN_NAME else "", number=3)
    assert "there's no image or character with that name" in request_sentence(refusal, "")


def test_one_character_and_many_are_told_as_such() -> None:
    assert full_sentence(1).startswith("You have 1 saved character, which is your limit")
    assert full_sentence(20).startswith("You have 20 saved characters, which is your limit")


def test_the_modals_are_what_discord_takes() -> None:
    check_modal(cast_add_modal().to_dict())


@pytest.mark.parametrize("filename", ["front.png", "長い名前の写真" * 20 + ".png", "صورة.jpg", "*_`\u202e.png"])
@pytest.mark.parametrize("count", [1, 4])
def test_a_form_names_the_images_that_it_keeps_and_asks_for_no_other(filename: str, count: int) -> None:
    modal: Any = cast_add_modal("reelcast:fix:cast:1", name="x" * 32, filenames=[filename] * count).to_dict()
    check_modal(modal)
    _name, front, more = modal["components"]
    assert front["description"].startswith("Leave this empty to keep: ")
    assert (front["component"]["required"], more["component"]["required"]) == (False, count == 1)


def test_ids_stay_short_enough_for_discord() -> None:
    [row] = consent_controls(2**63).to_components()
    assert all(len(button["custom_id"]) <= 100 for button in row["components"])
    assert len(NOTICE) < 1_000
