"""Discord's rules for the definition of an application command.

https://docs.discord.com/developers/interactions/application-commands#application-command-object
"""

from enum import IntEnum

from sandbox.discord.file_types import MOST_FILE_TYPES, is_file_type
from sandbox.discord.json_fields import elements, integer, objects, text
from sandbox.discord.json_types import JsonObject
from sandbox.discord.refusals import FormErrors, Path

MAX_OPTIONS = MAX_CHOICES = 25
MAX_NAME = 32
MAX_DESCRIPTION = MAX_CHOICE = 100
MAX_TOTAL = 8000  # characters of all names, descriptions and values of one command
REQUIRED = ("BASE_TYPE_REQUIRED", "This field is required")


class CommandType(IntEnum):
    CHAT_INPUT = 1
    USER = 2
    MESSAGE = 3


class OptionType(IntEnum):
    SUB_COMMAND = 1
    SUB_COMMAND_GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


NESTING = {OptionType.SUB_COMMAND, OptionType.SUB_COMMAND_GROUP}
_COMPLETABLE = {OptionType.STRING, OptionType.INTEGER, OptionType.NUMBER}


def check_commands(commands: list[JsonObject]) -> None:
    """Refuse a bulk overwrite with a wrong definition, or with two commands of one name and type."""
    errors = FormErrors()
    seen: set[tuple[int, str]] = set()
    for index, command in enumerate(commands):
        _check_command(command, errors, (index,))
        key = (integer(command, "type", 1), text(command, "name"))
        if key in seen:
            errors.add(
                (index,),
                "APPLICATION_COMMANDS_DUPLICATE_NAME",
                "Application command names must be unique",
            )
        seen.add(key)
    errors.raise_if_any()


def check_command(command: JsonObject) -> None:
    """Refuse the definition of one command that breaks a rule."""
    errors = FormErrors()
    _check_command(command, errors, ())
    errors.raise_if_any()


def _check_command(command: JsonObject, errors: FormErrors, path: Path) -> None:
    kind = integer(command, "type", CommandType.CHAT_INPUT)
    if kind == CommandType.CHAT_INPUT:
        _check_name(command, errors, path)
        _check_description(command, errors, path)
        _check_options(objects(command.get("options")), errors, path)
        if _length(command) > MAX_TOTAL:
            errors.add(
                path,
                "APPLICATION_COMMAND_TOO_LARGE",
                f"Command exceeds maximum size ({MAX_TOTAL})",
            )
        return
    _check_length(text(command, "name"), 1, MAX_NAME, errors, (*path, "name"))
    if command.get("options"):
        errors.add(
            (*path, "options"),
            "APPLICATION_COMMANDS_OPTIONS_NOT_ALLOWED",
            "Context menu commands cannot have options",
        )


def _check_options(options: list[JsonObject], errors: FormErrors, path: Path) -> None:
    if len(options) > MAX_OPTIONS:
        errors.add((*path, "options"), "BASE_TYPE_MAX_LENGTH", f"Must be {MAX_OPTIONS} or fewer in length.")
    optional_seen = False
    names: set[str] = set()
    for index, option in enumerate(options):
        here = (*path, "options", index)
        _check_name(option, errors, here)
        _check_description(option, errors, here)
        _check_option(option, errors, here)
        name, required = text(option, "name"), option.get("required") is True
        if name in names:
            errors.add(here, "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Option names must be unique")
        if required and optional_seen:
            errors.add(
                here,
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        names.add(name)
        optional_seen = optional_seen or not required


def _check_option(option: JsonObject, errors: FormErrors, path: Path) -> None:
    kind = integer(option, "type")
    if kind not in set(OptionType):
        values = ", ".join(str(int(each)) for each in OptionType)
        errors.add((*path, "type"), "BASE_TYPE_CHOICES", f"Value must be one of {{{values}}}.")
        return
    if kind in NESTING:
        _check_options(objects(option.get("options")), errors, path)
    if option.get("file_types") is not None:
        _check_file_types(option, errors, (*path, "file_types"))
    choices = objects(option.get("choices"))
    if len(choices) > MAX_CHOICES:
        errors.add((*path, "choices"), "BASE_TYPE_MAX_LENGTH", f"Must be {MAX_CHOICES} or fewer in length.")
    for index, choice in enumerate(choices):
        here = (*path, "choices", index)
        _check_length(text(choice, "name"), 1, MAX_CHOICE, errors, (*here, "name"))
        if kind == OptionType.STRING:
            _check_length(text(choice, "value"), 1, MAX_CHOICE, errors, (*here, "value"))
    if option.get("autocomplete") and (choices or kind not in _COMPLETABLE):
        errors.add(
            (*path, "autocomplete"),
            "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID",
            "Autocomplete needs a string, integer or number option without choices",
        )


def _check_file_types(option: JsonObject, errors: FormErrors, path: Path) -> None:
    types = elements(option["file_types"])
    if len(types) > MOST_FILE_TYPES:
        errors.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {MOST_FILE_TYPES} or fewer in length.")
    if integer(option, "type") != OptionType.ATTACHMENT:
        errors.add(path, "BASE_TYPE_INVALID", "Only attachments have types of files")
    for index, value in enumerate(types):
        if not is_file_type(value):
            errors.add((*path, index), "BASE_TYPE_INVALID", f'"{value}" is no type of files')


def _check_name(entry: JsonObject, errors: FormErrors, path: Path) -> None:
    name = text(entry, "name")
    if not name:
        errors.add((*path, "name"), *REQUIRED)
    elif len(name) > MAX_NAME or name != name.lower() or not _is_word(name):
        errors.add(
            (*path, "name"),
            "APPLICATION_COMMAND_INVALID_NAME",
            "Command name is invalid",
        )


def _is_word(name: str) -> bool:
    """Tell whether a name has only letters, marks, digits, `-`, `_` and the apostrophe."""
    return all(character.isalnum() or character in "-_'" or not character.isascii() for character in name)


def _check_description(entry: JsonObject, errors: FormErrors, path: Path) -> None:
    if not text(entry, "description"):
        errors.add((*path, "description"), *REQUIRED)
    else:
        _check_length(text(entry, "description"), 1, MAX_DESCRIPTION, errors, (*path, "description"))


def _check_length(value: str, least: int, most: int, errors: FormErrors, path: Path) -> None:
    if not least <= len(value) <= most:
        errors.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")


def _length(entry: JsonObject) -> int:
    own = len(text(entry, "name")) + len(text(entry, "description")) + len(text(entry, "value"))
    nested = [*objects(entry.get("options")), *objects(entry.get("choices"))]
    return own + sum(_length(each) for each in nested)
