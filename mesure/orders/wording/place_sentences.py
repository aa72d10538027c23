"""Places in words: numbers to compare with the court's paper."""

from collections.abc import Iterator
from typing import Final

from mesure.orders.text.catalogue import Catalogue
from mesure.orders.values.places import AREA_LINE_M, Circle, Corridor, Place, Polygon, Ring, Shape
from mesure.orders.venues import place_names

CORNERS_SAID_MAX: Final = 12  # With more there is a map to compare.
IN_SENTENCE_MAX: Final = 6  # Corners; more would make the sentence hard to follow.


def sentences(place: Place, catalogue: Catalogue) -> Iterator[str]:
    """Yield what the order says about a place."""
    name = place_names.quote_name(place.name, catalogue)
    match place.shapes:
        case [Circle() as circle]:
            yield catalogue.text(
                "“{place}”: within {radius} m of latitude {lat}, longitude {lon}."
            ).format(
                place=name,
                radius=number(circle.radius_m),
                lat=number(circle.lat_deg),
                lon=number(circle.lon_deg),
            )
        case [Polygon() as area]:
            yield from _area(name, area, catalogue)
        case [Corridor() as way]:
            yield from _way(name, way, catalogue)
        case _:
            yield from _several(place, name, catalogue)
    yield from address_lines(place, catalogue)
    has_area = any(isinstance(shape, Polygon) for shape in place.shapes)
    if has_area:
        sentence = catalogue.text(
            "Its line may be off by up to {tolerance} m. This counts in the person’s favour."
        )
        yield sentence.format(tolerance=number(AREA_LINE_M))
    if has_area and place.points_radius_m is not None:
        yield catalogue.text(
            "Areas count as they are drawn: the {radius} m round points are not added to them."
        ).format(radius=number(place.points_radius_m))


def address_lines(place: Place, catalogue: Catalogue) -> Iterator[str]:
    """Yield the address of a place, where the order says one."""
    if place.address:
        yield catalogue.text("Address: {address}.").format(address=place.address)


def _area(name: str, area: Polygon, catalogue: Catalogue) -> Iterator[str]:
    count = len(area.outer)
    yield catalogue.plural(
        "“{place}”: an area with {count} corner.", "“{place}”: an area with {count} corners.", count
    ).format(place=name, count=count)
    yield from _corners(area.outer, catalogue)
    if area.holes:
        holes = len(area.holes)
        yield catalogue.plural(
            "{count} hole is cut out of it.", "{count} holes are cut out of it.", holes
        ).format(count=holes)
        for hole in area.holes[:CORNERS_SAID_MAX]:
            yield from _corners(hole, catalogue)


def _way(name: str, way: Corridor, catalogue: Catalogue) -> Iterator[str]:
    count = len(way.line)
    yield catalogue.plural(
        "“{place}”: a way {width} m wide along {count} point.",
        "“{place}”: a way {width} m wide along {count} points.",
        count,
    ).format(place=name, width=number(way.width_m), count=count)
    yield from _corners(way.line, catalogue)


def _several(place: Place, name: str, catalogue: Catalogue) -> Iterator[str]:
    count = len(place.shapes)
    yield catalogue.plural(
        "“{place}”: {count} separate area.", "“{place}”: {count} separate areas.", count
    ).format(place=name, count=count)
    radii = sorted({shape.radius_m for shape in place.shapes if isinstance(shape, Circle)})
    if radii:
        sentence = catalogue.text("Those given as points reach {radius} m in every direction.")
        yield sentence.format(radius=catalogue.items([number(radius_m) for radius_m in radii]))
    corners = tuple(corner for shape in place.shapes for corner in _ring(shape))
    yield _box(corners, catalogue)


def _ring(shape: Shape) -> Ring:
    if isinstance(shape, Circle):
        return ((shape.lat_deg, shape.lon_deg),)
    return shape.outer if isinstance(shape, Polygon) else shape.line


def _corners(ring: Ring, catalogue: Catalogue) -> Iterator[str]:
    if len(ring) > CORNERS_SAID_MAX:
        yield _box(ring, catalogue)
        return
    corners = [f"{number(lat_deg)} {number(lon_deg)}" for lat_deg, lon_deg in ring]
    sentence = catalogue.text("Latitude and longitude of each: {corners}.")
    for start in range(0, len(corners), IN_SENTENCE_MAX):
        yield sentence.format(
            corners=catalogue.text("; ").join(corners[start : start + IN_SENTENCE_MAX])
        )
        sentence = catalogue.text("Of the next ones: {corners}.")


def _box(ring: Ring, catalogue: Catalogue) -> str:
    lats, lons = sorted(lat for lat, _ in ring), sorted(lon for _, lon in ring)
    sentence = catalogue.text(
        "It lies between latitudes {south} and {north}, and longitudes {west} and {east}."
    )
    return sentence.format(
        south=number(lats[0]), north=number(lats[-1]), west=number(lons[0]), east=number(lons[-1])
    )


def number(value_m: float) -> str:
    """Return a number with a point, as an order file has it in every language.

    >>> number(43.25654), number(60.0)
    ('43.25654', '60')
    """
    return f"{value_m:.7f}".rstrip("0").rstrip(".")
