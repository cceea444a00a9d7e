"""What a machine lacks is told once, however many jobs wait for it, and its end once."""

import errno
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.jobs.errors import Machine, trouble_of


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "disk of DATA_DIR is full"),
        (PermissionError(errno.EACCES, "Permission denied"), "isn't writable"),
        (OSError(errno.EMFILE, "Too many open files"), "ulimit -n"),
        (BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"), "out of memory or processes"),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), ""),
        (OSError("a damaged file"), ""),
        (ValueError("a fault of ours"), ""),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Exception) else "",
)
def test_what_the_machine_lacks_is_told_from_everything_else(error: Exception, words: str) -> None:
    trouble = trouble_of(error)
    assert words in trouble
    assert bool(trouble) is bool(words)


def events(told: list[Any]) -> list[str]:
    return [line["event"] for line in told]


def test_trouble_of_several_jobs_is_one_line_and_its_end_another() -> None:
    machine = Machine()
    with capture_logs() as told:
        for job in (1, 2, 1, 2):
            machine.failed(job, "full")
        assert machine.trouble == "full"
        machine.passed(3)  # which needed nothing of it
        machine.passed(1)
        assert machine.trouble == "full"
        machine.passed(2)
    assert machine.trouble == ""
    assert events(told) == ["machine_in_trouble", "machine_well_again"]


def test_a_job_that_is_driven_no_longer_waits_for_nothing() -> None:
    machine = Machine()
    with capture_logs() as told:
        machine.failed(1, "full")
        machine.let_go(1)
        assert machine.trouble == ""
        machine.passed(2)
    assert events(told) == ["machine_in_trouble", "machine_well_again"]
