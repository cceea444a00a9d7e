"""For how long a member can be blocked: a few lengths, by the names that forms and commands send."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

FOR_GOOD: Final = "good"
LENGTHS: Final[Mapping[str, timedelta | None]] = {
    "1h": timedelta(hours=1),
    "1d": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    FOR_GOOD: None,
}


def ends_at(length: str, now: datetime) -> datetime | None:
    """Tell when a block of this length that begins `now` ends; None is for good. Raises `KeyError` for no length."""
    lasts = LENGTHS[length]
    return None if lasts is None else now + lasts
