"""What each refusal of Segmind's means for a paid request and for a free one."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.segmind import errors
from bot.segmind.refusals import is_about_inputs, is_moderation, lacks_credits, refusal, reset_at
from bot.segmind.wire import Response

NOW = datetime(2026, 8, 1, 12, 0, 0, tzinfo=UTC)
HTML = b"<html><head><style>p {color: red}</style></head><body><p>Bad gateway</p></body></html>"


def answer(status: int, body: object = None, **headers: str) -> Response:
    content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status=status, headers=names, body=content, received_at=NOW)


REFUSALS = [
    (400, "Missing required field: prompt", errors.Refused),
    (401, "Missing Authorization or x-api-key in header", errors.InvalidKey),
    (401, "Unauthorized. API key is invalid or may have expired...", errors.InvalidKey),
    (402, "Insufficient credits. You have 0.0 credits.", errors.OutOfCredits),
    (402, "Payment required", errors.OutOfCredits),
    (402, "Team spend limit reached", errors.TeamSpendLimitReached),
    (403, "Model is not permitted for this team", errors.ModelForbidden),
    (403, "Your account has insufficient credits", errors.OutOfCredits),
    (404, "Model not found", errors.ModelGone),
    (404, "No credits found for the user", errors.OutOfCredits),
    (406, "Insufficient credits", errors.OutOfCredits),
    (406, "Team spend limit exceeded", errors.TeamSpendLimitReached),
    (406, "Team spend limit exceeded: 0 credits left", errors.TeamSpendLimitReached),
    (406, "Your team has reached its monthly limit", errors.TeamSpendLimitReached),
    (406, "duration must be 5 or 10", errors.Refused),
    (406, "Invalid content type", errors.Refused),
    (410, "Model retired", errors.ModelGone),
    (422, "Validation failed", errors.Refused),
    (422, "Not enough credits to run this model", errors.OutOfCredits),
    (429, "Too many requests", errors.RateLimited),
    (429, "Rate limit reached. More credits raise it", errors.RateLimited),
    (429, "You are out of credits", errors.OutOfCredits),
]


@pytest.mark.parametrize(("status", "words", "kind"), REFUSALS)
@pytest.mark.parametrize("paid", [True, False])
def test_a_documented_refusal_in_segminds_own_words_is_definite(
    status: int, words: str, kind: type[errors.SegmindError], paid: bool
) -> None:
    error = refusal(answer(status, {"error": words}), missing=errors.ModelGone, paid=paid)
    assert type(error) is kind
    assert (error.status, error.detail) == (status, words)


OTHERS = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [HTML, b"[]", b"{}", b'{"detail": "Not Found"}', b'{"error": null}', b'{"error": ""}', b'{"error": 1}']
    ),
    st.dictionaries(st.text(max_size=5).filter(lambda name: name != "error"), st.text(max_size=9), max_size=3).map(
        lambda body: json.dumps({**body, "success": False}).encode()
    ),
)


@given(status=st.integers(300, 599), body=OTHERS)
def test_what_is_not_in_segminds_own_words_never_tells_that_a_paid_request_was_not_taken(
    status: int, body: bytes
) -> None:
    error = refusal(answer(status, body), missing=errors.ModelGone, paid=True)
    assert isinstance(error, errors.OutcomeUnknown)
    assert not error.may_repeat


@given(st.integers(400, 499).filter(lambda status: status not in {case[0] for case in REFUSALS}))
def test_a_status_that_segmind_does_not_document_never_tells_it_either(status: int) -> None:
    error = refusal(answer(status, {"error": "Request refused"}), missing=errors.ModelGone, paid=True)
    assert isinstance(error, errors.OutcomeUnknown)
    assert not error.may_repeat


@given(status=st.sampled_from([403, 404, 410]), body=OTHERS)
def test_a_free_request_refused_by_a_proxy_is_unreadable_and_nothing_is_absent(status: int, body: bytes) -> None:
    error = refusal(answer(status, body), missing=errors.RecordGone)
    assert type(error) is errors.UnreadableAnswer


def test_the_third_form_of_401_keeps_its_description() -> None:
    body = {"error": "invalid_token", "error_description": "The access token expired", "status_code": 401}
    error = refusal(answer(401, body), missing=errors.ModelGone)
    assert isinstance(error, errors.InvalidKey)
    assert error.detail == "invalid_token: The access token expired"


def test_404_means_what_was_asked_for() -> None:
    error = refusal(answer(404, {"error": "Request r-1 not found"}), missing=errors.RecordGone)
    assert type(error) is errors.RecordGone


@pytest.mark.parametrize("status", [500, 503])
def test_a_paid_request_may_be_repeated_after_a_look_when_segmind_itself_says_that_it_failed(status: int) -> None:
    error = refusal(answer(status, {"error": "Internal error"}), missing=errors.ModelGone, paid=True)
    assert isinstance(error, errors.OutcomeUnknown)
    assert error.may_repeat


def test_a_server_error_that_is_about_credits_is_for_the_operator() -> None:
    error = refusal(answer(500, {"error": "Insufficient credits"}), missing=errors.ModelGone, paid=True)
    assert type(error) is errors.OutOfCredits
    failing = refusal(answer(500, {"error": "Could not read the credits"}), missing=errors.ModelGone, paid=True)
    assert type(failing) is errors.OutcomeUnknown


@pytest.mark.parametrize(
    "unclear",
    [
        answer(500, HTML),
        answer(503, HTML),
        answer(500, b""),
        answer(500, b"[]"),
        answer(500, {"message": "Internal error"}),
        answer(408, {"error": "Request timeout"}),
        answer(409, {"error": "Conflict"}),
        answer(413, HTML),
        answer(403, HTML),
        answer(429, HTML),
        answer(500, b"\xff\xfe\x00"),
        answer(502, {"error": "Bad gateway"}),
        answer(504, {"error": "Gateway timeout"}),
        answer(501, {"error": "Not implemented"}),
        answer(520, HTML),
        answer(301, b"", location="https://elsewhere.example/"),
        answer(304, b""),
        Response(status=500, headers={}, body=b'{"error": "cut"}', received_at=NOW, whole=False),
    ],
)
def test_every_other_answer_leaves_a_paid_request_unknown(unclear: Response) -> None:
    error = refusal(unclear, missing=errors.ModelGone, paid=True)
    assert isinstance(error, errors.OutcomeUnknown)
    assert not error.may_repeat


@pytest.mark.parametrize("page", [HTML, HTML.upper().replace(b"{", b"\n{\n").replace(b"BAD GATEWAY", b"Bad gateway")])
@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
def test_a_free_request_may_be_repeated_after_any_5xx(status: int, page: bytes) -> None:
    error = refusal(answer(status, page), missing=errors.RecordGone)
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


@pytest.mark.parametrize(
    "words",
    [
        "Prompt is required and cannot be empty",
        "Missing required field: image_urls",
        "Invalid value for duration: must be one of 5, 10",
        "duration must be 5 or 10",
        "image_urls must be a list",
        "prompt must be a non-empty string",
        "Unknown parameter: aspect_ratio",
        "Field required",
        "Validation error: seed",
        "Invalid content type",
    ],
)
def test_inputs_that_the_model_does_not_take_are_told_by_the_wording(words: str) -> None:
    assert is_about_inputs(words)
    assert not lacks_credits(words)


@pytest.mark.parametrize(
    "words",
    [
        "CUDA out of memory",
        "Video generation failed. Please try again",
        "Failed to load image_urls[0]: 404",
        "Image 1 is invalid: unsupported file type",
        "The image must be at least 300 pixels",
        "Invalid prompt",
        "",
    ],
)
def test_what_a_member_can_change_or_nobody_is_not_blamed_on_the_inputs(words: str) -> None:
    assert not is_about_inputs(words)


@pytest.mark.parametrize(
    "words",
    ["Insufficient credits. You have 0.0 credits.", "You ran out of credits", "Not enough balance", "0 credits left"],
)
def test_a_run_that_the_account_cannot_pay_for_is_told_by_the_wording(words: str) -> None:
    assert lacks_credits(words)


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
