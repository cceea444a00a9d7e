"""What the benchmark of the gate prints and says with its exit status, for figures that are given."""

import io
from collections.abc import Sequence
from dataclasses import replace

from rich.console import Console

from benchmarks.policy.__main__ import FULL, report
from benchmarks.policy.decision import GUILD, KEYWORDS, PATTERNS, Decided, Known, automod_rules
from benchmarks.policy.reservations import RUSHES, Rushed
from bot.automod.rules import Automod

QUICK_ENOUGH = Decided(name="the gate", seconds=[0.001] * 100, cpu_seconds=[0.001] * 99 + [0.5], held_to_target=True)
KEPT = Rushed(database="SQLite", rush=RUSHES[0], requests=100, most_taken=1, fewest_taken=1, seconds=0.2)


def page(decisions: Sequence[Decided], rushes: Sequence[Rushed]) -> tuple[int, str]:
    written = io.StringIO()
    return report(FULL, decisions, rushes, Console(file=written, width=100)), written.getvalue()


def test_decisions_in_time_for_all_but_one_of_a_hundred_and_limits_kept_meet_the_targets() -> None:
    status, written = page([QUICK_ENOUGH], [KEPT])

    assert status == 0
    assert written.count("met ") == 3
    assert "2.0" in next(line for line in written.splitlines() if "limit of one a day" in line)  # ms a request


def test_decisions_that_two_of_a_hundred_wait_for_miss_the_target() -> None:
    late = replace(QUICK_ENOUGH, cpu_seconds=[0.001] * 98 + [0.0021] * 2)
    status, written = page([late, replace(late, held_to_target=False)], [KEPT])

    assert status == 1
    assert written.count("missed") == 1


def test_one_video_too_many_in_one_round_is_an_overrun_and_one_too_few_is_told_as_well() -> None:
    status, written = page([QUICK_ENOUGH], [replace(KEPT, most_taken=2), replace(KEPT, fewest_taken=0)])

    assert status == 1
    assert "missed Overruns: 1.0 videos" in written
    assert "missed Room left unused: 1.0 videos" in written


async def test_the_rules_have_as_many_keywords_and_patterns_as_they_should_and_all_can_be_used() -> None:
    rules = await Known(automod_rules()).read(GUILD)

    assert sum(len(rule.keywords) for rule in rules) == KEYWORDS == 500
    assert sum(len(rule.patterns) for rule in rules) == len(PATTERNS) == 10
    assert Automod(rules).unusable == ()
