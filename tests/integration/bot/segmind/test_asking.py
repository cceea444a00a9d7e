"""The free requests, against a real server on loopback: repeated in their turn, and only where it helps."""

import gzip
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.segmind import errors
from bot.segmind.budget import Claim, Rank
from bot.segmind.models import RunState
from tests.integration.bot.segmind.scripted import (
    BODY,
    DONE,
    FAST,
    HTML,
    ID,
    IMPATIENT,
    MODEL,
    Handler,
    Setting,
    resets,
    resets_in_the_body,
    says,
)


async def test_a_status_is_read(setting: Setting) -> None:
    setting.segmind.answers(says(200, {"status": "PROCESSING", "request_id": ID, "metrics": {}}))
    status = await setting.client().status(ID)
    assert status.state is RunState.PROCESSING
    assert setting.segmind.received[0].path == f"/v2/requests/{ID}/status"


async def test_a_failed_run_under_422_is_a_status_and_the_results_error(setting: Setting) -> None:
    setting.segmind.answers(says(422, {"status": "FAILED", "error": "NSFW content", "metrics": {"queue_time": 2}}))
    client = setting.client()
    status = await client.status(ID)
    assert (status.state, status.error, status.moderation) == (RunState.FAILED, "NSFW content", True)
    with pytest.raises(errors.RunFailed) as caught:
        await client.result(ID)
    assert (caught.value.moderation, caught.value.metrics.queue_time) == (True, 2.0)
    assert len(setting.segmind.received) == 2


async def test_a_result_gives_the_output_and_the_cost_exactly(setting: Setting) -> None:
    metrics = {"cost": 1.35, "remaining_credits": 8.65}
    setting.segmind.answers(says(200, {"status": "COMPLETED", "output": ["https://a/1.mp4"], "metrics": metrics}))
    result = await setting.client().result(ID)
    assert (result.outputs, result.metrics.cost) == (("https://a/1.mp4",), Decimal("1.35"))
    assert setting.segmind.received[0].path == f"/v2/requests/{ID}"


@pytest.mark.parametrize(
    "trouble",
    [
        says(429),
        says(500, HTML),
        says(502, HTML),
        says(503, {"error": "down"}),
        says(504, HTML),
        says(200, HTML),
        says(200, b""),
        says(200, {"status": None}),
        says(302, b"", location="/elsewhere"),
        resets,
        resets_in_the_body,
    ],
)
async def test_a_get_is_repeated_after_trouble_each_time_in_its_turn(setting: Setting, trouble: Handler) -> None:
    setting.segmind.answers(trouble, trouble, DONE)
    status = await setting.client().status(ID)
    assert status.state is RunState.COMPLETED
    assert len(setting.segmind.received) == 3
    assert setting.budget.taken == [Rank.POLL] * 3


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (says(429), errors.RateLimited),
        (says(503, {"error": "down"}), errors.Unavailable),
        (resets, errors.Unavailable),
        (says(200, HTML), errors.UnreadableAnswer),
    ],
)
async def test_a_get_is_given_up_after_its_attempts(
    setting: Setting, trouble: Handler, kind: type[errors.SegmindError]
) -> None:
    setting.segmind.answers(trouble)
    with pytest.raises(errors.SegmindError) as caught:
        await setting.client().result(ID)
    assert type(caught.value) is kind
    assert len(setting.segmind.received) == FAST.attempts


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (says(401, {"error": "Unauthorized"}), errors.InvalidKey),
        (says(404, {"error": f"Request {ID} not found"}), errors.RecordGone),
        (says(400, {"error": "bad id"}), errors.Refused),
        (says(200, b" " * (2 << 20)), errors.AnswerTooLarge),
        (says(200, gzip.compress(b" " * (2 << 20)), content_encoding="gzip"), errors.AnswerTooLarge),
        (says(200, {"status": "PROCESSING"}), errors.NotFinished),
    ],
)
async def test_a_get_is_not_repeated_where_that_would_change_nothing(
    setting: Setting, refusal: Handler, kind: type[errors.SegmindError]
) -> None:
    setting.segmind.answers(refusal)
    with pytest.raises(errors.SegmindError) as caught:
        await setting.client().result(ID)
    assert type(caught.value) is kind
    assert len(setting.segmind.received) == 1


async def test_a_get_that_stalls_is_repeated_and_then_unavailable(setting: Setting) -> None:
    setting.segmind.answers(setting.segmind.never, setting.segmind.stalls_in_the_body)
    with pytest.raises(errors.Unavailable):
        await setting.client(timeouts=IMPATIENT).status(ID)
    assert len(setting.segmind.received) == FAST.attempts


async def test_a_kept_connection_that_breaks_costs_no_request_outside_the_budget(setting: Setting) -> None:
    setting.segmind.answers(DONE, resets, DONE)
    client = setting.client()
    await client.status(ID)
    await client.status(ID)
    assert len(setting.segmind.received) == len(setting.budget.taken) == 3


async def test_each_get_takes_its_turn_in_its_rank(setting: Setting) -> None:
    client = setting.client()
    setting.segmind.answers(DONE)
    await client.status(ID)
    await client.result(ID)
    setting.segmind.answers(says(200, {"data": [], "request_id": ID, "credits": 1}))
    await client.history()
    await client.history_row(ID)
    await client.credits()
    assert setting.budget.taken == [Rank.POLL, Rank.RESULT, Rank.BACKGROUND, Rank.BACKGROUND, Rank.BACKGROUND]


async def test_a_caller_may_claim_another_rank(setting: Setting) -> None:
    setting.segmind.answers(DONE)
    await setting.client().status(ID, claim=Claim(rank=Rank.RESULT))
    assert setting.budget.taken == [Rank.RESULT]


async def test_every_429_moves_the_budget_to_the_reset_it_names(setting: Setting) -> None:
    reset = datetime.now(UTC) + timedelta(seconds=30)
    setting.segmind.answers(says(429, x_rate_limit_reset_at_utc=reset.isoformat()), says(429), DONE)
    await setting.client().status(ID)
    first, second = setting.budget.resets
    assert first is not None
    assert abs(first - reset) < timedelta(seconds=3)
    assert second is None


async def test_a_throttled_submit_moves_the_budget_and_tells_when_to_retry(setting: Setting) -> None:
    reset = datetime.now(UTC) + timedelta(seconds=30)
    setting.segmind.answers(says(429, {"error": "slow"}, x_rate_limit_reset_at_utc=reset.isoformat()))
    with pytest.raises(errors.RateLimited) as caught:
        await setting.client().submit(MODEL, BODY)
    assert setting.budget.resets == [caught.value.retry_at]
