"""Extracts of OpenStreetMap: what of one stands on a map, read as a stream by osmium."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import shapely
from shapely import Geometry

from mesure.machine.service_error import ServiceError
from mesure.service.basemap import tags
from mesure.service.basemap.shapes import MapShape
from mesure.service.basemap.tags import FeatureClass, Tags

CREDIT: Final = "© OpenStreetMap contributors"
FORMATS: Final = (".osm.pbf", ".osm", ".osm.bz2", ".osm.gz")
WHY: Final = "no map was made"


def shapes(path: Path) -> Iterator[MapShape]:
    """Yield what stands on the map; raises `ServiceError` for what cannot be read."""
    if not path.name.endswith(FORMATS):
        remedy = f"give an extract whose name ends with {', '.join(FORMATS[:-1])} or {FORMATS[-1]}"
        raise ServiceError(path, "this is no extract of OpenStreetMap", WHY, remedy)
    if not path.is_file():
        raise ServiceError(path, "there is no such file", WHY, "check the path")
    try:
        import osmium
        import osmium.filter
        import osmium.geom
    except ImportError:
        what = "the library that reads extracts is not installed"
        raise ServiceError(
            path, what, WHY, "install it with pip install 'mesure[venues]'"
        ) from None
    draws: Any = osmium.geom.WKBFactory()
    keys = osmium.filter.KeyFilter(*tags.KEYS)
    try:
        for thing in osmium.FileProcessor(str(path)).with_areas(keys).with_filter(keys):
            yield from _shapes(thing, draws)
    except RuntimeError as error:
        what, remedy = f"it cannot be read ({error})", "download or cut the extract again"
        raise ServiceError(path, what, WHY, remedy) from None


def _shapes(thing: Any, draws: Any) -> Iterator[MapShape]:  # noqa: ANN401  Of a C++ library.
    osm_tags = {tag.k: tag.v for tag in thing.tags}
    if thing.is_node():
        meant = tags.of_point(osm_tags)
        if meant is not None:
            at = shapely.Point(thing.lon, thing.lat)
            yield MapShape(*meant, at, tags.names(osm_tags), tags.precedence(meant, osm_tags))
    elif thing.is_way():
        meant = tags.of_line(osm_tags)
        drawn = None if meant is None else _drawn(draws.create_linestring, thing)
        if meant is not None and drawn is not None:
            yield MapShape(*meant, drawn, _names(meant, osm_tags))
    elif thing.is_area():
        meant = tags.of_area(osm_tags)
        drawn = None if meant is None else _drawn(draws.create_multipolygon, thing)
        if meant is not None and drawn is not None:
            yield from _area(meant, drawn, osm_tags)


def _area(meant: FeatureClass, drawn: Geometry, osm_tags: Tags) -> Iterator[MapShape]:
    yield MapShape(*meant, drawn)
    precedence = tags.NAMED.get(meant.kind)
    if precedence is not None and "name" in osm_tags:
        yield MapShape(
            "place", meant.kind, shapely.point_on_surface(drawn), tags.names(osm_tags), precedence
        )


def _names(meant: FeatureClass, osm_tags: Tags) -> tuple[tuple[str, str], ...]:
    named = meant.layer in ("road", "water") and meant.kind not in tags.WITHOUT_NAMES
    return tags.names(osm_tags) if named else ()


def _drawn(draw: Any, thing: Any) -> Geometry | None:  # noqa: ANN401  Of a C++ library.
    """Return a geometry; None where the extract ends within it, or it has no proper outline."""
    import osmium

    try:
        drawn: Geometry = shapely.from_wkb(draw(thing))
    except (osmium.InvalidLocationError, RuntimeError, shapely.errors.ShapelyError):
        return None
    return drawn
