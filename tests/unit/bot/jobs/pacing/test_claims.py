"""The order of turns, which a heap with outdated keys must give, but for claims that are nearly equal."""

import math
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.jobs.pacing.planner import VALID_FOR, Claims
from bot.jobs.run_times import RunTime
from bot.jobs.steps.following import Sighting, Watch
from bot.segmind.budget import Claim, Rank

LAW = RunTime(math.log(194), 0.25)


class Counted:
    """An urgency that counts how often it is asked."""

    def __init__(self, urgency: Watch) -> None:
        self._urgency = urgency
        self.asked = 0

    def __call__(self, now: float) -> float:
        self.asked += 1
        return self._urgency(now)


def polls_of_all_ages(count: int, now: float) -> list[Counted]:
    draw = random.Random(4)  # noqa: S311 - repeatable
    sightings = [Sighting(born=now - 2 * age, seen=now - age) for age in (draw.uniform(2, 200) for _ in range(count))]
    return [Counted(Watch(LAW, sighting)) for sighting in sightings]


def poll(urgency: Counted) -> Claim:
    return Claim(rank=Rank.POLL, urgency=urgency)


def test_nobody_goes_where_nobody_waits() -> None:
    assert Claims().next(0.0) is None


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(0, 400), st.floats(0, 1)), min_size=1, max_size=30), st.floats(0, 5))
def test_each_turn_goes_to_the_most_urgent_or_one_that_is_nearly_so(
    runs: list[tuple[float, float]], pause: float
) -> None:
    turns, now = Claims(), 500.0
    waiting: dict[int, Watch] = {}
    for age, part in runs:
        watching = Watch(LAW, Sighting(born=now - age, seen=now - age * part))
        waiting[turns.add(Claim(rank=Rank.POLL, urgency=watching), now)] = watching
    while waiting:
        now += pause
        number = turns.next(now)
        assert number is not None
        assert waiting[number](now) >= max(each(now) for each in waiting.values()) - VALID_FOR * len(runs)
        del waiting[number]
    assert turns.next(now) is None


def test_a_turn_asks_few_of_thousands() -> None:
    turns, now = Claims(), 500.0
    polls = polls_of_all_ages(2_000, now)
    for each in polls:
        turns.add(poll(each), now)
    for _ in range(200):
        now += 0.12
        turns.next(now)
    before = sum(each.asked for each in polls)
    for _ in range(200):
        now += 0.12
        turns.next(now)
    assert (sum(each.asked for each in polls) - before) / 200 < 100


def test_thousands_of_nearly_equal_urgency_are_judged_no_more_often_than_promised() -> None:
    turns, now, seconds = Claims(), 500.0, 5.0
    # Just begun, and seen: the order between them changes with every moment.
    polls = [Counted(Watch(LAW, Sighting(born=now - 60, seen=now - each / 1000))) for each in range(2_000)]
    for each in polls:
        turns.add(poll(each), now)
    for _ in range(100):
        now += seconds / 100
        turns.next(now)
    judged = sum(each.asked for each in polls) - len(polls)
    assert judged <= 1.1 * seconds / VALID_FOR


def test_what_it_is_for_goes_before_how_urgent_it_is() -> None:
    turns = Claims()
    turns.add(Claim(rank=Rank.POLL, urgency=lambda _: 1e9), 0.0)
    submit = turns.add(Claim(rank=Rank.SUBMIT), 1.0)
    result = turns.add(Claim(rank=Rank.RESULT), 2.0)
    assert [turns.next(3.0), turns.next(3.0)] == [result, submit]


def test_claims_without_urgency_go_in_the_order_they_came() -> None:
    turns = Claims()
    numbers = [turns.add(Claim(rank=Rank.RESULT), float(at)) for at in range(5)]
    assert [turns.next(10.0) for _ in numbers] == numbers


def test_who_gave_up_is_passed_over_and_no_longer_counted() -> None:
    turns = Claims()
    first, second = (turns.add(Claim(rank=Rank.POLL), 0.0) for _ in range(2))
    turns.drop(first)
    assert len(turns) == 1
    assert turns.next(1.0) == second
    assert turns.next(1.0) is None


def test_to_give_up_twice_or_after_the_turn_changes_nothing() -> None:
    turns = Claims()
    number = turns.add(Claim(rank=Rank.POLL), 0.0)
    assert turns.next(1.0) == number
    turns.drop(number)
    turns.drop(number)
    assert len(turns) == 0
