"""Reads a request body field by field and notes what Discord would object to, in its words."""

from collections.abc import Collection, Mapping
from typing import TypeGuard, cast
from urllib.parse import urlsplit

from sandbox.discord.json_types import JsonObject
from sandbox.discord.refusals import FormErrors, Path

MAX_URL = 2048


class Form:
    """An object within a body, at `path`; whatever is wrong with a field goes to `errors`.

    A field that is null counts as absent, as it does for Discord. Reading a field that is wrong gives `None`.
    """

    def __init__(self, data: Mapping[str, object], errors: FormErrors, path: Path = ()) -> None:
        self.data = data
        self.errors = errors
        self.path = path

    def has(self, key: str) -> bool:
        """Tell whether a field is there and neither null, empty, zero nor false."""
        return bool(self.data.get(key))

    def add(self, key: str | None, code: str, message: str) -> None:
        """Note an error of a field, or with `None` of the object itself."""
        self.errors.add(self.path if key is None else (*self.path, key), code, message)

    def require(self, key: str) -> None:
        if self.data.get(key) is None:
            self.add(key, "BASE_TYPE_REQUIRED", "This field is required")

    def forbid(self, *keys: str) -> None:
        for key in keys:
            if self.has(key):
                self.add(key, "BASE_TYPE_FORBIDDEN", "This field is not allowed here.")

    def text(self, key: str, *, most: int, least: int = 0, required: bool = False) -> str | None:
        """Read a string of `least` to `most` characters."""
        value = self._present(key, required=required)
        if value is None:
            return None
        if not isinstance(value, str):
            self.add(key, "STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.')
            return None
        if least <= len(value) <= most:
            return value
        self._bad_length(key, least, most, "length")
        return None

    def integer(self, key: str, *, least: int, most: int, required: bool = False) -> int | None:
        """Read a whole number from `least` to `most`."""
        value = self._present(key, required=required)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            self.add(key, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        elif value < least:
            self.add(key, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {least}.")
        elif value > most:
            self.add(key, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}.")
        else:
            return value
        return None

    def boolean(self, key: str) -> bool:
        """Read a truth value; absent counts as false."""
        value = self.data.get(key)
        if value is not None and not isinstance(value, bool):
            self.add(key, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
        return value is True

    def choice(self, key: str, choices: Collection[object], *, required: bool = False) -> object:
        """Read a value that must be one of `choices`."""
        value = self._present(key, required=required)
        if value is None or value in choices:
            return value
        listed = ", ".join(str(each) for each in choices)
        self.add(key, "BASE_TYPE_CHOICES", f"Value must be one of ({listed}).")
        return None

    def url(self, key: str, schemes: Collection[str], *, most: int = MAX_URL, required: bool = False) -> str | None:
        """Read an address with one of `schemes`."""
        value = self.text(key, most=most, required=required)
        if not value:
            return None
        scheme, _, rest = value.partition("://")
        if scheme not in schemes:
            self.add(key, "URL_TYPE_INVALID_SCHEME", f'Scheme "{scheme}" must be one of {tuple(sorted(schemes))}.')
        elif not rest or (scheme.startswith("http") and not _has_host(value)):
            self.add(key, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
        else:
            return value
        return None

    def child(self, key: str, *, required: bool = False) -> "Form | None":
        """Read an object."""
        value = self._present(key, required=required)
        return None if value is None else self._form(value, (*self.path, key))

    def children(self, key: str, *, most: int, least: int = 0, required: bool = False) -> list["Form"]:
        """Read an array of `least` to `most` objects; what is none in it is noted and left out."""
        values = self.array(key, most=most, least=least, required=required)
        forms = (self._form(value, (*self.path, key, index)) for index, value in enumerate(values))
        return [form for form in forms if form]

    def array(self, key: str, *, most: int, least: int = 0, required: bool = False) -> list[object]:
        """Read an array of `least` to `most` values; absent counts as empty."""
        value = self._present(key, required=required)
        if value is None:
            return []
        if not isinstance(value, list):
            self.add(key, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        values = cast("list[object]", value)
        if not least <= len(values) <= most:
            self._bad_length(key, least, most, "length")
        return values

    def snowflakes(self, key: str, *, most: int) -> list[str]:
        """Read an array of different ids."""
        values = self.array(key, most=most)
        for index, value in enumerate(values):
            if not is_snowflake(value):
                message = f'Value "{value}" is not snowflake.'
                self.errors.add((*self.path, key, index), "NUMBER_TYPE_COERCE", message)
        found = [str(value) for value in values if is_snowflake(value)]
        if len(set(found)) < len(found):
            self.add(key, "SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value")
        return found

    def _present(self, key: str, *, required: bool) -> object:
        if required:
            self.require(key)
        return self.data.get(key)

    def _form(self, value: object, path: Path) -> "Form | None":
        if isinstance(value, dict):
            return Form(cast("JsonObject", value), self.errors, path)
        self.errors.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return None

    def _bad_length(self, key: str, least: int, most: int, what: str) -> None:
        if least:
            self.add(key, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in {what}.")
        else:
            self.add(key, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in {what}.")


def is_snowflake(value: object) -> TypeGuard[str | int]:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return False
    return str(value).isascii() and str(value).isdigit()


def _has_host(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False
