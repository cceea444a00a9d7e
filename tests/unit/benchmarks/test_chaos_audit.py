"""What counts as charged twice, posted twice, lost, without an owner or left to the operator."""

from dataclasses import replace

import pytest

from benchmarks.chaos.audit import ON_ITS_WAY, Against, Audit, Charge, Facts, Shown, audit
from bot.delivery.state_looks import LOOKS
from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.states import State
from tests.support.jobs import a_job

POST = "reelcast:details:post:{}:1"
CARD = "reelcast:details:card:{}:0"


def job_in(state: State, request_id: str | None = "r1", problem: ProblemCode | None = None) -> Job:
    return replace(a_job(state), request_id=request_id, problem=problem and Problem(code=problem))


def card(job: Job, state: State | None = None) -> Shown:
    return Shown(text=f"**{LOOKS[state or job.state].title}**\nsince noon", custom_ids=[CARD.format(job.id)])


def post(job: Job) -> Shown:
    return Shown(text="<@30>", custom_ids=[POST.format(job.id)])


def notice(job: Job) -> Shown:
    return Shown(text="your video could not be posted", custom_ids=[f"reelcast:resend:{job.id}"])


def judged(
    job: Job,
    *messages: Shown,
    charges: tuple[str, ...] = ("r1",),
    told: frozenset[str] = frozenset(),
    notices: tuple[Shown, ...] = (),
    against: tuple[Against, ...] = (),
) -> Audit:
    return audit(
        Facts(
            asked=1,
            answered=frozenset({job.id}),
            charges=[Charge(request_id=each, take="7", submitted=100.0) for each in charges],
            messages=messages,
            notices=notices,
            jobs={job.id: job},
            told=told,
            against=against,
            seats=6,
        )
    )


def test_a_job_charged_and_posted_once_whose_card_says_so_is_as_it_should_be() -> None:
    job = job_in(State.DELIVERED)
    found = judged(job, card(job), post(job))
    assert set(found.zeros.values()) == {0}
    assert (found.jobs, found.charges, found.posts) == (1, 1, 1)


def test_two_charges_for_one_request_are_one_too_many() -> None:
    job = job_in(State.DELIVERED)
    found = judged(job, card(job), post(job), charges=("r1", "r2"))
    assert found.charged_twice == ["7"]
    assert found.without_owner == ["r2"]


def test_two_posts_of_one_job_are_one_too_many() -> None:
    job = job_in(State.DELIVERED)
    assert judged(job, card(job), post(job), post(job)).posted_twice == [job.id]


@pytest.mark.parametrize("state", [State.DELIVERED, State.POSTING, State.UNCONFIRMED, State.ACCEPTED])
def test_a_job_without_a_post_that_claims_one_or_goes_nowhere_is_lost(state: State) -> None:
    job = job_in(state)
    assert judged(job, card(job)).lost == [job.id]


@pytest.mark.parametrize("state", [State.FAILED, State.UNDELIVERED, State.EXPIRED])
def test_a_job_that_ended_otherwise_is_lost_unless_its_card_says_so(state: State) -> None:
    job = job_in(state)
    assert judged(job, card(job)).lost == []
    untold = judged(job, card(job, State.PROCESSING))
    assert untold.lost == untold.untrue_cards == [job.id]


def test_a_command_that_discord_showed_as_failed_needs_no_card() -> None:
    assert judged(job_in(State.EXPIRED)).lost == []


def test_a_card_whose_job_was_never_saved_is_lost() -> None:
    job = job_in(State.DELIVERED)
    found = audit(
        Facts(
            asked=1,
            answered=frozenset({job.id}),
            charges=[],
            messages=[card(job)],
            notices=[],
            jobs={},
            told=frozenset(),
            against=(),
            seats=6,
        )
    )
    assert found.lost == found.untrue_cards == [job.id]


def test_a_member_has_to_be_told_in_private_of_a_video_that_could_not_be_posted() -> None:
    job = job_in(State.UNDELIVERED, problem=ProblemCode.CARD_GONE)
    assert judged(job).untold == [job.id]
    told = judged(job, notices=(notice(job),))
    assert (told.untold, told.notices) == ([], 1)


def test_a_video_that_counts_as_undelivered_is_nowhere_to_be_seen() -> None:
    job = job_in(State.UNDELIVERED, problem=ProblemCode.CHANNEL)
    assert judged(job, card(job), post(job), notices=(notice(job),)).posted_all_the_same == [job.id]


def test_what_only_a_person_can_settle_is_left_to_the_operator() -> None:
    job = job_in(State.UNDELIVERED, problem=ProblemCode.POST_UNKNOWN)
    assert len(judged(job, card(job)).left_to_operator) == 1


def test_a_charge_of_ours_told_as_without_an_owner_is_left_to_the_operator_and_others_are_not() -> None:
    job = job_in(State.DELIVERED)
    found = judged(job, card(job), post(job), told=frozenset({"r1", "somebody else's"}))
    assert found.left_to_operator == ["r1"]


@pytest.mark.parametrize(
    ("seat", "since", "until", "found"),
    [
        (1, 90.0, 110.0, ["7"]),
        (2, 90.0, 110.0, []),
        (1, 100.0 - ON_ITS_WAY, 110.0, []),
        (1, 90.0, 99.0, []),
        (1, 101.0, 110.0, []),
    ],
)
def test_what_was_paid_for_while_its_member_or_channel_was_not_to_have_any_is_found(
    seat: int, since: float, until: float, found: list[str]
) -> None:
    job = job_in(State.WITHHELD)
    against = Against(seat=seat, since=since, until=until)
    assert judged(job, card(job), against=(against,)).paid_against == found
