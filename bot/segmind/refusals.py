"""What Segmind's refusals mean.

There are no symbolic codes: the status tells, and where that is not enough, the wording.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus

from bot.segmind import errors, reading
from bot.segmind.budget import FARTHEST_RESET
from bot.segmind.errors import SegmindError
from bot.segmind.models import RunMetrics, RunState
from bot.segmind.wire import Response

_SCANNED = 4_096  # characters of the server's words that are read

# Only the wording tells these apart; the patterns lean towards the operator for money, the member for content.
_SPEND_LIMIT = re.compile(r"spend\w*[ _-]*(?:limit|cap)|team\b.*\blimit|\bbudget\b", re.IGNORECASE)
_CREDITS = re.compile(r"\bcredits?\b|insufficient (?:funds|balance)", re.IGNORECASE)
# Where a status has a meaning of its own, or what a member wrote may be repeated, the words have to be plainer.
_NO_CREDITS = re.compile(
    r"(?:insufficient|not enough|no(?: more)?|out of|exhausted|used up|low on|add|buy|purchase|0(?:\.0+)?)\s+"
    r"(?:\w+\s+){0,2}(?:credits?|funds|balance)\b|\bcredits\b.{0,40}\b(?:exhausted|insufficient|used up|too low)",
    re.IGNORECASE,
)
_SUBJECT = r"(?:fields?|param(?:eter)?s?|arguments?|propert(?:y|ies)|values?|types?|inputs?)"
_WRONG = (
    r"(?:missing|required|unexpected|unknown|unrecogni[sz]ed|unsupported|invalid|not (?:allowed|permitted|supported))"
)
_PARAMETERS = re.compile(
    rf"\b{_WRONG}\b[^.\n]*\b{_SUBJECT}\b|\b{_SUBJECT}\b[^.\n]*\b{_WRONG}\b|\bis (?:a )?required\b|\bvalidation\b"
    r"|\bmust be (?:one of|an? (?:[\w-]+ )?(?:string|integer|number|list|array|object|boolean)|\d)|\bschema\b",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"\bimages?\b", re.IGNORECASE)
_MODERATION = re.compile(
    r"nsfw|\brai\b|responsible ai|safety|moderat|content (?:policy|filter|block|violat)"
    r"|violat\w+.*polic|prohibited|sensitive|flagged|inappropriate|explicit",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(?:style|script)\b.*?</(?:style|script)>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_BY_STATUS: dict[int, type[SegmindError]] = {
    HTTPStatus.FORBIDDEN: errors.ModelForbidden,
    HTTPStatus.GONE: errors.ModelGone,
}
# What Segmind refuses with, as its documentation or its answers show.
_REFUSED = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.PAYMENT_REQUIRED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.NOT_ACCEPTABLE,
        HTTPStatus.GONE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
_SEGMINDS_OWN = frozenset({HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE})
_ABOUT_MONEY = frozenset({HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_ACCEPTABLE})


def refusal(answer: Response, *, missing: type[SegmindError], paid: bool = False) -> SegmindError:
    """Return the error that a status outside 2xx stands for; `missing` is what 404 means here.

    A proxy answers in HTML or in a JSON of its own. Only what Segmind itself words (`{"error": …}`) tells that a paid
    request was not accepted, or that a record does not exist.
    """
    status, facts = answer.status, answer.facts
    words = _plain_text(answer.body) if facts is None else words_of(facts)
    if status == HTTPStatus.UNPROCESSABLE_ENTITY and (failed := failure(facts or {}, status)) is not None:
        return failed
    own = _is_segminds(facts)
    if status >= HTTPStatus.BAD_REQUEST and own and _lacks_credits(status, words):
        return errors.OutOfCredits(words, status=status)
    if paid and not (own and status in _REFUSED):
        return errors.OutcomeUnknown(words, status=status, may_repeat=own and status in _SEGMINDS_OWN)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return errors.RateLimited(words, status=status, retry_at=reset_at(answer))
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return _client_error(status, words, missing, own=own)(words, status=status)
    down = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return (errors.Unavailable if down else errors.UnreadableAnswer)(words, status=status)


def failure(facts: Mapping[str, object], status: int) -> errors.RunFailed | None:
    """Return the error for a record that says FAILED, None for any other."""
    word = reading.text(facts.get("status"))
    if word is None or RunState.read(word) is not RunState.FAILED:
        return None
    words = words_of(facts)
    return errors.RunFailed(words, status=status, moderation=is_moderation(words), metrics=metrics(facts))


def is_moderation(words: str) -> bool:
    """Return whether a run failed for its content; Segmind marks that by wording alone."""
    return _MODERATION.search(words) is not None


def lacks_credits(words: str) -> bool:
    """Return whether a run failed because the account cannot pay for it."""
    return _NO_CREDITS.search(words) is not None


def is_about_inputs(words: str) -> bool:
    """Return whether Segmind does not take the inputs as they are named or written, which no member can change."""
    return _PARAMETERS.search(words) is not None and _IMAGE.search(words) is None


def metrics(facts: Mapping[str, object]) -> RunMetrics:
    told = reading.nested(facts.get("metrics"))
    return RunMetrics(
        cost=reading.money(told.get("cost")),
        odd_cost=reading.no_money(told.get("cost")),
        remaining_credits=reading.money(told.get("remaining_credits")),
        inference_time=reading.seconds(told.get("inference_time")),
        queue_time=reading.seconds(told.get("queue_time")),
        total_time=reading.seconds(told.get("total_time")),
    )


def words_of(facts: Mapping[str, object]) -> str:
    """Return the server's words: `error` as a rule, with a description in one form of the 401."""
    inner = reading.nested(facts.get("error"))
    fields = (facts.get("error"), facts.get("error_description"), inner.get("message"))
    others = (facts.get("message"), facts.get("detail"))
    words = [word for value in fields if (word := reading.text(value)) is not None]
    words = words or [word for value in others if (word := reading.text(value)) is not None]
    return ": ".join(words)[:_SCANNED]


def reset_at(answer: Response) -> datetime | None:
    """Return when the request window resets, on our clock: the server's `Date` tells how far the two differ."""
    reset = reading.moment(answer.headers.get("x-rate-limit-reset-at-utc"))
    if reset is None:
        return None
    wait = reset - (answer.server_time or answer.received_at)
    return answer.received_at + min(max(wait, timedelta(0)), timedelta(seconds=FARTHEST_RESET))


def _is_segminds(facts: Mapping[str, object] | None) -> bool:
    """Return whether an answer has the form in which Segmind words an error."""
    if facts is None:
        return False
    error = facts.get("error")
    return reading.text(error) is not None or reading.text(reading.nested(error).get("message")) is not None


def _lacks_credits(status: int, words: str) -> bool:
    if status in _ABOUT_MONEY:
        return _CREDITS.search(words) is not None and _SPEND_LIMIT.search(words) is None
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _NO_CREDITS.search(words) is not None
    return "credits" in words.casefold() or _NO_CREDITS.search(words) is not None


def _client_error(status: int, words: str, missing: type[SegmindError], *, own: bool) -> type[SegmindError]:
    if status in _ABOUT_MONEY and _SPEND_LIMIT.search(words):
        return errors.TeamSpendLimitReached
    if status == HTTPStatus.PAYMENT_REQUIRED:
        return errors.OutOfCredits
    if status == HTTPStatus.UNAUTHORIZED:
        return errors.InvalidKey
    if not own and status in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return errors.UnreadableAnswer
    return missing if status == HTTPStatus.NOT_FOUND else _BY_STATUS.get(status, errors.Refused)


def _plain_text(body: bytes) -> str:
    return _TAG.sub(" ", body[:_SCANNED].decode("utf-8", "replace"))
