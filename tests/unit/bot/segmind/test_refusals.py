"""What each refusal of Segmind's means for a paid request and for a free one."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.segmind import errors
from bot.segmind.refusals import is_moderation, refusal, reset_at
from bot.segmind.wire import Answer

NOW = datetime(2026, 8, 1, 12, 0, 0, tzinfo=UTC)
HTML = b"<html><head><style>p {color: red}</style></head><body><p>Bad gateway</p></body></html>"


def answer(status: int, body: object = None, **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, headers=names, body=content, received_at=NOW)


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (400, "Missing required field: prompt", errors.Refused),
        (401, "Missing Authorization or x-api-key in header", errors.InvalidKey),
        (401, "Unauthorized. API key is invalid or may have expired...", errors.InvalidKey),
        (403, "Model is not permitted for this team", errors.ModelForbidden),
        (404, "Model not found", errors.ModelGone),
        (406, "Insufficient credits", errors.OutOfCredits),
        (406, "Team spend limit exceeded", errors.SpendLimitReached),
        (406, "Your team has reached its monthly limit", errors.SpendLimitReached),
        (406, "duration must be 5 or 10", errors.Refused),
        (406, "Invalid content type", errors.Refused),
        (410, "Model retired", errors.ModelGone),
        (413, "Payload too large", errors.Refused),
        (422, "Validation failed", errors.Refused),
        (429, "Too many requests", errors.RateLimited),
    ],
)
@pytest.mark.parametrize("paid", [True, False])
def test_a_status_below_500_is_definite(status: int, words: str, kind: type[errors.SegmindError], paid: bool) -> None:
    error = refusal(answer(status, {"error": words}), missing=errors.ModelGone, paid=paid)
    assert type(error) is kind
    assert (error.status, error.detail) == (status, words)


def test_the_third_form_of_401_keeps_its_description() -> None:
    body = {"error": "invalid_token", "error_description": "The access token expired", "status_code": 401}
    error = refusal(answer(401, body), missing=errors.ModelGone)
    assert isinstance(error, errors.InvalidKey)
    assert error.detail == "invalid_token: The access token expired"


def test_404_means_what_was_asked_for() -> None:
    error = refusal(answer(404, {"error": "Request r-1 not found"}), missing=errors.RecordGone)
    assert type(error) is errors.RecordGone


@pytest.mark.parametrize("status", [500, 503])
def test_a_paid_request_may_be_repeated_when_segmind_itself_says_that_it_failed(status: int) -> None:
    error = refusal(answer(status, {"error": "Internal error"}), missing=errors.ModelGone, paid=True)
    assert type(error) is errors.Unavailable


@pytest.mark.parametrize(
    "unclear",
    [
        answer(500, HTML),
        answer(503, HTML),
        answer(500, b""),
        answer(500, b"[]"),
        answer(500, b"\xff\xfe\x00"),
        answer(502, {"error": "Bad gateway"}),
        answer(504, {"error": "Gateway timeout"}),
        answer(501, {"error": "Not implemented"}),
        answer(520, HTML),
        answer(301, b"", location="https://elsewhere.example/"),
        answer(304, b""),
        Answer(status=500, headers={}, body=b'{"error": "cut"}', received_at=NOW, whole=False),
    ],
)
def test_every_other_answer_leaves_a_paid_request_unknown(unclear: Answer) -> None:
    assert type(refusal(unclear, missing=errors.ModelGone, paid=True)) is errors.OutcomeUnknown


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
def test_a_free_request_may_be_repeated_after_any_5xx(status: int) -> None:
    error = refusal(answer(status, HTML), missing=errors.RecordGone)
    assert type(error) is errors.Unavailable
    assert error.detail == "Bad gateway"


def test_a_redirect_is_no_answer_to_a_free_request() -> None:
    error = refusal(answer(302, b"", location="https://elsewhere.example/"), missing=errors.RecordGone)
    assert type(error) is errors.UnreadableAnswer


def test_405_in_html_is_understood() -> None:
    error = refusal(
        answer(405, b"<!doctype html><title>405</title><h1>Method Not Allowed</h1>"), missing=errors.ModelGone
    )
    assert type(error) is errors.Refused
    assert error.detail == "405 Method Not Allowed"


def test_a_failed_run_under_422_carries_its_reason_and_metrics() -> None:
    body = {"status": "FAILED", "error": "Blocked by RAI policy", "metrics": {"inference_time": 2.5}}
    error = refusal(answer(422, body), missing=errors.RecordGone)
    assert isinstance(error, errors.RunFailed)
    assert (error.detail, error.moderation) == ("Blocked by RAI policy", True)
    assert (error.metrics.inference_time, error.metrics.cost) == (2.5, None)


@pytest.mark.parametrize(
    "words",
    [
        "NSFW content detected",
        "The request was blocked by our safety system",
        "Your prompt violates our usage policies",
        "Content policy violation",
        "flagged as sensitive",
        "Output failed moderation",
    ],
)
def test_a_block_for_content_is_told_by_its_wording(words: str) -> None:
    assert is_moderation(words)


@pytest.mark.parametrize(
    "words", ["CUDA out of memory", "Could not download image 2", "Training data missing", "trail", ""]
)
def test_other_failures_are_not_blamed_on_content(words: str) -> None:
    assert not is_moderation(words)


def test_a_429_tells_on_our_clock_when_the_window_resets() -> None:
    theirs = NOW + timedelta(hours=3)  # a server whose clock is far ahead
    limited = answer(
        429,
        date=theirs.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        x_rate_limit_reset_at_utc=(theirs + timedelta(seconds=20)).isoformat(),
    )
    assert reset_at(limited) == NOW + timedelta(seconds=20)


def test_a_429_without_a_date_is_read_by_our_own_clock() -> None:
    limited = answer(429, x_rate_limit_reset_at_utc="2026-08-01 12:00:45")
    error = refusal(limited, missing=errors.RecordGone)
    assert error.retry_at == NOW + timedelta(seconds=45)


def test_a_429_may_leave_the_reset_open() -> None:
    assert reset_at(answer(429)) is None
    assert reset_at(answer(429, x_rate_limit_reset_at_utc="later")) is None


def test_a_reset_long_ago_or_far_away_is_not_believed() -> None:
    assert reset_at(answer(429, x_rate_limit_reset_at_utc="2026-07-01T00:00:00Z")) == NOW
    assert reset_at(answer(429, x_rate_limit_reset_at_utc="2036-08-01T12:00:00Z")) == NOW + timedelta(minutes=5)
