"""What a turn costs when thousands of runs wait for a poll."""

import random
from collections import deque
from collections.abc import Sequence
from time import thread_time
from typing import Final

from bot.jobs.pacing.planner import Claims
from bot.jobs.run_times import RunTimes
from bot.jobs.steps.following import POLL_FLOOR, Sighting, Watch
from bot.segmind.budget import Claim, Rank

PER_MINUTE: Final = 500
OLDEST: Final = 250.0  # seconds; runs are of every age up to this, and begin anew beyond it


def turn_costs(waiting: int, turns: int) -> Sequence[float]:
    """Measure the CPU seconds that each of `turns` turns takes to be given, with `waiting` polls to choose from."""
    expected = RunTimes().expected("kling-o1-reference-image-to-video", 5)
    draw = random.Random(1)  # noqa: S311 - repeatable, nothing secret
    order, now = Claims(), 0.0
    born: dict[int, float] = {}
    resting: deque[tuple[float, float]] = deque()  # when a run may be polled again, and when it was born

    def wait(began: float, seen: float) -> None:
        watch = Watch(expected, Sighting(born=began, seen=seen))
        born[order.add(Claim(rank=Rank.POLL, urgency=watch), now)] = began

    for _ in range(waiting):
        began = -draw.uniform(0, OLDEST)
        wait(began, began * draw.random())
    costs: list[float] = []
    for _ in range(turns):
        now += 60 / PER_MINUTE
        while resting and resting[0][0] <= now:
            again, began = resting.popleft()
            wait(began if now - began < OLDEST else now, again - POLL_FLOOR)
        started = thread_time()
        number = order.next(now)
        costs.append(thread_time() - started)
        assert number is not None  # noqa: S101 - thousands wait
        resting.append((now + POLL_FLOOR, born.pop(number)))
    return costs
