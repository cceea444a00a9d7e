"""Ids that people type: anyone can type anything."""

import re

from bot.presentation.controls import ID_PATTERN


def read_id(typed: str) -> int | None:
    """Read an id of Discord's; None where it is none."""
    return int(typed) if re.fullmatch(ID_PATTERN, typed) else None
