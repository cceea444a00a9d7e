"""What Segmind tells, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final


class RunState(StrEnum):
    """Segmind's words for a run; UNKNOWN stands for a word that is none of them."""

    QUEUED = "QUEUED"
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"

    @classmethod
    def read(cls, word: str) -> "RunState":
        try:
            return cls(word.strip().upper())
        except ValueError:
            return cls.UNKNOWN


GOES_ON: Final = frozenset({RunState.QUEUED, RunState.PROCESSING})
_UNFINISHED: Final = frozenset({"PENDING", *GOES_ON})  # in the history's words


@dataclass(frozen=True, slots=True, kw_only=True)
class RunMetrics:
    """What a run took: money in US dollars, times in seconds; None where Segmind does not say.

    `odd_cost` is what is written as the cost where that is no amount.
    """

    cost: Decimal | None = None
    odd_cost: str | None = None
    remaining_credits: Decimal | None = None
    inference_time: float | None = None
    queue_time: float | None = None
    total_time: float | None = None


NO_METRICS = RunMetrics()


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """An accepted, billable request. `status` is Segmind's word, `server_time` its clock when it answered."""

    request_id: str
    status: str
    server_time: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStatus:
    """Where a run stands. `word` is the status as sent; an UNKNOWN state means that it still runs."""

    word: str
    state: RunState
    error: str | None = None
    moderation: bool = False
    metrics: RunMetrics = NO_METRICS


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """A finished run. `outputs` holds at least one URL, each once, in Segmind's order."""

    outputs: tuple[str, ...]
    metrics: RunMetrics
    seed: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One request of the account, as the request history remembers it.

    `state` is the history's own word (COMPLETED, FAILED, PENDING). `body` is None where the inputs cannot be
    read, and then matches no request of ours. `created_at` is the earliest of the row's timestamps.
    """

    request_id: str
    model: str
    state: str
    cost: Decimal | None
    body: Mapping[str, object] | None
    output_urls: tuple[str, ...]
    created_at: datetime | None
    error: str | None
    odd_cost: str | None = None  # what is written as the cost where that is no amount

    @property
    def has_failed(self) -> bool:
        return RunState.read(self.state) is RunState.FAILED

    @property
    def has_video(self) -> bool:
        """Return whether it is finished: the address of a file may be told before there is one.

        As in a result, an unknown word with an address may say that it's done.
        """
        return bool(self.output_urls) and not (self.has_failed or self.state.strip() in _UNFINISHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """Rows of the request history, each request once; `more` when another page may follow."""

    rows: tuple[HistoryRow, ...]
    more: bool
    unreadable: int = 0  # rows that were skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogEntry:
    """A model as the public catalog lists it; `schema` is what it says of the inputs, in a form of its own."""

    slug: str
    retired: bool
    schema: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Credits:
    """What the account can still spend, in US dollars."""

    paid: Decimal
    free: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockingResult:
    """What a v1 model answered with, bytes and the facts from its headers."""

    content: bytes
    content_type: str
    cost: Decimal | None
    remaining_credits: Decimal | None
    seed: int | None
