"""SVG paths of a map, ready to be laid out, and the places of its labels.

The unit of a drawing is called px; how large one is on a screen or on paper is up to the page.
Drawn by us from the order and the fixes alone: there is no picture of streets below it, so opening
a report tells no map server where a person lives.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mesure.geo.fixes import F64
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.venues import place_names
from mesure.reports.drawing.chart import Frame, PlaneBox, PlaneChart

WIDTH: Final = 480
HEIGHT: Final = 360
SCALE_PX_MAX: Final = 130.0
_HALF_LETTER_PX: Final = 5.6  # Half the width of a letter, at the size used on a narrow screen.
_LABEL_HEIGHT_PX: Final = 22.0
_LETTER_HEIGHT_PX: Final = 14.0
_LABEL_GAP_PX: Final = 4.0
_GAPS_PX: Final = (8.0, 32.0)  # The second row of labels clears the first.
_APART_PX: Final = 18.0  # This far from what it names, nobody sees what a label is about.

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
    undecided: bool = False  # Nothing says yet whether to be in it or to keep out of it.


@dataclass(frozen=True, slots=True)
class Disc:
    """A confidence circle."""

    x: str
    y: str
    radius: str


@dataclass(frozen=True, slots=True)
class Label:
    """A word on the map, its middle below a point; `lead` ties it to what it names, if apart."""

    x: str
    y: str
    text: str
    lead: str = ""
    by_language: Mapping[str, str] = field(default_factory=dict)  # Where languages differ in it.


@dataclass(frozen=True, slots=True)
class Dots:
    """Fixes by their side of the boundary, and by what each was to a possible breach.

    Those of no other word were not used for it.
    """

    right: str = ""
    right_used: str = ""
    right_evidence: str = ""
    wrong: str = ""
    wrong_used: str = ""
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
    scale_px: str
    fixes_there: int
    fixes_drawn: int
    fixes_outside: int
    fixes_decided: int = 0  # Of a possible breach: the number on which it rests,
    fixes_used: int = 0  # and the number used in its time.
    frame: Frame | None = None  # Where it lies on the ground.
    envelopes: tuple[str, ...] = ()  # The circles of each stay as one outline; in place of discs.
    streets: str = ""  # Of the map that the installation holds; "" where there is none.


def number(length_px: float) -> str:
    """Return a coordinate to half a unit, in as few letters as can be.

    >>> number(12.2), number(-0.1), number(7.5)
    ('12', '0', '7.5')
    """
    halves = round(length_px * 2.0)
    return str(halves // 2) if halves % 2 == 0 else f"{halves / 2:.1f}"


def points(x: F64, y: F64, shape: str) -> str:
    """Return a path that draws the same small shape at every point."""
    return "".join(f"M{number(a)} {number(b)}{shape}" for a, b in zip(x, y, strict=True))


def polyline(x: F64, y: F64) -> str:
    """Return a path through points; fewer than two make none."""
    if len(x) < 2:
        return ""
    return "M" + "L".join(f"{number(a)} {number(b)}" for a, b in zip(x, y, strict=True))


def on_frame(frame: Frame, lon_deg: F64, lat_deg: F64) -> tuple[F64, F64]:
    """Return where points are on a drawing, by the edges of it.

    Longitudes are taken the short way round from the west edge.
    """
    turned_deg = (lon_deg - frame.west_deg + 540.0) % 360.0 - 180.0
    x: F64 = turned_deg / (frame.east_deg - frame.west_deg) * WIDTH
    y: F64 = (frame.north_deg - lat_deg) / (frame.north_deg - frame.south_deg) * HEIGHT
    return x, y


def rings_path(frame: Frame, rings: Iterable[F64]) -> str:
    """Return rings of longitude and latitude as one path."""
    return "".join(f"{polyline(*on_frame(frame, *ring[:-1].T))}z" for ring in rings)


def within(chart: PlaneChart, x: F64, y: F64) -> NDArray[np.bool_]:
    """Say which points lie on the drawing."""
    return (x >= 0.0) & (x <= chart.width) & (y >= 0.0) & (y <= chart.height)


def labels(
    chart: PlaneChart,
    wishes: Iterable[tuple[float, float, str]],
    x: F64,
    y: F64,
    *catalogues: Catalogue,
) -> tuple[Label, ...]:
    """Return labels beside the points they belong to, where they hide fewest fixes.

    With catalogues a place is called as each language calls it, and has the room that this takes.
    None lies over another: earlier wishes go first, and one for which no side is free is left out.
    """
    occupied: list[_Spot] = []
    placed: list[Label] = []
    for at_x, at_y, name in wishes:
        named = {one.language: place_names.quote_name(name, one) for one in catalogues}
        text = max([*named.values()] or [name], key=len)
        half_px = _HALF_LETTER_PX * len(text) + _LABEL_GAP_PX
        spots = [_on(chart, spot) for spot in _beside(at_x, at_y, half_px)]
        free = [spot for spot in spots if not any(_overlap(spot, other) for other in occupied)]
        if free:
            best = min(free, key=lambda spot: _hidden(spot, x, y))  # The first where they tie.
            occupied.append(best)
            lead = _lead(chart, at_x, at_y, best)
            differing = named if len(set(named.values())) > 1 else {}
            placed.append(Label(number(best.x), number(best.y), text, lead, differing))
    return tuple(placed)


class _Spot(NamedTuple):
    """Where a label could be: the middle of its base line, and half its width."""

    x: float
    y: float
    half_px: float


def _beside(x: float, y: float, half_px: float) -> Iterator[_Spot]:
    """Yield spots over and under a point and at its sides, near ones first."""
    for gap_px in _GAPS_PX:
        yield _Spot(x, y - gap_px, half_px)
        yield _Spot(x, y + gap_px + _LETTER_HEIGHT_PX, half_px)
        yield _Spot(x + half_px + gap_px, y + _LETTER_HEIGHT_PX / 2.0, half_px)
        yield _Spot(x - half_px - gap_px, y + _LETTER_HEIGHT_PX / 2.0, half_px)


def _on(chart: PlaneChart, spot: _Spot) -> _Spot:
    """Return a spot moved so that its label stays on the drawing."""
    x = min(max(spot.x, spot.half_px), max(chart.width - spot.half_px, spot.half_px))
    return spot._replace(x=x, y=min(max(spot.y, _LABEL_HEIGHT_PX), chart.height - _LABEL_GAP_PX))


def _lead(chart: PlaneChart, x: float, y: float, spot: _Spot) -> str:
    """Return a line from a point on the drawing to its label, where that is apart."""
    reach_px = spot.half_px - _LABEL_GAP_PX
    end_x = min(max(x, spot.x - reach_px), spot.x + reach_px)
    end_y = min(max(y, spot.y - _LETTER_HEIGHT_PX), spot.y + _LABEL_GAP_PX / 2.0)
    is_on = 0.0 <= x <= chart.width and 0.0 <= y <= chart.height
    if not is_on or max(abs(end_x - x), abs(end_y - y)) < _APART_PX:
        return ""
    return f"M{number(x)} {number(y)}L{number(end_x)} {number(end_y)}"


def _overlap(spot: _Spot, other: _Spot) -> bool:
    apart = abs(spot.x - other.x) >= spot.half_px + other.half_px
    return not apart and abs(spot.y - other.y) < _LABEL_HEIGHT_PX


def _hidden(spot: _Spot, x: F64, y: F64) -> int:
    """Return how many fixes a label would lie on."""
    across = np.abs(x - spot.x) <= spot.half_px
    return int(
        np.count_nonzero(across & (y <= spot.y + _LABEL_GAP_PX) & (y >= spot.y - _LETTER_HEIGHT_PX))
    )


def top_of(chart: PlaneChart, box: PlaneBox) -> tuple[float, float]:
    """Return where the middle of the upper edge of a box is on the drawing."""
    middle_m, top_m = np.array([(box.west_m + box.east_m) / 2.0]), np.array([box.north_m])
    return float(chart.x(middle_m)[0]), float(chart.y(top_m)[0])
