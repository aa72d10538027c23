"""The straightforward evaluator to compare with: shapely, one fix after the other.

This is what a competent programmer writes in an afternoon, with what makes it quick left in: local
metres for all fixes at once, one point for each fix, prepared zones, no look at a fix while a
condition does not bind, one tight loop for each window. It does the same job as far as a plain rule
can: the same conditions, their hours on the wall clock, silence as unknown, two fixes in a row on
the wrong side before it says *not met* (from the first of them on), and spans of met, not met and
unknown.

Two rules are kept. `SIDE` asks on which side of the boundary a fix lies, and nothing else: it says
*not met* by a fix that is good to a kilometre. `CHANCE` knows doubt: it measures the distance to
the boundary and takes the chance of being on the wrong side from the radius of the fix, by the
usual formula for a straight boundary, with the thresholds of the policy.

What both are spared: tails heavier than a Gaussian's, errors that persist, evidence that arrives
late, the way between two fixes, the tolerance of a boundary, episodes.
"""

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Point
from shapely.geometry.base import BaseGeometry

from bench.evaluation.made_up_people import BenchPerson
from mesure.evaluation.assessment import Status
from mesure.geo import earth
from mesure.geo.fixes import F64
from mesure.instants import US_PER_S, to_us
from mesure.orders.model import schedule
from mesure.orders.model.conditions import Duty, Exclusion, Residence
from mesure.orders.values.places import Circle, Polygon, Ring, Shape

SILENCE_US: Final = 600 * US_PER_S
P_NOT_MET: Final = 0.95
P_MET: Final = 0.3
"""As the policy has them for a tag."""

RADIUS95_PER_SIGMA: Final = 2.4477
RADIUS95_UNKNOWN_M: Final = 50.0
CORNERS_PER_QUARTER: Final = 16


Points = NDArray[np.object_]


class Spell(NamedTuple):
    """One status of a condition over [start_us, end_us)."""

    condition: str
    status: Status
    start_us: int
    end_us: int


class LocalMetres(NamedTuple):
    """Local metres round a point."""

    lat_deg: float
    lon_deg: float
    lat_m_per_deg: float
    lon_m_per_deg: float

    def points(self, lat_deg: F64, lon_deg: F64) -> Points:
        """Return points in metres east and north, made all at once."""
        return np.asarray(shapely.points(*self._metres(lat_deg, lon_deg)))

    def points_one_by_one(self, lat_deg: F64, lon_deg: F64) -> list[Point]:
        """Return the same, each made by itself."""
        east_m, north_m = self._metres(lat_deg, lon_deg)
        return [Point(*ways_m) for ways_m in zip(east_m.tolist(), north_m.tolist(), strict=True)]

    def _metres(self, lat_deg: F64, lon_deg: F64) -> tuple[F64, F64]:
        east_m = (lon_deg - self.lon_deg) * self.lon_m_per_deg
        return east_m, (lat_deg - self.lat_deg) * self.lat_m_per_deg

    def zone(self, shape: Shape) -> BaseGeometry:
        """Return a shape in metres."""
        if isinstance(shape, Circle):
            [centre] = self._ring(((shape.lat_deg, shape.lon_deg),))
            return Point(centre).buffer(shape.radius_m, CORNERS_PER_QUARTER)
        if isinstance(shape, Polygon):
            holes = [self._ring(hole) for hole in shape.holes]
            return shapely.Polygon(self._ring(shape.outer), holes)
        line = shapely.LineString(self._ring(shape.line))
        return line.buffer(shape.width_m / 2.0, CORNERS_PER_QUARTER)

    def _ring(self, ring: Ring) -> list[tuple[float, float]]:
        return [
            (
                (lon_deg - self.lon_deg) * self.lon_m_per_deg,
                (lat_deg - self.lat_deg) * self.lat_m_per_deg,
            )
            for lat_deg, lon_deg in ring
        ]


def plane_of(someone: BenchPerson) -> LocalMetres:
    """Return the plane at the first fix."""
    lat_deg, lon_deg = float(someone.fixes.lat_deg[0]), float(someone.fixes.lon_deg[0])
    scale = earth.scale(np.array(lat_deg))
    return LocalMetres(lat_deg, lon_deg, float(scale.lat_m_per_deg), float(scale.lon_m_per_deg))


# --- The rules -------------------------------------------------------------------------------

Look = Callable[[Point, float], Status]
"""What one fix says: its point and its radius."""

Rule = Callable[[BaseGeometry, bool], Look]
"""A rule for a zone, and whether its inside is the right side."""


def side(zone: BaseGeometry, inside_is_right: bool) -> Look:
    """Return the rule that asks on which side a fix lies."""
    contains = zone.contains
    right, wrong = Status.MET, Status.NOT_MET

    def look(point: Point, _radius95_m: float) -> Status:
        return right if contains(point) is inside_is_right else wrong

    return look


def chance(zone: BaseGeometry, inside_is_right: bool) -> Look:
    """Return the rule that knows doubt."""
    contains, distance, erf = zone.contains, zone.boundary.distance, math.erf
    per_sigma = RADIUS95_PER_SIGMA / math.sqrt(2.0)

    def look(point: Point, radius95_m: float) -> Status:
        wrong_m = distance(point)
        if contains(point) is inside_is_right:
            wrong_m = -wrong_m
        p_wrong = 0.5 + 0.5 * erf(wrong_m * per_sigma / radius95_m)
        if p_wrong > P_NOT_MET:
            return Status.NOT_MET
        return Status.MET if p_wrong < P_MET else Status.UNKNOWN

    return look


# --- The evaluator ---------------------------------------------------------------------------


def evaluate(someone: BenchPerson, rule: Rule) -> list[Spell]:
    """Return what a rule says of every condition, span by span."""
    plane, fixes = plane_of(someone), someone.fixes
    points = plane.points_one_by_one(fixes.lat_deg, fixes.lon_deg)
    observed_us = fixes.observed_us.tolist()
    radii_m = np.nan_to_num(fixes.radius95_m, nan=RADIUS95_UNKNOWN_M).tolist()
    spells: list[Spell] = []
    for condition in someone.order.conditions:
        look = rule(*zone_of(someone, condition.duty, plane))
        for start_us, end_us in windows(someone, condition.id):
            first, last = bisect_left(observed_us, start_us), bisect_left(observed_us, end_us)
            part = slice(first, last)
            window_fixes = zip(observed_us[part], points[part], radii_m[part], strict=True)
            spells += _spells(condition.id, start_us, end_us, look, window_fixes)
    return spells


def zone_of(someone: BenchPerson, duty: Duty, plane: LocalMetres) -> tuple[BaseGeometry, bool]:
    """Return the prepared zone of a condition, and whether its inside is the right side."""
    match duty:
        case Exclusion():
            place, inside_is_right = duty.keep_out_of, False
        case Residence():
            place, inside_is_right = duty.stay_in, True
        case _:
            place, inside_is_right = duty.at, True
    shapes = someone.order.places[place].shapes
    zone = shapely.union_all([plane.zone(shape) for shape in shapes])
    shapely.prepare(zone)
    return zone, inside_is_right


def windows(someone: BenchPerson, condition_id: str) -> list[tuple[int, int]]:
    """Return the spans in which a condition binds, from the first fix on."""
    order, until_us = someone.order, someone.until_us
    begin_us = int(someone.fixes.observed_us[0])
    [condition] = (one for one in order.conditions if one.id == condition_id)
    bounds = schedule.bounds(condition, order, order.in_force.start, order.in_force.end)
    spans = ((to_us(bound.span.start), to_us(bound.span.end)) for bound in bounds)
    cut = ((max(start_us, begin_us), min(end_us, until_us)) for start_us, end_us in spans)
    return [(start_us, end_us) for start_us, end_us in cut if start_us < end_us]


def _spells(
    condition: str,
    start_us: int,
    end_us: int,
    look: Look,
    window_fixes: Iterator[tuple[int, Point, float]],
) -> list[Spell]:
    """Return what is said of one window, fix by fix."""
    spells: list[Spell] = []
    status, since_us, heard_us, wrong_us = Status.UNKNOWN, start_us, start_us, -1
    for at_us, point, radius_m in window_fixes:
        if at_us - heard_us > SILENCE_US:
            spells.append(Spell(condition, status, since_us, heard_us + SILENCE_US))
            status, since_us, wrong_us = Status.UNKNOWN, heard_us + SILENCE_US, -1
        heard_us = at_us
        now, from_us = look(point, radius_m), at_us
        if now is not Status.NOT_MET:
            wrong_us = -1
        elif wrong_us < 0:
            wrong_us = at_us
            continue
        else:
            from_us = wrong_us
        if now is not status:
            spells.append(Spell(condition, status, since_us, from_us))
            status, since_us = now, from_us
    told_us = min(heard_us + SILENCE_US, end_us)
    spells.append(Spell(condition, status, since_us, told_us))
    spells.append(Spell(condition, Status.UNKNOWN, told_us, end_us))
    return [spell for spell in spells if spell.start_us < spell.end_us]
