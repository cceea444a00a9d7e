"""The record of tests: which can notice a mutant, and in which order they are tried."""

import pytest

from scripts.mutants.operators import Mutant
from scripts.mutants.record import Part, Record, read


def mutant(line: int, *, last: int | None = None) -> Mutant:
    return Mutant(
        path="bot/jobs/storage/ledger.py", line=line, last_line=last or line, start=0, end=1, before="a", after="b"
    )


@pytest.fixture
def record() -> Record:
    parts = [
        Part(
            lines={
                "bot/jobs/storage/ledger.py": {3: ["t/test_ledger.py::test_a[1]"], 4: ["t/test_stage.py::test_fast"]}
            },
            took={"t/test_ledger.py::test_a[1]": 2.0, "t/test_stage.py::test_fast": 0.5},
            failed=[],
        ),
        Part(
            lines={"bot/jobs/storage/ledger.py": {3: ["t/test_ledger.py::test_a[2]", "t/test_stage.py::test_broken"]}},
            took={"t/test_ledger.py::test_a[2]": 1.0},
            failed=["t/test_stage.py::test_broken"],
        ),
    ]
    return read(parts)


def test_a_line_is_judged_by_the_tests_that_execute_it_and_pass(record: Record) -> None:
    assert record.tests_for(mutant(3), longest=60) == ["t/test_ledger.py::test_a"]


def test_a_statement_of_several_lines_is_judged_by_the_tests_of_each_with_its_own_first(record: Record) -> None:
    assert record.tests_for(mutant(3, last=4), longest=60) == [
        "t/test_ledger.py::test_a",
        "t/test_stage.py::test_fast",
    ]


def test_a_line_that_runs_at_import_is_judged_by_all_tests_of_its_module(record: Record) -> None:
    assert len(record.tests_for(mutant(1), longest=60)) == 2


def test_tests_are_left_out_once_they_take_too_long_but_one_is_always_run(record: Record) -> None:
    assert record.tests_for(mutant(1), longest=1) == ["t/test_ledger.py::test_a"]


def test_the_times_of_a_test_with_parameters_add_up(record: Record) -> None:
    assert record.seconds(["t/test_ledger.py::test_a"]) == 3.0


def test_a_module_that_no_test_executes_has_none(record: Record) -> None:
    other = Mutant(path="bot/jobs/other.py", line=1, last_line=1, start=0, end=1, before="a", after="b")
    assert record.tests_for(other, longest=60) == []
