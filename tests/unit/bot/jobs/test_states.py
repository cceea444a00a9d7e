"""The moves of a job, held to the table as people read it."""

import pytest

from bot.jobs import states
from bot.jobs.states import (
    DRIVEN,
    ENDED_UNCHARGED,
    FOUND_AGAIN,
    IN_DOUBT,
    IN_FLIGHT,
    MOVES,
    IllegalMove,
    State,
    check_move,
)

TABLE = """
ACCEPTED    PREPARING EXPIRED CANCELLED REJECTED
PREPARING   HELD WAITING FAILED CANCELLED REJECTED
HELD        PREPARING FAILED CANCELLED REJECTED
WAITING     SUBMITTING FAILED CANCELLED REJECTED
SUBMITTING  QUEUED WAITING FAILED UNCONFIRMED
UNCONFIRMED QUEUED PROCESSING COMPLETED WAITING FAILED
QUEUED      PROCESSING COMPLETED FAILED
PROCESSING  QUEUED COMPLETED FAILED
COMPLETED   POSTING REVIEW WITHHELD UNDELIVERED
REVIEW      POSTING WITHHELD
POSTING     DELIVERED UNDELIVERED WITHHELD TAKEN_DOWN
UNDELIVERED POSTING REVIEW WITHHELD
DELIVERED   TAKEN_DOWN
FAILED      QUEUED
CANCELLED
EXPIRED
REJECTED
WITHHELD
TAKEN_DOWN
"""
LEGAL = {State(source): {State(word) for word in words} for source, *words in map(str.split, TABLE.split("\n")[1:-1])}


def test_the_table_speaks_of_every_state() -> None:
    assert set(LEGAL) == set(State) == set(MOVES)


@pytest.mark.parametrize("source", State)
@pytest.mark.parametrize("target", State)
def test_a_job_moves_along_the_table_and_no_other_way(source: State, target: State) -> None:
    if target in LEGAL[source]:
        check_move(source, target)
    else:
        with pytest.raises(IllegalMove, match=f"from {source} to {target}"):
            check_move(source, target)


def test_every_state_can_be_reached_from_the_first() -> None:
    reached: set[State] = set()
    ahead = {State.ACCEPTED}
    while ahead:
        reached |= ahead
        ahead = {target for source in ahead for target in MOVES[source]} - reached
    assert reached == set(State)


def test_nothing_that_has_ended_is_driven_or_at_segmind() -> None:
    ended = {state for state in State if not MOVES[state]}
    assert not ended & (DRIVEN | IN_FLIGHT)
    assert not ENDED_UNCHARGED & (DRIVEN | IN_FLIGHT)


def test_whatever_is_at_segmind_or_in_doubt_has_a_driver() -> None:
    assert IN_DOUBT < IN_FLIGHT < DRIVEN


def test_what_waits_for_a_person_has_no_driver() -> None:
    assert not DRIVEN & {State.ACCEPTED, State.HELD, State.REVIEW, State.UNDELIVERED, State.DELIVERED}


SETS = {
    "DRIVEN": "PREPARING WAITING SUBMITTING UNCONFIRMED QUEUED PROCESSING COMPLETED POSTING",
    "IN_FLIGHT": "SUBMITTING UNCONFIRMED QUEUED PROCESSING",
    "FOLLOWED": "QUEUED PROCESSING",
    "CANCELLABLE": "ACCEPTED HELD PREPARING WAITING",
    "MADE": "COMPLETED POSTING",
    "IN_DOUBT": "SUBMITTING UNCONFIRMED",
    "ENDED": "DELIVERED FAILED CANCELLED EXPIRED REJECTED WITHHELD TAKEN_DOWN",
    "TOLD": "DELIVERED FAILED CANCELLED REJECTED WITHHELD TAKEN_DOWN UNDELIVERED",
    "REVIEWED": "HELD REVIEW",
    "WITHDRAWN": "REJECTED WITHHELD TAKEN_DOWN",
    "UNFINISHED": ("ACCEPTED HELD PREPARING WAITING SUBMITTING UNCONFIRMED QUEUED PROCESSING COMPLETED REVIEW POSTING"),
    "ENDED_UNCHARGED": "FAILED CANCELLED EXPIRED REJECTED",
}


def test_every_group_of_states_is_spoken_of_here() -> None:
    groups = {name for name, value in vars(states).items() if isinstance(value, frozenset)}
    assert groups == {*SETS, "FOUND_AGAIN"}


def test_what_may_be_undone_by_a_power_cut_is_a_move_before_or_after_which_nothing_is_paid_or_posted() -> None:
    assert all(target in LEGAL[source] for source, target in FOUND_AGAIN)
    assert not {target for _, target in FOUND_AGAIN} & {State.SUBMITTING, State.POSTING, State.ACCEPTED, State.HELD}
    assert (State.SUBMITTING, State.QUEUED) not in FOUND_AGAIN
    assert (State.UNCONFIRMED, State.QUEUED) not in FOUND_AGAIN


@pytest.mark.parametrize("name", SETS)
def test_each_group_has_these_states_and_no_other(name: str) -> None:
    assert getattr(states, name) == {State(word) for word in SETS[name].split()}
