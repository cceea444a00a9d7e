"""Double clicks: a second press of a button that spends money, too soon after the first to be meant."""

from collections.abc import Callable, Hashable
from typing import Final

TOO_SOON: Final = 10.0  # seconds


class RecentPresses:
    """Remembers the presses of the last seconds; a channel's presses all reach one process."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._pressed_at: dict[Hashable, float] = {}  # oldest first

    def is_repeated(self, press: Hashable) -> bool:
        """Take note of a press, and tell whether the same one came just before."""
        now = self._monotonic()
        for old in [each for each, moment in self._pressed_at.items() if now - moment >= TOO_SOON]:
            del self._pressed_at[old]
        if press in self._pressed_at:
            return True
        self._pressed_at[press] = now
        return False

    def forget(self, press: Hashable) -> None:
        """Let a press that came to nothing be repeated at once."""
        self._pressed_at.pop(press, None)
