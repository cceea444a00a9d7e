"""What asking after one run is worth: the waiting to be expected since it was last seen unfinished."""

from dataclasses import dataclass
from typing import Final

from bot.jobs.run_times import RunTime

POLL_FLOOR: Final = 2.0  # seconds between two polls of one job, at the least
POLL_CEILING: Final = 30.0  # seconds without a poll from which the card counts as out of date
STALE_WORTH: Final = 0.01  # what a second of an outdated card counts in seconds of waiting for a finished video
LONGEST_BLINK: Final = 60.0  # seconds unseen, after which the time of the end is too vague to learn from
CLOCK_SLACK: Final = 5.0  # seconds by which Segmind's time of a run may contradict what was seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """When a run was submitted and when it was last known unfinished, in monotonic seconds."""

    born: float
    seen: float

    def run_seconds(self, noticed: float, told: float | None) -> float | None:
        """Tell how long a run took that was noticed finished; None where that cannot be said well enough.

        Segmind's own figure, `told`, is taken if the run can have ended then; else the middle of the time unseen.
        """
        earliest, latest = self.seen - self.born, noticed - self.born
        if told is not None and earliest - CLOCK_SLACK <= told <= latest + CLOCK_SLACK and told > 0:
            return told
        return (earliest + latest) / 2 if 0 <= latest - earliest <= LONGEST_BLINK else None


class Watch:
    """The urgency of a run's next poll, in seconds of expected waiting, at a monotonic time.

    That is the integral from the last poll to now of P(finished by then | unfinished at the last poll), and at
    least `STALE_WORTH` for each second beyond the ceiling. It grows by less than one a second.
    """

    __slots__ = ("_area_seen", "_born", "_run_time", "_seen", "_unfinished")

    def __init__(self, run_time: RunTime, sighting: Sighting) -> None:
        self._run_time = run_time
        self._born = sighting.born
        self._seen = max(sighting.born, sighting.seen)
        self._unfinished, self._area_seen = run_time.tail(self._seen - self._born)

    def __call__(self, now: float) -> float:
        elapsed = now - self._seen
        if elapsed <= 0:
            return 0.0
        _, area = self._run_time.tail(now - self._born)
        waiting = elapsed - (self._area_seen - area) / self._unfinished
        return max(waiting, STALE_WORTH * (elapsed - POLL_CEILING), 0.0)
