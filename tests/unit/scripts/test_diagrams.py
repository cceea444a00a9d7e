"""The diagrams in the guide are those that the code makes."""

import pytest

from scripts.diagrams import GUIDE, features, generated, imports, reduced, replaced


def test_the_guide_shows_the_rooms_and_states_that_the_code_has() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    assert generated(guide) == guide, "run `python -m scripts.diagrams`"


def test_imports_are_found_between_rooms_alone() -> None:
    sources = {
        "bot/gate/usage.py": "from bot.gate.limits import Limit\nfrom bot.jobs import model\nimport discord\n",
        "bot/gate/limits.py": "",
        "bot/jobs/model.py": "",
        "bot/services.py": "from bot.gate.usage import Usage\n",
    }
    found = imports(sources, {"bot", "bot.gate", "bot.jobs"})
    assert {room: set(others) for room, others in found.items()} == {"bot.gate": {"bot.jobs"}, "bot": {"bot.gate"}}


def test_an_arrow_that_follows_from_others_is_left_out() -> None:
    graph = {"a": {"b", "c"}, "b": {"c"}, "c": set[str]()}
    assert reduced(graph) == {"a": {"b"}, "b": {"c"}, "c": set()}


def test_rooms_within_a_room_count_as_one() -> None:
    graph = {"bot.jobs.steps": {"bot.jobs", "bot.media.images"}, "cogs.cast": {"bot.cast"}}
    assert features(graph) == {"bot.jobs": {"bot.media"}, "cogs": {"bot.cast"}}


def test_a_guide_without_the_place_is_refused() -> None:
    assert replaced("<!-- x -->\nold\n<!-- end -->\n", "x", "new") == "<!-- x -->\nnew\n<!-- end -->\n"
    with pytest.raises(ValueError, match="no place for 'y'"):
        replaced("", "y", "new")
