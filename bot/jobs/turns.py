"""Who goes next: claims waiting for a request, in an order that is exact at the very moment of each turn."""

from heapq import heappop, heappush, heapreplace
from itertools import count

from bot.segmind.budget import Claim


class Turns:
    """Waiting claims, taken by rank, then by urgency at that moment, then by age.

    A claim without an urgency counts each second that it waits. No urgency may grow by more than one a second, so
    urgency less time never rises, and the order of a heap with outdated keys is put right by renewing its top alone
    until a renewed key stays there: a turn renews a few of thousands.
    """

    def __init__(self) -> None:
        self._claims: dict[int, tuple[Claim, float]] = {}  # with their arrival, by number
        self._heap: list[tuple[int, float, int]] = []  # rank, time less urgency at some earlier time, number
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._claims)

    def add(self, claim: Claim, now: float) -> int:
        """Let a claim wait from `now` on, in monotonic seconds; return its number."""
        number = next(self._numbers)
        self._claims[number] = claim, now
        heappush(self._heap, (claim.rank, self._key(claim, now, now), number))
        return number

    def drop(self, number: int) -> None:
        """Forget a claim, if it still waits."""
        self._claims.pop(number, None)

    def next(self, now: float) -> int | None:
        """Take the number of the most useful claim out; None where nobody waits."""
        heap = self._heap
        while heap:
            rank, key, number = heap[0]
            waiting = self._claims.get(number)
            if waiting is None:
                heappop(heap)
                continue
            renewed = self._key(*waiting, now)
            if renewed <= key:
                heappop(heap)
                del self._claims[number]
                return number
            heapreplace(heap, (rank, renewed, number))
        return None

    @staticmethod
    def _key(claim: Claim, arrival: float, now: float) -> float:
        return arrival if claim.urgency is None else now - claim.urgency(now)
