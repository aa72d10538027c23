"""A map that can be moved, in the place of the drawing: its data, and the words on its buttons.

Its library is loaded only when somebody asks for it, and only where it was built in. The fixes come
with the timeline of the map, so that the drawing, the map that moves and the slider show the same.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

from mesure.web import map_tiles
from mesure.web.map_tiles import MapSource
from mesure.web.shared.visits import PageVisit

LIBRARY: Final = "vendor/maplibre-gl/maplibre-gl.mjs"
STYLE: Final = "vendor/maplibre-gl/maplibre-gl.css"
READER: Final = "vendor/pmtiles/pmtiles.js"  # Of the map of streets behind it.
# Where those who draw OpenStreetMap ask that a credit leads: https://osmfoundation.org/Licence
COPYRIGHT: Final = "https://www.openstreetmap.org/copyright"


@dataclass(frozen=True, slots=True)
class MovingMap:
    """What a page needs for a map that can be moved."""

    shown: dict[str, Any]  # GeoJSON: zones, and outlines of stays.
    library: str
    style: str
    words: dict[str, str]
    basemap: dict[str, str] | None  # The streets behind it; None where the service has none.
    view: tuple[float, ...] = ()  # West, south, east, north, where nothing is shown but streets.


def of_features(shown: dict[str, Any], visit: PageVisit) -> MovingMap | None:
    """Return it; None where the library was not built in, or there is nothing to show."""
    if not visit.static.has(LIBRARY) or not shown["features"]:
        return None
    return _moving(shown, visit)


def bare(visit: PageVisit) -> MovingMap | None:
    """Return a map of streets alone, to draw on; None where the service has none."""
    basemap, behind = visit.parts.basemap, _behind(visit)
    if not visit.static.has(LIBRARY) or basemap is None or behind is None:
        return None
    return replace(_moving({"features": []}, visit), view=basemap.box_deg)


def _moving(shown: dict[str, Any], visit: PageVisit) -> MovingMap:
    static, catalogue = visit.static, visit.texts.catalogue
    two_fingers = catalogue.text("Use two fingers to move the map")
    words = {
        "NavigationControl.ZoomIn": catalogue.text("Closer"),
        "NavigationControl.ZoomOut": catalogue.text("Farther away"),
        "CooperativeGesturesHandler.WindowsHelpText": catalogue.text(
            "Hold Ctrl and scroll to come closer"
        ),
        "CooperativeGesturesHandler.MacHelpText": catalogue.text(
            "Hold ⌘ and scroll to come closer"
        ),
        "CooperativeGesturesHandler.MobileHelpText": two_fingers,
        "Map.Title": catalogue.text("Map"),
        "Popup.Close": catalogue.text("Close"),
        "ScaleControl.Meters": catalogue.text("m"),
        "ScaleControl.Kilometers": catalogue.text("km"),
    }
    library, style = static.address(LIBRARY), static.address(STYLE)
    return MovingMap(shown, library, style, words, _behind(visit))


def _behind(visit: PageVisit) -> dict[str, str] | None:
    basemap, static, catalogue = visit.parts.basemap, visit.static, visit.texts.catalogue
    if basemap is None or not static.has(READER):
        return None
    options = {
        "address": basemap.address,
        "reader": static.address(READER),
        "credit": map_tiles.credit_of(basemap, catalogue),
    }
    if basemap.source is MapSource.OPENSTREETMAP:
        options["link"] = COPYRIGHT
    return options
