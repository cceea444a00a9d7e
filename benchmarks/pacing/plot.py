"""The figures as a picture: an SVG of two panels."""

import io
from collections.abc import Mapping, Sequence
from typing import Final

from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure

SIZE: Final = (9.2, 3.9)  # inches
FAINT: Final = "#d5d7db"
IN_TURN: Final = "#b9bbbe"
PLANNED: Final = "#5865f2"
COLOURS: Final = ("#5865f2", "#23a559")
BIN: Final = 10  # seconds
OLDEST: Final = 400  # seconds; what is older is not drawn

Shares = Mapping[str, Mapping[int, tuple[float, float | None]]]


def draw(ages: Mapping[str, Sequence[float]], jobs: Mapping[str, int], shares: Shares, law: str) -> str:
    """Draw where polls go (ages of runs, of two policies), and delays as shares of version 0.1's by jobs in flight.

    `jobs` says how many jobs the ages come from; `shares` is by policy, then by jobs in flight: the share, and that of
    the least delay that any policy can have, where it is known.
    """
    # Letters stay letters, and the same figures make the same file.
    rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "pacing", "font.size": 8, "axes.titlesize": 9})
    figure = Figure(figsize=SIZE, layout="constrained")
    polls, delays = figure.subplots(1, 2)
    _where_polls_go(polls, ages, jobs)
    _shares(delays, shares, law)
    for axes in (polls, delays):
        axes.grid(axis="y", color=FAINT)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", metadata={"Date": None})
    return drawn.getvalue()


def _where_polls_go(axes: Axes, ages: Mapping[str, Sequence[float]], jobs: Mapping[str, int]) -> None:
    for (name, samples), colour in zip(ages.items(), (IN_TURN, PLANNED), strict=True):
        each = [1 / jobs[name]] * len(samples)
        axes.hist(samples, range(0, OLDEST + 1, BIN), weights=each, histtype="step", color=colour, lw=2, label=name)
    axes.set_title("Where the polls go: 20 jobs, 60 requests a minute")
    axes.set_xlabel("age of the run at the poll (s); half of the runs end before 194 s")
    axes.set_ylabel(f"polls per job in each {BIN} s")
    axes.set_xticks([0, 100, 194, 300, OLDEST])


def _shares(axes: Axes, shares: Shares, law: str) -> None:
    for (name, by_count), colour in zip(shares.items(), COLOURS, strict=False):
        points = sorted(by_count.items())
        bounds = [(count, bound) for count, (_, bound) in points if bound is not None]
        axes.plot(*_columns([(count, share) for count, (share, _) in points]), "o-", color=colour, label=name)
        axes.plot(*_columns(bounds), "--", color=colour)
    axes.set_xscale("log")
    axes.set_ylim(0, 1)
    counts = [1, 5, 20, 60, 100]
    axes.set_xticks(counts, [str(count) for count in counts])
    axes.minorticks_off()
    axes.set_title(f"Completion to result, as a share of 0.1's ({law})")
    axes.set_xlabel("jobs in flight on 60 requests a minute; dashed: the bound for any policy")
    axes.set_ylabel("1 = version 0.1")


def _columns(points: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [x for x, _ in points], [y for _, y in points]
