"""The states of a job and its legal moves: the table in docs/architecture.md, as code."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class State(StrEnum):
    ACCEPTED = "ACCEPTED"
    HELD = "HELD"
    PREPARING = "PREPARING"
    WAITING = "WAITING"
    SUBMITTING = "SUBMITTING"
    UNCONFIRMED = "UNCONFIRMED"
    QUEUED = "QUEUED"
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    REVIEW = "REVIEW"
    POSTING = "POSTING"
    UNDELIVERED = "UNDELIVERED"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    REJECTED = "REJECTED"
    WITHHELD = "WITHHELD"
    TAKEN_DOWN = "TAKEN_DOWN"


_S = State
MOVES: Final[Mapping[State, frozenset[State]]] = {
    _S.ACCEPTED: frozenset({_S.PREPARING, _S.EXPIRED, _S.CANCELLED, _S.REJECTED}),
    _S.PREPARING: frozenset({_S.HELD, _S.WAITING, _S.FAILED, _S.CANCELLED, _S.REJECTED}),
    _S.HELD: frozenset({_S.PREPARING, _S.FAILED, _S.CANCELLED, _S.REJECTED}),
    _S.WAITING: frozenset({_S.SUBMITTING, _S.FAILED, _S.CANCELLED, _S.REJECTED}),
    _S.SUBMITTING: frozenset({_S.QUEUED, _S.WAITING, _S.FAILED, _S.UNCONFIRMED}),
    _S.UNCONFIRMED: frozenset({_S.QUEUED, _S.PROCESSING, _S.COMPLETED, _S.WAITING, _S.FAILED}),
    _S.QUEUED: frozenset({_S.PROCESSING, _S.COMPLETED, _S.FAILED}),
    _S.PROCESSING: frozenset({_S.QUEUED, _S.COMPLETED, _S.FAILED}),
    _S.COMPLETED: frozenset({_S.POSTING, _S.REVIEW, _S.WITHHELD, _S.UNDELIVERED}),
    _S.REVIEW: frozenset({_S.POSTING, _S.WITHHELD}),
    _S.POSTING: frozenset({_S.DELIVERED, _S.UNDELIVERED, _S.WITHHELD, _S.TAKEN_DOWN}),
    _S.UNDELIVERED: frozenset({_S.POSTING, _S.REVIEW, _S.WITHHELD}),
    _S.DELIVERED: frozenset({_S.TAKEN_DOWN}),
    # A request that turns up after it was given up is adopted: it is paid for, so it is followed and delivered.
    _S.FAILED: frozenset({_S.QUEUED}),
    _S.CANCELLED: frozenset(),
    _S.EXPIRED: frozenset(),
    _S.REJECTED: frozenset(),
    _S.WITHHELD: frozenset(),
    _S.TAKEN_DOWN: frozenset(),
}

# Moves that need not outlive a power cut: what they say is found again from the state before, at no cost. No move is
# undone by a process that dies.
FOUND_AGAIN: Final = frozenset(
    {
        (_S.PREPARING, _S.WAITING),
        (_S.QUEUED, _S.PROCESSING),
        (_S.PROCESSING, _S.QUEUED),
        (_S.QUEUED, _S.COMPLETED),  # Segmind still says so, or its history does
        (_S.PROCESSING, _S.COMPLETED),
        (_S.POSTING, _S.DELIVERED),  # the post is looked for
    }
)

# A driver has something to do.
DRIVEN: Final = frozenset(
    {
        _S.PREPARING,
        _S.WAITING,
        _S.SUBMITTING,
        _S.UNCONFIRMED,
        _S.QUEUED,
        _S.PROCESSING,
        _S.COMPLETED,
        _S.POSTING,
    }
)
# A run exists at Segmind, or may exist: it counts against SEGMIND_MAX_IN_FLIGHT.
IN_FLIGHT: Final = frozenset({_S.SUBMITTING, _S.UNCONFIRMED, _S.QUEUED, _S.PROCESSING})
# A run is in progress, and Segmind says how it goes.
FOLLOWED: Final = frozenset({_S.QUEUED, _S.PROCESSING})
# Nothing is at Segmind yet: a member may still take the request back at no cost.
CANCELLABLE: Final = frozenset({_S.ACCEPTED, _S.HELD, _S.PREPARING, _S.WAITING})
# The video is made, and may be on its way to the channel.
MADE: Final = frozenset({_S.COMPLETED, _S.POSTING})
# The POST has left, or may have, and its outcome is not known: no equal body may be submitted.
IN_DOUBT: Final = frozenset({_S.SUBMITTING, _S.UNCONFIRMED})
# Over, and nothing more is to come unless a person asks for it.
ENDED: Final = frozenset({_S.DELIVERED, _S.FAILED, _S.CANCELLED, _S.EXPIRED, _S.REJECTED, _S.WITHHELD, _S.TAKEN_DOWN})
# The log channel is told of these; of what expired no one saw anything.
TOLD: Final = (ENDED - {_S.EXPIRED}) | {_S.UNDELIVERED}
# It waits for a moderator.
REVIEWED: Final = frozenset({_S.HELD, _S.REVIEW})
# Someone said no, or took it back: nothing of it is shown to others.
WITHDRAWN: Final = frozenset({_S.REJECTED, _S.WITHHELD, _S.TAKEN_DOWN})
# Someone, or something, is still at work on it.
UNFINISHED: Final = frozenset(State) - ENDED - {_S.UNDELIVERED}
# Over without a video, and with nothing charged unless a cost is known.
ENDED_UNCHARGED: Final = frozenset({_S.FAILED, _S.CANCELLED, _S.EXPIRED, _S.REJECTED})


class IllegalMove(Exception):
    """A job was about to move along no arrow of the table: a bug, never a member's mistake."""

    def __init__(self, source: State, target: State) -> None:
        super().__init__(f"a job can't move from {source} to {target}")


def check_move(source: State, target: State) -> None:
    if target not in MOVES[source]:
        raise IllegalMove(source, target)
