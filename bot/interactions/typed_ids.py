"""Ids that people type: anybody can type anything, and a database's 64 bits hold no more than these."""

import re
from typing import Final

ID_PATTERN: Final = r"(?:[0-9]{1,18}|[1-8][0-9]{18})"


def read_id(typed: str) -> int | None:
    """Read an id of Discord's; None where it is none."""
    return int(typed) if re.fullmatch(ID_PATTERN, typed) else None
