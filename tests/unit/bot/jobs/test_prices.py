"""What is reserved for a video, from the configured price and what Segmind charged."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.prices import Price

CONFIGURED = Decimal("1.35")
COSTS = st.lists(st.decimals("0.01", "13.5", places=2), max_size=10)


def a_price(*costs: str) -> Price:
    return Price(model="m", duration=5, configured=CONFIGURED, costs=tuple(map(Decimal, costs)))


@pytest.mark.parametrize(
    ("costs", "usd", "differs"),
    [
        ((), "1.35", False),
        (("0.70",), "1.35", False),
        (("1.60",), "1.60", True),
        (("0.70", "1.40"), "1.40", False),
        (("0.70", "0.71", "0.72"), "0.72", True),
        (("0.70", "0.70", "1.30"), "1.30", False),
        (("2.00", "0.70", "0.70"), "2.00", True),
        (("1.22", "1.22", "1.22"), "1.22", False),
        (("1.21", "1.21", "1.21"), "1.21", True),
        (("1.49", "1.49", "1.49"), "1.49", True),
    ],
)
def test_charges_count_beside_the_configured_price_and_alone_once_there_are_three(
    costs: tuple[str, ...], usd: str, differs: bool
) -> None:
    price = a_price(*costs)
    assert (price.usd, price.differs) == (Decimal(usd), differs)


@given(COSTS)
def test_no_known_charge_is_ever_above_what_is_reserved(costs: list[Decimal]) -> None:
    price = Price(model="m", duration=5, configured=CONFIGURED, costs=costs)
    assert all(cost <= price.usd for cost in costs)
    assert price.usd in {CONFIGURED, *costs}
