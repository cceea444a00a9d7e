"""A request to Discord that leaves once, and by a deadline: a driver that was frozen meanwhile finds itself too late.

discord.py sends through aiohttp, which tells a trace when a connection stands, right before the request's first byte.
By itself it repeats what got a 5xx, although that may have been carried out.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import hdrs

from bot.jobs.clock import monotonic


@dataclass(slots=True)
class _Departure:
    """When the requests of a block may leave at the latest, and whether its POST has, and may have been carried out."""

    deadline: float
    gone: bool = False


_departure: ContextVar[_Departure | None] = ContextVar("departure", default=None)


class TooLateToLeave(Exception):
    """The request did not leave: its deadline has passed, or it left before and may have been carried out."""


@contextmanager
def leaving_by(deadline: float) -> Generator[None]:
    """Let every request in the block leave by `deadline` (seconds, our `monotonic`) or raise `TooLateToLeave`.

    A POST leaves once, unless Discord has refused it.
    """
    token = _departure.set(_Departure(deadline))
    try:
        yield
    finally:
        _departure.reset(token)


def deadline_trace() -> aiohttp.TraceConfig:
    """Make the trace that a client needs for `leaving_by` to work."""
    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(_leave_once)
    trace.on_request_end.append(_take_answer)
    trace.on_connection_create_end.append(_check)
    trace.on_connection_reuseconn.append(_check)
    return trace


async def _check(*_: Any) -> None:
    departure = _departure.get()
    if departure is not None and monotonic() > departure.deadline:
        raise TooLateToLeave


async def _leave_once(_session: object, _context: object, request: aiohttp.TraceRequestStartParams) -> None:
    departure = _departure.get()
    if departure is not None and request.method == hdrs.METH_POST:
        if departure.gone:
            raise TooLateToLeave
        departure.gone = True


async def _take_answer(_session: object, _context: object, answer: aiohttp.TraceRequestEndParams) -> None:
    departure, response = _departure.get(), answer.response
    if departure is None:
        return
    if response.ok and response.content_type == "text/html":  # a page of a proxy, which discord.py would read
        raise aiohttp.ClientPayloadError
    if 400 <= response.status < 500:  # noqa: PLR2004 - refused: it may be repeated
        departure.gone = False


def count_answers(trace: aiohttp.TraceConfig, answered: Callable[[int], object]) -> aiohttp.TraceConfig:
    """Have a client's trace tell `answered` the status of each answer, those that discord.py repeats included."""

    async def tell(_session: object, _context: object, end: aiohttp.TraceRequestEndParams) -> None:
        answered(end.response.status)

    trace.on_request_end.append(tell)
    return trace
