"""Segmind's HTTP API without I/O: what to send, and what an answer means.

Each operation has one function that builds a `Request` and one that turns the `Answer` into a value of
`bot.segmind.models`, or raises the error of `bot.segmind.errors` that says what can be done.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import cast
from urllib.parse import quote

from bot.segmind import errors, history, reading
from bot.segmind.models import (
    GOES_ON,
    BlockingResult,
    CatalogEntry,
    Credits,
    HistoryPage,
    HistoryRow,
    RunResult,
    RunState,
    RunStatus,
    Submitted,
)
from bot.segmind.refusals import failure, is_moderation, metrics, refusal, words_of
from bot.segmind.wire import Endpoints, Request, Response

# Segmind does not document the shape of its catalog, so it is read for what names and retires a model.
_SLUGS = ("slug", "model_id", "id", "name")
_RETIRED = ("is_depreciated", "is_deprecated", "depreciated", "deprecated", "retired")  # the first is spelled so
CATALOG_PATH = "/inference-model-information/list"
HISTORY_PATH = "/inference-request/request-history"


# --- submit ------------------------------------------------------------------------------------------------


def submit(at: Endpoints, model: str, body: Mapping[str, object]) -> Request:
    return _post("submit", f"{_base(at.api)}/v2/{_segment(model)}", body, paid=True)


def submitted(answer: Response) -> Submitted:
    if not answer.ok:
        raise refusal(answer, missing=errors.ModelGone, paid=True)
    facts = answer.facts or {}
    request_id = reading.request_id(facts.get("request_id"))
    if request_id is None:
        raise errors.OutcomeUnknown("accepted without a usable request_id", status=answer.status)
    return Submitted(
        request_id=request_id,
        status=reading.text(facts.get("status")) or RunState.QUEUED,
        server_time=answer.server_time,
    )


def run_blocking(at: Endpoints, model: str, body: Mapping[str, object]) -> Request:
    return _post("run_blocking", f"{_base(at.api)}/v1/{_segment(model)}", body, paid=True)


def blocking_result(answer: Response) -> BlockingResult:
    if not answer.ok:
        raise refusal(answer, missing=errors.ModelGone, paid=True)
    if not answer.whole:
        raise errors.AnswerTooLarge("the result is larger than asked for", status=answer.status)
    if not answer.body:
        raise errors.OutcomeUnknown("accepted without a result", status=answer.status)
    headers = answer.headers
    return BlockingResult(
        content=answer.body,
        content_type=headers.get("content-type", "application/octet-stream"),
        cost=reading.money(headers.get("x-cost")),
        remaining_credits=reading.money(headers.get("x-remaining-credits")),
        seed=reading.integer(headers.get("x-seed-value")),
    )


# --- following a run ---------------------------------------------------------------------------------------


def status(at: Endpoints, request_id: str) -> Request:
    url = f"{_base(at.api)}/v2/requests/{_segment(request_id)}/status"
    return Request(operation="status", method="GET", url=url, request_id=request_id)


def run_status(answer: Response) -> RunStatus:
    facts = _record(answer)
    word = reading.text(facts.get("status"))
    if word is None:
        raise errors.UnreadableAnswer("no status in it", status=answer.status)
    state = RunState.read(word)
    words = words_of(facts) if state is RunState.FAILED else ""
    return RunStatus(
        word=errors.cleaned(word),
        state=state,
        error=errors.cleaned(words) or None,
        moderation=is_moderation(words),
        metrics=metrics(facts),
    )


def result(at: Endpoints, request_id: str) -> Request:
    url = f"{_base(at.api)}/v2/requests/{_segment(request_id)}"
    return Request(operation="result", method="GET", url=url, request_id=request_id)


def run_result(answer: Response) -> RunResult:
    facts = _record(answer)
    if (failed := failure(facts, answer.status)) is not None:
        raise failed
    outputs = reading.urls(facts.get("output")) or reading.urls(facts.get("video"))
    word = reading.text(facts.get("status"))
    state = RunState.COMPLETED if word is None else RunState.read(word)
    # One that goes on may tell its output's address before there is a file; an unknown word may say that it's done.
    if word is not None and (state in GOES_ON or not (outputs or state is RunState.COMPLETED)):
        unfinished = errors.NotFinished(f"the generation is {word}", status=answer.status)
        unfinished.word = errors.cleaned(word)
        raise unfinished
    if not outputs:
        raise errors.UnreadableAnswer("no output in it", status=answer.status)
    return RunResult(outputs=outputs, metrics=metrics(facts), seed=reading.integer(facts.get("seed")))


# --- request history ---------------------------------------------------------------------------------------


def history_query(
    at: Endpoints,
    *,
    page: int,
    per_page: int,
    since: datetime | None,
    until: datetime | None,
    model: str | None,
    state: str | None,
) -> Request:
    """Ask for a page, newest first. The history knows whole UTC days only; `model` matches as a part of the name."""
    wishes = {
        "page": str(page),
        "per_page": str(per_page),
        "from_date": None if since is None else since.astimezone(UTC).date().isoformat(),
        "to_date": None if until is None else until.astimezone(UTC).date().isoformat(),
        "model_name": model,
        "status": state,
    }
    params = {name: value for name, value in wishes.items() if value is not None}
    return Request(operation="history", method="GET", url=f"{_base(at.history)}{HISTORY_PATH}", params=params)


def history_page(answer: Response, *, per_page: int) -> HistoryPage:
    page = history.page(_promised(answer, missing=errors.Refused), per_page=per_page)
    if page is None:
        raise errors.UnreadableAnswer("no rows in it", status=answer.status)
    return page


def history_lookup(at: Endpoints, request_id: str) -> Request:
    url = f"{_base(at.history)}{HISTORY_PATH}/{_segment(request_id)}"
    return Request(operation="history_row", method="GET", url=url, request_id=request_id)


def history_row(answer: Response) -> HistoryRow:
    row = history.row(_promised(answer, missing=errors.RecordGone))
    if row is None:
        raise errors.UnreadableAnswer("no request_id in it", status=answer.status)
    return row


# --- catalog -----------------------------------------------------------------------------------------------


def catalog_query(at: Endpoints) -> Request:
    url = f"{_base(at.history)}{CATALOG_PATH}"
    return Request(operation="catalog", method="GET", url=url, public=True)


def catalog(answer: Response) -> Sequence[CatalogEntry]:
    if not answer.ok:
        raise refusal(answer, missing=errors.Refused)
    if not answer.whole:
        raise errors.AnswerTooLarge("the catalog is too large", status=answer.status)
    found = _models_in(reading.json_value(answer.body))
    if not found:
        raise errors.UnreadableAnswer("no models in it", status=answer.status)
    return found


# --- account and storage -----------------------------------------------------------------------------------


def credit_query(at: Endpoints) -> Request:
    return Request(operation="credits", method="GET", url=f"{_base(at.api)}/v1/get-user-credits")


def credit_balance(answer: Response) -> Credits:
    """Read the balance. An account that never had any credits is answered with 404."""
    facts = _promised(answer, missing=errors.OutOfCredits)
    paid = reading.money(facts.get("credits"))
    if paid is None:
        raise errors.UnreadableAnswer("no credits in it", status=answer.status)
    return Credits(paid=paid, free=reading.money(facts.get("free-credits")) or Decimal(0))


def upload(at: Endpoints, data_urls: Sequence[str]) -> Request:
    return _post("upload", f"{_base(at.storage)}/upload-asset", {"data_urls": list(data_urls)}, paid=False)


def uploaded(answer: Response, *, count: int) -> tuple[str, ...]:
    """Read the lasting URLs, one for each upload and in the same order."""
    found = reading.texts(_promised(answer, missing=errors.Refused).get("file_urls"))
    if len(found) != count or not all(url.startswith(("https://", "http://")) for url in found):
        raise errors.UnreadableAnswer(f"{len(found)} URLs for {count} files", status=answer.status)
    return found


# --- parts -------------------------------------------------------------------------------------------------


def _promised(answer: Response, *, missing: type[errors.SegmindError]) -> dict[str, object]:
    """Return the JSON object of a free request's 2xx; raise what anything else means."""
    if not answer.ok:
        raise refusal(answer, missing=missing)
    if not answer.whole:
        raise errors.AnswerTooLarge("the answer is too large", status=answer.status)
    facts = answer.facts
    if facts is None:
        raise errors.UnreadableAnswer("no JSON object", status=answer.status)
    return facts


def _models_in(listed: object) -> Sequence[CatalogEntry] | None:
    """Read the models in a list, or in the first list of an object; None if there is none."""
    candidates = [listed, *reading.nested(listed).values()]
    found = next((cast("list[object]", each) for each in candidates if isinstance(each, list)), None)
    if found is None:
        return None
    read = (_entry(reading.nested(item)) for item in found)
    return [entry for entry in read if entry is not None]


def _entry(facts: Mapping[str, object]) -> CatalogEntry | None:
    slug = next((slug for name in _SLUGS if (slug := reading.text(facts.get(name))) is not None), None)
    if slug is None:
        return None
    schema = facts.get("parameters_schema")
    if isinstance(schema, str):
        schema = reading.json_value(schema)
    return CatalogEntry(slug=slug, retired=any(_is_true(facts.get(name)) for name in _RETIRED), schema=schema)


def _is_true(value: object) -> bool:
    return value is True or value == 1 or (isinstance(value, str) and value.strip().lower() in {"true", "1", "yes"})


def _record(answer: Response) -> dict[str, object]:
    """Return a run's record, which for FAILED comes under 422."""
    facts = answer.facts if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY else None
    if facts is not None and failure(facts, answer.status) is not None:
        return facts
    return _promised(answer, missing=errors.RecordGone)


def _post(operation: str, url: str, body: Mapping[str, object], *, paid: bool) -> Request:
    content = json.dumps(body, allow_nan=False).encode()
    headers = {"content-type": "application/json"}
    return Request(operation=operation, method="POST", url=url, headers=headers, body=content, paid=paid)


def _base(url: str) -> str:
    return url.rstrip("/")


def _segment(name: str) -> str:
    """Quote a model or request id as one part of a path, which dots alone would walk out of."""
    if not name.strip("."):
        raise ValueError(f"{name!r} can't be part of a path")
    return quote(name, safe="")
