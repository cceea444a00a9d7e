"""Faults on demand: the next requests that match answer something else, before or after they take effect."""

import re
from dataclasses import dataclass
from typing import Literal

from sandbox.discord.json_types import JsonObject
from sandbox.discord.wire import integer, text

Moment = Literal["before", "after"]


@dataclass(slots=True, kw_only=True)
class Fault:
    """Answers `status` to the next `times` requests of a method whose route matches a pattern.

    `moment`: before the request is applied, or after it was. `status` 0 cuts the connection. `retry_after`
    in seconds goes into a 429. `html` answers a page as a proxy would instead of JSON.
    """

    method: str = ".*"
    route: str = ".*"
    status: int = 500
    times: int = 1
    moment: Moment = "before"
    retry_after: float = 1.0
    is_global: bool = False
    html: bool = False


class Faults:
    """The faults that are set; each is used up by the requests it answers."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._faults.append(fault)

    def clear(self) -> None:
        self._faults.clear()

    def take(self, method: str, route: str, moment: Moment) -> Fault | None:
        """Return the first fault for a request, counting it as used."""
        for fault in self._faults:
            if fault.moment == moment and fault.times > 0 and _matches(fault, method, route):
                fault.times -= 1
                return fault
        return None


def _matches(fault: Fault, method: str, route: str) -> bool:
    return bool(re.fullmatch(fault.method, method) and re.search(fault.route, route))


def read_fault(payload: JsonObject) -> Fault:
    """Read a fault from control's JSON, whose keys are the fields' names."""
    defaults = Fault()
    return Fault(
        method=text(payload, "method") or defaults.method,
        route=text(payload, "route") or defaults.route,
        status=integer(payload, "status", defaults.status),
        times=integer(payload, "times", defaults.times),
        moment="after" if payload.get("moment") == "after" else "before",
        retry_after=float(payload.get("retry_after", defaults.retry_after)),
        is_global=payload.get("is_global") is True,
        html=payload.get("html") is True,
    )
