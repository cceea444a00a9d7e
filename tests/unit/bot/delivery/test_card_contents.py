"""What a card keeps to itself: under review, after a rejection, while it is hidden."""

from dataclasses import replace
from typing import Any

import pytest
from discord import ui

from bot.catalogue.offer import Offer
from bot.delivery.card_view import status_card
from bot.delivery.private_answers import details_view
from bot.jobs.model import Handling, Job, Problem, ProblemCode, ReviewMode
from bot.jobs.states import WITHDRAWN, State
from tests.support.jobs import NOON, a_job, a_reference, a_request

OFFER = Offer()
SECRET = "a fox in the harbour"
REVIEWS = [ReviewMode.BEFORE_SPENDING, ReviewMode.BEFORE_POSTING]


def a_reviewed_job(state: State, mode: ReviewMode, **changes: Any) -> Job:
    request = a_request(prompt=SECRET, references=[a_reference("https://cdn.discordapp.com/secret.png")])
    return a_job(state, request=replace(request, handling=Handling(review=mode))).evolve(**changes)


def shown(job: Job) -> str:
    return str(status_card(job, OFFER, now=NOON).to_components())


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("mode", REVIEWS)
def test_a_card_shows_neither_words_nor_pictures_before_the_approval(mode: ReviewMode, state: State) -> None:
    card = shown(a_reviewed_job(state, mode, output_url="https://images.segmind.com/secret.mp4"))
    assert SECRET not in card
    assert "secret" not in card


def test_a_card_says_why_it_shows_nothing_of_the_request() -> None:
    assert "once a moderator approves them" in shown(a_reviewed_job(State.PROCESSING, ReviewMode.BEFORE_POSTING))


def test_an_approved_card_shows_what_all_do() -> None:
    card = shown(a_reviewed_job(State.PROCESSING, ReviewMode.BEFORE_POSTING, approved=True))
    assert SECRET in card
    assert "secret.png" in card


def details(job: Job, **parts: Any) -> str:
    view = details_view(job, OFFER, **parts)
    return "\n".join(each.content for each in view.walk_children() if isinstance(each, ui.TextDisplay))


@pytest.mark.parametrize("state", sorted(WITHDRAWN))
def test_why_something_was_withdrawn_is_between_moderators_and_the_member(state: State) -> None:
    problem = Problem(code=ProblemCode.REVIEW_OVER)
    job = a_reviewed_job(state, ReviewMode.BEFORE_SPENDING, reason="no **weapons** @everyone", problem=problem)
    public = [shown(job), details(job, contents=False, own=False)]
    assert not any(word in text for text in public for word in ("weapons", "in time", SECRET))
    private = details(job)
    assert "A moderator wrote:\n> no \\*\\*weapons\\*\\* \\@everyone" in private
    assert "No moderator reviewed it in time." in private


def test_a_hidden_video_says_so_and_offers_no_repeat() -> None:
    card = shown(a_job(State.DELIVERED, request=a_request(prompt=SECRET)).evolve(hidden=True))
    assert "hidden until a moderator reviews it" in card
    assert SECRET not in card
    assert "reelcast:again" not in card


def test_pictures_of_a_spoiler_are_spoilers() -> None:
    request = replace(a_request(), handling=Handling(spoiler=True))
    assert "'spoiler': True" in shown(a_job(State.PROCESSING, request=request))
    assert "'spoiler': True" not in shown(a_job(State.PROCESSING))


def test_details_keep_the_words_to_those_who_may_read_them() -> None:
    job = a_reviewed_job(State.HELD, ReviewMode.BEFORE_SPENDING)
    assert SECRET in details(job)
    assert SECRET not in details(job, contents=False)
