"""A deadline for a request to Discord to leave by: a driver that was frozen meanwhile finds itself too late.

discord.py sends through aiohttp, which tells a trace when a connection stands, right before the request's first byte.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import aiohttp

from bot.jobs.clock import monotonic

_leave_by: ContextVar[float | None] = ContextVar("leave_by", default=None)


class TooLateToLeave(Exception):
    """The deadline passed before the request left, so nothing was sent."""


@contextmanager
def leaving_by(deadline: float) -> Generator[None]:
    """Let every request in the block leave by `deadline` (seconds, our `monotonic`) or raise `TooLateToLeave`."""
    token = _leave_by.set(deadline)
    try:
        yield
    finally:
        _leave_by.reset(token)


def deadline_trace() -> aiohttp.TraceConfig:
    """Make the trace that a client needs for `leaving_by` to work."""
    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(_check)
    trace.on_connection_reuseconn.append(_check)
    return trace


async def _check(*_: Any) -> None:
    deadline = _leave_by.get()
    if deadline is not None and monotonic() > deadline:
        raise TooLateToLeave
