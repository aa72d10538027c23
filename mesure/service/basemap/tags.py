"""Tags of OpenStreetMap: which layer and kind of the map they mean, if any.

The tags are those of https://wiki.openstreetmap.org/wiki/Map_features. What is not named here is
not drawn: the map is there so that somebody can tell where a fix lies, and for nothing else.
"""

from collections.abc import Mapping
from math import log10
from typing import Final, NamedTuple

from mesure.service.basemap.shapes import LANGUAGES

Tags = Mapping[str, str]


class FeatureClass(NamedTuple):
    """What something is on the map."""

    layer: str
    kind: str


def _table(layer: str, key: str, kinds: Mapping[str, str]) -> dict[tuple[str, str], FeatureClass]:
    return {
        (key, value): FeatureClass(layer, kind)
        for kind, named in kinds.items()
        for value in named.split()
    }


LINES: Final = {
    **_table("road", "highway", {
        "motorway": "motorway motorway_link trunk trunk_link",
        "main": "primary primary_link",
        "secondary": "secondary secondary_link",
        "collector": "tertiary tertiary_link",
        "minor": "residential unclassified living_street pedestrian road",
        "service": "service",
        "path": "footway path cycleway steps track bridleway",
    }),
    **_table("rail", "railway", {"rail": "rail light_rail narrow_gauge", "tram": "tram"}),
    **_table("water", "waterway", {
        "river": "river", "canal": "canal", "stream": "stream ditch drain",
    }),
}  # fmt: skip
AREAS: Final = {
    **_table("water", "natural", {"lake": "water"}),
    **_table("water", "waterway", {"lake": "riverbank dock"}),
    **_table("water", "landuse", {"lake": "reservoir basin"}),
    **_table("green", "landuse", {
        "wood": "forest",
        "grass": "grass meadow cemetery allotments recreation_ground village_green orchard",
    }),
    **_table("green", "natural", {"wood": "wood", "grass": "grassland scrub heath"}),
    **_table("green", "leisure", {
        "park": "park garden", "grass": "golf_course", "pitch": "pitch track playground stadium",
    }),
    **_table("ground", "landuse", {
        "built": "residential commercial retail", "works": "industrial",
    }),
}  # fmt: skip
PLACES: Final = _table("place", "place", {
    "city": "city", "town": "town", "village": "village hamlet", "suburb": "suburb borough",
    "quarter": "quarter neighbourhood",
})  # fmt: skip
EDGES: Final = (("country", 2), ("region", 4), ("county", 6), ("district", 10))
KEYS: Final = tuple(
    sorted({key for key, _ in (*LINES, *AREAS, *PLACES)} | {"building", "boundary"})
)
PRECEDENCES: Final = {"city": 10, "town": 20, "village": 30, "suburb": 30, "quarter": 40}
NAMED: Final = {"park": 60, "lake": 50}  # Areas whose names are on the map, too.
WITHOUT_NAMES: Final = {"service", "path", "stream", "pitch", "rail", "tram"}


def of_line(tags: Tags) -> FeatureClass | None:
    """Return what a line is."""
    if tags.get("boundary") == "administrative" and not tags.get("maritime"):
        return _edge(tags)
    meant = _found(tags, LINES)
    if meant is None or tags.get("area") == "yes":
        return None
    hidden = meant.layer in ("rail", "water") and tags.get("tunnel", "no") != "no"
    return None if hidden else meant


def _edge(tags: Tags) -> FeatureClass | None:
    level = tags.get("admin_level", "")
    if not level.isdecimal():
        return None
    return next((FeatureClass("edge", kind) for kind, most in EDGES if int(level) <= most), None)


def of_area(tags: Tags) -> FeatureClass | None:
    """Return what an area is."""
    if tags.get("building", "no") != "no":
        return FeatureClass("building", "building")
    return _found(tags, AREAS)


def of_point(tags: Tags) -> FeatureClass | None:
    """Return what a point is: a place that has a name."""
    return _found(tags, PLACES) if "name" in tags else None


def _found(tags: Tags, table: Mapping[tuple[str, str], FeatureClass]) -> FeatureClass | None:
    return next((table[tag] for tag in tags.items() if tag in table), None)


def names(tags: Tags) -> tuple[tuple[str, str], ...]:
    """Return the name on the signs, and those in our languages that differ from it.

    >>> names({"name": "Абай көшесі", "name:kk": "Абай көшесі", "name:en": "Abai Street"})
    (('name', 'Абай көшесі'), ('name:en', 'Abai Street'))
    """
    own = tags.get("name", "")
    others = [(f"name:{one}", tags.get(f"name:{one}", "")) for one in LANGUAGES]
    return tuple(
        (key, name)
        for key, name in (("name", own), *others)
        if name and (key == "name" or name != own)
    )


def precedence(meant: FeatureClass, tags: Tags) -> int:
    """Return the precedence of a place: large ones first.

    >>> city = FeatureClass("place", "city")
    >>> precedence(city, {"population": "2000000"}) < precedence(city, {})
    True
    """
    people = tags.get("population", "")
    size = int(log10(int(people))) if people.isdecimal() and int(people) > 0 else 0
    return PRECEDENCES[meant.kind] - min(size, 9)
