"""The planted bugs apply, a failing history is made smaller, and those that were kept are lived through again."""

import os
import subprocess
import sys
import tomllib
from typing import Any

import pytest

from benchmarks.simulation.planting import PROJECT, Plant
from benchmarks.simulation.plants import CHECKS, PLANTS
from benchmarks.simulation.shrinking import REGRESSIONS, Case, fewest_jobs, fewest_switches, story

HISTORIES = tomllib.loads(REGRESSIONS.read_text(encoding="utf-8")).get("history", [])


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
def test_each_plant_applies(plant: Plant) -> None:
    assert plant.planted().co_filename == str(plant.path)


def test_each_promise_that_a_plant_breaks_is_held_against_checks_that_there_are() -> None:
    watch = (PROJECT / "simulation" / "watch.py").read_text(encoding="utf-8")
    assert {plant.promise for plant in PLANTS} == set(CHECKS)
    assert [check for checks in CHECKS.values() for check in checks if f'broken("{check}"' not in watch] == []


def test_a_plant_whose_text_is_gone_is_refused() -> None:
    gone = Plant(name="gone", promise="", module="bot.jobs.states", old="no such text", new="")
    with pytest.raises(ValueError, match="0 times in"):
        gone.planted()


def test_the_fewest_jobs_and_switches_that_still_fail_are_found() -> None:
    needed, tried = {"killed", "segmind"}, list[Case]()

    def fails(case: Case) -> bool:
        tried.append(case)
        return case.jobs >= 7 and not needed & case.without

    on = ["again", "cancels", "clock", "database", "discord", "frozen", "killed", "segmind", "stopped", "twice"]
    case = fewest_switches(fewest_jobs(Case(seed=1, jobs=100), fails), fails, on)
    assert (case.jobs, set(on) - case.without) == (7, needed)
    assert len(tried) < 40


def test_a_story_has_the_lines_of_the_broken_job_and_the_lives_meanwhile() -> None:
    job, other = "1457646230308913771", "1457646230308913772"
    trace = [
        "0.1 killed life=life-1",
        f"1.0 did interaction={job} member=5 what=video",
        f"1.5 did interaction={other} member=6 what=video",
        f"2.0 paid request=758c80b9 jobs=[{job}] cost=1.35",
        "3.0 killed life=life-2",
        f"4.0 job_state job={other} state=QUEUED",
        "5.0 VIOLATION promise=every charge has an owner or a notice run=758c80b9-a05d-c3e8-920b-c7e7820401f9",
        f"6.0 job_state job={job} state=FAILED",
    ]
    assert story(trace) == [trace[1], trace[3], trace[4], trace[6]]


def test_the_story_of_a_violation_that_names_no_job_has_the_lives_alone() -> None:
    trace = [
        "0.1 started life=life-1",
        "1.0 job_state job=1457646230308913771 state=QUEUED",
        "2.0 power_cut life=life-1",
        "2.1 lost size=4096",
        "3.0 VIOLATION promise=never over the request budget left_in_a_minute=61",
    ]
    assert story(trace) == [trace[0], trace[2], trace[3], trace[4]]


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history["name"])
def test_a_history_that_broke_a_promise_is_lived_through_again(history: dict[str, Any]) -> None:
    """With its planted bug it breaks the same promise again; a bug that was fixed breaks none."""
    command = [sys.executable, "-m", "benchmarks.simulation", "--until-broken", "--plant", history["plant"]]
    command += ["--seed", str(history["seed"]), "--jobs", str(history["jobs"])]
    command += ["--severity", str(history["severity"]), "--only", *history["only"]]
    done = subprocess.run(  # noqa: S603 - ourselves
        command, cwd=PROJECT, env=dict(os.environ), capture_output=True, text=True, check=False, timeout=600
    )
    if history["plant"]:
        assert f"broken: {history['promise']}:" in done.stdout, done.stdout + done.stderr
    else:
        assert done.returncode == 0, done.stdout + done.stderr
