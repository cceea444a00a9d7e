"""The Segmind client against a real HTTP server on loopback, well-behaved and otherwise."""

import asyncio
import gzip
import itertools
import json
import socket
import time
import traceback
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.segmind import errors
from bot.segmind.budget import Claim, Rank
from bot.segmind.client import Endpoints, RetryPolicy, SegmindClient, Timeouts
from bot.segmind.models import RunState
from bot.segmind.wire import Request

KEY = "SG_0123456789abcdef"
MODEL = "kling-o1-reference-image-to-video"
BODY: dict[str, object] = {"prompt": "a fox", "image_urls": ["https://a.example/1.png"], "duration": 5}
ID = "0b6c6c1e-7d1c-4a57-9a60-7f8f6d2f3c11"
HTML = "<html><body><h1>Bad gateway</h1></body></html>"
FAST = RetryPolicy(attempts=3, initial=0, longest=0, jitter=0)
IMPATIENT = Timeouts(connect=2, ask=0.1, submit=0.1, upload=0.1, blocking=0.1)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    method: str
    path: str
    key: str | None
    body: bytes


class Segmind:
    """A server that gives the answers it is told to, in order, the last one for ever."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.released = asyncio.Event()
        self._answers: deque[Handler] = deque()

    def answers(self, *handlers: Handler) -> None:
        self._answers = deque(handlers)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        key = request.headers.get("x-api-key")
        self.received.append(Received(method=request.method, path=request.path_qs, key=key, body=body))
        handler = self._answers.popleft() if len(self._answers) > 1 else self._answers[0]
        return await handler(request)

    async def never(self, _request: web.Request) -> web.StreamResponse:
        await self.released.wait()
        return web.json_response({"request_id": ID, "status": "QUEUED"})

    async def stalls_in_the_body(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "application/json"})
        await response.prepare(request)
        await response.write(b'{"request_id": ')
        await self.released.wait()
        return response


class RecordingBudget:
    """A budget that always has room, and remembers who took what."""

    def __init__(self) -> None:
        self.taken: list[Rank] = []
        self.resets: list[datetime | None] = []

    async def take(self, claim: Claim) -> None:
        self.taken.append(claim.rank)

    async def throttled(self, reset_at: datetime | None) -> None:
        self.resets.append(reset_at)


@dataclass(slots=True, kw_only=True)
class Setting:
    """One server, one budget, and clients that speak to both."""

    segmind: Segmind
    url: str
    session: aiohttp.ClientSession
    budget: RecordingBudget = field(default_factory=RecordingBudget)

    def client(
        self, *, url: str | None = None, timeouts: Timeouts | None = None, clock: Callable[[], float] = time.monotonic
    ) -> SegmindClient:
        base = url or self.url
        return SegmindClient(
            self.session,
            key=SecretStr(KEY),
            endpoints=Endpoints(api=base, history=f"{base}/history-host", storage=f"{base}/storage-host"),
            budget=self.budget,
            retries=FAST,
            timeouts=timeouts or Timeouts(),
            clock=clock,
        )


async def serving(segmind: Segmind) -> AsyncIterator[TestServer]:
    app = web.Application(client_max_size=64 << 20)
    app.router.add_route("*", "/{tail:.*}", segmind.handle)
    server = TestServer(app)
    await server.start_server(shutdown_timeout=0)
    try:
        yield server
    finally:
        segmind.released.set()
        await server.close()


@pytest.fixture
async def setting() -> AsyncIterator[Setting]:
    segmind = Segmind()
    async for server in serving(segmind):
        async with aiohttp.ClientSession() as session:
            yield Setting(segmind=segmind, url=str(server.make_url("")).rstrip("/"), session=session)


@pytest.fixture
async def elsewhere() -> AsyncIterator[tuple[Segmind, str]]:
    """Another host, to which nothing of ours may ever go."""
    stranger = Segmind()
    stranger.answers(says(200, {"request_id": ID, "status": "COMPLETED", "output": "https://evil.example/1.mp4"}))
    async for server in serving(stranger):
        yield stranger, str(server.make_url(""))


def says(status: int, body: object = None, **headers: str) -> Handler:
    names = {name.replace("_", "-"): value for name, value in headers.items()}

    async def handler(request: web.Request) -> web.StreamResponse:
        if isinstance(body, bytes):
            return web.Response(status=status, body=body, headers=names)
        if isinstance(body, str):
            return web.Response(status=status, text=body, content_type="text/html", headers=names)
        return web.json_response(body, status=status, headers=names)

    return handler


async def resets(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def resets_in_the_body(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"content-length": "1000"})
    await response.prepare(request)
    await response.write(b'{"request_id": "')
    return await resets(request)


QUEUED = says(200, {"request_id": ID, "status": "QUEUED"})
DONE = says(200, {"request_id": ID, "status": "COMPLETED", "output": "https://images.example/1.mp4", "metrics": {}})


# --- the paid POST


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
        (says(405, "<h1>Method Not Allowed</h1>"), errors.Refused),
        (says(406, {"error": "Insufficient credits"}), errors.OutOfCredits),
        (says(406, {"error": "Team spend limit reached"}), errors.SpendLimitReached),
        (says(406, {"error": "Invalid content type"}), errors.Refused),
        (says(410, {"error": "Model retired"}), errors.ModelGone),
        (says(413, HTML), errors.Refused),
        (says(422, {"error": "duration"}), errors.Refused),
        (says(422, {"status": "FAILED", "error": "no"}), errors.RunFailed),
        (says(429, {"error": "slow down"}), errors.RateLimited),
        (says(500, {"error": "oops"}), errors.Unavailable),
        (says(503, {"error": "oops"}), errors.Unavailable),
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


# --- the free GETs


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


# --- the budget


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


# --- redirects and the key


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed_with_or_without_the_key(
    setting: Setting, elsewhere: tuple[Segmind, str], status: int
) -> None:
    stranger, url = elsewhere
    setting.segmind.answers(says(status, b"", location=url))
    client = setting.client()
    with pytest.raises(errors.OutcomeUnknown):
        await client.submit(MODEL, BODY)
    with pytest.raises(errors.UnreadableAnswer):
        await client.result(ID)
    assert stranger.received == []


async def test_the_key_goes_to_no_other_host(setting: Setting, elsewhere: tuple[Segmind, str]) -> None:
    stranger, url = elsewhere
    with pytest.raises(ValueError, match="another host"):
        await setting.client()._request(Request(operation="status", method="GET", url=url), total=1)
    assert stranger.received == []


@pytest.mark.parametrize(
    "handler", [resets, resets_in_the_body, says(401, {"error": f"bad key {KEY}"}), says(502, f"<p>{KEY}</p>")]
)
async def test_the_key_is_in_no_log_no_message_and_no_chain_of_exceptions(setting: Setting, handler: Handler) -> None:
    setting.segmind.answers(handler)
    client = setting.client()
    calls: list[Callable[[], Coroutine[None, None, object]]] = [
        lambda: client.submit(MODEL, BODY),
        lambda: client.status(ID),
        client.credits,
        lambda: client.upload(["data:image/png;base64,AAAA"]),
    ]
    for call in calls:
        with capture_logs() as logs, pytest.raises(errors.SegmindError) as caught:
            await call()
        told = [str(logs), repr(client), *traceback.format_exception(caught.value)]
        link: BaseException | None = caught.value
        while link is not None:
            told += [str(link), repr(link), repr(vars(link))]
            link = link.__cause__ or link.__context__
        assert logs
        assert KEY not in "".join(told)


async def test_a_log_line_names_the_operation_the_status_and_the_request(setting: Setting) -> None:
    setting.segmind.answers(DONE)
    with capture_logs() as logs:
        await setting.client().status(ID)
    [line] = logs
    assert (line["operation"], line["status"], line["request_id"]) == ("status", 200, ID)
    assert line["ms"] >= 0


@pytest.mark.parametrize("key", ["", "SG_1\n", "SG_\u00e4"])
async def test_a_key_that_no_header_can_carry_is_refused_without_being_repeated(setting: Setting, key: str) -> None:
    with pytest.raises(ValueError, match="header") as caught:
        SegmindClient(
            setting.session,
            key=SecretStr(key),
            endpoints=Endpoints(api=setting.url, history=setting.url, storage=setting.url),
            budget=setting.budget,
        )
    assert not key or key not in str(caught.value)


# --- history, account, storage, blocking


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
