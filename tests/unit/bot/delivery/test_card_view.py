"""The status card in every state, for every prompt: what it says, and that Discord takes it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import discord
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.catalogue.offer import Offer
from bot.delivery.card_view import expected_at, status_card
from bot.delivery.state_looks import LOOKS
from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.states import ENDED, IN_FLIGHT, WITHDRAWN, State
from bot.media.rules import ImageFault
from bot.ui.custom_ids import DetailsId
from sandbox.discord.messages.rules import IS_COMPONENTS_V2, FileFacts, check_message
from tests.support.jobs import NOON, a_job, a_reference, a_request

OFFER = Offer()
TYPICAL_RUN = OFFER.run_time(OFFER.default.slug)
UPLOAD_LIMIT = 10 * 1024 * 1024
LATER = NOON + timedelta(minutes=3, seconds=20)


def parts(view: discord.ui.LayoutView) -> list[dict[str, Any]]:
    """Return the parts of a card's container as Discord gets them."""
    [container] = view.to_components()
    assert container["type"] == 17
    return list(container["components"])


def text_of(view: discord.ui.LayoutView) -> str:
    return "\n".join(part["content"] for part in parts(view) if part["type"] == 10)


def buttons_of(view: discord.ui.LayoutView) -> dict[str, str]:
    return {
        button["label"]: button["custom_id"] for row in parts(view) if row["type"] == 1 for button in row["components"]
    }


def card(job: Job, *, now: timedelta = timedelta(0), position: int | None = None) -> str:
    return text_of(status_card(job, OFFER, now=NOON + now, position=position))


def check_taken(job: Job, **shown: Any) -> None:
    """Hold a card to Discord's rules as the sandbox knows them."""
    view = status_card(job, OFFER, now=NOON, **shown)
    names = [reference.card_name for reference in job.request.references if reference.card_name]
    files = [FileFacts(filename=name, size=1_000, content_type="image/png") for name in names]
    payload = {"flags": IS_COMPONENTS_V2, "components": view.to_components(), "allowed_mentions": {"parse": []}}
    check_message(payload, files=files, upload_limit=UPLOAD_LIMIT)


def a_full_job(state: State, prompt: str = "a fox") -> Job:
    """Make a job with all that a card can show: seven references on it, a problem and a cost."""
    references = [replace(a_reference(), card_name=f"image{number}.png") for number in range(1, 8)]
    return a_job(state, request=a_request(prompt=prompt, references=references)).evolve(
        problem=Problem(code=ProblemCode.IMAGE, detail=ImageFault.TOO_LARGE.value, image=7),
        cost_usd=Decimal("1.35"),
        submitted_at=NOON,
    )


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_card_that_discord_takes(state: State) -> None:
    check_taken(a_job(state))
    check_taken(a_full_job(state), position=12)


@given(
    st.one_of(
        st.text(min_size=1, max_size=2_500),
        st.text(alphabet="*_`~|<>@#:/\\[]()\n\u2028", min_size=1, max_size=2_500),
    )
)
@example("*" * 2_499)
def test_a_card_is_taken_whatever_the_prompt(prompt: str) -> None:
    check_taken(a_full_job(State.FAILED, prompt=f"x{prompt}"))


@pytest.mark.parametrize("state", State)
def test_a_card_says_its_state_for_whom_it_is_and_what_was_asked(state: State) -> None:
    shown = card(a_job(state, request=a_request(prompt="a fox")))
    look = LOOKS[state]
    assert shown.startswith(f"### {look.emoji} {look.title}\n")
    assert look.meaning in shown
    assert ("> a fox" in shown) is (state not in WITHDRAWN)
    assert "for <@30> · 5 s · 16:9 · 1 image" in shown


def test_a_card_says_since_when_by_the_readers_clock() -> None:
    moment = int(NOON.timestamp())
    assert f"Updated <t:{moment}:R> (<t:{moment}:t>)" in card(a_job(State.QUEUED))


@pytest.mark.parametrize("state", [State.ACCEPTED, State.PREPARING, State.WAITING, State.QUEUED, State.PROCESSING])
def test_a_card_says_when_the_video_will_be_done(state: State) -> None:
    due = int((NOON + TYPICAL_RUN).timestamp())
    assert f"should be ready <t:{due}:R>" in card(a_job(state).evolve(submitted_at=NOON))


def test_what_is_expected_counts_from_the_submission_not_from_the_last_change() -> None:
    processing = replace(a_job(State.PROCESSING), submitted_at=NOON, state_since=LATER)
    assert expected_at(processing, TYPICAL_RUN) == NOON + TYPICAL_RUN


def test_a_job_that_waits_for_another_attempt_does_not_count_from_the_first() -> None:
    waiting = replace(a_job(State.WAITING), submitted_at=NOON, state_since=LATER)
    assert expected_at(waiting, TYPICAL_RUN) == LATER + TYPICAL_RUN


def test_a_job_in_the_queue_shows_its_place_and_promises_no_time() -> None:
    shown = card(a_job(State.WAITING), position=3)
    assert "#3 in line" in shown
    assert "should be ready" not in shown


def test_a_run_that_takes_unusually_long_says_that_it_still_goes_on() -> None:
    shown = card(a_job(State.PROCESSING).evolve(submitted_at=NOON), now=timedelta(minutes=31))
    assert "taking longer than usual, but still running" in shown
    assert "should be ready" not in shown


@pytest.mark.parametrize("state", [State.COMPLETED, State.UNDELIVERED, State.FAILED, State.CANCELLED, State.REVIEW])
def test_nothing_is_expected_of_what_is_over_or_with_a_person(state: State) -> None:
    assert "should be ready" not in card(a_job(state))


def test_a_delivered_video_shows_how_long_it_took_and_what_it_cost() -> None:
    done = replace(a_job(State.DELIVERED), state_since=LATER, cost_usd=Decimal("1.35"))
    shown = card(done)
    assert shown.startswith("### ✅ Done\nTook 3 min 20 s")
    assert "cost $1.35" in shown


def test_a_problem_is_said_in_place_of_what_the_state_means() -> None:
    failed = a_job(State.FAILED).evolve(problem=Problem(code=ProblemCode.MODERATED, detail="words of the service"))
    shown = card(failed)
    assert "video service's content filter" in shown
    assert LOOKS[State.FAILED].meaning not in shown
    assert "words of the service" not in shown


def test_references_stand_in_their_order_first_as_uploaded_then_as_the_cards_own() -> None:
    uploaded = a_job(
        request=a_request(references=[a_reference("https://a.example/1"), a_reference("https://a.example/2")])
    )
    kept = uploaded.evolve(
        references=tuple(
            replace(one, card_name=f"image{number}.png") for number, one in enumerate(uploaded.request.references, 1)
        )
    )

    def addresses(job: Job) -> list[tuple[str, str]]:
        [gallery] = [part for part in parts(status_card(job, OFFER, now=NOON)) if part["type"] == 12]
        return [(item["description"], item["media"]["url"]) for item in gallery["items"]]

    assert addresses(uploaded) == [("@Image1", "https://a.example/1"), ("@Image2", "https://a.example/2")]
    assert addresses(kept) == [("@Image1", "attachment://image1.png"), ("@Image2", "attachment://image2.png")]


@pytest.mark.parametrize("state", State)
def test_every_card_has_details_that_lead_to_its_job(state: State) -> None:
    job = a_job(state)
    assert DetailsId.parse(buttons_of(status_card(job, OFFER, now=NOON))["Details"]) == DetailsId(
        place="card", job_id=job.id
    )


def offered(label: str, **changes: Any) -> set[State]:
    jobs = [a_job(state).evolve(**changes) for state in State]
    return {job.state for job in jobs if label in buttons_of(status_card(job, OFFER, now=NOON))}


def test_a_request_can_be_cancelled_until_its_video_is_made() -> None:
    assert offered("Cancel") == {State.ACCEPTED, State.HELD, State.PREPARING, State.WAITING, *IN_FLIGHT}
    assert offered("Cancel", cancel_requested=True) == {State.ACCEPTED, State.HELD, State.PREPARING, State.WAITING}


def test_what_lies_here_can_be_sent_again() -> None:
    assert offered("Send again") == {State.UNDELIVERED}


@pytest.mark.parametrize("label", ["Again", "Edit"])
def test_what_is_over_can_be_made_again_unless_a_moderator_said_no(label: str) -> None:
    assert offered(label) == {
        *(State.DELIVERED, State.UNDELIVERED, State.FAILED, State.CANCELLED, State.EXPIRED),
    }


def test_a_card_of_which_nothing_is_to_come_can_be_deleted() -> None:
    assert offered("Delete") == ENDED


def test_a_run_that_is_cancelled_too_late_says_that_it_is_paid_for() -> None:
    assert "it's still charged" in card(a_job(State.PROCESSING).evolve(cancel_requested=True))
    assert "it's still charged" not in card(a_job(State.PROCESSING))


@pytest.mark.parametrize("state", [State.QUEUED, State.PROCESSING])
def test_a_run_shows_how_far_it_has_come_and_calls_that_an_estimate(state: State) -> None:
    run = a_job(state).evolve(submitted_at=NOON)
    assert "▱" * 16 + " about 0% (estimate)" in card(run)
    assert "▰" * 8 + "▱" * 8 + " about 50% (estimate)" in card(run, now=TYPICAL_RUN / 2)


def test_a_run_that_takes_longer_than_usual_never_seems_to_be_over() -> None:
    run = a_job(State.PROCESSING).evolve(submitted_at=NOON)
    assert "▰" * 15 + "▱ about 95%" in card(run, now=TYPICAL_RUN * 2)


@pytest.mark.parametrize("state", sorted(set(State) - {State.QUEUED, State.PROCESSING}))
def test_what_does_not_run_has_no_bar(state: State) -> None:
    assert "▱" not in card(a_job(state).evolve(submitted_at=NOON))


async def test_the_view_is_not_remembered_by_discord_py() -> None:
    assert status_card(a_job(), OFFER, now=NOON).is_finished()
