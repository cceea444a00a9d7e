"""Whether a signed address lives long enough to be handed on."""

from datetime import timedelta

import pytest

from bot.jobs.steps.references import FRESH_FOR, is_fresh
from tests.support.jobs import NOON


def signed(ends_in: timedelta) -> str:
    return f"https://cdn.discordapp.com/attachments/1/2/fox.png?ex={int((NOON + ends_in).timestamp()):x}&is=1&hm=abc"


def test_an_address_that_ends_later_than_a_run_may_begin_is_fresh() -> None:
    assert is_fresh(signed(FRESH_FOR + timedelta(seconds=1)), NOON)


@pytest.mark.parametrize("left", [FRESH_FOR, timedelta(minutes=1), timedelta(0), timedelta(days=-1)])
def test_an_address_that_ends_before_or_has_ended_is_not(left: timedelta) -> None:
    assert not is_fresh(signed(left), NOON)


@pytest.mark.parametrize("query", ["", "?width=400", "?ex=", "?hm=abc"])
def test_an_address_without_an_end_lasts(query: str) -> None:
    assert is_fresh(f"https://images.example/fox.png{query}", NOON)


@pytest.mark.parametrize("ends", ["soon", "zz", "-5", "ffffffffffffffffffff", "%00"])
def test_an_end_that_nobody_can_read_counts_as_reached(ends: str) -> None:
    assert not is_fresh(f"https://cdn.discordapp.com/fox.png?ex={ends}", NOON)
