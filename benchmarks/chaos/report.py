"""The figures as tables, and the exit status they mean."""

from collections.abc import Sequence
from typing import Final

from rich.console import Console

from benchmarks.chaos.audit import Audit
from benchmarks.chaos.lives import Record
from benchmarks.figures import machine, median, percentile, titled

RESUMED_WITHIN: Final = 2.0  # seconds, the median
TAKEN_WITHIN: Final = 45.0  # seconds, every one


def report(record: Record, found: Audit, boundaries: Sequence[str], console: Console) -> int:
    """Print everything; return the exit status: 0 if every zero is zero."""
    _boundaries(record, boundaries, console)
    _counts(found, record, console)
    zeros = {**found.zeros, "steps that broke": len(record.broken)}
    missed = [each for each in boundaries if not record.hits[each]]
    zeros["boundaries never hit"] = len(missed)
    for name, value in zeros.items():
        console.print(f"{'[green]met   [/]' if not value else '[red]missed[/]'} {name}: {value}, must be 0")
    for name, which in (
        ("charged twice", found.charged_twice),
        ("posted twice", found.posted_twice),
        ("lost", found.lost),
        ("without an owner", found.without_owner),
        ("left to the operator", found.left_to_operator),
        ("untrue cards", found.untrue_cards),
        ("untold", found.untold),
        ("undelivered, but posted", found.posted_all_the_same),
        ("charged after a decision against them", found.paid_against),
        ("never hit", missed),
        ("broken", record.broken[:5]),
    ):
        if which:
            console.print(f"{name}: {', '.join(map(str, which))}", markup=False)
    _starts(record, console)
    _takeovers(record, console)
    console.print(machine())
    return 1 if any(zeros.values()) else 0


def _boundaries(record: Record, boundaries: Sequence[str], console: Console) -> None:
    table = titled("Stopped at each boundary", "boundary")
    table.add_column("times", justify="right")
    for boundary in boundaries:
        table.add_row(boundary, str(record.hits[boundary]))
    console.print(table)


def _counts(found: Audit, record: Record, console: Console) -> None:
    table = titled("What came of it", "")
    table.add_column("count", justify="right")
    for name, value in (
        ("asked", found.asked),
        ("jobs", found.jobs),
        ("charges at Segmind", found.charges),
        ("posts in channels", found.posts),
        ("private words to members", found.notices),
        ("decisions against a member or a channel", found.decided_against),
        ("stops at a boundary", record.hits.total()),
        ("stops at random", record.random_kills),
        ("starts", len(record.starts)),
        *sorted(found.states.items()),
    ):
        table.add_row(name, str(value))
    console.print(table)


def _takeovers(record: Record, console: Console) -> None:
    if not record.takeovers:
        return
    longest = max(record.takeovers)
    mark = "[green]met   [/]" if longest < TAKEN_WITHIN else "[red]missed[/]"
    console.print(
        f"{mark} from a freeze to all its jobs with others: at most {longest:.1f} s, under {TAKEN_WITHIN:g} s "
        f"({len(record.takeovers)} times, median {median(record.takeovers):.1f} s)"
    )


def _starts(record: Record, console: Console) -> None:
    if not (seconds := [start.seconds for start in record.starts]):
        return
    usual = median(seconds)
    cpu = median([start.cpu_seconds for start in record.starts])
    most = max(start.unfinished for start in record.starts)
    mark = "[green]met   [/]" if usual < RESUMED_WITHIN else "[red]missed[/]"
    console.print(
        f"{mark} from start to all resumed: median {usual:.2f} s, under {RESUMED_WITHIN:g} s "
        f"(95%: {percentile(seconds, 95):.2f} s, processor {cpu:.2f} s, up to {most} unfinished jobs)"
    )
