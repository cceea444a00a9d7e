import argparse
from collections.abc import Callable

import pytest

from sandbox.arguments import port, positive


@pytest.mark.parametrize(("kind", "text", "number"), [(port, "0", 0), (port, "65535", 65535), (positive, "0.5", 0.5)])
def test_a_number_within_its_bounds_is_taken(kind: Callable[[str], float], text: str, number: float) -> None:
    assert kind(text) == number


@pytest.mark.parametrize(
    ("kind", "text"), [(port, "-1"), (port, "65536"), (positive, "0"), (positive, "-2"), (positive, "nan")]
)
def test_a_number_outside_of_its_bounds_is_refused(kind: Callable[[str], float], text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="must be"):
        kind(text)
