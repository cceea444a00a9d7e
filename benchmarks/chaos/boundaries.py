"""The boundaries at which a process is killed or frozen: the saves of a job's states and the edges of its requests."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from yarl import URL

# Every state that a job is saved in on its way; DELIVERED, UNDELIVERED and FAILED are the final saves.
SAVED: Final = (
    "ACCEPTED",
    "PREPARING",
    "WAITING",
    "SUBMITTING",
    "UNCONFIRMED",
    "QUEUED",
    "PROCESSING",
    "COMPLETED",
    "POSTING",
    "DELIVERED",
    "UNDELIVERED",
    "FAILED",
)
WRITTEN, COMMITTED = "written", "committed"  # in the transaction; and for good
BEFORE, LEFT, ANSWERED = "before", "left", "answered"  # nothing was sent; all of it was; the answer's head came

# What a request is for, by its method and path.
_OPERATIONS: Final[Mapping[str, re.Pattern[str]]] = {
    "card": re.compile(r"POST .*/interactions/\d+/[^/]+/callback"),
    "reference": re.compile(r"GET /(?:ephemeral-)?attachments/.+"),
    "card edit": re.compile(r"PATCH .*/channels/\d+/messages/\d+"),
    "card read": re.compile(r"GET .*/channels/\d+/messages/\d+"),
    "submit": re.compile(r"POST /v2/[^/]+"),
    "status": re.compile(r"GET /v2/requests/[^/]+/status"),
    "result": re.compile(r"GET /v2/requests/[^/]+"),
    "history": re.compile(r"GET /inference-request/request-history(?:/[^/]+)?"),
    "output": re.compile(r"GET /outputs/[^/]+"),
    "look": re.compile(r"GET .*/channels/\d+/messages"),
    "post": re.compile(r"POST .*/channels/\d+/messages"),
    "notice": re.compile(r"POST .*/users/@me/channels"),  # the way to a private word
}


def save_boundary(state: str, moment: str) -> str:
    return f"{state} {moment}"


def request_boundary(operation: str, moment: str) -> str:
    return f"{operation}: {moment}"


def operation_of(method: str, url: URL) -> str | None:
    """Tell what a request is for; None for one that no job depends on."""
    asked = f"{method} {url.path}"
    return next((name for name, pattern in _OPERATIONS.items() if pattern.fullmatch(asked)), None)


def claim(folder: Path, boundary: str) -> bool:
    """Stop at a boundary as the first of all processes; False where another has."""
    try:
        (folder / boundary).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


BOUNDARIES: Final = (
    *(save_boundary(state, moment) for state in SAVED for moment in (WRITTEN, COMMITTED)),
    *(request_boundary(operation, moment) for operation in _OPERATIONS for moment in (BEFORE, LEFT, ANSWERED)),
)
