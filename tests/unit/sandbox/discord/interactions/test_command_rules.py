"""Discord's rules for the definitions of commands, and for the choices of an autocomplete."""

from collections.abc import Callable

import pytest

from sandbox.discord.interactions.command_rules import check_command, check_commands
from sandbox.discord.interactions.rules import check_choices
from sandbox.discord.json_types import JsonObject

Errors = Callable[[Callable[[], None]], dict[str, str]]

COMMAND: JsonObject = {"name": "video", "description": "Make a video"}
OPTION: JsonObject = {"type": 3, "name": "prompt", "description": "What to see"}


def with_options(*options: JsonObject) -> JsonObject:
    return COMMAND | {"options": list(options)}


@pytest.mark.parametrize(
    "command",
    [
        COMMAND,
        COMMAND | {"name": "vidéo-1_x"},
        {"name": "Make a video", "type": 3},
        with_options(OPTION | {"required": True}, OPTION | {"name": "ratio"}),
        with_options({"type": 1, "name": "add", "description": "Add", "options": [OPTION]}),
        with_options(OPTION | {"choices": [{"name": "Wide", "value": "16:9"}]}),
        with_options(OPTION | {"type": 11, "file_types": ["image", "audio", ".heic"]}),
    ],
)
def test_a_right_definition_passes(command: JsonObject) -> None:
    check_command(command)


@pytest.mark.parametrize(
    ("command", "path"),
    [
        (COMMAND | {"name": "Video"}, "name"),
        (COMMAND | {"name": "a video"}, "name"),
        (COMMAND | {"name": "x" * 33}, "name"),
        (COMMAND | {"name": ""}, "name"),
        (COMMAND | {"description": ""}, "description"),
        (COMMAND | {"description": "x" * 101}, "description"),
        ({"name": "Make", "type": 3, "options": [OPTION]}, "options"),
        (with_options(*(OPTION | {"name": f"o{number}"} for number in range(26))), "options"),
        (with_options(OPTION, OPTION), "options.1"),
        (with_options(OPTION, OPTION | {"name": "b", "required": True}), "options.1"),
        (with_options(OPTION | {"type": 12}), "options.0.type"),
        (with_options(OPTION | {"file_types": ["image"]}), "options.0.file_types"),
        (with_options(OPTION | {"type": 11, "file_types": [".png"] * 11}), "options.0.file_types"),
        (with_options(OPTION | {"type": 11, "file_types": ["image", "pictures"]}), "options.0.file_types.1"),
        (with_options(OPTION | {"type": 11, "autocomplete": True}), "options.0.autocomplete"),
        (with_options(OPTION | {"choices": [{"name": "", "value": "x"}]}), "options.0.choices.0.name"),
        (with_options(OPTION | {"choices": [{"name": "x", "value": "x" * 101}]}), "options.0.choices.0.value"),
    ],
)
def test_a_wrong_definition_is_refused_where_it_is_wrong(errors_of: Errors, command: JsonObject, path: str) -> None:
    assert set(errors_of(lambda: check_command(command))) == {path}


def test_two_commands_of_one_name_and_type_are_refused(errors_of: Errors) -> None:
    assert "1" in errors_of(lambda: check_commands([COMMAND, COMMAND]))
    check_commands([COMMAND, {"name": "video", "type": 3}])


def test_a_command_has_at_most_8000_characters_in_all(errors_of: Errors) -> None:
    choices = [{"name": f"{number:0100}", "value": f"{number:0100}"} for number in range(25)]
    large = with_options(OPTION | {"choices": choices}, OPTION | {"name": "b", "choices": choices})
    assert errors_of(lambda: check_command(large)) == {"": "APPLICATION_COMMAND_TOO_LARGE"}


def test_choices_are_at_most_25_with_names_and_values_of_100_characters(errors_of: Errors) -> None:
    check_choices({"choices": [{"name": "Mira", "value": "mira"}, {"name": "Five", "value": 5}]})
    many = {"choices": [{"name": "x", "value": "x"}] * 26}
    assert set(errors_of(lambda: check_choices(many))) == {"data.choices"}
    long = {"choices": [{"name": "x" * 101, "value": ""}]}
    assert set(errors_of(lambda: check_choices(long))) == {
        "data.choices.0.name",
        "data.choices.0.value",
    }
