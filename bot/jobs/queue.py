"""Our own queue before Segmind: so many jobs there at once, and a fair turn for the rest."""

import asyncio
from dataclasses import dataclass
from itertools import count

from bot.jobs.model import Job
from bot.jobs.states import IN_FLIGHT

NEVER_SERVED = -1


@dataclass(slots=True)
class _Waiting:
    guild_id: int
    member_id: int
    number: int
    turn: asyncio.Future[None]


class FairQueue:
    """Lets jobs through while places at Segmind are free: in turn between servers, then between a server's members.

    It knows the jobs of this process; `JobStore.save_submitting` is what guarantees the number of places.
    """

    def __init__(self, places: int) -> None:
        self._places = places
        self._inside: set[int] = set()
        self._waiting: dict[int, _Waiting] = {}
        self._last_served: dict[tuple[int, ...], int] = {}  # by server, and by server and member
        self._turns = count()
        self._arrivals = count()

    async def turn(self, job: Job) -> None:
        """Wait until it is this job's turn; its place is taken until `note` hears that it left Segmind, or `leave`."""
        if job.id in self._inside:
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting[job.id] = _Waiting(job.request.guild_id, job.request.member_id, next(self._arrivals), turn)
        self._admit()
        try:
            await turn
        except asyncio.CancelledError:
            self._waiting.pop(job.id, None)
            self.leave(job.id)
            raise

    def note(self, job: Job) -> None:
        """Take note of a job's state: whether it holds a place."""
        if job.state in IN_FLIGHT:
            self._inside.add(job.id)
        else:
            self.leave(job.id)

    def leave(self, job_id: int) -> None:
        self._inside.discard(job_id)
        self._admit()

    def _admit(self) -> None:
        while self._waiting and len(self._inside) < self._places:
            job_id, waiting = min(self._waiting.items(), key=lambda item: self._order(item[1]))
            del self._waiting[job_id]
            self._inside.add(job_id)
            served = next(self._turns)
            self._last_served[waiting.guild_id,] = served
            self._last_served[waiting.guild_id, waiting.member_id] = served
            if not waiting.turn.done():
                waiting.turn.set_result(None)

    def _order(self, waiting: _Waiting) -> tuple[int, int, int]:
        guild = self._last_served.get((waiting.guild_id,), NEVER_SERVED)
        member = self._last_served.get((waiting.guild_id, waiting.member_id), NEVER_SERVED)
        return guild, member, waiting.number
