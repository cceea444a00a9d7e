"""What can go wrong with Segmind, sorted by what the caller can do about it.

SegmindError
  TryLater               nothing was charged, the same request may be repeated
    RateLimited          429
    Unavailable          a free request's 5xx, or a connection that never opened
    TooLate              the caller's deadline passed before the request left
    NotFinished          a result was asked for while the run still goes on
  OutcomeUnknown         the paid POST may or may not have been accepted: all that is no clear refusal
  Refused                the request itself is wrong
  OperatorMustAct        no one but the operator can help
    InvalidKey           401
    ModelForbidden       403
    OutOfCredits         by the wording, mostly with 402 or 406
    SpendLimitReached    402, 403 or 406, by the wording
    ModelGone            410, or 404 where a model was named
  RecordGone             404 of a request id, in Segmind's own words: its hour has passed, or it never existed
  RunFailed              the run ended in FAILED, which costs nothing unless its metrics name a cost
  UnreadableAnswer       a free request whose answer made no sense, however often it was asked
  AnswerTooLarge         a body beyond the cap

The class is the decision; facts ride on it as attributes.
"""

import re
import unicodedata
from datetime import datetime

from bot.segmind.models import NO_METRICS, RunMetrics

DETAIL_LIMIT = 300  # characters of the server's words that are kept
_SCAN_LIMIT = 4_000  # characters looked through for them; a page of HTML can be long
_KEY = re.compile(r"SG_\w+", re.IGNORECASE | re.ASCII)


class SegmindError(Exception):
    """Anything that Segmind refused, or that came between.

    `status` is the HTTP status, None where no answer came; `detail` the server's own words, cleaned and
    clipped; `retry_at` the moment from which repeating makes sense, where that is known.
    """

    def __init__(self, detail: str = "", *, status: int | None = None, retry_at: datetime | None = None) -> None:
        self.detail = cleaned(detail)
        self.status = status
        self.retry_at = retry_at
        super().__init__()  # a repr, which a log may show, has no words of theirs

    @property
    def words(self) -> str:
        """The server's answer in its own words, which may repeat a member's."""
        answer = "no answer" if self.status is None else f"HTTP {self.status}"
        return f"{answer}: {self.detail}" if self.detail else answer

    def __str__(self) -> str:
        """Return a text for the log: our own words if there was no answer, and no words of the server's."""
        return self.words if self.status is None else f"HTTP {self.status}"


class TryLater(SegmindError):
    """Nothing was charged; the same request may be repeated."""


class RateLimited(TryLater):
    """Too many requests in this minute; `retry_at` says when the window resets, if Segmind did."""


class Unavailable(TryLater):
    """Segmind is down and says so, or could not be reached at all."""


class TooLate(TryLater):
    """The deadline for sending passed first, so nothing was sent."""


class NotFinished(TryLater):
    """The run has no result yet; `word` is its status, where that came instead."""

    word: str = ""


class OutcomeUnknown(SegmindError):
    """The paid request may have been accepted: look into the request history.

    `may_repeat` where Segmind itself says that it failed, so that it may be sent again once the history lacks it.
    """

    def __init__(self, detail: str = "", *, status: int | None = None, may_repeat: bool = False) -> None:
        super().__init__(detail, status=status)
        self.may_repeat = may_repeat


class Refused(SegmindError):
    """The request is wrong, by our mistake or the member's; repeating it changes nothing."""


class OperatorMustAct(SegmindError):
    """Only the operator can put this right."""


class InvalidKey(OperatorMustAct):
    """The API key is missing, wrong or expired."""


class ModelForbidden(OperatorMustAct):
    """This account or team may not use the model."""


class OutOfCredits(OperatorMustAct):
    """The account's credits do not cover the run."""


class TeamSpendLimitReached(OperatorMustAct):
    """The team's own spending limit is used up."""


class ModelGone(OperatorMustAct):
    """The model is retired, or there is none of that name."""


class RecordGone(SegmindError):
    """Segmind knows no such request, or no longer."""


class RunFailed(SegmindError):
    """The run ended without a result; `moderation` where its content was the reason.

    Nothing was charged, unless `metrics` name a cost.
    """

    def __init__(
        self,
        detail: str = "",
        *,
        status: int | None = None,
        moderation: bool = False,
        metrics: RunMetrics = NO_METRICS,
    ) -> None:
        super().__init__(detail, status=status)
        self.moderation = moderation
        self.metrics = metrics


class UnreadableAnswer(SegmindError):
    """The answer is not what the API promises: no JSON, a redirect, or a field missing."""


class AnswerTooLarge(SegmindError):
    """The body is larger than what this request is allowed to bring."""


def cleaned(words: str) -> str:
    """Return the server's words fit for a log: one line, no key, at most `DETAIL_LIMIT` characters."""
    visible = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in words[:_SCAN_LIMIT])
    line = _KEY.sub("[key]", " ".join(visible.split()))
    return line if len(line) <= DETAIL_LIMIT else line[: DETAIL_LIMIT - 1] + "…"
