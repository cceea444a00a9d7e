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
        ("1_000", None),
        ("\N{FULLWIDTH DIGIT ONE}", None),
        ("1e3", None),
        (1e-320, None),
        (1e-05, "1e-05"),
        (10**400, None),
        (False, None),
        (0, "0"),
        (0.0, "0.0"),
        ("1e400", None),
        ("a lot", None),
        (None, None),
    ],
)
def test_money_is_kept_as_written(written: object, amount: str | None) -> None:
    assert reading.money(written) == (None if amount is None else Decimal(amount))


@given(JSON)
def test_what_stands_for_an_amount_is_money_or_told_as_it_is_written(value: object) -> None:
    money, other = reading.money(value), reading.no_money(value)
    assert (money is None) != (other is None) or value is None
    assert money is None or (money.is_finite() and (money == 0 or abs(money) >= Decimal("0.000001")))


@pytest.mark.parametrize("digits", [300, 400, 5_000, 50_000])
def test_a_number_of_any_length_does_not_take_the_rest_of_the_body_along(digits: int) -> None:
    body = reading.json_object(b'{"latency": ' + b"9" * digits + b', "request_id": "r"}')
    assert body is not None
    assert body["request_id"] == "r"
    assert reading.moment(body["latency"]) is None
    assert reading.money(body["latency"]) is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0b6c6c1e-7d1c-4a57-9a60-7f8f6d2f3c11", "0b6c6c1e-7d1c-4a57-9a60-7f8f6d2f3c11"),
        ("{0B6C6C1E-7D1C-4A57-9A60-7F8F6D2F3C11}", "{0B6C6C1E-7D1C-4A57-9A60-7F8F6D2F3C11}"),
        (" r-1 ", "r-1"),
        ("a\0b", None),
        ("\ud800", None),
        ("a/b", None),
        ("..", None),
        ("x" * 200, None),
        ("\N{FULLWIDTH LATIN SMALL LETTER R}-1", None),
        (7, None),
        *((each, None) for each in ("{}", "{", "{-}", "-", "urn:uuid:", "URN:UUID:{}", "urn:uuid:--")),
        ("{A}", "{A}"),
        ("urn:uuid:a", "urn:uuid:a"),
    ],
)
def test_an_id_is_what_a_path_and_a_database_can_hold(written: object, read: str | None) -> None:
    assert reading.request_id(written) == read


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


@pytest.mark.parametrize(
    "written",
    [
        *("soon", "", 13.06, 194_000, True, None, "9999-99-99", float("nan"), 10**400, "9" * 400),
        *("9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "Fri, 31 Dec 9999 23:59:59 GMT"),
    ],
)
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
        ("https://a/1.mp4\0", ()),
        ("https://a/1 2.mp4", ()),
        ("javascript:1", ()),
        (["https://a/\ud800.mp4", "https://a/1.mp4"], ("https://a/1.mp4",)),
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
    ("written", "read"),
    [
        ("{'a': (1, 2), 3: 'b'}", {"a": [1, 2], "3": "b"}),
        ("{'a': {1}}", None),
        ("{'a': b'1'}", None),
        ("{'a': 1+2j}", None),
        (f"{{'a': 0x{'f' * 5_000}}}", None),
    ],
)
def test_inputs_are_read_as_what_json_can_say(written: str, read: object) -> None:
    assert reading.inputs(written) == read


@pytest.mark.parametrize(
    "written", ["__import__('os').getpid()", "[1, 2]", "{'a': open('x')}", "", 7, "{1: 2, [3]: 4}"]
)
def test_nothing_is_evaluated_to_read_inputs(written: object) -> None:
    assert reading.inputs(written) is None
