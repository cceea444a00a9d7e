"""Short work stays on the event loop; what turns out long goes on beside it."""

import threading

import pytest

from bot.automod.slices import ON_LOOP, Ahead, Steps, taken
from tests.support.clock import ManualClock


class Work:
    """Steps that take a given time each, and note in which thread they are taken."""

    def __init__(self, steps: int, seconds: float, ahead: Ahead = Ahead.SHORT) -> None:
        self.clock = ManualClock()
        self.threads: list[threading.Thread] = []
        self._left = steps
        self._seconds = seconds
        self._ahead = ahead

    def go(self) -> Steps[str]:
        while self._left:
            self.threads.append(threading.current_thread())
            self.clock.advance(self._seconds)
            self._left -= 1
            yield self._ahead
        return "done"


async def test_what_is_short_is_done_where_it_was_asked_for() -> None:
    work = Work(steps=9, seconds=ON_LOOP / 10)
    assert await taken(work.go(), work.clock.monotonic) == "done"
    assert set(work.threads) == {threading.current_thread()}


async def test_what_turns_out_long_goes_on_in_a_thread() -> None:
    work = Work(steps=5, seconds=ON_LOOP * 0.6)
    assert await taken(work.go(), work.clock.monotonic) == "done"
    here = threading.current_thread()
    assert [thread is here for thread in work.threads] == [True, True, False, False, False]


async def test_what_says_that_it_may_be_long_goes_on_in_a_thread_at_once() -> None:
    work = Work(steps=3, seconds=0.0, ahead=Ahead.LONG)
    assert await taken(work.go(), work.clock.monotonic) == "done"
    here = threading.current_thread()
    assert [thread is here for thread in work.threads] == [True, False, False]


@pytest.mark.parametrize("seconds", [0.0, ON_LOOP])
async def test_what_goes_wrong_is_raised_wherever_it_happened(seconds: float) -> None:
    work = Work(steps=2, seconds=seconds)

    def broken() -> Steps[str]:
        yield from work.go()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await taken(broken(), work.clock.monotonic)
    assert len(work.threads) == 2
