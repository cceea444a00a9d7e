"""Rows of the request history."""

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.segmind import history

ROW: dict[str, object] = {
    "request_id": "r-1",
    "model_name": "kling-o1-reference-image-to-video",
    "model_status": "COMPLETED",
    "credits_deduction": 1.35,
    "request_body": "{'prompt': 'fox'}",
    "generation_url": "https://images.example/1.mp4",
    "latency_ms": 194_000,
    "model_created": "2026-08-01T12:00:00",
    "updated_at": "2026-08-01T12:03:14",
}


def test_a_row_tells_what_was_asked_and_what_came_of_it() -> None:
    row = history.row(ROW)
    assert row is not None
    assert (row.request_id, row.model, row.state) == ("r-1", "kling-o1-reference-image-to-video", "COMPLETED")
    assert row.cost == Decimal("1.35")
    assert row.body == {"prompt": "fox"}
    assert row.output_urls == ("https://images.example/1.mp4",)
    assert row.created_at == datetime(2026, 8, 1, 12, tzinfo=UTC)
    assert row.error is None


def test_a_row_may_stand_under_data() -> None:
    assert history.row({"data": ROW}) == history.row(ROW)


def test_a_row_without_a_request_id_is_none() -> None:
    assert history.row({"model_name": "x"}) is None


def test_a_pending_row_has_neither_cost_nor_output() -> None:
    row = history.row({"request_id": "r-2", "model_status": "pending", "generation_url": None})
    assert row is not None
    assert (row.state, row.cost, row.output_urls, row.body) == ("PENDING", None, (), None)


def test_without_a_creation_time_the_earliest_time_stands_for_it() -> None:
    row = history.row({"request_id": "r", "finished": "2026-08-01T12:03:14Z", "started": "2026-08-01T12:00:00Z"})
    assert row is not None
    assert row.created_at == datetime(2026, 8, 1, 12, tzinfo=UTC)


def test_a_row_without_any_time_has_none() -> None:
    row = history.row({"request_id": "r", "latency_ms": 194_000, "inference_time": 13.06})
    assert row is not None
    assert row.created_at is None


def test_rows_of_one_request_become_one_with_all_its_outputs() -> None:
    page = history.page({"data": [ROW, {**ROW, "generation_url": "https://images.example/2.mp4"}]}, per_page=100)
    assert page is not None
    [row] = page.rows
    assert row.output_urls == ("https://images.example/1.mp4", "https://images.example/2.mp4")
    assert row.cost == Decimal("1.35")


def test_a_full_page_may_be_followed_by_another_and_a_short_one_is_the_last() -> None:
    full = history.page({"data": [ROW, ROW]}, per_page=2)
    short = history.page({"data": [ROW]}, per_page=2)
    assert full is not None
    assert short is not None
    assert (full.more, short.more) == (True, False)


def test_rows_are_found_one_level_down_too() -> None:
    page = history.page({"data": {"items": [ROW]}, "page": 1}, per_page=100)
    assert page is not None
    assert len(page.rows) == 1


def test_an_empty_page_is_a_page() -> None:
    page = history.page({"data": []}, per_page=100)
    assert page is not None
    assert (page.rows, page.more) == ((), False)


def test_what_holds_no_rows_is_no_page() -> None:
    assert history.page({"message": "fine"}, per_page=100) is None


def test_garbage_among_the_rows_is_passed_over_and_counted() -> None:
    page = history.page({"data": [None, 7, "row", {}, {"request_id": "a\0"}, ROW]}, per_page=100)
    assert page is not None
    assert [row.request_id for row in page.rows] == ["r-1"]
    assert page.unreadable == 5


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | st.text() | st.just("\ud800\0"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*ROW, "output", "error", "data"]) | st.text(max_size=9), VALUES, max_size=9))
def test_no_row_of_others_takes_the_page_along(foreign: dict[str, object]) -> None:
    page = history.page({"data": [foreign, ROW]}, per_page=100)
    assert page is not None
    assert "r-1" in {row.request_id for row in page.rows}
    for row in page.rows:
        written = (row.request_id, row.error or "", *row.output_urls)
        assert not any("\0" in words or any("\ud800" <= char <= "\udfff" for char in words) for words in written)


def test_a_cost_that_is_none_is_kept_as_it_is_written() -> None:
    costs = [
        (row.cost, row.odd_cost)
        for cost in ("1_000", 1.35, None, True)
        if (row := history.row({**ROW, "credits_deduction": cost}))
    ]
    assert costs == [(None, "1_000"), (Decimal("1.35"), None), (None, None), (None, "True")]
