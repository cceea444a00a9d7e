"""What a scrape reads of what happened."""

from datetime import timedelta
from decimal import Decimal

from bot.jobs.states import State
from bot.observing.metrics import Metrics
from tests.support.jobs import NOON, a_job


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_a_move_is_counted_and_the_time_before_it_measured() -> None:
    metrics = Metrics()
    waiting = a_job(State.WAITING)
    metrics.moved(waiting, waiting.move(State.SUBMITTING, NOON + timedelta(seconds=7)))
    assert value(metrics, "reelcast_job_moves_total", state="SUBMITTING") == 1
    assert value(metrics, "reelcast_job_state_seconds_sum", state="WAITING") == 7


def test_a_clock_that_was_set_back_makes_no_negative_time() -> None:
    metrics = Metrics()
    waiting = a_job(State.WAITING)
    metrics.moved(waiting, waiting.move(State.SUBMITTING, NOON - timedelta(hours=1)))
    assert value(metrics, "reelcast_job_state_seconds_sum", state="WAITING") == 0


def test_a_finished_run_tells_its_cost_and_how_late_it_was_noticed() -> None:
    metrics = Metrics()
    running = a_job(State.PROCESSING).evolve(submitted_at=NOON)
    noticed = NOON + timedelta(seconds=203)
    completed = running.move(
        State.COMPLETED, noticed, cost_usd=Decimal("1.42"), run_seconds=194.0, completed_at=noticed, output_url="x"
    )
    metrics.moved(running, completed)
    assert value(metrics, "reelcast_charges_total") == 1
    assert value(metrics, "reelcast_charged_usd_total") == 1.42
    assert value(metrics, "reelcast_notice_delay_seconds_sum") == 9


def test_a_cost_is_counted_once() -> None:
    metrics = Metrics()
    completed = a_job(State.COMPLETED).evolve(cost_usd=Decimal("1.42"))
    posting = completed.move(State.POSTING, NOON)
    metrics.moved(completed, posting)
    metrics.moved(posting, posting.move(State.DELIVERED, NOON))
    assert value(metrics, "reelcast_charges_total") == 0
    assert value(metrics, "reelcast_deliveries_total") == 1


def test_requests_are_told_apart_by_their_answers() -> None:
    metrics = Metrics()
    metrics.segmind_answered("status", 200, 0.2)
    metrics.segmind_answered("status", 429, 0.1)
    metrics.segmind_answered("submit", None, 30.0)
    metrics.discord_answered(429)
    assert value(metrics, "reelcast_segmind_requests_total", operation="status", status="429") == 1
    assert value(metrics, "reelcast_segmind_requests_total", operation="submit", status="lost") == 1
    assert value(metrics, "reelcast_segmind_request_seconds_count", operation="status") == 2
    assert value(metrics, "reelcast_discord_requests_total", status="429") == 1


def test_every_state_has_its_series_before_the_first_job_came_to_it() -> None:
    assert value(Metrics(), "reelcast_job_moves_total", state="UNDELIVERED") == 0
