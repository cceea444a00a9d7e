import io

import pytest
from rich.console import Console

from benchmarks.figures import Target, judge, percentile


def target(value: float) -> Target:
    return Target(name="a job", value=value, limit=30.0, unit="KiB")


def printed(*values: float) -> tuple[int, str]:
    page = io.StringIO()
    status = judge([target(value) for value in values], Console(file=page, width=120))
    return status, page.getvalue()


@pytest.mark.parametrize(("percent", "expected"), [(0, 1), (50, 50), (99, 99), (100, 100)])
def test_a_percentile_is_the_sample_that_so_many_percent_do_not_exceed(percent: float, expected: float) -> None:
    backwards = [float(number) for number in range(100, 0, -1)]

    assert percentile(backwards, percent) == expected


def test_the_99th_percentile_of_few_samples_is_the_largest() -> None:
    assert percentile([3.0, 9.0, 1.0], 99) == 9.0


def test_no_samples_have_no_percentile() -> None:
    with pytest.raises(ValueError, match="no samples"):
        percentile([], 50)


def test_a_figure_at_its_limit_meets_the_target() -> None:
    assert printed(30.0) == (0, "met    a job: 30.0 KiB, at most 30 KiB\n")


def test_one_missed_target_makes_the_status_1() -> None:
    status, page = printed(12.0, 30.2)

    assert status == 1
    assert page.splitlines()[1] == "missed a job: 30.2 KiB, at most 30 KiB"
