"""Who goes next: claims waiting for a request, the most useful one first."""

from heapq import heappop, heappush, heapreplace
from itertools import count
from typing import Final

from bot.segmind.budget import Claim

VALID_FOR: Final = 0.0005  # seconds that an urgency is taken for, times the claims that wait: 2,000 are judged a second


class Turns:
    """Waiting claims, taken by rank, then by urgency, then by age.

    A claim without an urgency counts each second that it waits. No urgency may grow by more than one a second, so
    urgency less time never rises, and what a heap's outdated key promises is never too little: only claims that come to
    the top are judged anew. That is done for a moment ahead and holds until then: the more claims wait, and the longer
    each waits anyhow, the farther, so that judging takes the same time however many they are. One may go before another
    that is more urgent by less than that time.
    """

    def __init__(self) -> None:
        self._claims: dict[int, tuple[Claim, float]] = {}  # with their arrival, by number
        self._heap: list[tuple[int, float, int, float]] = []  # rank, time less urgency at a moment, number, the moment
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._claims)

    def add(self, claim: Claim, now: float) -> int:
        """Let a claim wait from `now` on, in monotonic seconds; return its number."""
        number = next(self._numbers)
        self._claims[number] = claim, now
        moment = self._valid_until(now)
        heappush(self._heap, (claim.rank, _key(claim, now, moment), number, moment))
        return number

    def drop(self, number: int) -> None:
        """Forget a claim, if it still waits."""
        self._claims.pop(number, None)

    def next(self, now: float) -> int | None:
        """Take the number of the most useful claim out; None where nobody waits."""
        heap, valid_until = self._heap, self._valid_until(now)
        while heap:
            rank, _, number, moment = heap[0]
            waiting = self._claims.get(number)
            if waiting is None:
                heappop(heap)
            elif now <= moment:
                heappop(heap)
                del self._claims[number]
                return number
            else:
                heapreplace(heap, (rank, _key(*waiting, valid_until), number, valid_until))
        return None

    def _valid_until(self, now: float) -> float:
        return now + VALID_FOR * len(self._claims)


def _key(claim: Claim, arrival: float, moment: float) -> float:
    return arrival if claim.urgency is None else moment - claim.urgency(moment)
