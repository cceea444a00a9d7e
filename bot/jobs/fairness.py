"""Who goes next: in turn between servers, and within a server in turn between its members.

The order follows from the jobs alone, so every process computes the same one: a job's round is how many runs its server
has at Segmind or waiting before it; earlier rounds go first, and within a round the one who asked first.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A waiting job, or one at Segmind, as far as the order goes."""

    job_id: int
    guild_id: int
    member_id: int


def fair_order(waiting: Sequence[Entry], in_flight: Iterable[Entry]) -> list[int]:
    """Put waiting jobs, given from the oldest to the newest, in the order in which they may go to Segmind."""
    guilds: Counter[int] = Counter()
    members: Counter[tuple[int, int]] = Counter()
    for entry in in_flight:
        guilds[entry.guild_id] += 1
        members[entry.guild_id, entry.member_id] += 1
    age = {entry.job_id: number for number, entry in enumerate(waiting)}
    rounds: list[tuple[int, int, int]] = []
    for guild_id, entries in groupby(sorted(waiting, key=lambda entry: entry.guild_id), lambda entry: entry.guild_id):
        turns: list[tuple[int, int, int]] = []
        for entry in sorted(entries, key=lambda entry: age[entry.job_id]):
            member = (guild_id, entry.member_id)
            turns.append((members[member], age[entry.job_id], entry.job_id))
            members[member] += 1
        for turn, (_, number, job_id) in enumerate(sorted(turns), start=guilds[guild_id]):
            rounds.append((turn, number, job_id))
    return [job_id for _, _, job_id in sorted(rounds)]
