"""The paid request, against a real server on loopback: sent once, whatever comes of it."""

import asyncio
import itertools
import json
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web

from bot.segmind import errors
from bot.segmind.client import Timeouts
from tests.integration.bot.segmind.scripted import (
    BODY,
    HTML,
    ID,
    IMPATIENT,
    KEY,
    MODEL,
    QUEUED,
    Handler,
    Setting,
    resets,
    resets_in_the_body,
    says,
)


async def test_a_submit_sends_the_key_and_the_body_and_returns_the_request_id(setting: Setting) -> None:
    setting.segmind.answers(QUEUED)
    submitted = await setting.client().submit(MODEL, BODY)
    [received] = setting.segmind.received
    assert (received.method, received.path, received.key) == ("POST", f"/v2/{MODEL}", KEY)
    assert json.loads(received.body) == BODY
    assert (submitted.request_id, submitted.status) == (ID, "QUEUED")
    assert submitted.server_time is not None
    assert abs(submitted.server_time - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        (says(400, {"error": "Missing field: prompt"}), errors.Refused),
        (says(401, {"error": "Missing Authorization or x-api-key in header"}), errors.InvalidKey),
        (says(401, {"error": "Unauthorized. API key is invalid or may have expired..."}), errors.InvalidKey),
        (says(401, {"error": "invalid_token", "error_description": "expired"}), errors.InvalidKey),
        (says(403, {"error": "Model not permitted"}), errors.ModelForbidden),
        (says(404, {"error": "Model not found"}), errors.ModelGone),
        (says(402, {"error": "Insufficient credits. You have 0.0 credits."}), errors.OutOfCredits),
        (says(403, HTML), errors.OutcomeUnknown),
        (says(405, "<h1>Method Not Allowed</h1>"), errors.OutcomeUnknown),
        (says(406, {"error": "Insufficient credits"}), errors.OutOfCredits),
        (says(406, {"error": "Team spend limit reached"}), errors.TeamSpendLimitReached),
        (says(406, {"error": "Invalid content type"}), errors.Refused),
        (says(410, {"error": "Model retired"}), errors.ModelGone),
        (says(408, {"error": "timeout"}), errors.OutcomeUnknown),
        (says(409, {"error": "conflict"}), errors.OutcomeUnknown),
        (says(413, HTML), errors.OutcomeUnknown),
        (says(422, {"error": "duration"}), errors.Refused),
        (says(422, {"status": "FAILED", "error": "no"}), errors.RunFailed),
        (says(429, {"error": "slow down"}), errors.RateLimited),
        (says(429, HTML), errors.OutcomeUnknown),
        (says(500, {"error": "oops"}), errors.OutcomeUnknown),
        (says(503, {"error": "oops"}), errors.OutcomeUnknown),
        (says(500, HTML), errors.OutcomeUnknown),
        (says(502, HTML), errors.OutcomeUnknown),
        (says(502, {"error": "oops"}), errors.OutcomeUnknown),
        (says(503, HTML), errors.OutcomeUnknown),
        (says(504, {"error": "oops"}), errors.OutcomeUnknown),
        (says(200, HTML), errors.OutcomeUnknown),
        (says(200, b""), errors.OutcomeUnknown),
        (says(200, b"\xff\xfe{]"), errors.OutcomeUnknown),
        (says(200, {"status": "QUEUED"}), errors.OutcomeUnknown),
        (says(202, b"[]"), errors.OutcomeUnknown),
        (says(200, b'{"request_id": "' + b"x" * (2 << 20) + b'"}'), errors.OutcomeUnknown),
        (resets, errors.OutcomeUnknown),
        (resets_in_the_body, errors.OutcomeUnknown),
    ],
)
async def test_a_submit_is_sent_once_whatever_comes_back_and_its_error_says_what_to_do(
    setting: Setting, handler: Handler, kind: type[errors.SegmindError]
) -> None:
    setting.segmind.answers(handler)
    with pytest.raises(errors.SegmindError) as caught:
        await setting.client().submit(MODEL, BODY)
    assert type(caught.value) is kind
    assert len(setting.segmind.received) == 1


async def test_a_submit_without_an_answer_in_time_has_an_unknown_outcome(setting: Setting) -> None:
    setting.segmind.answers(setting.segmind.never)
    with pytest.raises(errors.OutcomeUnknown) as caught:
        await setting.client(timeouts=IMPATIENT).submit(MODEL, BODY)
    assert caught.value.status is None
    assert len(setting.segmind.received) == 1


async def test_a_submit_whose_answer_stalls_halfway_has_an_unknown_outcome(setting: Setting) -> None:
    setting.segmind.answers(setting.segmind.stalls_in_the_body)
    with pytest.raises(errors.OutcomeUnknown):
        await setting.client(timeouts=IMPATIENT).submit(MODEL, BODY)


async def test_a_submit_that_finds_nobody_listening_may_be_repeated(setting: Setting) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        with pytest.raises(errors.Unavailable) as caught:
            await setting.client(url=url).submit(MODEL, BODY)
    assert caught.value.status is None


async def test_a_submit_whose_tls_handshake_fails_may_be_repeated(setting: Setting) -> None:
    url = setting.url.replace("http://", "https://")
    with pytest.raises(errors.Unavailable):
        await setting.client(url=url).submit(MODEL, BODY)
    assert setting.segmind.received == []


async def test_a_submit_that_never_gets_a_connection_may_be_repeated(setting: Setting) -> None:
    setting.segmind.answers(setting.segmind.stalls_in_the_body)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as narrow:
        client = replace(setting, session=narrow).client(timeouts=Timeouts(connect=0.1))
        async with narrow.get(f"{setting.url}/occupied"):
            with pytest.raises(errors.Unavailable):
                await client.submit(MODEL, BODY)
    assert [received.path for received in setting.segmind.received] == ["/occupied"]


async def test_a_submit_within_its_deadline_is_sent(setting: Setting) -> None:
    setting.segmind.answers(QUEUED)
    submitted = await setting.client(clock=lambda: 100.0).submit(MODEL, BODY, not_after=105.0)
    assert submitted.request_id == ID


async def test_a_submit_whose_deadline_passes_while_it_connects_is_not_sent(setting: Setting) -> None:
    setting.segmind.answers(QUEUED)
    times = itertools.chain([100.0], itertools.repeat(105.1))
    with pytest.raises(errors.TooLate):
        await setting.client(clock=lambda: next(times)).submit(MODEL, BODY, not_after=105.0)
    assert setting.segmind.received == []


async def test_a_submit_takes_no_turn_since_its_caller_has_taken_it(setting: Setting) -> None:
    setting.segmind.answers(QUEUED)
    await setting.client().submit(MODEL, BODY)
    assert setting.budget.taken == []


async def test_a_submit_that_is_cancelled_in_flight_says_so_to_its_caller(setting: Setting) -> None:
    arrived = asyncio.Event()

    async def arrives(request: web.Request) -> web.StreamResponse:
        arrived.set()
        return await setting.segmind.never(request)

    setting.segmind.answers(arrives)
    submitting = asyncio.create_task(setting.client().submit(MODEL, BODY))
    await arrived.wait()
    submitting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await submitting
