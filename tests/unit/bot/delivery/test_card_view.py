"""The status card in every state, for every prompt: what it says, and that Discord takes it."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import discord
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.catalogue.offer import Offer
from bot.delivery.card_view import LATE_SHARE, PROMPT_COLUMNS, READY_SHARE, next_change, status_card
from bot.delivery.state_looks import LOOKS
from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.run_times import RunTimes
from bot.jobs.states import DRIVEN, ENDED, IN_FLIGHT, WITHDRAWN, State
from bot.media.rules import ImageFault
from bot.ui.custom_ids import DetailsId
from sandbox.discord.messages.rules import IS_COMPONENTS_V2, FileFacts, check_message
from tests.support.jobs import NOON, a_job, a_reference, a_request

OFFER = Offer()
RUN_TIME = RunTimes(offer=OFFER).expected(OFFER.default.slug, 5)
READY_IN, LATE_IN = RUN_TIME.quantile(READY_SHARE), RUN_TIME.quantile(LATE_SHARE)
SECOND = timedelta(seconds=1)
UPLOAD_LIMIT = 10 * 1024 * 1024
LATER = NOON + timedelta(minutes=3, seconds=20)


def texts_of(view: discord.ui.LayoutView) -> str:
    return "\n".join(each.content for each in view.walk_children() if isinstance(each, discord.ui.TextDisplay))


def buttons_of(view: discord.ui.LayoutView) -> dict[str, str]:
    buttons = [each for each in view.walk_children() if isinstance(each, discord.ui.Button)]
    return {each.label or "": each.custom_id or "" for each in buttons}


def pictures_of(view: discord.ui.LayoutView) -> list[discord.ui.Thumbnail[Any]]:
    return [each for each in view.walk_children() if isinstance(each, discord.ui.Thumbnail)]


def card(job: Job, *, now: timedelta = timedelta(0), position: int | None = None) -> str:
    return texts_of(status_card(job, OFFER, now=NOON + now, position=position))


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


WORKING = sorted(set(State) - ENDED)
WITHOUT_VIDEO = [State.FAILED, State.CANCELLED, State.EXPIRED]


@pytest.mark.parametrize("state", WORKING)
def test_a_card_at_work_says_its_stage_which_video_it_is_and_for_whom(state: State) -> None:
    shown = card(a_job(state, request=a_request(prompt="a fox")))
    look = LOOKS[state]
    assert shown.startswith(f"**{look.emoji} {look.title}**")
    assert look.meaning in shown
    assert "\n> a fox\n" in shown
    assert shown.endswith("-# <@30> · 5 s · 16:9 · 1 image")


def test_a_card_knows_three_stages_of_a_request_that_goes_well() -> None:
    stages = [State.ACCEPTED, State.PREPARING, State.WAITING, State.SUBMITTING, State.QUEUED]
    stages += [State.PROCESSING, State.COMPLETED, State.POSTING]
    titles = [LOOKS[state].title for state in stages]
    assert titles == ["Queued"] * 5 + ["Processing"] + ["Almost there"] * 2


def test_each_state_has_its_own_emoji() -> None:
    looks = {(look.emoji, look.title) for look in LOOKS.values()}
    assert len(looks) == len({emoji for emoji, _ in looks}) == len({title for _, title in looks})


@pytest.mark.parametrize("state", [State.SUBMITTING, State.QUEUED, State.PROCESSING])
def test_a_card_says_when_most_videos_are_ready_and_then_that_this_one_is_late(state: State) -> None:
    run = a_job(state).evolve(submitted_at=NOON)
    assert f"** · ready <t:{int((NOON + READY_IN).timestamp())}:R>" in card(run)
    assert "** · ready " in card(run, now=READY_IN - SECOND)
    assert "** · any moment now\n" in card(run, now=READY_IN)
    assert "** · any moment now\n" in card(run, now=LATE_IN - SECOND)
    assert "** · taking longer than usual\n" in card(run, now=LATE_IN)


@pytest.mark.parametrize("state", [State.ACCEPTED, State.PREPARING, State.WAITING])
def test_before_a_request_is_sent_its_estimate_counts_from_it_and_is_gone_when_it_is_over(state: State) -> None:
    job = replace(a_job(state), state_since=LATER)
    assert f"ready <t:{int((NOON + READY_IN).timestamp())}:R>" in card(job)
    assert card(job, now=READY_IN).startswith("**⏳ Queued**\n")


def test_what_is_expected_counts_from_the_submission_not_from_the_last_change() -> None:
    processing = replace(a_job(State.PROCESSING), submitted_at=NOON, state_since=LATER)
    assert next_change(processing, NOON, RUN_TIME) == NOON + READY_IN
    assert next_change(processing, NOON + READY_IN, RUN_TIME) == NOON + LATE_IN
    assert next_change(processing, NOON + LATE_IN, RUN_TIME) is None


@pytest.mark.parametrize("state", sorted(set(State) - DRIVEN - {State.ACCEPTED}))
def test_the_card_of_what_waits_for_people_or_is_over_changes_by_itself_never(state: State) -> None:
    assert next_change(a_job(state), NOON, RUN_TIME) is None


def test_a_job_in_the_queue_shows_its_place_and_promises_no_time() -> None:
    assert card(a_job(State.WAITING), position=3).startswith("**⏳ Queued** · #3 in line\n")


def test_a_place_is_shown_only_while_a_request_waits_here() -> None:
    assert "in line" not in card(a_job(State.QUEUED).evolve(submitted_at=NOON), position=3)


def test_a_request_that_waits_for_a_reason_says_it_and_promises_no_time() -> None:
    shown = card(a_job(State.WAITING).evolve(problem=Problem(code=ProblemCode.NO_ROOM)))
    assert "this request waits until there's room" in shown
    assert "ready <t:" not in shown


@pytest.mark.parametrize("state", [State.COMPLETED, State.UNDELIVERED, State.FAILED, State.CANCELLED, State.REVIEW])
def test_nothing_is_expected_of_what_is_over_or_with_a_person(state: State) -> None:
    assert "ready <t:" not in card(a_job(state))


def test_above_its_post_a_card_is_one_line_that_leads_there() -> None:
    done = a_job(State.DELIVERED).evolve(post_message_id=99, post_attempts=1)
    view = status_card(done, OFFER, now=NOON)
    assert texts_of(view) == "-# ✅ [Done](https://discord.com/channels/10/20/99) · a fox"
    assert len(view.to_components()) == 1
    assert not buttons_of(view)


@pytest.mark.parametrize("state", WITHOUT_VIDEO)
def test_without_a_video_a_card_says_why_in_a_line_and_offers_to_fix_it(state: State) -> None:
    view = status_card(a_full_job(state).evolve(problem=None, cost_usd=None), OFFER, now=NOON)
    look = LOOKS[state]
    assert texts_of(view) == f"**{look.emoji} {look.title}** · {look.meaning}\n-# <@30> · a fox"
    assert list(buttons_of(view)) == ["Fix it", "Details"]
    assert pictures_of(view) == []


@pytest.mark.parametrize("state", sorted(WITHDRAWN))
def test_what_was_rejected_or_taken_down_is_one_gray_line_without_the_reason(state: State) -> None:
    job = a_job(state).evolve(problem=Problem(code=ProblemCode.REMOVED), reason="because")
    view = status_card(job, OFFER, now=NOON)
    look = LOOKS[state]
    is_free = state is State.REJECTED
    assert texts_of(view) == f"-# {look.emoji} {look.title}" + (" · Nothing was charged." if is_free else "")
    assert list(buttons_of(view)) == ["Details"]


def test_a_problem_is_said_in_place_of_what_the_state_means() -> None:
    failed = a_job(State.FAILED).evolve(problem=Problem(code=ProblemCode.MODERATED, detail="words of the service"))
    shown = card(failed)
    assert "video service's content filter" in shown
    assert LOOKS[State.FAILED].meaning not in shown
    assert "words of the service" not in shown


def test_a_card_of_a_failed_run_that_was_charged_says_so() -> None:
    shown = card(a_job(State.FAILED).evolve(problem=Problem(code=ProblemCode.RUN_FAILED), cost_usd=Decimal("1.35")))
    assert "It's still charged." in shown
    assert "Nothing was charged" not in shown


@pytest.mark.parametrize(
    ("count", "card_name", "shown"),
    [
        (1, None, ("https://a.example/1", "@Image1")),
        (2, None, ("https://a.example/1", "@Image1 +1")),
        (7, "image1.png", ("attachment://image1.png", "@Image1 +6")),
    ],
)
def test_a_card_shows_the_first_image_first_as_uploaded_then_as_its_own(
    count: int, card_name: str | None, shown: tuple[str, str]
) -> None:
    references = [
        replace(a_reference(f"https://a.example/{number}"), card_name=card_name) for number in range(1, count + 1)
    ]
    [picture] = pictures_of(status_card(a_job(request=a_request(references=references)), OFFER, now=NOON))
    assert (picture.media.url, picture.description) == shown


def test_a_card_of_a_deferred_answer_comes_without_its_picture_at_first() -> None:
    view = status_card(a_job(), OFFER, now=NOON, gallery=False)
    assert pictures_of(view) == []
    assert "> a fox" in texts_of(view)


@pytest.mark.parametrize("state", sorted(set(State) - {State.DELIVERED}))
def test_every_card_but_of_a_posted_video_has_details_that_lead_to_its_job(state: State) -> None:
    job = a_job(state)
    assert DetailsId.parse(buttons_of(status_card(job, OFFER, now=NOON))["Details"]) == DetailsId(
        place="card", job_id=job.id
    )


def offered(label: str, **changes: Any) -> set[State]:
    jobs = [a_job(state).evolve(**changes) for state in State]
    return {job.state for job in jobs if label in buttons_of(status_card(job, OFFER, now=NOON))}


def test_a_request_can_be_canceled_until_it_is_sent_and_kept_from_being_posted_after_that() -> None:
    assert offered("Cancel") == {State.ACCEPTED, State.HELD, State.PREPARING, State.WAITING}
    assert offered("Don't post it") == IN_FLIGHT
    assert offered("Don't post it", cancel_requested=True) == set()


def test_what_lies_here_can_be_sent_again() -> None:
    assert offered("Send again") == {State.UNDELIVERED}


def test_what_a_moderator_said_no_to_cannot_be_fixed() -> None:
    assert offered("Fix it") == set(WITHOUT_VIDEO)


@pytest.mark.parametrize("state", [*sorted(IN_FLIGHT), State.COMPLETED, State.WITHHELD])
def test_a_run_that_is_stopped_after_the_charge_looks_so_and_says_what_it_costs(state: State) -> None:
    stopped = a_job(state).evolve(cancel_requested=True, submitted_at=NOON)
    view = status_card(stopped, OFFER, now=NOON)
    assert "Canceled" in texts_of(view)
    assert "it's still charged" in texts_of(view)
    assert "ready <t:" not in texts_of(view)
    assert view.to_components()[0].get("accent_color") in {None, 0x80848E}
    assert list(buttons_of(view)) == ["Details"]


@given(st.text(min_size=1, max_size=2_500))
@example("x " * 1_250)
@example("動画" * 1_250)
@example("line\n" * 400)
def test_a_prompt_takes_a_line_of_a_card_at_most(prompt: str) -> None:
    shown = status_card(a_job(request=a_request(prompt=prompt)), OFFER, now=NOON)
    lines = [line for line in texts_of(shown).split("\n") if line.startswith(">")]
    assert len(lines) == 1
    assert len(re.sub(r"\\(.)", r"\1", lines[0])) <= 2 + PROMPT_COLUMNS + 2  # the mark, and two isolates


async def test_the_view_is_not_remembered_by_discord_py() -> None:
    assert status_card(a_job(), OFFER, now=NOON).is_finished()
