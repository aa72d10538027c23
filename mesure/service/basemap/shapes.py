"""Map shapes: a shape of some kind, with its names, from some zoom on.

A map has a few layers, and a layer a few kinds. That is all that the style in
`mesure/web/static/map/basemap.js` knows, and that a file made here holds: nothing about anybody.
"""

from typing import Final, NamedTuple

from shapely import Geometry

ZOOM_MAX: Final = 14  # A tile of this zoom is some 1.7 km wide, and drawn to half a metre.
LANGUAGES: Final = ("en", "fr", "ru", "kk")  # Names besides the one on the signs.

# By layer and kind: the zoom from which it is on the map. What lies below comes first.
ZOOMS: Final[dict[str, dict[str, int]]] = {
    "ground": {"built": 9, "works": 10},
    "green": {"wood": 8, "grass": 11, "park": 10, "pitch": 13},
    "water": {"lake": 6, "river": 8, "canal": 11, "stream": 13},
    "building": {"building": 14},
    "road": {
        "motorway": 6, "main": 8, "secondary": 10, "collector": 11,
        "minor": 13, "service": 14, "path": 14,
    },
    "rail": {"rail": 10, "tram": 13},
    "edge": {"country": 4, "region": 6, "county": 9, "district": 11},
    "place": {
        "city": 5, "town": 8, "village": 11, "suburb": 11, "quarter": 13, "park": 13, "lake": 12,
    },
}  # fmt: skip
LAYERS: Final = tuple(ZOOMS)


class MapShape(NamedTuple):
    """One thing on the map."""

    layer: str
    kind: str
    geometry: Geometry  # In degrees, longitude first.
    names: tuple[tuple[str, str], ...] = ()  # ("name", on the signs), ("name:kk", in Kazakh), ...
    precedence: int = (
        0  # Of two names that do not both fit, the one with the lower precedence is shown.
    )

    @property
    def zoom(self) -> int:
        """Return the zoom from which it is on the map."""
        return ZOOMS[self.layer][self.kind]
