"""Page map: the map of every page: a drawing, what moves in its place, the fixes it stops at.

The drawing is on the page without a script and on paper. Streets of the map that the installation
holds lie under it, as they lie under the map that moves.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Final

from starlette.responses import Response

from mesure.reports.drawing.svg_paths import Drawing
from mesure.reports.maps import features, overview_map
from mesure.reports.maps.scene import Scene
from mesure.web import streets
from mesure.web.shared.evidence import moving_map
from mesure.web.shared.evidence.evidence_view import PageEvidence
from mesure.web.shared.evidence.map_timeline import MapTimeline
from mesure.web.shared.evidence.moving_map import MovingMap
from mesure.web.shared.visits import PageVisit

EACH: Final = "each"  # Under this name an address asks for every fix in words.

Box = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""


@dataclass(frozen=True, slots=True)
class PageMap:
    """A map as a page shows it."""

    drawing: Drawing | None  # None: there are only streets, to draw on.
    moving: MovingMap | None  # None: the library of maps that move was not built in.
    timeline: MapTimeline | None = None  # None: no fix is on it.


def of(
    drawing: Drawing | None,
    shown: dict[str, Any],
    visit: PageVisit,
    timeline: MapTimeline | None = None,
) -> PageMap | None:
    """Return the map of a drawing and of the same as GeoJSON; None where nothing is drawn."""
    if drawing is None:
        return None
    return PageMap(_on_streets(drawing, visit), moving_map.of_features(shown, visit), timeline)


def of_evidence(evidence: PageEvidence | None, visit: PageVisit) -> PageMap | None:
    """Return the map of the evidence of a possible breach."""
    if evidence is None:
        return None
    return of(evidence.drawing, evidence.moving, visit, evidence.timeline)


def of_scene(scene: Scene, visit: PageVisit, undecided: Collection[str] = ()) -> PageMap | None:
    """Return the map of the places of an order, and of no fix.

    `undecided` are names of places whose purpose nothing says yet.
    """
    catalogue = visit.texts.catalogue
    drawn = overview_map.overview_map(scene, undecided, catalogue)
    named = ((around.zone, True) for around in scene.grounds)
    zones = features.zones(named, catalogue, undecided)
    return of(drawn, features.collection(zones), visit)


def to_draw_on(visit: PageVisit, view: Box | None) -> PageMap | None:
    """Return a map of streets alone, opened at a box; None where the service has none.

    Without a box, or with one off the map, it opens at everything that the map covers.
    """
    moving = moving_map.bare(visit)
    if moving is None:
        return None
    return PageMap(None, moving if view is None else replace(moving, view=_on(view, moving.view)))


def _on(view: Box, whole: tuple[float, ...]) -> tuple[float, ...]:
    west, south, east, north = whole
    part = (max(view[0], west), max(view[1], south), min(view[2], east), min(view[3], north))
    return part if part[0] < part[2] and part[1] < part[3] else whole


def show_help(visit: PageVisit) -> Response:
    """Show what a map can and cannot show."""
    return visit.page("map_help.html")


def _on_streets(drawing: Drawing, visit: PageVisit) -> Drawing:
    basemap = visit.parts.basemap
    if basemap is None or drawing.frame is None:
        return drawing
    return replace(drawing, streets=streets.on_drawing(basemap, drawing.frame))
