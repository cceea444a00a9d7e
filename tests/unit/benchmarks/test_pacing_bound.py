"""The least delay that any policy can have, held against every schedule there is."""

import math
from functools import cache
from itertools import pairwise

import pytest

from benchmarks.pacing.bound import FLOOR, STEP, LogNormal, inspection_cost, least_delay

FLOOR_STEPS = int(FLOOR / STEP)


def tails(median: float, sigma: float, last: int) -> tuple[list[float], list[float]]:
    unfinished = [1.0] + [
        0.5 * math.erfc((math.log(place * STEP) - math.log(median)) / sigma / math.sqrt(2))
        for place in range(1, last + 1)
    ]
    areas = [0.0]
    for later, earlier in pairwise(reversed(unfinished)):
        areas.append(areas[-1] + STEP * (earlier + later) / 2)
    return unfinished, areas[::-1]


@pytest.mark.parametrize("price", [0.05, 0.5, 5.0, 50.0])
@pytest.mark.parametrize("sigma", [0.1, 0.3, 0.8])
def test_no_schedule_of_polls_costs_less(price: float, sigma: float) -> None:
    last = 80
    unfinished, areas = tails(15.0, sigma, last)

    @cache
    def least(seen: int) -> float:
        if seen == last:
            return price * unfinished[last]
        return min(
            unfinished[seen] * (price + (place - seen) * STEP) - (areas[seen] - areas[place]) + least(place)
            for place in {*range(seen + FLOOR_STEPS, last + 1), last}
        )

    assert inspection_cost(unfinished, areas, price) == pytest.approx(least(0), rel=1e-9)


def test_more_polls_lead_to_less_delay() -> None:
    runs = [LogNormal(median=194, sigma=0.25)]
    delays = [least_delay(runs, polls) or math.inf for polls in (1.5, 2, 4, 8, 16, 40)]
    assert all(later < earlier for earlier, later in pairwise(delays))
    assert delays[-1] > FLOOR / 2 - 0.1
    assert least_delay(runs, 1.0) is None
