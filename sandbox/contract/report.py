"""The report: a table by route, each distinct problem once, and the count at the end."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.contract.differences import Difference, difference_for
from sandbox.contract.findings import Finding, Verdict

HEADINGS = ("route", "lines", "requests", "responses", "problems")


@dataclass(slots=True)
class RouteTally:
    lines: int = 0
    requests: int = 0
    responses: int = 0
    problems: int = 0


@dataclass(slots=True)
class Report:
    """Gathers verdicts, and tells them."""

    exchanges: int = 0
    routes: dict[str, RouteTally] = field(default_factory=dict[str, RouteTally])
    _first: dict[tuple[str, ...], Finding] = field(default_factory=dict[tuple[str, ...], Finding])
    _counts: Counter[tuple[str, ...]] = field(default_factory=Counter[tuple[str, ...]])
    _excused: Counter[Difference] = field(default_factory=Counter[Difference])
    _exchange_routes: set[str] = field(default_factory=set[str])

    @property
    def problems(self) -> int:
        """The number of distinct problems."""
        return len(self._first)

    @property
    def passed(self) -> bool:
        return self.problems == 0 and self.exchanges > 0

    def add(self, verdict: Verdict) -> None:
        tally = self.routes.setdefault(verdict.route, RouteTally())
        tally.lines += 1
        tally.requests += verdict.request_checked
        tally.responses += verdict.response_checked
        if verdict.is_exchange:
            self.exchanges += 1
            self._exchange_routes.add(verdict.route)
        for finding in verdict.findings:
            if (difference := difference_for(finding)) is not None:
                self._excused[difference] += 1
                continue
            tally.problems += 1
            self._first.setdefault(finding.key, finding)
            self._counts[finding.key] += 1

    def lines(self) -> Iterator[str]:
        """Yield the report, line by line; a gateway dispatch counts as a response of its own event."""
        yield from self._table()
        yield ""
        for key, finding in self._first.items():
            yield from _describe(finding, self._counts[key])
        for difference, count in self._excused.most_common():
            yield f"known difference, {_times(count)}: {difference.reason}"
        yield f"{self.exchanges} exchanges, {len(self._exchange_routes)} routes, {self.problems} problems"

    def _table(self) -> Iterator[str]:
        rows = [
            (route, str(tally.lines), str(tally.requests), str(tally.responses), str(tally.problems))
            for route, tally in sorted(self.routes.items())
        ]
        width = max(len(row[0]) for row in (HEADINGS, *rows))
        for name, *figures in (HEADINGS, *rows):
            yield name.ljust(width) + "".join(figure.rjust(11) for figure in figures)


def _describe(finding: Finding, count: int) -> Iterator[str]:
    place = f" at {finding.pointer}" if finding.pointer else ""
    shown = f": {finding.excerpt}" if finding.excerpt else ""
    yield f"{finding.route}"
    yield f"    {finding.side}{place} {finding.message}{shown} ({_times(count)}{', first' if count > 1 else ''})"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
