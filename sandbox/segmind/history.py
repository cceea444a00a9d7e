"""The request history: rows, filters, sorting and pages, from the ledger's runs."""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, TypeVar

from sandbox.segmind.clock import iso
from sandbox.segmind.ledger import Run
from sandbox.segmind.refusals import RefusalError
from sandbox.segmind.settings import IdForm

MAX_DAYS = 31
DEFAULT_DAYS = 7
MAX_PER_PAGE = 100

Row = dict[str, object]
Choice = TypeVar("Choice", bound=str)
SortKey = Literal["model_created", "model_name", "credits_deduction"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a client asks of the history; `since` and `until` are Unix seconds, `until` excluded."""

    page: int
    per_page: int
    since: float
    until: float
    model: str
    status: str
    sort_by: SortKey
    descending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RowStyle:
    """How a row is written: where its output is, in which form its id and body, its cost, and how often it repeats."""

    output_url: str
    body_form: Literal["literal", "json", "object"]
    outputs: int
    id_form: IdForm = "same"
    told_cost: object = None  # in place of the true one


def read_query(parameters: Mapping[str, str], *, now: float) -> Query:
    """Read the query string. Raises RefusalError with 400 for what the history does not take."""
    today = datetime.fromtimestamp(now, UTC).date()
    last = _day(parameters, "to_date", today)
    first = _day(parameters, "from_date", last - timedelta(days=DEFAULT_DAYS))
    if first > last:
        raise RefusalError(400, "from_date must not be after to_date")
    if (last - first).days > MAX_DAYS:
        raise RefusalError(400, f"The date range must not exceed {MAX_DAYS} days")
    return Query(
        page=_number(parameters, "page", 1, None),
        per_page=_number(parameters, "per_page", 20, MAX_PER_PAGE),
        since=_midnight(first),
        until=_midnight(last + timedelta(days=1)),
        model=parameters.get("model_name", ""),
        status=_one_of(parameters, "status", ("", "COMPLETED", "FAILED", "PENDING")),
        sort_by=_one_of(parameters, "sort_by", ("model_created", "model_name", "credits_deduction")),
        descending=_one_of(parameters, "sort_order", ("desc", "asc")) == "desc",
    )


def page(runs: Iterable[Run], query: Query, style: RowStyle) -> dict[str, object]:
    """Give one page of the rows that `query` asks for; pages count rows, repeated ones too."""
    found = [run for run in runs if _matches(run, query)]
    found.sort(key=lambda run: _sort_key(run, query.sort_by), reverse=query.descending)
    rows = [row for run in found for row in rows_of(run, style)]
    start = (query.page - 1) * query.per_page
    return {
        "data": rows[start : start + query.per_page],
        "page": query.page,
        "per_page": query.per_page,
        "total": len(rows),
        "total_pages": -(-len(rows) // query.per_page),
    }


def rows_of(run: Run, style: RowStyle) -> list[Row]:
    """Write a run as one row, or as one for each output once it has some."""
    copies = style.outputs if run.status == "COMPLETED" else 1
    return [_row(run, style) for _ in range(copies)]


def _row(run: Run, style: RowStyle) -> Row:
    return {
        "request_id": written_id(run.request_id, style.id_form),
        "model_name": run.model,
        "model_status": _status(run),
        "credits_deduction": style.told_cost if style.told_cost is not None and run.charged else float(run.charged),
        "request_body": _written(run.body, style.body_form),
        "generation_url": None if run.output is None else f"{style.output_url}/{run.output}",
        "latency_ms": None if run.finished is None else round((run.finished - run.submitted) * 1000),
        "model_created": iso(run.submitted),
        "model_updated": iso(run.finished or run.started or run.submitted),
        "error": run.error,
        **run.row,
    }


def written_id(request_id: str, form: IdForm) -> str:
    """Write an id as the history does."""
    match form:
        case "same":
            return request_id
        case "plain":
            return request_id.replace("-", "")
        case "braces":
            return f"{{{request_id.upper()}}}"
        case "upper":
            return request_id.upper()
        case "other":
            return uuid.uuid5(uuid.NAMESPACE_OID, request_id).hex


def _status(run: Run) -> str:
    """The history calls what is in flight PENDING."""
    return run.status if run.is_over else "PENDING"


def _written(body: Mapping[str, object], form: Literal["literal", "json", "object"]) -> object:
    """The service keeps inputs as the text of a Python dict; the other forms are for a change of that."""
    match form:
        case "literal":
            return repr(dict(body))
        case "json":
            return json.dumps(dict(body))
        case "object":
            return dict(body)


def _matches(run: Run, query: Query) -> bool:
    return (
        query.since <= run.submitted < query.until and query.model in run.model and query.status in {"", _status(run)}
    )


def _sort_key(run: Run, sort_by: SortKey) -> tuple[str | float, float]:
    match sort_by:
        case "model_created":
            return (run.submitted, run.submitted)
        case "model_name":
            return (run.model, run.submitted)
        case "credits_deduction":
            return (float(run.charged), run.submitted)


def _day(parameters: Mapping[str, str], name: str, default: date) -> date:
    value = parameters.get(name)
    if not value:
        return default
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise RefusalError(400, f"{name} must be a date in YYYY-MM-DD format") from None


def _midnight(day: date) -> float:
    return datetime.combine(day, time(), UTC).timestamp()


def _number(parameters: Mapping[str, str], name: str, default: int, highest: int | None) -> int:
    value = parameters.get(name, str(default))
    number = int(value) if value.isascii() and value.isdigit() else 0
    if number < 1 or (highest is not None and number > highest):
        limit = "at least 1" if highest is None else f"between 1 and {highest}"
        raise RefusalError(400, f"{name} must be {limit}")
    return number


def _one_of(parameters: Mapping[str, str], name: str, choices: tuple[Choice, ...]) -> Choice:
    """Take the first choice unless the query names another."""
    value = parameters.get(name, choices[0])
    for choice in choices:
        if value == choice:
            return choice
    raise RefusalError(400, f"{name} must be one of {', '.join(filter(None, choices))}")
