"""Whatever somebody types, wherever it is shown: Discord takes it, nobody is pinged, and it stays in its own place.

The local Discord's own rules judge each message; what it would make of mentions, too.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import discord
import pytest
from hypothesis import given, settings

from bot.catalogue.offer import Offer
from bot.jobs.decisions import Decided, Decision
from bot.jobs.model import Handling, Job, ReviewMode
from bot.jobs.states import State
from bot.policy.blocks import Block
from bot.policy.member_record import MemberRecord
from bot.policy.reports import Report
from bot.policy.request import has_words
from bot.presentation.blocks_list import blocks_list
from bot.presentation.card import status_card
from bot.presentation.case_card import case_card
from bot.presentation.details import details_text
from bot.presentation.jobs_list import JobsPage, jobs_list
from bot.presentation.my_videos import videos_list
from bot.presentation.post import alt_text
from bot.presentation.refusal import with_prompt
from bot.presentation.review_card import request_card, video_card
from bot.presentation.review_words import outcome_sentence
from bot.presentation.sentences import send_again_choice, withdrawn_notice
from sandbox.discord.message_rules import IS_COMPONENTS_V2, check_message
from tests.support.hostile import hostile
from tests.support.jobs import NOON, a_job, a_request

OFFER: Final = Offer()
RECORD: Final = MemberRecord(videos=3, rejected=1, taken_down=0, reports=2, blocks=0)
CASES: Final = settings(max_examples=500)
REVIEWED: Final = Handling(review=ReviewMode.BEFORE_SPENDING)
MOST_REASON: Final = 400  # characters that a modal takes
MOST_PROMPT: Final = 2_500

Shown = str | discord.ui.LayoutView

# Whom our own words mention, and what they link to: who asked, a moderator, the channel.
OURS: Final = re.compile(r"<@(?:30|31|32)>|<#20>|<t:[0-9]+:[a-zA-Z]>|https://discord\.com/channels/[0-9/]+")
COPIED: Final = re.compile(r"```\n.*\n```\Z", re.DOTALL)  # a prompt that is given back
CODE: Final = re.compile(r"`[^`\n]*`")
ESCAPED: Final = re.compile(r"\\[!-/:-@\[-`{-~]")
# What would ping, link, format or open a block.
LIVE: Final = re.compile(r"@everyone|@here|<[@#!&:atid/]|`|~~|\|\||\]\(|https?:")


def a_job_of(prompt: str, state: State = State.DELIVERED) -> Job:
    return a_job(state, request=a_request(prompt=prompt)).evolve(post_message_id=77)


# Where a prompt is shown, each as a function of it. What is given back to be copied stands in a block of code.
PROMPTS: Final[Mapping[str, Callable[[str], Shown]]] = {
    "a card that waits": lambda text: status_card(a_job_of(text, State.WAITING), OFFER, now=NOON, position=3),
    "a card that is done": lambda text: status_card(a_job_of(text), OFFER, now=NOON),
    "details": lambda text: details_text(a_job_of(text), OFFER),
    "the list of one's own": lambda text: jobs_list(JobsPage(jobs=[a_job_of(text) for _ in range(5)])),
    "the list of another's": lambda text: videos_list([a_job_of(text)] * 8),
    "a request before moderators": lambda text: request_card(
        a_job_of(text, State.HELD).evolve(handling=REVIEWED), RECORD, []
    ),
    "a reported video": lambda text: case_card(
        a_job_of(text), [Report(member_id=31, reason="bad", at=NOON)], 1, RECORD
    ),
    "a refusal": lambda text: with_prompt("No.", text)[0],
}
# Where somebody's reason is shown.
REASONS: Final[Mapping[str, Callable[[str], Shown]]] = {
    "a card": lambda text: status_card(a_job_of("a fox", State.TAKEN_DOWN).evolve(reason=text), OFFER, now=NOON),
    "the word to a member": lambda text: withdrawn_notice(
        a_job_of("a fox", State.TAKEN_DOWN).evolve(reason=text), OFFER
    ),
    "reports": lambda text: case_card(a_job_of("a fox"), [Report(member_id=31, reason=text, at=NOON)] * 5, 5, RECORD),
    "a decided request": lambda text: request_card(
        a_job_of("a fox", State.REJECTED).evolve(reason=text), RECORD, [], made=[_decision(text)]
    ),
    "a decided video": lambda text: video_card(
        a_job_of("a fox", State.WITHHELD).evolve(reason=text), None, made=[_decision(text)]
    ),
    "the outcome": lambda text: outcome_sentence(
        a_job_of("a fox", State.TAKEN_DOWN).evolve(reason=text), [_decision(text)]
    ),
    "the list of blocks": lambda text: blocks_list([_block(text)] * 5, page=1, pages=1, count=5),
}


def _decision(reason: str) -> Decision:
    return Decision(guild_id=10, member_id=30, kind=Decided.TAKEN_DOWN, at=NOON, job_id=1, by_id=32, reason=reason)


def _block(reason: str) -> Block:
    return Block(guild_id=10, member_id=30, until=None, by_id=32, reason=reason, at=NOON)


def payload_of(shown: Shown) -> dict[str, Any]:
    if isinstance(shown, str):
        return {"content": shown, "allowed_mentions": {"parse": []}}
    return {
        "flags": IS_COMPONENTS_V2,
        "components": shown.to_components(),
        "allowed_mentions": {"parse": []},
    }


def parts_of(payload: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for part in payload.get("components", ()):
        yield part
        yield from parts_of(part)


def texts_of(payload: Mapping[str, Any]) -> Iterator[str]:
    yield payload.get("content", "")
    yield from (part["content"] for part in parts_of(payload) if "content" in part)


def check(show: Callable[[str], Shown], text: str) -> None:
    """Hold what is shown of a text to Discord's rules, and to what is shown of a harmless one."""
    payload = payload_of(show(text))
    check_message(payload, files=[], upload_limit=1)
    for each in texts_of(payload):
        found = LIVE.search(OURS.sub("", CODE.sub("", ESCAPED.sub("", COPIED.sub("", each)))))
        assert found is None, (found, each)
    harmless = [part["type"] for part in parts_of(payload_of(show("a fox")))]
    assert [part["type"] for part in parts_of(payload)] == harmless


@pytest.mark.parametrize("place", PROMPTS)
@CASES
@given(text=hostile.filter(has_words))
def test_a_prompt_does_no_harm_where_it_is_shown(place: str, text: str) -> None:
    check(PROMPTS[place], text[:MOST_PROMPT])


@pytest.mark.parametrize("place", REASONS)
@CASES
@given(text=hostile.filter(has_words))
def test_a_reason_does_no_harm_where_it_is_shown(place: str, text: str) -> None:
    check(REASONS[place], text[:MOST_REASON])


@CASES
@given(text=hostile.filter(has_words))
def test_what_shows_no_marks_keeps_to_discords_lengths(text: str) -> None:
    job = a_job_of(text)
    assert 1 <= len(send_again_choice(job)) <= 100
    assert len(alt_text(job)) <= 1_024
