"""How version 0.1 spent its budget: one request after the other at equal distances, whatever it is for.

Kept as it was, for the comparison: GCRA, the "virtual scheduling" form of ITU-T I.371.
"""

from typing import Final

from bot.segmind.budget import WINDOW, Departure

BURST_EVERY: Final = 250  # requests a minute for which one more may leave at once


class FirstVersion:
    """The budget of one simulated bot of version 0.1."""

    def __init__(self, requests_per_minute: int) -> None:
        burst = 1 + requests_per_minute // BURST_EVERY
        self._interval = WINDOW / (requests_per_minute - burst + 1)
        self._tolerance = self._interval * (burst - 1)
        self._arrival = 0.0

    def decide(self, now: float, *, urgent: bool) -> Departure:  # noqa: ARG002 - all alike
        expected = max(self._arrival, now)
        if expected - self._tolerance > now:
            wait = expected - self._tolerance - now
            return Departure(allowed=False, urgent_wait=wait, poll_wait=wait)
        self._arrival = expected + self._interval
        wait = max(0.0, self._arrival - self._tolerance - now)
        return Departure(allowed=True, urgent_wait=wait, poll_wait=wait)
