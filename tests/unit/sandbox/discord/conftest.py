"""What tests of Discord's rules share."""

from collections.abc import Callable

import pytest

from sandbox.discord.json_types import JsonObject
from sandbox.discord.refusals import DiscordRefusal

Errors = Callable[[Callable[[], None]], dict[str, str]]


@pytest.fixture
def errors_of() -> Errors:
    """Give what reads the form errors of a refused check: the code of each by its dotted path."""

    def read(check: Callable[[], None]) -> dict[str, str]:
        with pytest.raises(DiscordRefusal) as caught:
            check()
        assert (caught.value.status, caught.value.code) == (400, 50035)
        return flat(caught.value.errors)

    return read


def flat(errors: JsonObject | None, path: str = "") -> dict[str, str]:
    """Return the code of each error by its dotted path."""
    found: dict[str, str] = {}
    for key, value in (errors or {}).items():
        if key == "_errors":
            found[path] = value[0]["code"]
        else:
            found |= flat(value, f"{path}.{key}" if path else key)
    return found
