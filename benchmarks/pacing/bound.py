"""The least mean delay that any policy can have on a budget; docs/pacing.md derives it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

STEP: Final = 0.5  # seconds of the grid of ages
FLOOR: Final = 2.0  # seconds between two polls of one job, at the least
FARTHEST: Final = 5.0  # deviations of the logarithm at which the grid ends
PRICES: Final = tuple(10 ** (exponent / 8) for exponent in range(-24, 29))  # seconds that a poll may cost


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNormal:
    median: float  # seconds
    sigma: float


def least_delay(runs: Sequence[LogNormal], polls: float) -> float | None:
    """Return the bound for equal shares of such runs on a mean of so many polls a run; None where no policy can."""
    if polls <= 1:
        return None  # the one that finds it finished is not enough, as none knows when that is
    values = zip(*(_values(run) for run in runs), strict=True)
    return max(sum(each) / len(runs) - price * polls for price, each in zip(PRICES, values, strict=True))


@cache
def _values(run: LogNormal) -> tuple[float, ...]:
    unfinished, areas = _tails(run)
    return tuple(inspection_cost(unfinished, areas, price) for price in PRICES)


def inspection_cost(unfinished: Sequence[float], areas: Sequence[float], price: float) -> float:
    """Return the least E[delay] + price * E[polls] of a run, for P(T > x) and its area beyond x at the ages of a grid.

    Dynamic programming from the last age back: of each, the best age for the next poll, which is near that of the age
    after it. As the grid's end is a good age, too, one search begins there, and one at the floor.
    """
    floor, last = int(FLOOR / STEP), len(unfinished) - 1
    costs = [price * unfinished[last]] * (last + 1)  # times P(T > x)

    def cost(seen: int, place: int) -> float:
        return unfinished[seen] * (price + (place - seen) * STEP) - (areas[seen] - areas[place]) + costs[place]

    def nearest(seen: int, place: int) -> int:
        """Return the next age from `place` on, in either direction, of which both neighbors are worse."""
        lowest = min(seen + floor, last)
        place = min(max(place, lowest), last)
        here = cost(seen, place)
        for step in (-1, 1):
            while lowest <= place + step <= last and (there := cost(seen, place + step)) <= here:
                place, here = place + step, there
        return place

    far = near = last
    for seen in range(last - 1, -1, -1):
        far, near = nearest(seen, far), nearest(seen, near if near < last else seen + floor)
        costs[seen] = min(cost(seen, far), cost(seen, near))
    return costs[0]


def _tails(run: LogNormal) -> tuple[list[float], list[float]]:
    mu, sigma = math.log(run.median), run.sigma
    unfinished, areas = [1.0], [math.exp(mu + sigma * sigma / 2)]
    for place in range(1, int(math.exp(mu + FARTHEST * sigma) / STEP) + 1):
        age = place * STEP
        z = (math.log(age) - mu) / sigma
        beyond = 0.5 * math.erfc(z / math.sqrt(2))
        unfinished.append(beyond)
        areas.append(areas[0] * 0.5 * math.erfc((z - sigma) / math.sqrt(2)) - age * beyond)
    return unfinished, areas
