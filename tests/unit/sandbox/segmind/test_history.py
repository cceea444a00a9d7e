import ast
import json
from decimal import Decimal
from typing import Any, Literal

import pytest

from sandbox.segmind.history import Query, RowStyle, page, read_query
from sandbox.segmind.ledger import Run
from sandbox.segmind.refusals import RefusalError

NOON = 1_787_227_200.0  # 2026-08-20T12:00:00Z
DAY = 86_400.0
STYLE = RowStyle(output_url="http://host/outputs", body_form="literal", outputs=1)
BODY = {"prompt": 'a fox\'s "den"', "image_urls": ["http://host/a.png"]}


def run(number: int, *, age: float = 0.0, status: Literal["PROCESSING", "COMPLETED", "FAILED"] = "COMPLETED") -> Run:
    done = status == "COMPLETED"
    return Run(
        request_id=f"request-{number}",
        model="kling-o1-reference-image-to-video",
        body=BODY,
        submitted=NOON - age,
        seed=1,
        status=status,
        finished=None if status == "PROCESSING" else NOON - age + 5,
        output="film.mp4" if done else None,
        charged=Decimal("1.35") if done else Decimal(0),
        error="blocked" if status == "FAILED" else None,
    )


def query(**parameters: str) -> Query:
    return read_query(parameters, now=NOON)


def ids(found: dict[str, Any]) -> list[str]:
    return [row["request_id"] for row in found["data"]]


def test_the_newest_request_comes_first_unless_asked_otherwise() -> None:
    runs = [run(1, age=20), run(2, age=10), run(3, age=30)]
    assert ids(page(runs, query(), STYLE)) == ["request-2", "request-1", "request-3"]
    assert ids(page(runs, query(sort_order="asc"), STYLE)) == ["request-3", "request-1", "request-2"]


def test_rows_come_in_pages_with_totals() -> None:
    runs = [run(number, age=number) for number in range(5)]
    second = page(runs, query(page="2", per_page="2"), STYLE)
    assert ids(second) == ["request-2", "request-3"]
    assert (second["total"], second["total_pages"]) == (5, 3)
    assert ids(page(runs, query(page="4", per_page="2"), STYLE)) == []


def test_the_window_is_the_last_seven_days_unless_named() -> None:
    runs = [run(1, age=6 * DAY), run(2, age=9 * DAY)]
    assert ids(page(runs, query(), STYLE)) == ["request-1"]
    assert ids(page(runs, query(from_date="2026-08-11", to_date="2026-08-13"), STYLE)) == ["request-2"]


def test_a_request_is_filtered_by_part_of_its_model_and_by_status() -> None:
    runs = [run(1, status="PROCESSING"), run(2, status="FAILED"), run(3)]
    assert ids(page(runs, query(status="PENDING"), STYLE)) == ["request-1"]
    assert ids(page(runs, query(status="FAILED"), STYLE)) == ["request-2"]
    assert len(ids(page(runs, query(model_name="kling-o1"), STYLE))) == 3
    assert ids(page(runs, query(model_name="seedance"), STYLE)) == []


def test_a_row_tells_cost_and_outcome_and_repeats_for_each_output() -> None:
    style = RowStyle(output_url="http://host/outputs", body_form="literal", outputs=2)
    found: Any = page([run(1)], query(), style)
    assert found["data"][0] == found["data"][1]
    row = found["data"][0]
    assert (row["model_status"], row["credits_deduction"], row["latency_ms"]) == ("COMPLETED", 1.35, 5000)
    assert row["generation_url"] == "http://host/outputs/film.mp4"
    failed: Any = page([run(2, status="FAILED")], query(), style)
    assert [(row["error"], row["generation_url"]) for row in failed["data"]] == [("blocked", None)]


def test_a_request_body_is_the_text_of_a_python_dict_unless_set_otherwise() -> None:
    forms: dict[str, Any] = {}
    for form in ("literal", "json", "object"):
        found: Any = page([run(1)], query(), RowStyle(output_url="", body_form=form, outputs=1))
        forms[form] = found["data"][0]["request_body"]
    assert ast.literal_eval(forms["literal"]) == json.loads(forms["json"]) == forms["object"] == BODY
    assert forms["literal"].startswith("{'prompt'")


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"per_page": "101"}, "per_page must be between 1 and 100"),
        ({"per_page": "0"}, "per_page must be between 1 and 100"),
        ({"page": "first"}, "page must be at least 1"),
        ({"from_date": "2026-07-01", "to_date": "2026-08-15"}, "must not exceed 31 days"),
        ({"from_date": "2026-08-19", "to_date": "2026-08-15"}, "must not be after"),
        ({"from_date": "yesterday"}, "YYYY-MM-DD"),
        ({"status": "QUEUED"}, "status must be one of COMPLETED, FAILED, PENDING"),
        ({"sort_by": "prompt"}, "sort_by must be one of"),
    ],
)
def test_a_query_out_of_bounds_is_refused(parameters: dict[str, str], words: str) -> None:
    with pytest.raises(RefusalError) as caught:
        read_query(parameters, now=NOON)
    assert caught.value.status == 400
    assert words in str(caught.value.body["error"])
