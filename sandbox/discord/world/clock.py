"""Time in the sandbox: the real clock, which control may push ahead."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

DISCORD_EPOCH = 1_420_070_400_000  # milliseconds: the first second of 2015


class SandboxClock:
    """Unix time in seconds that runs with the machine and can be advanced, never set back.

    Signed URLs, interaction tokens and nonces all read it, so that a day may pass within a test.
    """

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._ahead = 0.0

    def __call__(self) -> float:
        return self._source() + self._ahead

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once."""
        if seconds < 0:
            raise ValueError("time only moves forward")
        self._ahead += seconds


class SnowflakeMint:
    """Makes ids as Discord does: milliseconds since 2015 in the upper bits, unique and increasing."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last = 0

    def __call__(self) -> int:
        self._last = max(snowflake_at(self._clock()), self._last + 1)
        return self._last


def snowflake_at(seconds: float) -> int:
    """Return the first id of a millisecond, given as Unix time in seconds."""
    return (int(seconds * 1000) - DISCORD_EPOCH) << 22


def timestamp(seconds: float) -> str:
    """Return Unix time as Discord writes it: ISO 8601 in UTC with microseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")
