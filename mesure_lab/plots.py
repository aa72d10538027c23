"""Plots of a page, drawn by us as SVG: lines, and dots with their intervals.

Series differ by dash and mark as well as by colour, so that they can be told apart in print and by
anybody's eyes. The unit of a drawing is called px; how large one is on a screen is up to the page.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from markupsafe import Markup, escape

WIDTH: Final = 480
HEIGHT: Final = 320
LEFT: Final = 58
RIGHT: Final = 24
TOP: Final = 12
BOTTOM: Final = 46
ROW: Final = 22  # Of a plot with a row for each rule.
NAMES: Final = 184  # What the names of rules take of its width.
STYLES: Final = 8  # As many as the style sheet has.
MARKS: Final = (
    "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "m-4-4h8v8h-8z",
    "m0-5.5l5.5 5.5-5.5 5.5-5.5-5.5z",
    "m0-5l5 9h-10z",
    "m0 5l5-9h-10z",
    "m-4-4l8 8m0-8l-8 8",
    "m0-5v10m-5-5h10",
    "m-5-2.5h10v5h-10z",
)

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: what it shows, from where to where, and where it is labelled."""

    name: str
    low: float
    high: float
    ticks: tuple[float, ...]
    is_log: bool = False

    def ratio(self, value: float) -> float:
        """Return how far along the axis a value lies; what lies beyond is put at its end."""
        inside = min(max(value, self.low), self.high)
        if self.is_log:
            return math.log(inside / self.low) / math.log(self.high / self.low)
        return (inside - self.low) / (self.high - self.low)


class Series(NamedTuple):
    """What belongs together under one name; `is_step` holds each value until the next."""

    name: str
    points: Sequence[Point]
    is_step: bool = False


class PlotRow(NamedTuple):
    """A figure with its interval; `is_bound` where nothing was seen and only the end is known."""

    name: str
    value: float
    low: float
    high: float
    is_bound: bool


def upwards(name: str, most: float) -> Axis:
    """Return a linear axis from zero to a round number that holds the most.

    >>> upwards("a day", 0.83).ticks
    (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    """
    most = most or 1.0  # Nothing at all: any axis will do.
    step = 10.0 ** math.floor(math.log10(most))
    while most / step > 5.0:
        step *= 2.0
    while most / step < 2.5:
        step /= 2.0
    count = max(1, math.ceil(most / step - 1e-9))
    ticks = tuple(round(step * number, 12) for number in range(count + 1))
    return Axis(name, 0.0, ticks[-1], ticks)


def lines(across: Axis, up: Axis, series: Sequence[Series], label: str) -> Markup:
    """Return a plot of lines with a mark at each point; `label` says what it shows."""
    body = Markup("").join(_series(across, up, number, one) for number, one in enumerate(series))
    return _drawing(HEIGHT, label, _grid(across, up) + body)


def dots(axis: Axis, rows: Sequence[PlotRow], label: str) -> Markup:
    """Return a plot with a row for each name: the figure as a dot, its interval as a line."""
    height = TOP + ROW * len(rows) + BOTTOM
    body = Markup("").join(_dot(axis, number, row) for number, row in enumerate(rows))
    return _drawing(height, label, _ruled(axis, height) + body)


def key(number: int) -> Markup:
    """Return the sample of a series for a legend."""
    style, mark = _style(number), MARKS[number % len(MARKS)]
    return Markup(
        '<svg class="key {}" viewBox="0 0 36 14" width="36" height="14" aria-hidden="true">'
        '<path class="line" d="M1 7h34"/><path class="mark" d="M18 7{}"/></svg>'
    ).format(style, mark)


def _style(number: int) -> str:
    return f"s{number % STYLES}"


def _drawing(height: int, label: str, body: Markup) -> Markup:
    return Markup(
        '<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, height, label, body)


# --- Lines ---------------------------------------------------------------------------------------


def _x(axis: Axis, value: float) -> float:
    return LEFT + axis.ratio(value) * (WIDTH - LEFT - RIGHT)


def _y(axis: Axis, value: float) -> float:
    return HEIGHT - BOTTOM - axis.ratio(value) * (HEIGHT - TOP - BOTTOM)


def _grid(across: Axis, up: Axis) -> Markup:
    parts = [_upright(_x(across, tick), HEIGHT, tick) for tick in across.ticks]
    parts += [_level(_y(up, tick), tick) for tick in up.ticks]
    middle = (TOP + HEIGHT - BOTTOM) / 2
    parts.append(
        Markup('<text class="name" transform="translate(14 {}) rotate(-90)">{}</text>').format(
            _px(middle), up.name
        )
    )
    parts.append(_below(across.name, (LEFT + WIDTH - RIGHT) / 2, HEIGHT))
    return Markup("").join(parts)


def _upright(x: float, height: int, tick: float) -> Markup:
    return Markup(
        '<path class="grid" d="M{0} {1}V{2}"/><text class="under" x="{0}" y="{3}">{4}</text>'
    ).format(_px(x), TOP, height - BOTTOM, height - BOTTOM + 17, f"{tick:g}")


def _level(y: float, tick: float) -> Markup:
    return Markup(
        '<path class="grid" d="M{0} {1}H{2}"/><text class="beside" x="{3}" y="{4}">{5}</text>'
    ).format(LEFT, _px(y), WIDTH - RIGHT, LEFT - 6, _px(y + 5), f"{tick:g}")


def _below(name: str, x: float, height: int) -> Markup:
    return Markup('<text class="name" x="{}" y="{}">{}</text>').format(_px(x), height - 8, name)


def _series(across: Axis, up: Axis, number: int, series: Series) -> Markup:
    at = [(_x(across, x), _y(up, y)) for x, y in series.points]
    path = "".join(_steps(at) if series.is_step else _joined(at))
    mark = MARKS[number % len(MARKS)]
    marks = "".join(f"M{_px(x)} {_px(y)}{mark}" for x, y in at)
    return Markup(
        '<g class="{}"><path class="line" d="{}"/><path class="mark" d="{}"/></g>'
    ).format(_style(number), path, marks)


def _joined(at: Sequence[Point]) -> Iterator[str]:
    for number, (x, y) in enumerate(at):
        yield f"{'L' if number else 'M'}{_px(x)} {_px(y)}"


def _steps(at: Sequence[Point]) -> Iterator[str]:
    for number, (x, y) in enumerate(at):
        yield f"H{_px(x)}V{_px(y)}" if number else f"M{_px(x)} {_px(y)}"


# --- Dots ----------------------------------------------------------------------------------------


def _along(axis: Axis, value: float) -> float:
    return NAMES + axis.ratio(value) * (WIDTH - NAMES - RIGHT)


def _ruled(axis: Axis, height: int) -> Markup:
    parts = [_upright(_along(axis, tick), height, tick) for tick in axis.ticks]
    parts.append(_below(axis.name, (NAMES + WIDTH - RIGHT) / 2, height))
    return Markup("").join(parts)


def _dot(axis: Axis, number: int, row: PlotRow) -> Markup:
    y = TOP + ROW * number + ROW / 2
    return Markup(
        '<text class="rule" x="{}" y="{}">{}</text>'
        '<g class="{}"><path class="span" d="M{} {y}H{}"/><path class="mark" d="M{} {y}{}"/></g>'
    ).format(
        NAMES - 8,
        _px(y + 5),
        escape(row.name),
        "bound" if row.is_bound else "seen",
        _px(_along(axis, row.low)),
        _px(_along(axis, row.high)),
        _px(_along(axis, row.value)),
        MARKS[0],
        y=_px(y),
    )


def _px(length: float) -> str:
    """Return a coordinate to a tenth, in as few letters as can be."""
    return f"{length:.1f}".removesuffix(".0")
