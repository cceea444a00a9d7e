"""A job as a value: what moving it changes, and what it takes from the day's spending."""

import dataclasses
import json
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.model import (
    APPROVED_BEFORE,
    EarlierPost,
    Handling,
    Problem,
    ProblemCode,
    ReviewMode,
    hash_body,
    normal_id,
    spellings,
)
from bot.jobs.states import MOVES, IllegalMove, State
from tests.support.jobs import NOON, PRICE, a_job, a_reference

LATER = NOON + timedelta(minutes=3)
HOUR = timedelta(hours=1)
WORDS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
BODIES = st.dictionaries(st.text(), WORDS, max_size=4)


def test_a_move_sets_the_state_since_when_and_what_it_is_given_and_nothing_else() -> None:
    job = a_job(State.SUBMITTING)
    moved = job.move(State.QUEUED, LATER, request_id="r-1")
    assert (moved.state, moved.state_since, moved.request_id) == (State.QUEUED, LATER, "r-1")
    assert dataclasses.replace(moved, state=job.state, state_since=job.state_since, request_id=None) == job


def test_a_move_against_the_table_is_refused() -> None:
    with pytest.raises(IllegalMove):
        a_job(State.DELIVERED).move(State.POSTING, LATER)


def test_a_job_is_never_changed_in_place() -> None:
    job = a_job(State.WAITING)
    job.evolve(submit_attempts=3)
    assert job.submit_attempts == 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        job.state = State.FAILED  # pyright: ignore[reportAttributeAccessIssue]


def test_evolving_keeps_state_and_version() -> None:
    job = dataclasses.replace(a_job(State.POSTING), version=7)
    evolved = job.evolve(cancel_requested=True, problem=Problem(code=ProblemCode.CHANNEL))
    assert (evolved.state, evolved.state_since, evolved.version) == (State.POSTING, NOON, 7)
    assert evolved.cancel_requested


def test_new_references_replace_those_of_the_request_and_leave_the_rest_of_it() -> None:
    job = a_job(State.PREPARING)
    references = (dataclasses.replace(a_reference(), card_name="image1.png"),)
    evolved = job.evolve(references=references)
    assert evolved.request == dataclasses.replace(job.request, references=references)


@pytest.mark.parametrize("state", State)
def test_a_known_cost_is_what_a_job_takes_in_whatever_state(state: State) -> None:
    assert a_job(state).evolve(cost_usd=Decimal("2.10")).committed_usd == Decimal("2.10")


@pytest.mark.parametrize("state", State)
def test_without_a_cost_the_reservation_stands_until_a_job_ends_uncharged(state: State) -> None:
    released = {State.FAILED, State.CANCELLED, State.EXPIRED, State.REJECTED}
    assert a_job(state).committed_usd == (Decimal(0) if state in released else PRICE)


def test_a_free_run_takes_nothing() -> None:
    assert a_job(State.DELIVERED).evolve(cost_usd=Decimal(0)).committed_usd == 0


def test_a_finished_file_ends_seven_days_after_the_run() -> None:
    assert a_job().output_ends_at is None
    assert a_job(State.COMPLETED).evolve(completed_at=NOON).output_ends_at == NOON + timedelta(days=7)


def test_a_review_ends_while_what_is_approved_can_still_be_fetched_also_of_a_video_sent_again_days_later() -> None:
    assert a_job(State.HELD).review_ends_at == NOON + timedelta(hours=24)
    waiting = a_job(State.UNDELIVERED).evolve(completed_at=NOON)
    assert waiting.move(State.REVIEW, LATER).review_ends_at == LATER + timedelta(hours=24)
    again = waiting.move(State.REVIEW, NOON + timedelta(days=6, hours=12))
    assert again.output_ends_at is not None
    assert again.review_ends_at == again.output_ends_at - APPROVED_BEFORE


def test_a_move_notes_an_attempt_that_may_have_posted_unseen_and_no_later_one_loses_when_it_ended() -> None:
    attempt = a_job(State.POSTING).evolve(post_attempts=1, submitted_at=NOON)
    given_up = attempt.move(State.UNDELIVERED, LATER)
    noted = (EarlierPost(channel_id=attempt.video_channel_id, began_at=NOON, ended_at=LATER),)
    assert given_up.earlier_posts == given_up.move(State.WITHHELD, LATER + HOUR).earlier_posts == noted
    assert given_up.sent_to(21).earlier_posts == noted
    assert attempt.move(State.DELIVERED, LATER, post_message_id=9).earlier_posts == ()


def test_an_attempt_that_a_person_asked_for_began_with_their_word_and_any_other_may_be_as_old_as_its_run() -> None:
    job = dataclasses.replace(a_job(State.POSTING), state_since=LATER)
    submitted = job.evolve(submitted_at=NOON + timedelta(minutes=1))
    reviewed = submitted.evolve(handling=Handling(review=ReviewMode.BEFORE_POSTING))
    assert job.attempt_began == NOON
    assert submitted.attempt_began == reviewed.attempt_began == submitted.submitted_at
    # What was approved before it was made is posted without another word.
    assert submitted.evolve(approved=True).attempt_began == submitted.submitted_at
    assert reviewed.evolve(approved=True).attempt_began == submitted.evolve(post_channel_id=20).attempt_began == LATER


@given(body=BODIES)
def test_the_order_of_keys_does_not_change_a_bodys_hash(body: dict[str, object]) -> None:
    assert hash_body(dict(reversed(list(body.items())))) == hash_body(body)


@given(body=BODIES)
def test_a_body_that_came_back_from_the_database_has_the_same_hash(body: dict[str, object]) -> None:
    assert hash_body(json.loads(json.dumps(body))) == hash_body(body)


@given(first=BODIES, second=BODIES)
def test_two_bodies_have_the_same_hash_only_if_they_say_the_same(
    first: dict[str, object], second: dict[str, object]
) -> None:
    same = json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)
    assert (hash_body(first) == hash_body(second)) is same


def test_a_job_shows_neither_its_body_nor_its_output_in_a_traceback() -> None:
    job = a_job(State.COMPLETED).evolve(body={"prompt": "secret plan"}, output_url="https://images.example/x.mp4")
    assert "secret plan" not in repr(job)
    assert "images.example" not in repr(job)


@pytest.mark.parametrize("state", [state for state in State if MOVES[state]])
def test_every_arrow_of_the_table_can_be_taken(state: State) -> None:
    assert {a_job(state).move(target, LATER).state for target in MOVES[state]} == MOVES[state]


def test_what_comes_under_further_rules_is_held_to_the_stricter_of_both() -> None:
    strict = Handling(review=ReviewMode.BEFORE_POSTING, review_hours=5, spoiler=True, link_to_original=False)
    assert Handling().held_to(strict) == strict
    assert strict.held_to(Handling(review_hours=9)) == strict
    assert Handling(ai_label=False).held_to(Handling()).ai_label
    assert Handling().held_to(Handling(ai_label=False)).ai_label
    assert strict.held_to(dataclasses.replace(strict, review_hours=9)).review_hours == 9


def test_of_a_finished_video_only_the_video_can_still_be_looked_at() -> None:
    held = Handling().held_to(Handling(review=ReviewMode.BEFORE_SPENDING))
    assert held.review is ReviewMode.BEFORE_POSTING


def test_further_rules_change_neither_where_a_video_goes_nor_what_it_may_not_leave() -> None:
    asked = Handling(output_channel_id=21, age_restricted=True, spoiler_asked=True)
    assert asked.held_to(Handling(output_channel_id=22)) == asked
    assert Handling().held_to(asked) == Handling()


@given(st.uuids())
def test_an_id_is_the_same_however_it_is_written(request_id: UUID) -> None:
    dashed, plain = str(request_id), request_id.hex
    written = {dashed, plain, dashed.upper(), plain.upper(), f"{{{dashed}}}", f"urn:uuid:{dashed}"}
    assert {normal_id(each) for each in written} == {plain}
    for each in written:
        assert {each, dashed, plain} == set(spellings(each))
        assert spellings(each)[0] == each


@given(st.uuids(), st.uuids())
def test_two_ids_are_never_the_same(one: UUID, other: UUID) -> None:
    assert (normal_id(str(one)) == normal_id(other.hex)) == (one == other)


def test_an_id_that_is_no_uuid_is_asked_for_as_it_is() -> None:
    assert spellings("request-7") == ("request-7",)
