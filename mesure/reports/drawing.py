"""What a map is made of, ready to be laid out: paths in the words of SVG, and where labels stand.

Drawn by us from the order and the fixes alone: there is no picture of streets below it, so opening
a report tells no map server where a person lives.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mesure.positions.fixes import F64
from mesure.reports.chart import Box, Chart

WIDTH: Final = 480
HEIGHT: Final = 360
SCALE_UNITS_MAX: Final = 130.0
_HALF_LETTER: Final = 4.8  # Half the width of a letter, at the size used on a narrow screen.
_LABEL_HEIGHT: Final = 20.0
_LABEL_GAP: Final = 4.0

# Marks, each drawn from its middle.
DOT: Final = "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z"
DIAMOND: Final = "m0-5.5l5.5 5.5-5.5 5.5-5.5-5.5z"
SPECK: Final = "h0"


@dataclass(frozen=True, slots=True)
class Area:
    """A boundary as a path. `concerned`: the map is about it."""

    path: str
    keep_out: bool
    concerned: bool
    stroke: str = ""  # The width of a way, which is drawn as a broad line; "" for other shapes.


@dataclass(frozen=True, slots=True)
class Disc:
    """A confidence circle."""

    x: str
    y: str
    radius: str


@dataclass(frozen=True, slots=True)
class Label:
    """A word on the map, its middle below a point."""

    x: str
    y: str
    text: str


@dataclass(frozen=True, slots=True)
class Dots:
    """Fixes by their side of the boundary, and by whether a possible breach rests on them."""

    right: str = ""
    right_evidence: str = ""
    wrong: str = ""
    wrong_evidence: str = ""
    specks: str = ""  # Each stands for all fixes of a spot.


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map of `fixes_there` fixes: some thinned out, some outside what is shown."""

    areas: tuple[Area, ...]
    discs: tuple[Disc, ...]
    line: str  # Joins fixes in the sequence in which they were taken; "" where none is drawn.
    dots: Dots
    labels: tuple[Label, ...]
    scale_m: int
    scale_units: str
    fixes_there: int
    fixes_drawn: int
    fixes_outside: int


def number(value: float) -> str:
    """Return a coordinate to half a unit, in as few letters as can be.

    >>> number(12.2), number(-0.1), number(7.5)
    ('12', '0', '7.5')
    """
    halves = round(value * 2.0)
    return str(halves // 2) if halves % 2 == 0 else f"{halves / 2:.1f}"


def points(x: F64, y: F64, shape: str) -> str:
    """Return a path that draws the same small shape at every point."""
    return "".join(f"M{number(a)} {number(b)}{shape}" for a, b in zip(x, y, strict=True))


def polyline(x: F64, y: F64) -> str:
    """Return a path through points; fewer than two make none."""
    if len(x) < 2:
        return ""
    return "M" + "L".join(f"{number(a)} {number(b)}" for a, b in zip(x, y, strict=True))


def within(chart: Chart, x: F64, y: F64) -> NDArray[np.bool_]:
    """Say which points lie on the drawing."""
    return (x >= 0.0) & (x <= chart.width) & (y >= 0.0) & (y <= chart.height)


def labels(chart: Chart, wishes: Iterable[tuple[float, float, str]]) -> tuple[Label, ...]:
    """Return labels over, under or beside the points they belong to, none over another.

    Earlier wishes go first; a label for which no side is free is left out.
    """
    taken: list[tuple[float, float, float]] = []
    placed: list[Label] = []
    for x, y, text in wishes:
        half = _HALF_LETTER * len(text) + _LABEL_GAP
        spots = [(x, y - 8.0), (x, y + 20.0), (x + half + 8.0, y + 5.0), (x - half - 8.0, y + 5.0)]
        for across, down in (_on(chart, spot, half) for spot in spots):
            if not any(_overlap((across, down, half), other) for other in taken):
                taken.append((across, down, half))
                placed.append(Label(number(across), number(down), text))
                break
    return tuple(placed)


def _on(chart: Chart, spot: tuple[float, float], half: float) -> tuple[float, float]:
    """Return a spot moved so that its label stays on the drawing."""
    across = min(max(spot[0], half), max(chart.width - half, half))
    return across, min(max(spot[1], _LABEL_HEIGHT), chart.height - _LABEL_GAP)


def _overlap(one: tuple[float, float, float], other: tuple[float, float, float]) -> bool:
    apart_across = abs(one[0] - other[0]) >= one[2] + other[2]
    return not apart_across and abs(one[1] - other[1]) < _LABEL_HEIGHT


def top_of(chart: Chart, box: Box) -> tuple[float, float]:
    """Return where the middle of the upper edge of a box stands on the drawing."""
    middle_m, top_m = np.array([(box.west_m + box.east_m) / 2.0]), np.array([box.north_m])
    return float(chart.x(middle_m)[0]), float(chart.y(top_m)[0])
