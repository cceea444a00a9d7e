"""Whatever somebody types, wherever it is shown: Discord takes it, nobody is pinged, and it stays in its own place.

The local Discord's own rules judge each message and modal; what it would make of mentions, too. Each field has its 500
cases, and each case is shown everywhere. Modals are in `test_modals.py`, names of characters in `test_cast.py`, numbers
and words of the settings in `test_settings_layout.py`.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

from discord import ui
from hypothesis import given, note, settings

from bot.automod.rules import Match, MatchKind
from bot.catalogue.models import DEFAULT
from bot.catalogue.offer import Offer
from bot.delivery.card_view import status_card
from bot.delivery.post_view import alt_text, post_text
from bot.delivery.private_answers import details_view, with_prompt
from bot.delivery.problem_words import withdrawn_notice
from bot.gate.stops import OperatorBlock, Target
from bot.gate.words import refused_text_notice
from bot.jobs.decisions import Decided, Decision
from bot.jobs.model import Handling, Job, Problem, ProblemCode, ReviewMode
from bot.jobs.states import State
from bot.members.list_view import VideosPage, videos_list, videos_page
from bot.moderation.blocks import Block, blocks_list
from bot.moderation.history import MemberRecord, history_card
from bot.moderation.report_card import case_card
from bot.moderation.review_card import decided_card, review_card
from bot.moderation.store import Report
from bot.moderation.words import outcome_sentence
from bot.operator.figures import ServerUse
from bot.operator.panel import Listed, blocks_page, servers_page
from bot.records.export import COLUMNS, records_csv
from bot.records.page import (
    RECORDS_PATTERN,
    TEXT_LIMIT,
    read_records_id,
    records_id,
    records_page,
)
from bot.records.store import Item, Record, Search
from bot.records.words import log_line
from bot.requests.reading import Refusal, has_words, read_request
from bot.requests.refusal_words import refusal_sentence
from bot.ui.text import replace_nul
from sandbox.discord.messages.rules import IS_COMPONENTS_V2, check_message
from tests.support.hostile import hostile
from tests.support.jobs import NOON, PRICE, a_job, a_request
from tests.support.records import RECORD

OFFER: Final = Offer()
HISTORY: Final = MemberRecord(videos=3, rejected=1, taken_down=0, reports=2, blocks=0)
CASES: Final = settings(max_examples=500)
REVIEWED: Final = Handling(review=ReviewMode.BEFORE_SPENDING)
ONE: Final = Listed(first=0, count=1)
SEARCH: Final = Search(guild_id=10)
MOST_REASON: Final = 400  # characters that a modal takes
MOST_PROMPT: Final = 2_500

Shown = str | ui.LayoutView

# Whom our own words mention, and what they link to: who asked, a moderator, the channel.
OURS: Final = re.compile(r"<@(?:30|31|32)>|<#20>|<t:[0-9]+:[a-zA-Z]>|https://discord\.com/channels/[0-9/]+")
OUR_LINK: Final = re.compile(r"\[(?:Card|Video|Done)\]\((https://discord\.com/channels/[0-9/]+)\)")
OUR_SPOILER: Final = re.compile(r"\|\|(.*?)\|\|")
COPIED: Final = re.compile(r"```\n.*\n```\Z", re.DOTALL)  # a prompt that is given back
CODE: Final = re.compile(r"`[^`\n]*`")
ESCAPED: Final = re.compile(r"\\[!-/:-@\[-`{-~]")
# What would ping, link, format or open a block.
LIVE: Final = re.compile(r"@everyone|@here|<[@#!&:atid/]|`|~~|\|\||\]\(|https?:")


def a_job_of(prompt: str, state: State = State.DELIVERED) -> Job:
    return a_job(state, request=a_request(prompt=prompt)).evolve(post_message_id=77)


def a_failed_job(prompt: str) -> Job:
    return a_job_of(prompt, State.FAILED).evolve(problem=Problem(code=ProblemCode.MODERATED))


def a_decision(reason: str) -> Decision:
    return Decision(guild_id=10, member_id=30, kind=Decided.TAKEN_DOWN, at=NOON, job_id=1, by_id=32, reason=reason)


def a_record(prompt: str, *reasons: str) -> Record:
    return replace(RECORD, prompt=prompt, video_channel_id=20, decisions=tuple(map(a_decision, reasons)))


def told(*, text: str = "a fox", found: str = "fox", rule: str = "No foxes") -> str:
    match = Match(kind=MatchKind.PATTERN, found=found, rule_id=7, rule_name=rule)
    return refused_text_notice(match, member_id=30, channel_id=20, text=text)


def refused(text: str) -> str:
    """Give the answer to a prompt that names somebody who is not there, without the prompt below it."""
    read = read_request(f"@{text}", [], DEFAULT)
    assert isinstance(read, Refusal)
    return refusal_sentence(read)


# Where a prompt is shown, each as a function of it. What is given back to be copied stands in a block of code.
PROMPTS: Final[Mapping[str, Callable[[str], Shown]]] = {
    "a card that waits": lambda text: status_card(a_job_of(text, State.WAITING), OFFER, now=NOON, position=3),
    "a card that is done": lambda text: status_card(a_job_of(text), OFFER, now=NOON),
    "a card that failed": lambda text: status_card(a_failed_job(text), OFFER, now=NOON),
    "a post": lambda text: post_text(a_job_of(text), OFFER),
    "details": lambda text: details_view(a_job_of(text[:1_400]), OFFER),  # a longer prompt comes as a file
    "the list of one's own": lambda text: videos_page(VideosPage(jobs=[a_job_of(text) for _ in range(5)])),
    "the list of another's": lambda text: videos_list([a_job_of(text)] * 8),
    "a request before moderators": lambda text: review_card(
        a_job_of(text, State.HELD).evolve(handling=REVIEWED), OFFER, HISTORY, []
    ),
    "a video before moderators": lambda text: review_card(a_job_of(text, State.REVIEW), OFFER, HISTORY, []),
    "a decided case": lambda text: decided_card(a_job_of(text, State.CANCELLED), []),
    "a member's history": lambda text: history_card(30, HISTORY, [a_record(text)] * 10),
    "a reported video": lambda text: case_card(
        a_job_of(text), OFFER, [Report(member_id=31, reason="bad", at=NOON)], 1, HISTORY
    ),
    "a refusal": lambda text: with_prompt("No.", text)[0],
    "a name of nobody": refused,
    "a text against the rules": lambda text: told(text=text, found=text),
    "the log channel": lambda text: log_line(Item(at=NOON, guild_id=10, record=a_record(text))),
    "a page of the record": lambda text: records_page(SEARCH, [a_record(text)] * 4, first=0, count=9),
    "one entry of the record": lambda text: records_page(SEARCH, [a_record(text)], first=0, count=1),
}
# Where somebody's reason is shown: a moderator's, or that of a report.
REASONS: Final[Mapping[str, Callable[[str], Shown]]] = {
    "details": lambda text: details_view(a_job_of("a fox", State.TAKEN_DOWN).evolve(reason=text), OFFER),
    "the word to a member": lambda text: withdrawn_notice(
        a_job_of("a fox", State.TAKEN_DOWN).evolve(reason=text), OFFER
    ),
    "reports": lambda text: case_card(
        a_job_of("a fox"), OFFER, [Report(member_id=31, reason=text, at=NOON)] * 5, 5, HISTORY
    ),
    "a decided case": lambda text: decided_card(
        a_job_of("a fox", State.WITHHELD).evolve(reason=text), [a_decision(text)]
    ),
    "a decided report": lambda text: case_card(
        a_job_of("a fox", State.TAKEN_DOWN).evolve(reason=text), OFFER, [], 0, HISTORY, made=[a_decision(text)]
    ),
    "the outcome": lambda text: outcome_sentence(
        a_job_of("a fox", State.TAKEN_DOWN).evolve(reason=text), [a_decision(text)]
    ),
    "the list of blocks": lambda text: blocks_list([_block(text)] * 8, page=1, pages=1, count=8),
    "the operator's blocks": lambda text: blocks_page([_block_everywhere(text)], ONE),
    "the log channel": lambda text: log_line(Item(at=NOON, guild_id=10, decision=a_decision(text))),
    "a page of the record": lambda text: records_page(SEARCH, [a_record("a fox", text, text)] * 4, first=0, count=9),
    "one entry of the record": lambda text: records_page(SEARCH, [a_record("a fox", *[text] * 6)], first=0, count=1),
}
# Where it is shown what moderators, servers and members call something, and what they call it with.
NAMES: Final[Mapping[str, Callable[[str], Shown]]] = {
    "a rule of AutoMod": lambda name: told(rule=name),
    "a keyword of such a rule": lambda name: told(found=name),
    "a server": lambda name: servers_page([ServerUse(guild_id=10, videos=1, usd=PRICE)], {10: name}, ONE),
}


def _block(reason: str) -> Block:
    return Block(guild_id=10, member_id=30, until=None, by_id=32, reason=reason, at=NOON)


def _block_everywhere(reason: str) -> OperatorBlock:
    return OperatorBlock(target=Target.MEMBER, target_id=30, reason=reason, by_id=32, at=NOON)


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


def kinds_of(payload: Mapping[str, Any]) -> list[int]:
    return [part["type"] for part in parts_of(payload)]


@cache
def kinds_of_harmless(show: Callable[[str], Shown]) -> list[int]:
    return kinds_of(payload_of(show("a fox")))


def others_marks(text: str) -> str:
    """Leave out what our own words mark, and what an escape takes the meaning of."""
    text = OURS.sub("", CODE.sub("", ESCAPED.sub("", OUR_LINK.sub("", COPIED.sub("", text)))))
    return OUR_SPOILER.sub(r"\1", text)


def check(places: Mapping[str, Callable[[str], Shown]], text: str) -> None:
    """Hold what is shown of a text to Discord's rules, and to what is shown of a harmless one."""
    for place, show in places.items():
        note(place)
        payload = payload_of(show(text))
        check_message(payload, files=[], upload_limit=1)
        for each in texts_of(payload):
            found = LIVE.search(others_marks(each))
            assert found is None, (found, each)
        assert kinds_of(payload) == kinds_of_harmless(show)


@CASES
@given(text=hostile.filter(has_words))
def test_a_prompt_does_no_harm_wherever_it_is_shown(text: str) -> None:
    check(PROMPTS, text[:MOST_PROMPT])


@CASES
@given(text=hostile.filter(has_words))
def test_a_reason_does_no_harm_wherever_it_is_shown(text: str) -> None:
    check(REASONS, text[:MOST_REASON])


@CASES
@given(name=hostile)
def test_what_moderators_and_others_call_things_does_no_harm_either(name: str) -> None:
    check(NAMES, name)


@CASES
@given(text=hostile.filter(has_words))
def test_what_shows_no_marks_keeps_to_discords_lengths(text: str) -> None:
    job = a_job_of(text)
    assert len(alt_text(job)) <= 1_024


@CASES
@given(text=hostile)
def test_what_is_looked_for_in_the_record_is_found_again_in_the_buttons(text: str) -> None:
    search = replace(SEARCH, text=replace_nul(text[:TEXT_LIMIT]))  # as every interaction's texts come in
    check_message(payload_of(records_page(search, [a_record("a fox")] * 4, first=0, count=9)), files=[], upload_limit=1)
    match = re.fullmatch(RECORDS_PATTERN, records_id(search, 4))
    assert match is not None
    assert read_records_id(match, SEARCH.guild_id) == (search, 4)


@CASES
@given(prompt=hostile, reason=hostile)
def test_a_table_keeps_to_its_cells_and_computes_nothing(prompt: str, reason: str) -> None:
    content, count = records_csv([a_record(prompt, reason), a_decision(reason)])
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert count == len(rows) == 2
    assert rows[0]["prompt"].replace("'", "") == prompt.replace("'", "")  # only apostrophes are added
    assert all(set(row) == set(COLUMNS) for row in rows)
    assert not any(cell.lstrip(" ").startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
