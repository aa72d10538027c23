"""Boundaries as an order or a map file draws them, made fit to be measured.

Corners are WGS84 (latitude, longitude) in degrees. What cannot be a boundary is refused; nothing is
repaired, since a repaired line is not the one the court saw.
"""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely

from mesure.orders.text.order_faults import RefusedValueError
from mesure.orders.text.sayings import translatable
from mesure.orders.values.places import Corridor, Polygon, Ring

CORNERS_MAX: Final = 100_000  # The most detailed district in our data has 1,168.
# Checking that a line does not cross itself compares edges whose boxes overlap: 30 ns a pair.
PAIRS_MAX: Final = 50_000_000
WOUND_DEG_MAX: Final = 720.0  # As far as `geo.zones` goes round the earth with one shape.
RADIUS_M_MAX: Final = 50_000.0  # A larger circle is a region: draw it.

_WHERE = re.compile(r"\[(\S+) (\S+)\]")
_FLAWS: Final = {
    "Self-intersection": translatable("the boundary crosses or touches itself"),
    "Ring Self-intersection": translatable("the boundary touches itself"),
    "Hole lies outside shell": translatable("a hole lies outside the area"),
    "Holes are nested": translatable("a hole lies inside another hole"),
    "Interior is disconnected": translatable("the holes cut the area into pieces"),
}


def polygon(outer: Ring, holes: Sequence[Ring] = ()) -> Polygon:
    """Return an area whose rings may run over the antimeridian; raises `RefusedValueError`."""
    area = Polygon(_ring(outer), tuple(_ring(hole) for hole in holes))
    if len(area.outer) + sum(len(hole) for hole in area.holes) > CORNERS_MAX:
        what = translatable("the boundary has more than {most} corners", most=CORNERS_MAX)
        why = translatable("no paper shows so fine a line")
        raise RefusedValueError(what, why, translatable("simplify the boundary"))
    west_deg = min(lon_deg for _, lon_deg in area.outer)
    area = Polygon(area.outer, tuple(_beside(hole, west_deg) for hole in area.holes))
    _refuse_thicket(area)
    _refuse_flaws(area)
    return area


def corridor(line: Ring, width_m: float) -> Corridor:
    """Return a way; raises `RefusedValueError`."""
    if len(line) > CORNERS_MAX:
        what = translatable("the way has more than {most} points", most=CORNERS_MAX)
        why = translatable("no paper shows so fine a line")
        raise RefusedValueError(what, why, translatable("simplify the way"))
    points = _unwrapped(line)
    if len(points) < 2:
        what = translatable("the way has fewer than two different points")
        remedy = translatable("write two points or more, or draw a circle")
        raise RefusedValueError(what, translatable("it leads nowhere"), remedy)
    if np.ptp(points, axis=0)[1] > WOUND_DEG_MAX:
        what = translatable("the way goes round the earth more than twice")
        why = translatable("how far somebody is from so long a way cannot be told")
        raise RefusedValueError(what, why, translatable("simplify the way"))
    return Corridor(points, width_m)


def _ring(ring: Ring) -> Ring:
    corners = _unwrapped((*ring, ring[0])) if ring else ()
    if len(corners) < 4:
        what = translatable("the boundary has fewer than three different corners")
        why = translatable("it encloses nothing")
        raise RefusedValueError(what, why, translatable("write three corners or more"))
    if corners[0] != corners[-1] or np.ptp(corners, axis=0)[1] > WOUND_DEG_MAX:
        what = translatable("the boundary goes round a pole")
        why = translatable("on a map of latitude and longitude it has no inside")
        raise RefusedValueError(what, why, translatable("draw a circle round the pole instead"))
    return corners[:-1]


def _unwrapped(points: Ring) -> Ring:
    """Return the points without repeats, with longitudes that run on past 180 degrees."""
    turns_deg = 0.0
    unwrapped: list[tuple[float, float]] = []
    before_deg = points[0][1] if points else 0.0
    for lat_deg, lon_deg in points:
        step_deg = lon_deg - before_deg
        if abs(step_deg) == 180:
            what = translatable(
                "two neighbouring corners lie half the globe apart, at longitude {longitude}",
                longitude=f"{lon_deg:g}",
            )
            why = translatable("the line between them could run either way")
            raise RefusedValueError(what, why, translatable("write a corner between them"))
        if abs(step_deg) > 180:
            turns_deg += -360.0 if step_deg > 0 else 360.0
        before_deg = lon_deg
        corner = (lat_deg, lon_deg + turns_deg)
        if not unwrapped or corner != unwrapped[-1]:
            unwrapped.append(corner)
    return tuple(unwrapped)


def _beside(hole: Ring, west_deg: float) -> Ring:
    """Return a hole on the same turn round the globe as the area that begins at `west_deg`."""
    turns_deg = (min(lon_deg for _, lon_deg in hole) - west_deg) // 360.0 * 360.0
    return tuple((lat_deg, lon_deg - turns_deg) for lat_deg, lon_deg in hole)


def _refuse_thicket(area: Polygon) -> None:
    """Refuse a boundary that would take minutes to check: thousands of long edges side by side."""
    corners = len(area.outer) + sum(len(hole) for hole in area.holes)
    if corners * corners / 2 <= PAIRS_MAX:
        return  # Even if every edge lay beside every other; as nearly always.
    rings = [np.array((*ring, ring[0])) for ring in (area.outer, *area.holes)]
    first = np.concatenate([ring[:-1] for ring in rings])
    second = np.concatenate([ring[1:] for ring in rings])
    south, west = np.minimum(first, second).T.copy()
    north, east = np.maximum(first, second).T.copy()
    sample = range(0, len(first), 1 + len(first) // 200)
    overlapping = sum(
        np.count_nonzero(
            (south <= north[n]) & (north >= south[n]) & (west <= east[n]) & (east >= west[n])
        )
        for n in sample
    )
    if overlapping / len(sample) * len(first) / 2 > PAIRS_MAX:
        what = translatable("the boundary has too many long edges close to each other")
        why = translatable("whether it crosses itself cannot be checked")
        raise RefusedValueError(what, why, translatable("simplify the boundary"))


def _refuse_flaws(area: Polygon) -> None:
    drawn = shapely.Polygon(_lon_lat(area.outer), [_lon_lat(hole) for hole in area.holes])
    reason = str(shapely.is_valid_reason(drawn))
    if reason == "Valid Geometry":
        return
    what = _FLAWS.get(reason.partition("[")[0], translatable("the boundary is not well drawn"))
    for lon, lat in _WHERE.findall(reason):
        what = translatable(
            "{flaw} near latitude {latitude}, longitude {longitude}",
            flaw=what,
            latitude=f"{float(lat):.5f}",
            longitude=f"{float(lon):.5f}",
        )
    why = translatable("what lies inside cannot be told")
    raise RefusedValueError(
        what, why, translatable("write the corners in the order in which one walks round")
    )


def _lon_lat(ring: Ring) -> list[tuple[float, float]]:
    return [(lon_deg, lat_deg) for lat_deg, lon_deg in ring]
