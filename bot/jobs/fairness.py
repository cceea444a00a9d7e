"""Who goes next: in turn between servers, and within a server in turn between its members.

The order follows from the jobs in the database alone, so every process computes the same one. Each server has one turn
in a round; within a round the server goes first that was served longest ago, however old the jobs of the others are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

NEVER = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A waiting job, or one that was submitted, as far as the order goes."""

    job_id: int
    guild_id: int
    member_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Jobs before Segmind: `waiting` from the oldest, and the recently `served` from the longest ago."""

    waiting: Sequence[Entry]
    resting: set[int]  # ids of jobs that wait, too, but may not go yet
    in_flight: set[int]  # ids
    served: Sequence[Entry]


def fair_order(waiting: Sequence[Entry], served: Iterable[Entry]) -> list[int]:
    """Put waiting jobs, given from the oldest to the newest, in the order in which they may go to Segmind.

    `served` are those submitted recently, from the longest ago to the last.
    """
    guild_served: dict[int, int] = {}
    member_served: dict[tuple[int, int], int] = {}
    for number, entry in enumerate(served):
        guild_served[entry.guild_id] = number
        member_served[entry.guild_id, entry.member_id] = number

    def by_member(turn: int, age: int, entry: Entry) -> tuple[int, int, int]:
        return turn, member_served.get((entry.guild_id, entry.member_id), NEVER), age

    def by_guild(turn: int, age: int, entry: Entry) -> tuple[int, int, int]:
        return turn, guild_served.get(entry.guild_id, NEVER), age

    ages = {entry.job_id: age for age, entry in enumerate(waiting)}
    member_turns: dict[tuple[int, int], count[int]] = {}
    turns = [
        (next(member_turns.setdefault((entry.guild_id, entry.member_id), count())), ages[entry.job_id], entry)
        for entry in waiting
    ]
    guild_turns: dict[int, count[int]] = {}
    rounds = [
        (next(guild_turns.setdefault(entry.guild_id, count())), age, entry)
        for _, age, entry in sorted(turns, key=lambda turn: by_member(*turn))
    ]
    return [entry.job_id for _, _, entry in sorted(rounds, key=lambda turn: by_guild(*turn))]
