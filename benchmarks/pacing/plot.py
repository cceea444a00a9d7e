"""The figures as a picture: an SVG of two panels, written by hand."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

WIDTH: Final = 920
HEIGHT: Final = 390
TOP: Final = 56
BOTTOM: Final = 320
PANEL: Final = 370
INK: Final = "#2b2d31"
FAINT: Final = "#d5d7db"
IN_TURN: Final = "#b9bbbe"
PLANNED: Final = "#5865f2"
COLOURS: Final = ("#5865f2", "#23a559")


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A coordinate system: data from (0 or `x_low`, 0) to (`x_high`, `y_high`) at a place on the page."""

    left: float
    title: str
    x_name: str
    y_name: str
    x_high: float
    y_high: float
    x_low: float = 0.0
    log_x: bool = False

    def x(self, value: float) -> float:
        if self.log_x:
            return self.left + PANEL * math.log(value / self.x_low) / math.log(self.x_high / self.x_low)
        return self.left + PANEL * (value - self.x_low) / (self.x_high - self.x_low)

    def y(self, value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * min(value, self.y_high) / self.y_high

    def frame(self, x_ticks: Sequence[float], y_ticks: Sequence[float]) -> list[str]:
        right = self.left + PANEL
        parts = [_text(self.left, TOP - 28, self.title, size=14, weight="bold")]
        for tick in y_ticks:
            parts.append(_line([(self.left, self.y(tick)), (right, self.y(tick))], FAINT))
            parts.append(_text(self.left - 7, self.y(tick) + 4, f"{tick:g}", anchor="end"))
        parts += [_text(self.x(tick), BOTTOM + 18, f"{tick:g}", anchor="middle") for tick in x_ticks]
        parts.append(_line([(self.left, BOTTOM), (right, BOTTOM)], INK))
        parts.append(_text((self.left + right) / 2, BOTTOM + 38, self.x_name, anchor="middle"))
        parts.append(_text(self.left, TOP - 10, self.y_name))
        return parts

    def curve(self, points: Sequence[tuple[float, float]], colour: str, *, dots: bool = False) -> list[str]:
        placed = [(self.x(x), self.y(y)) for x, y in points]
        marks = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in placed if dots]
        return [_line(placed, colour, width=2.5), *marks]


Shares = Mapping[str, Mapping[int, tuple[float, float | None]]]


def draw(ages: Mapping[str, Sequence[float]], jobs: Mapping[str, int], shares: Shares, law: str) -> str:
    """Draw where polls go (ages of runs, of two policies), and delays as shares of version 0.1's by jobs in flight.

    `jobs` says how many jobs the ages come from; `shares` is by policy, then by jobs in flight: the share, and that of
    the least delay that any policy can have, where it is known.
    """
    parts = [*_where_polls_go(ages, jobs), *_shares(shares, law)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            *parts,
            "</svg>\n",
        ]
    )


def _where_polls_go(ages: Mapping[str, Sequence[float]], jobs: Mapping[str, int]) -> list[str]:
    width, high = 10.0, 400.0  # seconds
    counts: dict[str, list[float]] = {}
    for name, samples in ages.items():
        bins = [0.0] * int(high / width)
        for age in samples:
            if age < high:
                bins[int(age / width)] += 1 / jobs[name]
        counts[name] = bins
    top = max(max(bins) for bins in counts.values())
    panel = Panel(
        left=60,
        title="Where the polls go: 20 jobs, 60 requests a minute",
        x_name="age of the run at the poll (s); half of the runs end before 194 s",
        y_name="polls per job in each 10 s",
        x_high=high,
        y_high=math.ceil(top * 10) / 10,
    )
    parts = panel.frame((0, 100, 194, 300, 400), [step * panel.y_high / 4 for step in range(5)])
    for (name, bins), colour, row in zip(counts.items(), (IN_TURN, PLANNED), (0, 1), strict=True):
        steps = [(index * width + width / 2, value) for index, value in enumerate(bins)]
        parts += panel.curve(steps, colour)
        parts += _legend(panel.left + PANEL - 90, TOP + 8 + 18 * row, name, colour)
    return parts


def _shares(shares: Shares, law: str) -> list[str]:
    panel = Panel(
        left=520,
        title=f"Completion to result, as a share of 0.1's ({law})",
        x_name="jobs in flight on 60 requests a minute; dashed: the bound for any policy",
        y_name="1 = version 0.1",
        x_low=1,
        x_high=100,
        y_high=1.0,
        log_x=True,
    )
    parts = panel.frame((1, 5, 20, 60, 100), (0, 0.25, 0.5, 0.75, 1))
    for (name, by_count), colour, row in zip(shares.items(), COLOURS, range(len(COLOURS)), strict=False):
        points = sorted(by_count.items())
        bounds = [(count, bound) for count, (_, bound) in points if bound is not None]
        parts += panel.curve([(count, share) for count, (share, _) in points], colour, dots=True)
        parts.append(_line([(panel.x(x), panel.y(y)) for x, y in bounds], colour, width=1.5, dashes="5 4"))
        parts += _legend(panel.left + 12, BOTTOM - 38 + 18 * row, name, colour)
    return parts


def _legend(x: float, y: float, words: str, colour: str) -> list[str]:
    return [_line([(x, y - 4), (x + 18, y - 4)], colour, width=3), _text(x + 24, y, words)]


def _line(points: Sequence[tuple[float, float]], colour: str, *, width: float = 1, dashes: str = "none") -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    stroke = f'stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dashes}"'
    return f'<polyline points="{path}" fill="none" {stroke}/>'


def _text(x: float, y: float, words: str, *, size: int = 12, anchor: str = "start", weight: str = "normal") -> str:
    style = f'font-size="{size}" text-anchor="{anchor}" font-weight="{weight}" fill="{INK}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(words)}</text>'
