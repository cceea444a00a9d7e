"""The Segmind client: the protocol over an aiohttp session that the caller owns.

Each free GET takes its turn from the request budget before every attempt and is repeated with backoff. A POST is
sent once: Segmind has no idempotency key, so a repeated one is a second bill.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TypeVar

import aiohttp
import stamina
import structlog
from pydantic import SecretStr
from structlog.typing import FilteringBoundLogger
from yarl import URL

from bot.segmind import errors, protocol
from bot.segmind.budget import Budget, Claim, Rank
from bot.segmind.models import (
    BlockingResult,
    CatalogEntry,
    Credits,
    HistoryPage,
    HistoryRow,
    RunResult,
    RunStatus,
    Submitted,
)
from bot.segmind.refusals import reset_at
from bot.segmind.transport import GuardedBody, Lost, OneAttempt, read_capped
from bot.segmind.wire import Endpoints, Request, Response

__all__ = ["Endpoints", "RetryPolicy", "SegmindClient", "Timeouts"]

JSON_CAP = 1 << 20  # bytes
CATALOG_CAP = 10 << 20  # bytes
HISTORY_CAP = 8 << 20  # bytes; a page repeats the inputs of a hundred requests

_SUBMIT = Claim(rank=Rank.SUBMIT)
_RESULT = Claim(rank=Rank.RESULT)
_POLL = Claim(rank=Rank.POLL)
_BACKGROUND = Claim(rank=Rank.BACKGROUND)

Heard = Callable[[str, int | None, float], object]

_log: FilteringBoundLogger = structlog.get_logger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How a free GET is repeated: `attempts` in all, waits in seconds that double from `initial` to `longest`."""

    attempts: int = 4
    initial: float = 0.5
    longest: float = 8.0
    jitter: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds for a connection, and in all for one attempt of a GET, a submit, an upload and a blocking run."""

    connect: float = 5.0
    ask: float = 20.0
    submit: float = 30.0
    upload: float = 120.0
    blocking: float = 600.0


class SegmindClient:
    """Segmind's API for one key.

    Every method may raise `SegmindError`; which of its kinds, the tree in `bot.segmind.errors` tells.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        key: SecretStr,
        endpoints: Endpoints,
        budget: Budget,
        retries: RetryPolicy = RetryPolicy(),
        timeouts: Timeouts = Timeouts(),
        clock: Callable[[], float] = time.monotonic,
        heard: Heard | None = None,
    ) -> None:
        """`heard` is told of each request that was sent: its operation, the answer's status or None, the seconds."""
        secret = key.get_secret_value()
        if not (secret.isascii() and secret.isprintable() and secret):
            raise ValueError("the Segmind key contains characters that HTTP headers can't carry")
        self._session = session
        self._key = key
        self._at = endpoints
        self._origins = {URL(url).origin() for url in (endpoints.api, endpoints.history, endpoints.storage)}
        self._budget = budget
        self._retries = retries
        self._timeouts = timeouts
        self._clock = clock
        self._heard = heard
        self._server_ahead: timedelta | None = None

    def server_time(self, now: datetime) -> datetime | None:
        """Return Segmind's clock at our `now`, to the second, as its last answer told; None before any answer."""
        return None if self._server_ahead is None else now + self._server_ahead

    async def submit(self, model: str, body: Mapping[str, object], *, not_after: float | None = None) -> Submitted:
        """Start a billable run; sent at most once, and never repeated here.

        The caller has taken its turn from the budget and saved its intent. `not_after` is a time on the monotonic
        clock: if it has passed when the request is about to leave, nothing is sent and `TooLate` is raised.
        """
        request = protocol.submit(self._at, model, body)
        answer = await self._request(request, total=self._timeouts.submit, not_after=not_after)
        return protocol.submitted(answer)

    async def run_blocking(
        self, model: str, body: Mapping[str, object], *, max_bytes: int, claim: Claim = _SUBMIT
    ) -> BlockingResult:
        """Run a v1 model and wait for its bytes; billable, sent at most once.

        `AnswerTooLarge` here means that the run was charged and its result exceeds `max_bytes`.
        """
        request = protocol.run_blocking(self._at, model, body)
        await self._budget.take(claim)
        answer = await self._request(request, total=self._timeouts.blocking, cap=max_bytes)
        return protocol.blocking_result(answer)

    async def status(self, request_id: str, *, claim: Claim = _POLL) -> RunStatus:
        """Ask where a run stands; a run that FAILED is an answer, not an error."""
        return await self._ask(protocol.status(self._at, request_id), claim, protocol.run_status)

    async def result(self, request_id: str, *, claim: Claim = _RESULT) -> RunResult:
        """Fetch a finished run's outputs; raises `RunFailed`, or `NotFinished` while it still goes on."""
        return await self._ask(protocol.result(self._at, request_id), claim, protocol.run_result)

    async def history(
        self,
        *,
        page: int = 1,
        per_page: int = 100,
        since: datetime | None = None,
        until: datetime | None = None,
        model: str | None = None,
        status: str | None = None,
        claim: Claim = _BACKGROUND,
    ) -> HistoryPage:
        """List the account's requests, newest first, from the UTC day of `since` to that of `until`, both included.

        Without them Segmind shows the last 7 days; the two may be at most 31 days apart.
        """
        request = protocol.history_query(
            self._at, page=page, per_page=per_page, since=since, until=until, model=model, state=status
        )
        found = await self._ask(
            request, claim, lambda answer: protocol.history_page(answer, per_page=per_page), cap=HISTORY_CAP
        )
        if found.unreadable:
            _log.warning("history_rows_unreadable", page=page, rows=found.unreadable)
        return found

    async def history_row(self, request_id: str, *, claim: Claim = _BACKGROUND) -> HistoryRow:
        """Look one of the account's requests up, of any age."""
        return await self._ask(protocol.history_lookup(self._at, request_id), claim, protocol.history_row)

    async def credits(self, *, claim: Claim = _BACKGROUND) -> Credits:
        """Ask for the balance, which costs nothing and so shows whether the key works."""
        return await self._ask(protocol.credit_query(self._at), claim, protocol.credit_balance)

    async def catalog(self, *, claim: Claim = _BACKGROUND) -> Sequence[CatalogEntry]:
        """List the models that Segmind offers to anyone."""
        return await self._ask(protocol.catalog_query(self._at), claim, protocol.catalog, cap=CATALOG_CAP)

    async def upload(self, data_urls: Sequence[str], *, claim: Claim = _SUBMIT) -> tuple[str, ...]:
        """Store files given as data URLs; returns a lasting URL for each, in order."""
        request = protocol.upload(self._at, data_urls)
        await self._budget.take(claim)
        answer = await self._request(request, total=self._timeouts.upload)
        return protocol.uploaded(answer, count=len(data_urls))

    async def _ask(self, request: Request, claim: Claim, read: Callable[[Response], _T], *, cap: int = JSON_CAP) -> _T:
        policy = self._retries
        async for attempt in stamina.retry_context(
            on=_worth_repeating,
            attempts=policy.attempts,
            timeout=None,
            wait_initial=policy.initial,
            wait_max=policy.longest,
            wait_jitter=policy.jitter,
        ):
            with attempt:
                await self._budget.take(claim)
                return read(await self._request(request, total=self._timeouts.ask, cap=cap))
        raise AssertionError("the last attempt returns or raises")

    async def _request(
        self, request: Request, *, total: float, cap: int = JSON_CAP, not_after: float | None = None
    ) -> Response:
        """Send once and return whatever answer came, of any status; raise if none did."""
        began = self._clock()
        outcome = await self._exchange(request, total=total, cap=cap, not_after=not_after)
        took = self._clock() - began
        if self._heard is not None:
            self._heard(request.operation, outcome.status if isinstance(outcome, Response) else None, took)
        _log.debug(
            "segmind.request",
            operation=request.operation,
            status=outcome.status if isinstance(outcome, Response) else outcome.reason,
            ms=round(took * 1000),
            request_id=request.request_id,
        )
        # Raised out here, an error has no context: aiohttp's exceptions carry the request's headers.
        if isinstance(outcome, Lost):
            raise _no_answer(outcome, paid=request.paid)
        if outcome.server_time is not None:
            self._server_ahead = outcome.server_time - outcome.received_at
        if outcome.status == HTTPStatus.TOO_MANY_REQUESTS:
            await self._budget.throttled(reset_at(outcome))
        return outcome

    async def _exchange(self, request: Request, *, total: float, cap: int, not_after: float | None) -> Response | Lost:
        content = request.body
        body = None if content is None else GuardedBody(content, not_after=not_after, clock=self._clock)
        try:
            async with self._session.request(
                request.method,
                request.url,
                params=request.params,
                headers=self._signed(request),
                data=body,
                allow_redirects=False,
                raise_for_status=False,
                timeout=aiohttp.ClientTimeout(total=total, connect=self._timeouts.connect),
                middlewares=(OneAttempt(),),
            ) as response:
                received, whole = await read_capped(response.content, cap)
        except (aiohttp.ClientError, OSError) as error:
            sent = body is None or body.started
            late = body is not None and body.late
            return Lost(reason=type(error).__name__, sent=sent, late=late)
        if response.status >= HTTPStatus.MULTIPLE_CHOICES:
            # The server's words go into errors; a server that repeats the key must not put it there.
            received = received.replace(self._key.get_secret_value().encode(), b"[key]")
        return Response(
            status=response.status,
            headers={name.lower(): value for name, value in response.headers.items()},
            body=received,
            received_at=datetime.now(UTC),
            whole=whole,
        )

    def _signed(self, request: Request) -> dict[str, str]:
        """Return the headers, with the key unless the request is public; it is for Segmind's hosts alone."""
        if URL(request.url).origin() not in self._origins:
            raise ValueError(f"{request.operation} would take the key to another host")
        key = {} if request.public else {"x-api-key": self._key.get_secret_value()}
        # Uncompressed, a small body cannot unfold into a large one.
        return {**request.headers, "accept-encoding": "identity", **key}


def _worth_repeating(error: Exception) -> bool:
    return isinstance(error, errors.TryLater | errors.UnreadableAnswer) and not isinstance(error, errors.NotFinished)


def _no_answer(lost: Lost, *, paid: bool) -> errors.SegmindError:
    if lost.late:
        return errors.TooLate("the deadline for sending has passed")
    if paid and lost.sent:
        return errors.OutcomeUnknown(lost.reason)
    return errors.Unavailable(lost.reason)
