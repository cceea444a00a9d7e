"""The planner: whose request leaves next, and that none leaves before the budget lets it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta

import pytest
import structlog.testing

from bot.jobs.pacing.planner import LATE, UNTOLD_RESET, Planner, SoloBudget, places_for, places_within
from bot.segmind.budget import CATCH_UP, WINDOW, Claim, Departure, Minute, Rank, Rate, decide
from tests.support.clock import ManualClock

RATE = Rate(requests_per_minute=60)
INTERVAL = WINDOW / 60


class Purse:
    """The budget of a database row, kept in memory, with the times at which it let requests leave."""

    def __init__(self, clock: ManualClock, rate: Rate = RATE) -> None:
        self.rate = rate
        self.left_at: list[float] = []
        self.asked = 0
        self.on_take: Callable[[], object] = lambda: None
        self._clock = clock
        self._spent = Minute()

    async def take(self, *, urgent: bool, at_most: int = 1) -> Departure:
        self.asked += 1
        self.on_take()
        await asyncio.sleep(0)
        now = self._clock.now().timestamp()
        decision, self._spent = decide(self._spent, self.rate, now, urgent=urgent, at_most=at_most)
        if decision.allowed:
            self.left_at += [self._clock.monotonic() + wait for wait in (0.0, *decision.further)]
        return decision

    async def push(self, until: datetime) -> None:
        self._spent = self._spent.held(self.rate, until.timestamp())


class Scene:
    """A planner at work, and claims that come to it under names."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.purse = Purse(self.clock)
        self.planner = Planner(self.purse, self.clock)
        self.left: list[str] = []
        self.left_at: list[float] = []
        self.claims: dict[str, asyncio.Task[None]] = {}

    def claim(self, name: str, rank: Rank = Rank.POLL, urgency: Callable[[float], float] | None = None) -> None:
        self.claims[name] = asyncio.create_task(self._take(name, Claim(rank=rank, urgency=urgency)))

    async def all_left(self) -> None:
        await self.clock.pass_until(asyncio.gather(*self.claims.values(), return_exceptions=True))

    async def occupied(self) -> None:
        """Have one poll just gone, so that another has to wait."""
        self.claim("before", Rank.POLL)
        await asyncio.wait({self.claims["before"]})
        self.claim("behind", Rank.BACKGROUND)
        await self.clock.asleep()

    async def _take(self, name: str, claim: Claim) -> None:
        await self.planner.take(claim)
        self.left.append(name)
        self.left_at.append(self.clock.monotonic())


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    scene = Scene()
    running = asyncio.create_task(scene.planner.run())
    yield scene
    for task in (running, *scene.claims.values()):
        task.cancel()
    await asyncio.gather(running, *scene.claims.values(), return_exceptions=True)


async def test_the_first_request_leaves_at_once(scene: Scene) -> None:
    scene.claim("first")
    async with asyncio.timeout(10):
        await scene.claims["first"]
    assert scene.clock.slept == []


async def test_what_it_is_for_decides_who_goes_first_not_who_came_first(scene: Scene) -> None:
    await scene.occupied()
    for name, rank in (("poll", Rank.POLL), ("submit", Rank.SUBMIT), ("result", Rank.RESULT)):
        scene.claim(name, rank)
    await scene.all_left()
    assert scene.left == ["before", "result", "submit", "poll", "behind"]


async def test_a_result_goes_at_once_while_polls_keep_their_distance(scene: Scene) -> None:
    await scene.occupied()
    began = scene.clock.monotonic()
    scene.claim("result", Rank.RESULT)
    async with asyncio.timeout(10):
        await scene.claims["result"]
    assert scene.left == ["before", "result"]
    await scene.all_left()
    assert scene.left == ["before", "result", "behind"]
    assert scene.purse.left_at[-1] - began >= INTERVAL - CATCH_UP - 0.01


async def test_what_is_left_of_an_urgent_turn_is_no_polls(scene: Scene) -> None:
    await scene.occupied()
    scene.claim("gives up", Rank.RESULT)
    scene.purse.on_take = scene.claims["gives up"].cancel
    await asyncio.wait({scene.claims["gives up"]})
    await scene.clock.asleep()
    assert scene.left == ["before"]
    assert len(scene.purse.left_at) == 2


async def test_of_one_rank_the_most_urgent_goes_first_and_of_equals_the_oldest(scene: Scene) -> None:
    await scene.occupied()
    scene.claim("older")
    scene.claim("younger")
    scene.claim("urgent", urgency=lambda _: 20.0)
    scene.claim("most urgent", urgency=lambda _: 30.0)
    await scene.all_left()
    assert scene.left == ["before", "most urgent", "urgent", "older", "younger", "behind"]


async def test_urgency_is_judged_at_the_moment_a_request_may_leave(scene: Scene) -> None:
    await scene.occupied()
    began = scene.clock.monotonic()
    scene.claim("steady", urgency=lambda _: 21.0)
    scene.claim("growing", urgency=lambda now: 20.8 + (now - began) / 2)
    await scene.all_left()
    assert scene.left == ["before", "growing", "steady", "behind"]


async def test_the_budget_is_never_exceeded(scene: Scene) -> None:
    for number in range(70):
        scene.claim(str(number))
    await scene.all_left()
    times = scene.purse.left_at
    assert len(times) == 70
    busiest = max(sum(start <= time < start + 60 for time in times) for start in times)
    assert 50 <= busiest <= 60


async def test_a_claim_that_gives_up_is_passed_over(scene: Scene) -> None:
    await scene.occupied()
    scene.claim("gives up", Rank.RESULT)
    scene.claim("stays", Rank.SUBMIT)
    await scene.clock.asleep()
    scene.claims["gives up"].cancel()
    await scene.all_left()
    assert scene.left == ["before", "stays", "behind"]


async def test_a_budget_that_nobody_wants_is_not_asked(scene: Scene) -> None:
    await scene.occupied()
    for name in ("behind",):
        scene.claims[name].cancel()
    await asyncio.wait({scene.claims["behind"]})
    asked = scene.purse.asked
    scene.clock.advance(600)
    scene.claim("much later")
    await scene.claims["much later"]
    assert scene.purse.asked <= asked + 2


@pytest.mark.parametrize(
    ("told", "wait"), [(timedelta(seconds=17), 17.0), (None, UNTOLD_RESET.total_seconds())], ids=["told", "untold"]
)
async def test_after_a_429_nothing_leaves_before_the_window_resets(
    scene: Scene, told: timedelta | None, wait: float
) -> None:
    began = scene.clock.monotonic()
    await scene.planner.throttled(None if told is None else scene.clock.now() + told)
    scene.claim("late")
    await scene.all_left()
    assert scene.purse.left_at[0] == pytest.approx(began + wait, abs=0.01)


async def test_a_429_for_a_time_gone_by_holds_nothing_up(scene: Scene) -> None:
    await scene.planner.throttled(scene.clock.now() - timedelta(seconds=5))
    scene.claim("at once")
    async with asyncio.timeout(10):
        await scene.claims["at once"]


async def test_a_clock_set_back_stops_requests_for_a_minute_at_the_most(scene: Scene) -> None:
    await scene.occupied()
    scene.clock.set_back(timedelta(days=1))
    began = scene.clock.monotonic()
    await scene.all_left()
    assert scene.clock.monotonic() - began < 65


@pytest.mark.parametrize("trouble", [lambda solo: solo.throttled(None), lambda solo: solo.take(Claim(rank=Rank.POLL))])
async def test_a_command_by_itself_keeps_to_the_same_budget(
    trouble: Callable[[SoloBudget], Awaitable[None]],
) -> None:
    clock = ManualClock()
    purse = Purse(clock)
    solo = SoloBudget(purse, clock)
    began = clock.monotonic()
    await trouble(solo)
    await clock.pass_until(asyncio.ensure_future(solo.take(Claim(rank=Rank.BACKGROUND))))
    assert purse.left_at[-1] - began >= INTERVAL - CATCH_UP - 0.01


@pytest.mark.parametrize(("per_minute", "places"), [(1, 1), (5, 3), (60, 38), (500, 323)])
def test_no_more_jobs_go_to_segmind_than_the_budget_can_follow(per_minute: int, places: int) -> None:
    assert places_within(per_minute, 194) == places


def test_the_operator_hears_that_fewer_places_are_used_than_were_set() -> None:
    with structlog.testing.capture_logs() as told:
        assert places_for(20, 5, 194) == 3
        assert places_for(20, 60, 194) == 20
    assert [(line["event"], line["wanted"], line["places"]) for line in told] == [("places_lowered", 20, 3)]


async def test_polls_of_the_next_second_are_taken_in_one_write_and_leave_when_they_are_due(scene: Scene) -> None:
    scene.purse.rate = Rate(requests_per_minute=610)
    for number in range(33):
        scene.claim(str(number))
    await scene.all_left()

    assert scene.purse.asked <= 6  # 0.5 s of them at once, as after any pause; then ten a second
    assert scene.left_at == pytest.approx(scene.purse.left_at, abs=0.01)
    assert scene.left_at[-1] - scene.left_at[0] == pytest.approx((33 - 6) * 0.1, abs=0.2)


async def test_results_and_submits_that_wait_leave_with_one_write_before_polls_that_are_taken(scene: Scene) -> None:
    scene.purse.rate = Rate(requests_per_minute=122)
    for number in range(9):
        scene.claim(f"poll {number}")
    await scene.clock.asleep()
    gone, asked = len(scene.left), scene.purse.asked
    for number in range(3):
        scene.claim(f"result {number}", Rank.RESULT)
    await asyncio.wait({scene.claims[f"result {number}"] for number in range(3)})

    assert scene.purse.asked == asked + 1
    assert scene.left[gone:] == ["result 0", "result 1", "result 2"]
    await scene.all_left()
    assert len(scene.left) == 12


async def test_after_a_429_no_poll_leaves_that_was_taken_before(scene: Scene) -> None:
    scene.purse.rate = Rate(requests_per_minute=610)
    for number in range(20):
        scene.claim(str(number))
    await scene.clock.asleep()
    gone, then = len(scene.left), scene.clock.monotonic()
    assert gone < 20
    await scene.planner.throttled(scene.clock.now() + timedelta(seconds=30))
    await scene.all_left()

    assert all(at - then >= 29.9 for at in scene.left_at[gone:])


async def test_where_the_budget_kept_them_waiting_only_one_of_those_taken_together_leaves(scene: Scene) -> None:
    waits = iter([LATE + 0.1])
    scene.purse.on_take = lambda: scene.clock.advance(next(waits, 0.0))
    for name in ("first", "second", "third"):
        scene.claim(name, Rank.SUBMIT)
    await scene.all_left()
    assert scene.purse.asked == 2
    assert scene.left_at[0] <= scene.left_at[1] == scene.left_at[2]
