"""Who goes next: claims waiting for a request, the most useful one first."""

from heapq import heappop, heappush, heapreplace
from itertools import count
from typing import Final

from bot.segmind.budget import Claim

VALID_FOR: Final = 1.0  # seconds that an urgency is taken for; polls of one job are at least twice as far apart


class Turns:
    """Waiting claims, taken by rank, then by urgency, then by age.

    A claim without an urgency counts each second that it waits. No urgency may grow by more than one a second, so
    urgency less time never rises, and what a heap's outdated key promises is never too little: only claims that come to
    the top are judged anew. That is done for a moment `VALID_FOR` ahead and holds until then, so that a claim is asked
    at most once in that time, however many turns there are, and one goes before another that is more urgent only where
    less than `VALID_FOR` seconds of waiting are between them.
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
        moment = now + VALID_FOR
        heappush(self._heap, (claim.rank, _key(claim, now, moment), number, moment))
        return number

    def drop(self, number: int) -> None:
        """Forget a claim, if it still waits."""
        self._claims.pop(number, None)

    def next(self, now: float) -> int | None:
        """Take the number of the most useful claim out; None where nobody waits."""
        heap, valid_until = self._heap, now + VALID_FOR
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


def _key(claim: Claim, arrival: float, moment: float) -> float:
    return arrival if claim.urgency is None else moment - claim.urgency(moment)
