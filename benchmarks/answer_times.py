"""How long the first answer to each interaction took, read from a recording of the local Discord.

Both moments are the local Discord's: when it handed the interaction to the gateway, and when it had taken the answer.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

CALLBACK: Final = re.compile(r"/api/v\d+/interactions/(?P<id>\d+)/:token/callback")
OK: Final = 200


def answer_times(lines: Iterable[str]) -> dict[int, float]:
    """Return, by the interaction's id, the seconds from its dispatch to its first accepted answer.

    Interactions without an answer are left out. `lines` are those of `sandbox.discord.http.recording`.
    """
    sent: dict[int, datetime] = {}
    took: dict[int, float] = {}
    for line in lines:
        entry = json.loads(line)
        at = datetime.fromisoformat(entry["at"])
        if (arrived := _arrived(entry)) is not None:
            sent[arrived] = at
        elif (answered := _answered(entry)) in sent and answered not in took:
            took[answered] = (at - sent[answered]).total_seconds()
    return took


def _arrived(entry: Mapping[str, Any]) -> int | None:
    dispatch = entry.get("dispatch")
    if dispatch is None or dispatch["event"] != "INTERACTION_CREATE":
        return None
    return int(dispatch["data"]["id"])


def _answered(entry: Mapping[str, Any]) -> int:
    """Return the id of the interaction that an exchange answered, or 0."""
    exchange = entry.get("request")
    if exchange is None or entry["response"]["status"] != OK:
        return 0
    found = CALLBACK.fullmatch(exchange["path"])
    return int(found["id"]) if found else 0
