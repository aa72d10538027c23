"""Extracts of OpenStreetMap: which of their features a map shows, read as a stream by osmium."""

from collections.abc import Iterator, Sequence
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
    """Yield what the map shows; raises `ServiceError` for what cannot be read."""
    draws = None
    for thing in things(path, tags.KEYS, tags.KEYS, WHY):
        draws = draws or drawer()
        yield from _shapes(thing, draws)


def things(path: Path, area_keys: Sequence[str], keys: Sequence[str], why: str) -> Iterator[Any]:
    """Yield points, ways and areas with some tags; raises `ServiceError`, which says `why` not.

    A thing is only good until the next one.
    """
    if not path.name.endswith(FORMATS):
        remedy = f"give an extract whose name ends with {', '.join(FORMATS[:-1])} or {FORMATS[-1]}"
        raise ServiceError(path, "this is no extract of OpenStreetMap", why, remedy)
    if not path.is_file():
        raise ServiceError(path, "there is no such file", why, "check the path")
    try:
        import osmium
        import osmium.filter
    except ImportError:
        what = "the library that reads extracts is not installed"
        raise ServiceError(
            path, what, why, "install it with pip install 'mesure[venues]'"
        ) from None
    outlined, wanted = osmium.filter.KeyFilter(*area_keys), osmium.filter.KeyFilter(*keys)
    try:
        yield from osmium.FileProcessor(str(path)).with_areas(outlined).with_filter(wanted)
    except (RuntimeError, ValueError) as error:
        what, remedy = f"it cannot be read ({error})", "download or cut the extract again"
        raise ServiceError(path, what, why, remedy) from None


def drawer() -> Any:  # noqa: ANN401  Of a C++ library.
    """Return what makes geometries of things, for `outline_of`."""
    import osmium.geom

    return osmium.geom.WKBFactory()


def _shapes(thing: Any, draws: Any) -> Iterator[MapShape]:  # noqa: ANN401  Of a C++ library.
    osm_tags = {tag.k: tag.v for tag in thing.tags}
    if thing.is_node():
        meant = tags.of_point(osm_tags)
        if meant is not None:
            at = shapely.Point(thing.lon, thing.lat)
            yield MapShape(*meant, at, tags.names(osm_tags), tags.precedence(meant, osm_tags))
    elif thing.is_way():
        meant = tags.of_line(osm_tags)
        outline = None if meant is None else outline_of(draws.create_linestring, thing)
        if meant is not None and outline is not None:
            yield MapShape(*meant, outline, _names(meant, osm_tags))
    elif thing.is_area():
        meant = tags.of_area(osm_tags)
        outline = None if meant is None else outline_of(draws.create_multipolygon, thing)
        if meant is not None and outline is not None:
            yield from _area(meant, outline, osm_tags)


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


def outline_of(draw: Any, thing: Any) -> Geometry | None:  # noqa: ANN401  Of a C++ library.
    """Return a geometry; None where the extract ends within it, or it has no proper outline."""
    import osmium

    try:
        geometry: Geometry = shapely.from_wkb(draw(thing))
    except (osmium.InvalidLocationError, RuntimeError, shapely.errors.ShapelyError):
        return None
    return geometry
