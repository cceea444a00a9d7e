"""Each of Discord's answers has what the bot does then, and words for member, moderator and operator."""

from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.discord_api import reasons
from bot.discord_api.reasons import (
    BY_PROBLEM,
    CODED,
    LONGEST_WAIT,
    Reason,
    Then,
    operator_words,
    reason_of,
    wait_of,
)
from bot.jobs.model import ProblemCode

PAGE = "<!DOCTYPE html><title>Access denied | discord.com used Cloudflare to restrict access</title>"
SECRET = "a fox in the snow"

# What Discord answers: status and code. What follows: what the bot does, what a job ends with, a word of each text.
ROWS = [
    (404, 10003, Then.STOP, ProblemCode.CHANNEL_GONE, "channel was deleted", "Choose another", "channel was deleted"),
    (404, 10004, Then.STOP, ProblemCode.BOT_GONE, "no longer in that server", None, "isn't in the server"),
    (404, 10008, Then.STOP, ProblemCode.CARD_GONE, "card was deleted", None, "message was deleted"),
    (403, 50001, Then.STOP, ProblemCode.NO_ACCESS, "can't see this channel", "View Channel", "private thread"),
    (
        403,
        50013,
        Then.STOP,
        ProblemCode.CHANNEL,
        "can't post here anymore",
        "Send Messages",
        "doesn't have a permission",
    ),
    (400, 160002, Then.STOP, ProblemCode.CHANNEL, "read message history", "Read Message History", "a permission"),
    (403, 160005, Then.STOP, ProblemCode.LOCKED, "thread is locked", "Unlock it", "thread is locked"),
    (400, 50083, Then.STOP, ProblemCode.ARCHIVED, "thread is archived", "Reopen it", "thread is archived"),
    (403, 200000, Then.STOP, ProblemCode.CONTENT_BLOCKED, "AutoMod blocked", "Exempt", "blocked the message"),
    (403, 200001, Then.STOP, ProblemCode.CONTENT_BLOCKED, "AutoMod blocked", "Exempt", "blocked the title"),
    (403, 20009, Then.STOP, ProblemCode.CONTENT_BLOCKED, "AutoMod blocked", "Exempt", "as explicit"),
    (403, 240000, Then.STOP, ProblemCode.HARMFUL_LINK, "blocked a link", "as harmful", "blocked a link"),
    (413, 40005, Then.STOP, ProblemCode.TOO_LARGE, "larger than Discord allows", None, "larger than Discord allows"),
    (413, 0, Then.STOP, ProblemCode.TOO_LARGE, "larger than Discord allows", None, "larger than Discord allows"),
    (400, 50035, Then.STOP, ProblemCode.NOT_TAKEN, "didn't accept", "log says why", "a bug in the bot"),
    (429, 30046, Then.WAIT, None, "edits of old messages", None, "edits of messages older than an hour"),
    (403, 20016, Then.WAIT, None, "Too much is being sent", None, "too much was sent"),
    (429, 20028, Then.WAIT, None, "Too much is being sent", None, "too much was sent"),
    (400, 40003, Then.WAIT, None, "Too much is being sent", None, "too much was sent"),
    (403, 40004, Then.WAIT, None, "having trouble", None, "turned this off"),
    (403, 40006, Then.WAIT, None, "having trouble", None, "turned this off"),
    (401, 50027, Then.STOP, None, "stopped waiting", None, "token is no longer valid"),
    (404, 10062, Then.STOP, None, "stopped waiting", None, "token is no longer valid"),
    (404, 10015, Then.STOP, None, "stopped waiting", None, "token is no longer valid"),
    (403, 50007, Then.STOP, None, "direct messages", None, "doesn't accept direct messages"),
    (403, 50278, Then.STOP, None, "direct messages", None, "doesn't accept direct messages"),
    (403, 40333, Then.RETRY, None, "having trouble", None, "a problem on Discord's side"),
    (429, 130000, Then.RETRY, None, "having trouble", None, "a problem on Discord's side"),
    (400, 99_999, Then.STOP, ProblemCode.NOT_TAKEN, "didn't accept", "log says why", "rejected the request"),
    (401, 0, Then.RETRY, None, "having trouble", None, "doesn't accept the token"),
    (403, 0, Then.RETRY, None, "having trouble", None, "a proxy in front of it"),
    (404, 0, Then.RETRY, None, "having trouble", None, "a proxy in front of it"),
    (400, 0, Then.RETRY, None, "having trouble", None, "a proxy in front of it"),
    (500, 0, Then.RETRY, None, "having trouble", None, "Discord is unavailable"),
    (503, 50013, Then.RETRY, None, "having trouble", None, "Discord is unavailable"),
]


def answer(status: int, code: int = 0, *, text: str = "", headers: dict[str, str] | None = None) -> Any:
    """Make the exception that discord.py raises for an answer: a page where there is no code."""
    response: Any = SimpleNamespace(status=status, reason="", headers=headers or {})
    body = {"code": code, "message": text} if code else text or PAGE
    return discord.HTTPException(response, body)


@pytest.mark.parametrize(("status", "code", "then", "problem", "member", "moderator", "operator"), ROWS)
def test_an_answer_of_discord_has_its_consequence_and_its_words(
    status: int, code: int, then: Then, problem: ProblemCode | None, member: str, moderator: str | None, operator: str
) -> None:
    error = answer(status, code)
    reason = reason_of(error)
    assert (reason.then, reason.problem) == (then, problem)
    assert member in reason.member_sentence()
    told = reason.moderator_sentence()
    assert told is None if moderator is None else moderator in (told or "")
    assert operator in operator_words(error)
    assert f"{status} {code}" in operator_words(error)


def test_every_row_of_the_table_is_among_those_above() -> None:
    looked_at = [reason_of(answer(status, code)) for status, code, *_ in ROWS]
    others = {reasons.TIMED_OUT, reasons.BANNED, reasons.RATE_LIMITED}
    every = {row for row in vars(reasons).values() if isinstance(row, Reason)} | set(CODED)
    assert every == {*looked_at, *others}


def test_no_code_is_in_two_rows() -> None:
    codes = [code for row in CODED for code in row.codes]
    assert len(set(codes)) == len(codes)


def test_what_a_job_ends_with_leads_back_to_its_words() -> None:
    assert {problem: row.problem for problem, row in BY_PROBLEM.items()} == {each: each for each in BY_PROBLEM}
    assert {row.problem for row in CODED} - {None} == set(BY_PROBLEM) - {ProblemCode.BOT_TIMED_OUT}
    assert "doesn't have a permission" in BY_PROBLEM[ProblemCode.CHANNEL].operator
    assert "blocked the message" in BY_PROBLEM[ProblemCode.CONTENT_BLOCKED].operator


def test_a_reply_to_a_message_that_is_gone_is_no_fault_of_the_bot() -> None:
    error = answer(400, 50035, text="Invalid Form Body\nIn message_reference: Unknown message")
    assert reason_of(error).problem is ProblemCode.CARD_GONE


def test_a_page_of_cloudflare_is_told_from_a_limit_of_discord_and_both_say_how_long_to_wait() -> None:
    banned = answer(429, headers={"Retry-After": "42"})
    limited = answer(429, headers={"Via": "1.1 google", "Retry-After": "7.5"})
    assert "1015" in operator_words(banned)
    assert "1015" not in operator_words(limited)
    assert {reason_of(banned).then, reason_of(limited).then} == {Then.WAIT}
    assert (wait_of(banned), wait_of(limited)) == (42, 7.5)


@pytest.mark.parametrize("told", ["", "soon", "-5", "²", "nan", "1e3"])
def test_an_answer_that_tells_no_time_is_waited_out_as_long_as_the_table_says(told: str) -> None:
    assert wait_of(answer(429, headers={"Retry-After": told})) == reasons.BANNED.wait > 0
    assert wait_of(answer(429, 30046)) == 600


def test_no_answer_makes_the_bot_wait_for_ever() -> None:
    assert wait_of(answer(429, headers={"Retry-After": "9" * 30})) == LONGEST_WAIT


def test_an_answer_that_may_have_taken_effect_is_looked_into_at_once() -> None:
    assert wait_of(answer(503, headers={"Retry-After": "42"})) == 0


@pytest.mark.parametrize("code", [0, 50035])
def test_the_log_has_nothing_of_the_words_that_discord_sent(code: int) -> None:
    assert SECRET not in operator_words(answer(400, code, text=f"Invalid Form Body\nIn content: {SECRET}"))
