"""Values out of other people's JSON."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.segmind import reading

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
NOON = datetime(2026, 8, 1, 12, tzinfo=UTC)


@given(JSON)
def test_no_value_breaks_a_reader(value: object) -> None:
    for read in (
        reading.text,
        reading.texts,
        reading.nested,
        reading.money,
        reading.seconds,
        reading.integer,
        reading.moment,
        reading.urls,
        reading.inputs,
    ):
        read(value)


@given(st.binary() | st.text())
def test_no_body_breaks_the_json_reader(body: bytes | str) -> None:
    found = reading.json_object(body)
    assert found is None or isinstance(found, dict)


def test_json_nested_beyond_reason_is_no_json() -> None:
    assert reading.json_object("[" * 100_000) is None
    assert reading.inputs("{'a': " * 10_000) is None


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        (1.35, "1.35"),
        (2, "2"),
        ("0.10", "0.10"),
        (-1, "-1"),
        (True, None),
        (float("nan"), None),
        (float("inf"), None),
        ("1e400", None),
        ("a lot", None),
        (None, None),
    ],
)
def test_money_is_kept_as_written(written: object, amount: str | None) -> None:
    assert reading.money(written) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("written", "span"), [(13.06, 13.06), (0, 0.0), (-1, None), (10**400, None), ("13", None), (True, None)]
)
def test_seconds_are_numbers_from_zero_up(written: object, span: float | None) -> None:
    assert reading.seconds(written) == span


@pytest.mark.parametrize(
    "written",
    [
        "2026-08-01T12:00:00Z",
        "2026-08-01T14:00:00+02:00",
        "2026-08-01 12:00:00",
        "2026-08-01T12:00:00.000000",
        "Sat, 01 Aug 2026 12:00:00 GMT",
        NOON.timestamp(),
        int(NOON.timestamp() * 1000),
        str(int(NOON.timestamp())),
    ],
)
def test_a_time_is_read_in_every_usual_form(written: object) -> None:
    assert reading.moment(written) == NOON


@pytest.mark.parametrize("written", ["soon", "", 13.06, 194_000, True, None, "9999-99-99", float("nan")])
def test_what_is_no_time_is_none(written: object) -> None:
    assert reading.moment(written) is None


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("https://a/1.mp4", ("https://a/1.mp4",)),
        (["https://a/1.mp4", "https://a/2.mp4"], ("https://a/1.mp4", "https://a/2.mp4")),
        ({"url": "https://a/1.mp4", "file_size": 7}, ("https://a/1.mp4",)),
        ([{"url": "https://a/1.mp4"}, "https://a/1.mp4"], ("https://a/1.mp4",)),
        ("  ", ()),
        ([None, 7, {}], ()),
        ({"url": 7}, ()),
        (None, ()),
    ],
)
def test_outputs_are_found_in_a_string_a_list_or_an_object(written: object, found: tuple[str, ...]) -> None:
    assert reading.urls(written) == found


BODY: dict[str, object] = {
    "prompt": 'it\'s a "fox" 🦊',
    "duration": 5,
    "image_urls": ["https://a/1.png"],
    "elements": None,
}


@pytest.mark.parametrize("written", [BODY, json.dumps(BODY), str(BODY), f" {BODY!r}\n"])
def test_a_requests_inputs_are_read_from_an_object_json_or_a_python_literal(written: object) -> None:
    assert reading.inputs(written) == BODY


@pytest.mark.parametrize(
    "written", ["__import__('os').getpid()", "[1, 2]", "{'a': open('x')}", "", 7, "{1: 2, [3]: 4}"]
)
def test_nothing_is_evaluated_to_read_inputs(written: object) -> None:
    assert reading.inputs(written) is None
