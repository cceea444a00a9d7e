"""Requests as they leave, and answers as they are understood."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.segmind import errors, protocol
from bot.segmind.models import RunState
from bot.segmind.wire import Endpoints, Response

AT = Endpoints(api="https://api.example/", history="https://history.example", storage="https://storage.example")
NOW = datetime(2026, 8, 1, 12, 0, 0, tzinfo=UTC)
ID = "0b6c6c1e-7d1c-4a57-9a60-7f8f6d2f3c11"


def answer(status: int, body: object, **headers: str) -> Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status=status, headers=names, body=content, received_at=NOW)


READERS: dict[str, Callable[[Response], object]] = {
    "submit": protocol.submitted,
    "status": protocol.run_status,
    "result": protocol.run_result,
    "history": lambda got: protocol.history_page(got, per_page=100),
    "history_row": protocol.history_row,
    "credits": protocol.credit_balance,
    "upload": lambda got: protocol.uploaded(got, count=1),
    "run_blocking": protocol.blocking_result,
}


@pytest.mark.parametrize("operation", READERS)
@given(status=st.integers(200, 599), body=st.binary() | st.from_regex(rb'\{"status": "[A-Z]{0,9}"\}', fullmatch=True))
def test_every_answer_becomes_a_value_or_one_of_our_errors(operation: str, status: int, body: bytes) -> None:
    told: int | None = status
    try:
        READERS[operation](answer(status, body))
    except errors.SegmindError as error:
        told = error.status
    assert told == status


# --- submit


def test_a_submit_is_json_for_the_model_and_marked_as_paid() -> None:
    request = protocol.submit(AT, "kling-o1-reference-image-to-video", {"prompt": "fox", "duration": 5})
    assert (request.method, request.url) == ("POST", "https://api.example/v2/kling-o1-reference-image-to-video")
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.body or b"") == {"prompt": "fox", "duration": 5}
    assert request.paid


def test_an_accepted_submit_gives_the_request_id_and_segminds_clock() -> None:
    got = answer(200, {"request_id": ID, "status": "QUEUED"}, date="Sat, 01 Aug 2026 12:00:05 GMT")
    submitted = protocol.submitted(got)
    assert (submitted.request_id, submitted.status) == (ID, "QUEUED")
    assert submitted.server_time == datetime(2026, 8, 1, 12, 0, 5, tzinfo=UTC)


def test_a_submit_may_be_accepted_without_a_date() -> None:
    assert protocol.submitted(answer(200, {"request_id": ID})).server_time is None


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", {}, {"request_id": None}, {"request_id": 7}, {"request_id": ".."}, {"request_id": "a/b"}],
)
def test_a_2xx_without_a_usable_request_id_leaves_the_outcome_unknown(body: object) -> None:
    with pytest.raises(errors.OutcomeUnknown):
        protocol.submitted(answer(200, body))


def test_404_for_a_submit_means_that_there_is_no_such_model() -> None:
    with pytest.raises(errors.ModelGone):
        protocol.submitted(answer(404, {"error": "Model not found"}))


@given(st.text(min_size=1))
def test_no_name_leads_out_of_its_place_in_the_path(name: str) -> None:
    try:
        url = protocol.status(AT, name).url
    except (ValueError, UnicodeEncodeError):
        return
    assert url.startswith("https://api.example/v2/requests/")
    assert url.removeprefix("https://api.example/v2/requests/").count("/") == 1
    assert "?" not in url
    assert "#" not in url


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_name_that_is_no_path_segment_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="path"):
        protocol.submit(AT, name, {})


# --- following


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("QUEUED", RunState.QUEUED),
        ("PROCESSING", RunState.PROCESSING),
        ("COMPLETED", RunState.COMPLETED),
        ("completed", RunState.COMPLETED),
        ("WARMING_UP", RunState.UNKNOWN),
    ],
)
def test_a_status_is_read_and_its_word_kept(word: str, state: RunState) -> None:
    status = protocol.run_status(answer(200, {"status": word, "request_id": ID, "metrics": {}}))
    assert (status.word, status.state) == (word, state)
    assert (status.error, status.moderation) == (None, False)


@pytest.mark.parametrize("code", [200, 422])
def test_failed_is_a_status_like_any_other(code: int) -> None:
    body = {"status": "FAILED", "error": "NSFW content detected", "metrics": {"queue_time": 1}}
    status = protocol.run_status(answer(code, body))
    assert status.state is RunState.FAILED
    assert (status.error, status.moderation, status.metrics.queue_time) == ("NSFW content detected", True, 1.0)


def test_a_failure_without_words_has_none() -> None:
    status = protocol.run_status(answer(422, {"status": "FAILED"}))
    assert (status.state, status.error, status.moderation) == (RunState.FAILED, None, False)


def test_422_without_failed_is_a_refusal() -> None:
    with pytest.raises(errors.Refused):
        protocol.run_status(answer(422, {"error": "request_id is not a UUID"}))


def test_an_expired_record_is_gone() -> None:
    for read in (protocol.run_status, protocol.run_result, protocol.history_row):
        with pytest.raises(errors.RecordGone):
            read(answer(404, {"error": f"Request {ID} not found"}))


@pytest.mark.parametrize("body", [b"", b"<html>", b"null", {}, {"status": None}, {"status": 3}])
def test_a_status_without_a_word_is_unreadable(body: object) -> None:
    with pytest.raises(errors.UnreadableAnswer):
        protocol.run_status(answer(200, body))


@pytest.mark.parametrize(
    "shape",
    [
        {"output": "https://a/1.mp4"},
        {"output": ["https://a/1.mp4"]},
        {"output": {"url": "https://a/1.mp4"}},
        {"output": [{"url": "https://a/1.mp4"}]},
        {"output": None, "video": {"url": "https://a/1.mp4", "content_type": "video/mp4"}},
        {"video": {"url": "https://a/1.mp4"}},
    ],
)
def test_the_output_is_found_in_each_of_its_shapes(shape: dict[str, object]) -> None:
    metrics = {"cost": 1.35, "remaining_credits": 8.65, "inference_time": 194.2, "queue_time": 1, "total_time": 195.2}
    result = protocol.run_result(answer(200, {"status": "COMPLETED", "seed": 42, "metrics": metrics, **shape}))
    assert result.outputs == ("https://a/1.mp4",)
    assert (result.metrics.cost, result.metrics.remaining_credits) == (Decimal("1.35"), Decimal("8.65"))
    assert (result.metrics.total_time, result.seed) == (195.2, 42)


def test_a_completed_result_without_an_output_is_unreadable() -> None:
    with pytest.raises(errors.UnreadableAnswer):
        protocol.run_result(answer(200, {"status": "COMPLETED", "output": []}))


@pytest.mark.parametrize("word", ["QUEUED", "PROCESSING", "WARMING_UP"])
def test_a_result_asked_for_too_early_is_not_finished(word: str) -> None:
    with pytest.raises(errors.NotFinished):
        protocol.run_result(answer(200, {"status": word}))


@pytest.mark.parametrize("word", ["QUEUED", "processing"])
def test_an_output_of_a_run_that_goes_on_is_no_result_yet(word: str) -> None:
    with pytest.raises(errors.NotFinished):
        protocol.run_result(answer(200, {"status": word, "output": ["https://a/1.mp4"]}))


def test_an_output_with_an_unknown_word_is_a_result() -> None:
    shown = protocol.run_result(answer(200, {"status": "SUCCEEDED", "output": ["https://a/1.mp4"]}))
    assert shown.outputs == ("https://a/1.mp4",)


@pytest.mark.parametrize("code", [200, 422])
def test_the_result_of_a_failed_run_is_its_failure(code: int) -> None:
    with pytest.raises(errors.RunFailed) as caught:
        protocol.run_result(answer(code, {"status": "FAILED", "error": "out of memory"}))
    assert caught.value.detail == "out of memory"
    assert not caught.value.moderation


# --- history, account, storage


def test_a_history_query_names_whole_utc_days() -> None:
    request = protocol.history_query(
        AT,
        page=2,
        per_page=50,
        since=datetime.fromisoformat("2026-08-01T01:00:00+02:00"),
        until=NOW,
        model="kling",
        state="COMPLETED",
    )
    assert request.url == "https://history.example/inference-request/request-history"
    assert request.params == {
        "page": "2",
        "per_page": "50",
        "from_date": "2026-07-31",
        "to_date": "2026-08-01",
        "model_name": "kling",
        "status": "COMPLETED",
    }


def test_a_history_query_leaves_out_what_is_not_asked_for() -> None:
    request = protocol.history_query(AT, page=1, per_page=100, since=None, until=None, model=None, state=None)
    assert request.params == {"page": "1", "per_page": "100"}


def test_a_history_page_without_rows_is_unreadable() -> None:
    with pytest.raises(errors.UnreadableAnswer):
        protocol.history_page(answer(200, {"detail": "?"}), per_page=100)


def test_credits_are_read_with_and_without_free_ones() -> None:
    assert protocol.credit_balance(answer(200, {"credits": 8.5, "free-credits": 1})).free == 1
    balance = protocol.credit_balance(answer(200, {"credits": 8.5}))
    assert (balance.paid, balance.free) == (Decimal("8.5"), 0)


def test_an_account_without_any_credits_needs_its_operator() -> None:
    with pytest.raises(errors.OutOfCredits) as caught:
        protocol.credit_balance(answer(404, {"error": "No credits found for the user"}))
    assert caught.value.detail == "No credits found for the user"


def test_an_upload_gives_a_lasting_url_for_each_file() -> None:
    request = protocol.upload(AT, ["data:image/png;base64,AAAA"])
    assert (request.url, request.paid) == ("https://storage.example/upload-asset", False)
    assert json.loads(request.body or b"") == {"data_urls": ["data:image/png;base64,AAAA"]}
    got = answer(200, {"file_urls": ["https://images.example/assets/1.png"], "message": "ok"})
    assert protocol.uploaded(got, count=1) == ("https://images.example/assets/1.png",)


@pytest.mark.parametrize("urls", [[], ["https://a/1", "https://a/2"], ["javascript:1"], [7], "https://a/1", None])
def test_an_upload_that_does_not_give_one_url_a_file_is_unreadable(urls: object) -> None:
    with pytest.raises(errors.UnreadableAnswer):
        protocol.uploaded(answer(200, {"file_urls": urls}), count=1)


def test_a_blocking_result_is_bytes_with_facts_from_its_headers() -> None:
    got = answer(
        200, b"\x00\x01", content_type="video/mp4", x_cost="1.35", x_remaining_credits="8.65", x_seed_value="42"
    )
    result = protocol.blocking_result(got)
    assert (result.content, result.content_type) == (b"\x00\x01", "video/mp4")
    assert (result.cost, result.remaining_credits, result.seed) == (Decimal("1.35"), Decimal("8.65"), 42)


def test_a_blocking_result_without_content_leaves_the_outcome_unknown() -> None:
    with pytest.raises(errors.OutcomeUnknown):
        protocol.blocking_result(answer(200, b""))
