"""What the benchmarks print and say with their exit status, for figures that are given."""

import io
from collections.abc import Sequence

import pytest
from PIL import Image
from rich.console import Console

from benchmarks import answer, followed
from benchmarks.usage import Usage

LIKE_THE_BARE_COMMAND = [0.004] * 100


def answers(busy: list[float], last_cards: Sequence[float] = (0.2,)) -> tuple[int, str]:
    page = io.StringIO()
    measured = answer.Measured(
        busy=busy,
        idle=LIKE_THE_BARE_COMMAND,
        bare=LIKE_THE_BARE_COMMAND,
        last_idle=last_cards,
        last_bare=[0.05],
        polls=500,
        throttled=0,
        seconds=60.0,
    )
    return answer.report(answer.FULL, measured, Console(file=page, width=80)), page.getvalue()


def following(jobs: int, rss_kib: int, cpu_seconds: float = 6.0) -> followed.Measured:
    usage = Usage(rss_kib=rss_kib, pss_kib=rss_kib, cpu_seconds=cpu_seconds)
    return followed.Measured(
        jobs=jobs, usage=usage, cpu_seconds=cpu_seconds, polls=600, throttled=0, seconds=followed.FULL.seconds
    )


def weights(*measured: followed.Measured, left_kib: int = 0) -> tuple[int, str]:
    page, left = io.StringIO(), followed.Left(before=90_000, afterwards=90_000 + left_kib)
    return followed.report(followed.FULL, measured, left, Console(file=page, width=80)), page.getvalue()


def test_answers_in_time_for_all_but_one_of_a_hundred_meet_the_target() -> None:
    status, page = answers([0.008] * 99 + [2.0])

    assert status == 0
    assert "+4.0" in page


def test_answers_that_two_of_a_hundred_wait_for_miss_the_target() -> None:
    status, page = answers([0.008] * 98 + [0.06] * 2)

    assert status == 1
    assert page.count("missed") == 2
    assert "56.0 ms more, at most 50 ms more" in page


def test_a_last_card_that_takes_more_than_four_times_as_long_misses_the_target() -> None:
    status, page = answers(LIKE_THE_BARE_COMMAND, [0.19, 0.21, 0.25])

    assert status == 1
    assert "4.2 x bare, at most 4 x bare" in page


def test_the_ratios_are_to_the_bare_command() -> None:
    _, page = answers([0.010] * 100)

    row = next(line for line in page.splitlines() if "1,000 jobs followed" in line)
    assert row.split()[-5:] == ["10.0", "10.0", "2.50", "2.50", "+6.0"]


def test_a_job_is_weighed_beyond_those_of_the_first_bot() -> None:
    assert followed.kib_a_job(following(100, 100_000), following(1_100, 120_000)) == 20.0


def test_a_light_job_meets_the_target_and_a_heavy_one_misses_it() -> None:
    few, light, heavy = following(100, 100_000), following(1_100, 130_000), following(2_100, 162_000)

    assert weights(few, light)[0] == 0
    assert weights(few, light, heavy)[0] == 1
    assert weights(few, light, left_kib=40 * 1024)[0] == 0
    assert weights(few, light, left_kib=41 * 1024)[0] == 1


@pytest.mark.parametrize("heading", ["RSS", "PSS", "job more", "CPU job", "polls"])
def test_the_table_of_followed_jobs_fits_80_characters(heading: str) -> None:
    _, page = weights(following(100, 123_456), following(2_000, 234_567, 55.5))

    assert heading in page.splitlines()[2] + page.splitlines()[3]
    assert max(map(len, page.splitlines())) <= 80


def test_the_image_is_one_to_look_at_and_none_to_decode() -> None:
    with Image.open(io.BytesIO(answer.broken_png())) as image:
        assert image.size == (512, 512)
        with pytest.raises(OSError, match="truncated"):
            image.load()
