"""Whether Segmind is in order, by the answers that the bot's own requests get: asking for it would cost requests."""

from http import HTTPStatus
from typing import Final

TROUBLES: Final = 3  # in a row, before one speaks of trouble: single requests fail every day
_KEY_REFUSED: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class SegmindState:
    """Hears of each request to Segmind."""

    def __init__(self) -> None:
        self._troubles = 0
        self._last = ""

    def answered(self, _operation: str, status: int | None, _seconds: float) -> None:
        trouble = _trouble(status)
        self._last = trouble
        self._troubles = self._troubles + 1 if trouble else 0
        if status == HTTPStatus.UNAUTHORIZED:
            self._troubles = TROUBLES  # of a refused key nothing has to be seen twice

    @property
    def trouble(self) -> str:
        """What is wrong; empty where nothing is, or where nothing was asked yet."""
        return self._last if self._troubles >= TROUBLES else ""


def _trouble(status: int | None) -> str:
    if status is None:
        return "does not answer"
    if status in _KEY_REFUSED:
        return f"refuses the key ({status})"
    return f"answers {status}" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else ""
