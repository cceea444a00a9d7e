"""Sentences, numbers and lists come in the language of who reads them."""

import ast
import asyncio
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.offer import Offer
from bot.delivery.card_view import status_card
from bot.delivery.state_looks import LOOKS, card_buttons
from bot.jobs.states import State
from bot.media.rules import ImageFault, ImageRules
from bot.requests.forms import video_modal
from bot.requests.refusal_words import image_sentence, missing_permissions_sentence
from bot.ui import language
from bot.ui.formats import dollars, lasted, listed, megabytes, number, percent
from bot.ui.language import LANGUAGES, LOCALES, N_, _, catalogue, language_of, ngettext, speak, speaking, spoken
from tests.support.jobs import NOON, a_job, a_request
from tests.support.messages import trees

DONE = {
    "de": "Fertig",
    "es-ES": "Listo",
    "es-419": "Listo",
    "fr": "Terminée",
    "pt-BR": "Pronto",
    "ja": "完了",
    "en-US": "Done",
    "en-GB": "Done",
    "sv-SE": "Done",
    "no such locale": "Done",
    "": "Done",
    None: "Done",
}


@pytest.mark.parametrize(("locale", "said"), DONE.items())
def test_a_sentence_is_in_the_language_of_its_reader_and_else_in_english(locale: str | None, said: str) -> None:
    with speaking(locale):
        assert _("Done") == said


def test_each_reader_has_a_language_of_their_own() -> None:
    with speaking("de"):
        with speaking("ja"):
            assert _("Done") == "完了"
        assert _("Done") == "Fertig"
    assert _("Done") == "Done"


def test_after_an_error_english_is_spoken_again() -> None:
    with pytest.raises(ValueError, match="whatever"), speaking("de"):
        raise ValueError("whatever")
    assert spoken() == "en"


async def test_two_answers_at_once_speak_each_their_own_language() -> None:
    both_speak = asyncio.Barrier(2)

    async def answer(locale: str) -> str:
        speak(locale)
        await both_speak.wait()
        return _("Done")

    assert await asyncio.gather(answer("pt-BR"), answer("fr")) == ["Pronto", "Terminée"]
    assert _("Done") == "Done"


def test_a_mark_leaves_a_sentence_as_it_is_until_it_is_known_who_reads() -> None:
    with speaking("de"):
        marked = N_("Done")
    assert marked == "Done"
    with speaking("fr"):
        assert _(marked) == "Terminée"


def test_what_has_no_translation_is_said_in_english() -> None:
    with speaking("de"):
        assert _("a sentence that nobody ever translates") == "a sentence that nobody ever translates"
        assert ngettext("{count} unheard-of", "{count} unheard-ofs", 2) == "{count} unheard-ofs"


def test_nothing_said_stays_nothing() -> None:
    with speaking("de"):
        assert _("") == ""


@pytest.mark.parametrize(
    ("locale", "forms"),
    [
        ("en-US", ["{count} images", "{count} image", "{count} images"]),
        ("de", ["{count} Bilder", "{count} Bild", "{count} Bilder"]),
        ("fr", ["{count} image", "{count} image", "{count} images"]),
        ("ja", ["画像{count}枚"] * 3),
    ],
)
def test_a_count_takes_the_form_that_its_language_asks_for(locale: str, forms: list[str]) -> None:
    with speaking(locale):
        assert [ngettext("{count} image", "{count} images", count) for count in (0, 1, 2)] == forms


@pytest.fixture
def locales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the German catalogue alone, in a folder of its own, and nothing compiled."""
    monkeypatch.setattr(language, "LOCALES", tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "de.po").write_bytes((LOCALES / "de.po").read_bytes())
    return tmp_path


def read_anew() -> str:
    return language.catalogue.__wrapped__("de").gettext("Done")


def test_a_catalogue_is_compiled_once_and_again_when_it_changes(locales: Path) -> None:
    assert read_anew() == "Fertig"
    [kept] = (locales / "__pycache__").iterdir()
    kept.write_bytes(kept.read_bytes().replace(b"Fertig", b"Bereit"))
    assert read_anew() == "Bereit"
    source = (locales / "de.po").read_text(encoding="utf-8")
    (locales / "de.po").write_text(source.replace('"Fertig"', '"Geschafft"'), encoding="utf-8")
    assert read_anew() == "Geschafft"
    assert kept not in list((locales / "__pycache__").iterdir())


@pytest.mark.parametrize("kept", [b"", b"\xde\x12\x04\x95", b"something else"])
def test_a_compiled_catalogue_that_is_damaged_is_made_anew(locales: Path, kept: bytes) -> None:
    read_anew()
    [file] = (locales / "__pycache__").iterdir()
    whole = file.read_bytes()
    file.write_bytes(kept)
    assert read_anew() == "Fertig"
    assert file.read_bytes() == whole


def test_a_catalogue_is_read_where_nothing_may_be_kept(locales: Path) -> None:
    (locales / "__pycache__").write_text("a file, so that no folder can be made")
    assert read_anew() == "Fertig"


def test_a_catalogue_is_read_once() -> None:
    assert catalogue("de") is catalogue("de")
    assert {language_of(locale) for locale in LANGUAGES} == set(LANGUAGES.values())


@pytest.mark.parametrize(
    ("locale", "money", "large", "share", "size", "time", "names"),
    [
        ("en-US", "$1,234.50", "2,500", "40%", "8.5 MB", "2 min 5 s", "a, b and c"),
        ("de", "1.234,50\N{NO-BREAK SPACE}$", "2.500", "40\N{NO-BREAK SPACE}%", "8,5 MB", "2 Min. 5 s", "a, b und c"),
        (
            "fr",
            "1\N{NARROW NO-BREAK SPACE}234,50\N{NO-BREAK SPACE}$US",
            "2\N{NARROW NO-BREAK SPACE}500",
            "40\N{NO-BREAK SPACE}%",
            "8,5 Mo",
            "2 min 5 s",
            "a, b et c",
        ),
        ("pt-BR", "US$\N{NO-BREAK SPACE}1.234,50", "2.500", "40%", "8,5 MB", "2 min 5 s", "a, b e c"),
        ("ja", "$1,234.50", "2,500", "40%", "8.5 MB", "2分5秒", "a、b、c"),
    ],
)
def test_figures_and_lists_are_written_as_a_language_writes_them(
    locale: str, money: str, large: str, share: str, size: str, time: str, names: str
) -> None:
    with speaking(locale):
        assert dollars(Decimal("1234.5")) == money
        assert number(2500) == large
        assert percent(0.4) == share
        assert megabytes(8_500_000) == size
        assert lasted(125) == time
        assert listed(["a", "b", "c"]) == names


def test_a_sentence_with_places_is_whole_in_every_language() -> None:
    with speaking("de"):
        assert image_sentence(ImageFault.TOO_SMALL, "image2", ImageRules(min_side=300)) == (
            "`image2` ist zu klein. Die kürzere Seite muss mindestens 300 Pixel lang sein."
        )


def test_permissions_are_named_as_the_readers_discord_names_them() -> None:
    with speaking("fr"):
        sentence = missing_permissions_sentence(("Attach Files", "View Channel"))
    assert "ces permissions\N{NO-BREAK SPACE}: **Joindre des fichiers** et **Voir le salon**" in sentence


def test_a_states_title_and_meaning_are_looked_up_when_they_are_read() -> None:
    with speaking("es-419"):
        assert LOOKS[State.CANCELLED].title == "Cancelado"
        assert LOOKS[State.CANCELLED].meaning == "No se cobró nada."
        assert LOOKS[State.DELIVERED].meaning == ""


def test_a_card_speaks_its_servers_language_whoever_has_it_edited() -> None:
    job = a_job(State.WAITING, request=a_request(guild_locale="ja"))
    with speaking("de"):
        card = str(status_card(job, Offer(), now=NOON + timedelta(minutes=1), position=3).to_components())
        assert spoken() == "de"
    assert "**⏳ 順番待ち** · " in card
    assert "3番目" in card
    assert "キャンセル" in card


def test_a_modal_and_its_choices_speak_the_language_of_who_opened_it() -> None:
    with speaking("ja"):
        modal = video_modal(Offer()).to_dict()
    assert modal["title"] == "動画を作成"
    assert "アスペクト比" in str(modal)


def test_buttons_are_named_in_the_language_spoken() -> None:
    with speaking("de"):
        assert "Abbrechen" in [button.label for button in card_buttons(a_job(State.WAITING))]


def test_every_button_and_form_speaks_the_language_of_who_uses_it() -> None:
    """The command tree sees to commands; what is known by its custom id alone has to do so itself."""
    silent = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and (any("DynamicItem" in ast.unparse(base) for base in node.bases) or "on_interaction" in ast.unparse(node))
        and "speak(interaction" not in ast.unparse(node)
    ]
    assert silent == [], "call speak(interaction.locale.value) first of all"


@given(cents=st.integers(0, 10**9), more=st.integers(0, 10**6 - 1))
def test_prices_in_english_are_as_babel_writes_them(cents: int, more: int) -> None:
    amount = Decimal(cents) / 100 + Decimal(more) / 10**8
    assert dollars(amount) == format_currency(amount, "USD", locale="en")
