"""What asking after one run is worth: the waiting to be expected since it was last seen unfinished."""

from typing import Final

from bot.jobs.run_times import RunTime

POLL_FLOOR: Final = 2.0  # seconds between two polls of one job, at the least
POLL_CEILING: Final = 30.0  # seconds without a poll from which the card counts as out of date
STALE_WORTH: Final = 0.01  # what a second of an outdated card counts in seconds of waiting for a finished video


class Watch:
    """The urgency of a run's next poll, in seconds of expected waiting, at a monotonic time.

    That is the integral from the last poll to now of P(finished by then | unfinished at the last poll), and at
    least `STALE_WORTH` for each second beyond the ceiling. It grows by less than one a second.
    """

    __slots__ = ("_area_seen", "_born", "_run_time", "_seen", "_unfinished")

    def __init__(self, run_time: RunTime, *, born: float, seen: float) -> None:
        """`born` and `seen` are when the run was submitted and last known unfinished, in monotonic seconds."""
        self._run_time = run_time
        self._born = born
        self._seen = max(born, seen)
        self._unfinished, self._area_seen = run_time.tail(self._seen - born)

    def __call__(self, now: float) -> float:
        elapsed = now - self._seen
        if elapsed <= 0:
            return 0.0
        _, area = self._run_time.tail(now - self._born)
        waiting = elapsed - (self._area_seen - area) / self._unfinished
        return max(waiting, STALE_WORTH * (elapsed - POLL_CEILING), 0.0)
