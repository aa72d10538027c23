"""Venue extracts from disk: GeoJSON, OpenStreetMap XML, and PBF where its library is."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mesure.formats.files import osm_xml
from mesure.machine import file_loading
from mesure.machine.service_error import ServiceError
from mesure.orders.text import map_features
from mesure.orders.text.map_features import MapFeature
from mesure.orders.text.order_faults import FileFault, OrderError, RefusedValueError
from mesure.orders.venues import venue_categories, venue_lists
from mesure.orders.venues.venue_lists import MapVenues

GEOJSON_BYTES_MAX: Final = 1 << 28
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class VenueExtract:
    """The venues of a category in an extract, and the hash of the file."""

    found: MapVenues
    sha256: str


def read(path: Path, category: str) -> VenueExtract:
    """Return the venues of a category; raises for a file that cannot be read."""
    sha256 = _sha256(path)
    name = path.name.lower()
    if name.endswith(".pbf"):
        features: Iterator[MapFeature] | list[MapFeature] = _pbf(path, category)
    elif name.endswith((".osm", ".xml")):
        features = osm_xml.read(
            path.name,
            lambda: path.open("rb"),
            lambda tags: venue_categories.belongs(tags, category),
        )
    else:
        features = _geojson(path)
    return VenueExtract(venue_lists.of_category(features, category), sha256)


def _geojson(path: Path) -> list[MapFeature]:
    data = file_loading.read_file(path, "nothing is imported without it", GEOJSON_BYTES_MAX)
    try:
        return list(map_features.read(data).features)
    except RefusedValueError as refused:
        fault = FileFault(path.name, None, "", refused.what, refused.why, refused.remedy)
        raise OrderError([fault]) from None


def _pbf(path: Path, category: str) -> Iterator[MapFeature]:
    """Yield the venues of a PBF file."""
    try:
        import osmium
        import osmium.filter
        import osmium.geom
    except ImportError:
        what = "this is a PBF file, and the library that reads such files is not installed"
        remedy = "install it with pip install 'mesure[venues]', or give an .osm or a GeoJSON file"
        raise ServiceError(path, what, "nothing was imported", remedy) from None
    draws: Any = osmium.geom.GeoJSONFactory()
    keys = osmium.filter.KeyFilter(*venue_categories.CATEGORIES[category])
    try:
        for thing in osmium.FileProcessor(str(path)).with_areas(keys).with_filter(keys):
            feature = _osmium_feature(thing, draws)
            if feature is not None:
                yield feature
    except RuntimeError as error:
        what, remedy = f"it cannot be read ({error})", "download or cut the extract again"
        raise ServiceError(path, what, "nothing was imported", remedy) from None


def _osmium_feature(thing: Any, draws: Any) -> MapFeature | None:  # noqa: ANN401  Of a C++ library.
    tags = {tag.k: tag.v for tag in thing.tags}
    if thing.is_node():
        return MapFeature(f"node/{thing.id}", tags, json.loads(draws.create_point(thing)))
    if thing.is_area():
        kind = "way" if thing.from_way() else "relation"
        place = json.loads(draws.create_multipolygon(thing))
        return MapFeature(f"{kind}/{thing.orig_id()}", tags, place)
    return None


def _sha256(path: Path) -> str:
    total = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                total.update(block)
    except OSError as error:
        what = (error.strerror or "it cannot be opened").lower()
        remedy = "check the path and the right to read it"
        raise ServiceError(path, what, "nothing was imported", remedy) from None
    return total.hexdigest()
