"""When others may see what a job is about."""

from dataclasses import replace

import pytest

from bot.jobs.model import Handling, Job, Problem, ProblemCode, ReviewMode
from bot.jobs.states import IN_FLIGHT, State
from tests.support.jobs import NOON, a_job, a_request

REFUSED = {State.REJECTED, State.WITHHELD, State.TAKEN_DOWN}
REVIEWS = [ReviewMode.BEFORE_SPENDING, ReviewMode.BEFORE_POSTING]


def under_review(state: State, mode: ReviewMode) -> Job:
    return a_job(state, request=replace(a_request(), handling=Handling(review=mode)))


@pytest.mark.parametrize("state", sorted(set(State) - REFUSED))
def test_without_a_review_everybody_sees_what_is_asked_for(state: State) -> None:
    assert a_job(state).shows_contents


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("mode", REVIEWS)
def test_nobody_sees_it_before_a_moderator_approved_it(mode: ReviewMode, state: State) -> None:
    assert not under_review(state, mode).shows_contents


@pytest.mark.parametrize("mode", REVIEWS)
def test_everybody_sees_it_once_it_is_approved(mode: ReviewMode) -> None:
    assert under_review(State.PROCESSING, mode).evolve(approved=True).shows_contents


@pytest.mark.parametrize("state", sorted(REFUSED))
def test_what_was_refused_or_taken_down_is_not_shown_even_if_it_was_approved(state: State) -> None:
    assert not under_review(state, ReviewMode.BEFORE_SPENDING).evolve(approved=True).shows_contents
    assert not a_job(state).shows_contents


def test_who_cancelled_a_run_that_was_paid_for_has_nothing_to_hide() -> None:
    assert a_job(State.WITHHELD).evolve(cancel_requested=True).shows_contents


def test_what_is_hidden_after_reports_is_not_shown() -> None:
    assert not a_job(State.DELIVERED).evolve(hidden=True).shows_contents


@pytest.mark.parametrize("state", [*sorted(IN_FLIGHT), State.COMPLETED, State.WITHHELD])
def test_a_run_that_moderators_took_down_is_not_shown_from_that_moment(state: State) -> None:
    removed = Problem(code=ProblemCode.REMOVED)
    assert not a_job(state).evolve(cancel_requested=True, problem=removed).shows_contents


def test_a_run_that_was_taken_down_is_not_shown_again_because_it_failed() -> None:
    noted = a_job(State.PROCESSING).evolve(cancel_requested=True, problem=Problem(code=ProblemCode.REMOVED))
    failed = noted.move(State.FAILED, NOON, problem=Problem(code=ProblemCode.RUN_FAILED))
    assert not failed.shows_contents


@pytest.mark.parametrize("state", State)
def test_who_asked_hears_in_private_of_what_was_refused_and_of_what_could_not_be_posted(state: State) -> None:
    problem = Problem(code=ProblemCode.NOT_APPROVED)
    assert a_job(state).evolve(problem=problem).owes_notice is (state in REFUSED or state is State.UNDELIVERED)
    assert a_job(state).owes_notice is (state is State.UNDELIVERED), "what a member took back is no news to them"
