"""Repeated runs are counted by what pytest's summary says."""

from scripts.repeat_tests import CLOSING, failed_tests

PRINTED = """\
....F..E
=========================== short test summary info ============================
FAILED tests/unit/bot/test_a.py::test_one[x] - AssertionError: no
ERROR tests/unit/bot/test_b.py::test_two
======== 1 failed, 7 passed, 1 error in 3.21s ========
"""


def test_failed_and_broken_tests_are_named() -> None:
    assert failed_tests(PRINTED) == {"tests/unit/bot/test_a.py::test_one[x]", "tests/unit/bot/test_b.py::test_two"}


def test_the_closing_line_is_found() -> None:
    assert CLOSING.findall(PRINTED) == ["1 failed, 7 passed, 1 error in 3.21s"]


def test_a_run_that_passed_names_none() -> None:
    assert failed_tests("8 passed in 3.00s\n") == set()
