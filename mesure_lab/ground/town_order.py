"""The order of a simulated person: where its boundaries truly lie, and the file that says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from mesure.geo.fixes import F64
from mesure.orders.model.order import OrderVersion
from mesure.orders.reading import read_order
from mesure_lab.ground import fictional_order, town
from mesure_lab.ground.journeys import Zone
from mesure_lab.ground.town import Point
from mesure_lab.rules.readings import Flags

FILE: Final = "order.yaml"
CURFEW: Final = "C1"
RESIDENCE: Final = "C2"
EXCLUSION: Final = "C3"

ORDER: Final = """\
# A fictional order for a fictional person of a simulated town.
order: TOWN-{person}
person: {person}
court: Fictional court
decision: {{number: none, date: {first}}}
legal_basis: none, a simulation
time_zone: {zone}
in_force: {{from: {first}, until: {last}}}
places:
  home: {{lat_deg: {lat_deg:.7f}, lon_deg: {lon_deg:.7f}, radius_m: {radius_m:.0f}}}
  district: {{polygon: {district}}}
  excluded: {{polygon: {excluded}}}
conditions:
  {curfew}: {{curfew: {{at: home, from: {curfew_from}, until: {curfew_until}, every: day}}}}
  {residence}: {{residence: {{stay_in: district}}}}
  {exclusion}: {{exclusion: {{keep_out_of: excluded}}}}
"""


@dataclass(frozen=True, slots=True)
class OrderBoundaries:
    """The boundaries of an order in metres from the town's origin."""

    home: Point
    radius_m: float
    district: tuple[Point, ...]
    excluded: tuple[Point, ...]

    def wrong_sides(self) -> Mapping[str, Zone]:
        """Return for each condition which points lie on its wrong side."""
        return {
            CURFEW: lambda east_m, north_m: self.beyond_m(east_m, north_m) > 0.0,
            RESIDENCE: lambda east_m, north_m: ~contains(self.district, east_m, north_m),
            EXCLUSION: lambda east_m, north_m: contains(self.excluded, east_m, north_m),
        }

    def beyond_m(self, east_m: F64, north_m: F64) -> F64:
        """Return how far beyond the home circle points lie; negative inside."""
        east_m, north_m = east_m - self.home[0], north_m - self.home[1]
        beyond_m: F64 = np.sqrt(east_m * east_m + north_m * north_m) - self.radius_m
        return beyond_m


def contains(ring: Sequence[Point], east_m: F64, north_m: F64) -> Flags:
    """Return which points lie within a ring: a ray to the east crosses it an odd number of times.

    >>> square = [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0)]
    >>> contains(square, np.array([1.0, 3.0]), np.array([1.0, 1.0])).tolist()
    [True, False]
    """
    inside = np.zeros(len(east_m), np.bool_)
    for (east0, north0), (east1, north1) in zip(ring, [*ring[1:], ring[0]], strict=True):
        spans = (north0 > north_m) != (north1 > north_m)
        rise = north1 - north0 or 1.0
        meets_m = east0 + (north_m - north0) * (east1 - east0) / rise
        inside ^= spans & (east_m < meets_m)
    return inside


def text(person: str, ground: OrderBoundaries, first: date, last: date) -> str:
    """Write the order file, in force from the first midnight until the last."""
    home = town.degrees(ground.home)
    return ORDER.format(
        person=person,
        first=first,
        last=last,
        zone=town.TIME_ZONE,
        lat_deg=home.lat_deg,
        lon_deg=home.lon_deg,
        radius_m=ground.radius_m,
        district=_corners(ground.district),
        excluded=_corners(ground.excluded),
        curfew=CURFEW,
        residence=RESIDENCE,
        exclusion=EXCLUSION,
        curfew_from=fictional_order.CURFEW_FROM,
        curfew_until=fictional_order.CURFEW_UNTIL,
    )


def version(order: str) -> OrderVersion:
    """Return the order as a value."""
    return read_order.read(FILE, order.encode(), {})


def _corners(ring: Sequence[Point]) -> str:
    places = [town.degrees(point) for point in ring]
    return "[" + ", ".join(f"[{p.lat_deg:.7f}, {p.lon_deg:.7f}]" for p in places) + "]"
