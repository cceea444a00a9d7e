"""The request history's rows, whose shape is only partly documented.

A request appears once for each output, every row carrying the whole cost, so rows are put together by `request_id`.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from bot.segmind import reading
from bot.segmind.errors import cleaned
from bot.segmind.models import HistoryPage, HistoryRow

_ROWS = ("data", "requests", "results", "items", "rows")
_OUTPUTS = ("generation_url", "generation_urls", "output", "output_url")
_ERRORS = ("error", "error_message")


def page(facts: Mapping[str, object], *, per_page: int) -> HistoryPage | None:
    """Read a page; None when no list of rows is found in it. A full page may be followed by another."""
    found = _rows(facts)
    if found is None:
        found = _rows(reading.nested(facts.get("data")))
    if found is None:
        return None
    merged: dict[str, HistoryRow] = {}
    unreadable = 0
    for item in found:
        if (read := row(item)) is None:
            unreadable += 1
            continue
        seen = merged.get(read.request_id)
        merged[read.request_id] = read if seen is None else _together(seen, read)
    return HistoryPage(rows=tuple(merged.values()), more=len(found) >= per_page, unreadable=unreadable)


def row(facts: Mapping[str, object]) -> HistoryRow | None:
    """Read one row, bare or under `data`; None without a `request_id` that can be used.

    Others write rows, too: what no field of ours can hold leaves that field out, and never breaks the page.
    """
    if "request_id" not in facts:
        facts = reading.nested(facts.get("data"))
    request_id = reading.request_id(facts.get("request_id"))
    if request_id is None:
        return None
    return HistoryRow(
        request_id=request_id,
        model=reading.text(facts.get("model_name")) or "",
        state=(reading.text(facts.get("model_status")) or "").upper(),
        cost=reading.money(facts.get("credits_deduction")),
        body=reading.inputs(facts.get("request_body")),
        output_urls=next((urls for name in _OUTPUTS if (urls := reading.urls(facts.get(name)))), ()),
        created_at=_created(facts),
        error=next((cleaned(words) for name in _ERRORS if (words := reading.text(facts.get(name)))), None),
        odd_cost=reading.no_money(facts.get("credits_deduction")),
    )


def _rows(facts: Mapping[str, object]) -> Sequence[Mapping[str, object]] | None:
    for name in _ROWS:
        value = facts.get(name)
        if isinstance(value, list):
            return [reading.nested(item) for item in cast("list[object]", value)]
    return None


def _created(facts: Mapping[str, object]) -> datetime | None:
    """Return when the request was made, as far as its fields tell.

    Their names are not documented, only that one can sort by `model_created`. A name that speaks of creation is
    believed first; else the earliest time in the row stands for it, since nothing in a row is older than its request.
    """
    moments = {name: when for name, value in facts.items() if (when := reading.moment(value)) is not None}
    named = [when for name, when in moments.items() if "creat" in name.lower()]
    return min(named or moments.values(), default=None)


def _together(first: HistoryRow, second: HistoryRow) -> HistoryRow:
    outputs = tuple(dict.fromkeys((*first.output_urls, *second.output_urls)))
    return dataclasses.replace(first, output_urls=outputs)
