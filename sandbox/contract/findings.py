"""What a check of one recorded line found."""

from dataclasses import dataclass
from enum import StrEnum

from sandbox.contract.schemas import Violation
from sandbox.contract.values import excerpt, general_pointer, json_pointer


class Side(StrEnum):
    """The part of a line in which something was found."""

    ROUTE = "route"
    PATH = "path"
    QUERY = "query"
    REQUEST = "request"
    RESPONSE = "response"
    DISPATCH = "dispatch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One broken rule. Findings with an equal `key` are the same mistake, made once more."""

    route: str
    side: Side
    rule: str
    general: str  # JSON pointer with `*` for list indices and ids
    pointer: str
    message: str
    excerpt: str

    @property
    def key(self) -> tuple[str, ...]:
        return (self.route, self.side, self.rule, self.general, self.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The outcome for one line: which of its sides were held against a schema, and what was found."""

    route: str
    is_exchange: bool
    request_checked: bool = False
    response_checked: bool = False
    findings: tuple[Finding, ...] = ()


def finding_of(route: str, side: Side, violation: Violation) -> Finding:
    return Finding(
        route=route,
        side=side,
        rule=violation.rule,
        general=general_pointer(violation.place),
        pointer=json_pointer(violation.place),
        message=violation.message,
        excerpt=excerpt(violation.place, violation.value),
    )


def plain_finding(route: str, side: Side, message: str) -> Finding:
    """A finding about a side as a whole, without a place in a JSON value."""
    return Finding(route=route, side=side, rule=side, general="", pointer="", message=message, excerpt="")
