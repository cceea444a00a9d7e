"""The simulation is fair, repeatable and within the budget; how good the planner is, its own targets judge."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from benchmarks.pacing.grid import LAWS, over_budget
from benchmarks.pacing.simulation import Cell, Outcome, Policy, simulate
from benchmarks.pacing.turn_cost import turn_costs

ROOT = Path(__file__).parents[3]
LONGEST = 240  # seconds


def outcome(policy: Policy, *, per_minute: int = 60, in_flight: int = 20, law: str = "sigma 0.25") -> Outcome:
    return simulate(
        Cell(
            per_minute=per_minute,
            in_flight=in_flight,
            law=LAWS[law],
            warm_up=600,
            seconds=1_800,
            policy=policy,
            seed=1,
        )
    )


@pytest.mark.parametrize("policy", Policy)
def test_a_simulation_repeats_itself(policy: Policy) -> None:
    assert outcome(policy) == outcome(policy)


@pytest.mark.parametrize("policy", Policy)
def test_no_delay_is_negative_and_every_noticed_job_was_polled(policy: Policy) -> None:
    seen = outcome(policy)
    assert len(seen.delays) == len(seen.polls) == len(seen.gaps) > 50
    assert min(seen.delays) >= 0
    assert min(seen.polls) >= 1


@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize(("per_minute", "in_flight"), [(5, 20), (60, 20), (200, 60)])
def test_no_minute_has_more_requests_than_the_budget(per_minute: int, in_flight: int, policy: Policy) -> None:
    seen = outcome(policy, per_minute=per_minute, in_flight=in_flight)
    assert over_budget(seen.sent, per_minute) == 0
    assert len(seen.sent) > 40 * per_minute * 0.9


def test_requests_over_budget_are_counted() -> None:
    assert over_budget([0, 10, 20, 59, 61, 100], per_minute=3) == 2
    assert over_budget([0, 10, 20, 60, 70, 80], per_minute=3) == 0


def test_a_lone_job_on_a_large_budget_is_polled_alike_by_both() -> None:
    assert outcome(Policy.FIRST, in_flight=1) == outcome(Policy.IN_TURN, in_flight=1)


def test_every_turn_is_timed() -> None:
    assert len(turn_costs(50, 20)) == 20


def test_the_plot_is_a_picture_with_a_line_for_each_policy() -> None:
    from benchmarks.pacing.plot import draw  # noqa: PLC0415 - Matplotlib, which no other test needs

    picture = draw(
        {"in turn": [1.0, 200.0, 390.0, 900.0], "planned": [194.0]},
        {"in turn": 2, "planned": 1},
        {"two requests": {1: (1.0, None), 20: (0.9, 0.7)}, "one request": {1: (0.5, 0.4), 60: (0.5, 0.4)}},
        "sigma 0.25",
    )
    drawn = ET.fromstring(picture)  # noqa: S314 - our own
    words = [each.text for each in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {"two requests", "one request", "in turn", "planned"} <= set(words)


def test_the_command_prints_its_figures_and_draws(tmp_path: Path) -> None:
    plot = tmp_path / "pacing.svg"
    ended = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-m", "benchmarks.pacing", "--quick", "--plot", str(plot)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "of the delay in turn, at most 0.55" in ended.stdout
    assert "requests over budget: 0" in ended.stdout
    assert "<svg" in plot.read_text(encoding="utf-8")
