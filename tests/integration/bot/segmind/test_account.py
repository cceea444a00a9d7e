"""History, balance, storage and blocking runs, against a real server on loopback."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.segmind import errors
from bot.segmind.budget import Rank
from tests.integration.bot.segmind.scripted import (
    BODY,
    HTML,
    ID,
    KEY,
    MODEL,
    Handler,
    Setting,
    resets,
    says,
)


async def test_the_history_is_asked_for_in_days_and_read_in_rows(setting: Setting) -> None:
    row = {"request_id": ID, "model_status": "PENDING", "request_body": str(BODY)}
    setting.segmind.answers(says(200, {"data": [row, row]}))
    since = datetime(2026, 8, 1, 12, tzinfo=UTC)
    page = await setting.client().history(per_page=2, since=since, model=MODEL)
    assert [(found.request_id, found.state, found.body) for found in page.rows] == [(ID, "PENDING", BODY)]
    assert page.more
    assert setting.segmind.received[0].path == (
        f"/history-host/inference-request/request-history?page=1&per_page=2&from_date=2026-08-01&model_name={MODEL}"
    )


async def test_a_page_of_the_history_may_be_larger_than_other_answers(setting: Setting) -> None:
    row = {"request_id": ID, "request_body": {"prompt": "x" * (2 << 20)}}
    setting.segmind.answers(says(200, {"data": [row]}))
    page = await setting.client().history()
    assert len(page.rows) == 1


async def test_one_request_is_looked_up_in_the_history(setting: Setting) -> None:
    setting.segmind.answers(says(200, {"request_id": ID, "model_status": "FAILED", "error": "no"}))
    row = await setting.client().history_row(ID)
    assert (row.state, row.error) == ("FAILED", "no")
    assert setting.segmind.received[0].path == f"/history-host/inference-request/request-history/{ID}"


async def test_the_balance_is_asked_for(setting: Setting) -> None:
    setting.segmind.answers(says(200, {"credits": 12.34, "free-credits": 0.5}))
    balance = await setting.client().credits()
    assert (balance.paid, balance.free) == (Decimal("12.34"), Decimal("0.5"))
    assert setting.segmind.received[0].path == "/v1/get-user-credits"


async def test_large_files_are_uploaded_in_one_request(setting: Setting) -> None:
    files = ["data:image/png;base64," + "A" * (3 << 20)] * 2
    setting.segmind.answers(says(200, {"file_urls": ["https://i.example/1", "https://i.example/2"], "message": ""}))
    assert await setting.client().upload(files) == ("https://i.example/1", "https://i.example/2")
    [received] = setting.segmind.received
    assert (received.path, received.key) == ("/storage-host/upload-asset", KEY)
    assert json.loads(received.body) == {"data_urls": files}
    assert setting.budget.taken == [Rank.SUBMIT]


@pytest.mark.parametrize("trouble", [says(502, HTML), resets])
async def test_an_upload_that_fails_costs_nothing_and_is_not_repeated_here(setting: Setting, trouble: Handler) -> None:
    setting.segmind.answers(trouble)
    with pytest.raises(errors.Unavailable):
        await setting.client().upload(["data:image/png;base64,AAAA"])
    assert len(setting.segmind.received) == 1


async def test_a_blocking_run_returns_its_bytes(setting: Setting) -> None:
    setting.segmind.answers(says(200, b"\x00" * 1000, content_type="video/mp4", x_cost="1.35", x_seed_value="7"))
    result = await setting.client().run_blocking(MODEL, BODY, max_bytes=1000)
    assert (len(result.content), result.content_type, result.cost) == (1000, "video/mp4", Decimal("1.35"))
    assert result.seed == 7
    assert setting.segmind.received[0].path == f"/v1/{MODEL}"


async def test_a_blocking_run_that_brings_too_much_is_known_to_be_paid(setting: Setting) -> None:
    setting.segmind.answers(says(200, b"\x00" * 1001))
    with pytest.raises(errors.AnswerTooLarge):
        await setting.client().run_blocking(MODEL, BODY, max_bytes=1000)


@pytest.mark.parametrize("trouble", [says(504, HTML), resets])
async def test_a_blocking_run_without_a_clear_answer_is_never_repeated(setting: Setting, trouble: Handler) -> None:
    setting.segmind.answers(trouble)
    with pytest.raises(errors.OutcomeUnknown):
        await setting.client().run_blocking(MODEL, BODY, max_bytes=1000)
    assert len(setting.segmind.received) == 1


async def test_segminds_clock_is_learned_from_its_answers(setting: Setting) -> None:
    client, now = setting.client(), datetime.now(UTC)
    assert client.server_time(now) is None
    theirs = now + timedelta(hours=2)
    setting.segmind.answers(says(200, {"credits": 1}, date=theirs.strftime("%a, %d %b %Y %H:%M:%S GMT")))
    await client.credits()
    told = client.server_time(now)
    assert told is not None
    assert abs(told - theirs) < timedelta(seconds=3)


ENTRY: dict[str, object] = {"slug": MODEL, "is_depreciated": False, "parameters_schema": {"properties": {}}}


@pytest.mark.parametrize("body", [[ENTRY], {"Some Name": [ENTRY]}, {"count": 1, "rows": [None, 7, ENTRY]}])
async def test_the_catalog_is_read_in_every_shape_and_without_the_key(setting: Setting, body: object) -> None:
    setting.segmind.answers(says(200, body))
    [entry] = await setting.client().catalog()
    assert (entry.slug, entry.retired) == (MODEL, False)
    [received] = setting.segmind.received
    assert (received.method, received.path) == ("GET", "/history-host/inference-model-information/list")
    assert received.key is None


@pytest.mark.parametrize(
    "answer", [says(200, HTML), says(200, {}), says(200, []), says(200, [{}]), says(404, HTML), says(503, HTML)]
)
async def test_a_catalog_that_cannot_be_read_tells_nothing_of_any_model(setting: Setting, answer: Handler) -> None:
    setting.segmind.answers(answer)
    with pytest.raises((errors.UnreadableAnswer, errors.Unavailable)):
        await setting.client().catalog()
