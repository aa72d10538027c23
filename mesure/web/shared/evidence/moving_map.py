"""A map that can be moved, in the place of the drawing: its data, and the words on its buttons.

It is loaded only when somebody asks for it, and only where its library was built in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from mesure.web.map_tiles import MapSource
from mesure.web.shared.evidence.evidence_view import PageEvidence
from mesure.web.shared.visits import PageVisit

LIBRARY: Final = "vendor/maplibre-gl/maplibre-gl.mjs"
STYLE: Final = "vendor/maplibre-gl/maplibre-gl.css"
READER: Final = "vendor/pmtiles/pmtiles.js"  # Of the map of streets behind it.
# Where those who draw OpenStreetMap ask that a credit leads: https://osmfoundation.org/Licence
COPYRIGHT: Final = "https://www.openstreetmap.org/copyright"


@dataclass(frozen=True, slots=True)
class MovingMap:
    """What a page needs for a map that can be moved."""

    shown: dict[str, Any]  # Zones as GeoJSON; circles and fixes as rows, of which there are many.
    library: str
    style: str
    words: dict[str, str]
    basemap: dict[str, str] | None  # The streets behind it; None where the service has none.
    view: tuple[float, ...] = ()  # West, south, east, north, where nothing is shown but streets.


def of_features(shown: dict[str, Any], visit: PageVisit) -> MovingMap | None:
    """Return it; None where the library was not built in, or there is nothing to show."""
    return _of(shown, visit, ())


def of_evidence(evidence: PageEvidence | None, visit: PageVisit) -> MovingMap | None:
    """Return the same of evidence; what the page says of a fix for its slider is not sent again."""
    return None if evidence is None else _of(evidence.moving, visit, evidence.sentences)


def _of(shown: dict[str, Any], visit: PageVisit, said: Sequence[str]) -> MovingMap | None:
    if not visit.static.has(LIBRARY) or not shown["features"]:
        return None
    return _moving(shown, visit, said)


def bare(visit: PageVisit) -> MovingMap | None:
    """Return a map of streets alone, to draw on; None where the service has none."""
    basemap, behind = visit.parts.basemap, _behind(visit)
    if not visit.static.has(LIBRARY) or basemap is None or behind is None:
        return None
    return replace(_moving({"features": []}, visit), view=basemap.box_deg)


def _moving(shown: dict[str, Any], visit: PageVisit, said: Sequence[str] = ()) -> MovingMap:
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
    return MovingMap(_in_rows(shown, said), library, style, words, _behind(visit))


def _in_rows(shown: dict[str, Any], said: Sequence[str]) -> dict[str, Any]:
    """Return what is shown in few bytes; the script makes GeoJSON of it again.

    The line that shows the order of the fixes joins them all, so it need not be sent. What is said
    of a fix on the page already is sent as its place there.
    """
    places = {words: place for place, words in enumerate(said)}
    rows: dict[str, list[Any]] = {"features": [], "discs": [], "fixes": []}
    for feature in shown["features"]:
        properties, at = feature["properties"], feature["geometry"]["coordinates"]
        if properties["what"] == "disc":
            rows["discs"].append([*at, properties["radius_m"]])
        elif properties["what"] == "fix":
            flags = properties["wrong"] + 2 * properties["evidence"] + 4 * properties["used"]
            words = properties["words"]
            rows["fixes"].append([*at, flags, places.get(words, words)])
        elif properties["what"] != "line":
            rows["features"].append(feature)
    return rows


def _behind(visit: PageVisit) -> dict[str, str] | None:
    basemap, static, catalogue = visit.parts.basemap, visit.static, visit.texts.catalogue
    if basemap is None or not static.has(READER):
        return None
    options = {
        "address": basemap.address,
        "reader": static.address(READER),
        "style": static.address("basemap.js"),
        "credit": basemap.credit,
    }
    if basemap.source is MapSource.SIMULATED:
        options["credit"] = catalogue.text("A made-up town")
    elif basemap.source is MapSource.OPENSTREETMAP:
        options["credit"] = catalogue.text("© OpenStreetMap contributors")
        options["link"] = COPYRIGHT
    return options
