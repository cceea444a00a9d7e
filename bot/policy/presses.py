"""What comes twice: a second press of a button that spends money, or the same interaction delivered again."""

from collections.abc import Callable, Hashable
from typing import Final

TOO_SOON: Final = 10.0  # seconds


class RecentPresses:
    """Remembers what came of late; what comes from a channel reaches one process."""

    def __init__(self, monotonic: Callable[[], float], seconds: float = TOO_SOON) -> None:
        self._monotonic = monotonic
        self._seconds = seconds  # for which each is remembered
        self._pressed_at: dict[Hashable, float] = {}  # oldest first

    def is_repeated(self, press: Hashable) -> bool:
        """Take note of a press, and tell whether the same one came just before."""
        now = self._monotonic()
        while self._pressed_at and now - next(iter(self._pressed_at.values())) >= self._seconds:
            del self._pressed_at[next(iter(self._pressed_at))]
        if press in self._pressed_at:
            return True
        self._pressed_at[press] = now
        return False

    def forget(self, press: Hashable) -> None:
        """Let a press that came to nothing be repeated at once."""
        self._pressed_at.pop(press, None)
