"""Ground questions: signs that a clock or a place is not where the court meant it.

A zone that nobody chose, a sign that was lost and two numbers the wrong way round all leave an
order that can be read, and judge somebody by other hours or another place. Distances here are for
asking only, right to a few per cent.
"""

import math
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import islice
from typing import Final, NamedTuple

from mesure.orders.clock import clock_cities, time_zones
from mesure.orders.model.order import OrderVersion
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.values.places import Circle, Place, Polygon, Shape
from mesure.orders.venues import place_names

FAR_DEG: Final = 5.0  # Some 500 km to the north; an order names what lies in one town or region.

CLOCK_KM: Final = 3_000.0
"""No country but one keeps the clock of a city this far away: New York's reaches 2,000 km."""

WIDE_CLOCKS: Final = frozenset(
    ("Asia/Shanghai", "Asia/Chongqing", "Asia/Chungking", "Asia/Harbin", "PRC")
)
WIDE_KM: Final = 4_500.0  # From Shanghai to Kashgar are 4,000.

BESIDE_KM: Final = 60.0  # This near a city a place goes by its clock, but for a few border towns.
NEARER_KM: Final = 1_500.0
NEARER_RATIO: Final = 4.0
"""A clock is another country's where its city lies so much farther away than another city is.

West Texas lies 3.1 times as far from Chicago, whose clock it keeps, as from the next city.
"""

ASKED_MAX: Final = 5  # Places asked about one by one: where all are wrong, nobody reads a hundred.

PLACES_MAX: Final = 100  # Whose clocks are looked up; the places of an order lie in one country.

_FIXED: Final = frozenset(("EST", "MST", "HST"))  # Named as if by a place, and yet an offset.
_KM_PER_DEG: Final = 111.2
_HALF_A_YEAR: Final = timedelta(days=182)


class PlaceBounds(NamedTuple):
    """Between which latitudes and longitudes a place lies; the east is at or beyond the west."""

    south_deg: float
    west_deg: float
    north_deg: float
    east_deg: float


def sentences(version: OrderVersion, catalogue: Catalogue) -> Iterator[str]:
    """Yield a question for every clock and place that may not be meant."""
    yield from _far_apart(version, catalogue)
    yield from _clock(version, catalogue)


# --- Places against each other -------------------------------------------------------------------


def _far_apart(version: OrderVersion, catalogue: Catalogue) -> Iterator[str]:
    """Yield places so far from the first that latitude and longitude may be in the wrong order."""
    boxes = {name: box(place) for name, place in version.places.items() if not place.is_by_map}
    for number, (name, here) in enumerate(boxes.items()):
        if number == 0:
            first, there = name, here
        elif max(_gaps_deg(here, there)) > FAR_DEG:
            sentence = catalogue.text(
                "“{place}” lies far away from “{other}”. Is the latitude written first?"
            )
            named, other = (place_names.quote_name(one, catalogue) for one in (name, first))
            yield sentence.format(place=named, other=other)


def box(place: Place) -> PlaceBounds:
    """Return between which latitudes and longitudes a place lies, as far as it is drawn."""
    corners = [corner for shape in place.shapes for corner in _corners(shape)]
    lats_deg, lons_deg = zip(*corners, strict=True)
    return PlaceBounds(min(lats_deg), min(lons_deg), max(lats_deg), max(lons_deg))


def _corners(shape: Shape) -> tuple[tuple[float, float], ...]:
    if isinstance(shape, Circle):
        return ((shape.lat_deg, shape.lon_deg),)
    return shape.outer if isinstance(shape, Polygon) else shape.line


def _gaps_deg(box: PlaceBounds, other: PlaceBounds) -> tuple[float, float]:
    """Return how many degrees of latitude and of longitude lie between two boxes, 0 for none."""
    north_deg = max(box.south_deg - other.north_deg, other.south_deg - box.north_deg, 0.0)
    middles_deg = box.west_deg + box.east_deg - other.west_deg - other.east_deg
    turns_deg = 360.0 * round(middles_deg / 720.0)
    west_deg, east_deg = box.west_deg - turns_deg, box.east_deg - turns_deg
    return north_deg, max(west_deg - other.east_deg, other.west_deg - east_deg, 0.0)


# --- Places against the clock --------------------------------------------------------------------


def _clock(version: OrderVersion, catalogue: Catalogue) -> Iterator[str]:
    zone = version.zone.key
    cities = clock_cities.by_zone()
    if zone not in cities or zone in _FIXED:
        yield catalogue.text(
            "{zone} is a fixed offset, and the clock of no place. Does the court mean it?"
        ).format(zone=zone)
        return
    city = cities[zone]
    limit_km = WIDE_KM if zone in WIDE_CLOCKS else CLOCK_KM
    far = [place for place in version.places.values() if _away_km(box(place), city) > limit_km]
    for place in far[:ASKED_MAX]:
        yield from _not_there(place, zone, city, catalogue)
    if len(far) > ASKED_MAX:
        yield catalogue.plural(
            "{count} more place lies as far from it.",
            "{count} more places lie as far from it.",
            len(far) - ASKED_MAX,
        ).format(count=len(far) - ASKED_MAX)
    if not far:
        yield from _another_clock(version, city, catalogue)


def _not_there(
    place: Place, zone: str, city: tuple[float, float], catalogue: Catalogue
) -> Iterator[str]:
    """Yield how far a place is from the city of the clock, and what would bring it near."""
    here = box(place)
    yield catalogue.text(
        "“{place}” lies {distance} km from the city of the clock {zone}. Which of the two is wrong?"
    ).format(
        place=place_names.quote_name(place.name, catalogue),
        distance=int(round(_away_km(here, city), -2)),
        zone=zone,
    )
    for otherwise, words in _slips(here, catalogue).items():
        if _away_km(otherwise, city) < NEARER_KM:
            yield words
            return


def _slips(here: PlaceBounds, catalogue: Catalogue) -> Mapping[PlaceBounds, str]:
    """Return where a place would lie but for each slip of the pen, with the question for it."""
    south, west, north, east = here
    return {
        PlaceBounds(west, south, east, north): catalogue.text(
            "With latitude and longitude the other way round it would lie near it."
        ),
        PlaceBounds(-north, west, -south, east): catalogue.text(
            "With the other sign of its latitude it would lie near it."
        ),
        PlaceBounds(south, -east, north, -west): catalogue.text(
            "With the other sign of its longitude it would lie near it."
        ),
    }


def _another_clock(
    version: OrderVersion, city: tuple[float, float], catalogue: Catalogue
) -> Iterator[str]:
    """Yield the first place that goes by the clock of another country, as it seems."""
    if version.zone.key in WIDE_CLOCKS:
        return
    for place in islice(version.places.values(), PLACES_MAX):
        here = box(place)
        name, away_km = _nearest(here, version.zone.key)
        own_km = _away_km(here, city)
        is_nearer = own_km > NEARER_KM and own_km > NEARER_RATIO * away_km
        if (is_nearer or (away_km < BESIDE_KM < own_km)) and _differ(version, name):
            yield catalogue.text(
                "“{place}” lies near the city of the clock {other}, which differs from {zone}. "
                "Is {zone} meant?"
            ).format(
                place=place_names.quote_name(place.name, catalogue),
                other=name,
                zone=version.zone.key,
            )
            return


def _nearest(here: PlaceBounds, but: str) -> tuple[str, float]:
    """Return the zone whose city lies nearest to a place, other than one, and how far that is."""
    others = ((name, city) for name, city in clock_cities.cities().items() if name != but)
    away_km, name = min((_away_km(here, city), name) for name, city in others)
    return name, away_km


def _differ(version: OrderVersion, name: str) -> bool:
    """Tell whether two clocks show another time, in one half of the year or the other."""
    other, start = time_zones.find_zone(name), version.in_force.start
    return other is not None and any(
        at.astimezone(version.zone).utcoffset() != at.astimezone(other).utcoffset()
        for at in (start, start + _HALF_A_YEAR)
    )


def _away_km(here: PlaceBounds, city: tuple[float, float]) -> float:
    """Return how far a city lies from a place, on a globe."""
    lat_deg, lon_deg = city
    turns_deg = 360.0 * round((here.west_deg + here.east_deg - 2.0 * lon_deg) / 720.0)
    west_deg, east_deg = here.west_deg - turns_deg, here.east_deg - turns_deg
    north0, north1 = (
        math.radians(deg) for deg in (lat_deg, min(max(lat_deg, here.south_deg), here.north_deg))
    )
    east = math.radians(lon_deg - min(max(lon_deg, west_deg), east_deg))
    chord2 = (
        math.sin((north1 - north0) / 2.0) ** 2
        + math.cos(north0) * math.cos(north1) * math.sin(east / 2.0) ** 2
    )
    return math.degrees(2.0 * math.asin(min(1.0, math.sqrt(chord2)))) * _KM_PER_DEG
