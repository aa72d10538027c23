"""The places of a draft drawn, also while the rest of the order is unfinished or wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from mesure.geo import fixes
from mesure.orders.clock import time_zones
from mesure.orders.model.order import OrderVersion
from mesure.orders.reading import order_writer, read_order
from mesure.orders.reading.order_writer import Tree
from mesure.orders.text.order_faults import OrderError
from mesure.reports.drawing import svg_paths as drawing_
from mesure.reports.drawing.svg_paths import Drawing
from mesure.reports.maps import features, order_zones, overview_map
from mesure.reports.maps.scene import Scene
from mesure.reports.text import visible_text
from mesure.web.console.order_entry.drafting import FILE, Draft
from mesure.web.shared.evidence import moving_map
from mesure.web.shared.evidence.moving_map import MovingMap
from mesure.web.shared.visits import PageVisit

DRAWS: Final = (
    "vendor/terra-draw/terra-draw.umd.js",
    "vendor/terra-draw/terra-draw-maplibre-gl-adapter.umd.js",
)
PLACES_MAX: Final = 20
_EVER: Final = {"from": "1900-01-01", "until": "2199-01-01"}


@dataclass(frozen=True, slots=True)
class PlacesMap:
    """A map of places: as a picture, and as one that moves where its library is there."""

    drawing: Drawing | None  # None: there is no place yet, only a map of streets to draw on.
    moving: MovingMap | None


def sketch(draft: Draft) -> OrderVersion | None:
    """Return an order of the places of a draft alone: those that can be read."""
    entries = draft.group("places")
    whole = _alone(draft, entries) if entries else None
    if whole is not None:
        return whole
    good = {name: one for name, one in entries.items() if _alone(draft, {name: one}) is not None}
    return _alone(draft, good) if good else None


def _alone(draft: Draft, places: Mapping[str, Tree]) -> OrderVersion | None:
    zone = draft.text("time_zone")
    tree: dict[str, Tree] = {
        "order": "-",
        "person": "-",
        "time_zone": zone if time_zones.find_zone(zone) else "UTC",
        "in_force": draft.tree.get("in_force") or _EVER,
        "places": places,
        "conditions": {f"C{number}": _names(draft, name) for number, name in enumerate(places)},
    }
    for in_force in (tree["in_force"], _EVER):
        try:
            text = order_writer.text({**tree, "in_force": in_force}).encode()
            return read_order.read(FILE, text, draft.files)
        except OrderError:
            continue
    return None


def _names(draft: Draft, name: str) -> dict[str, Tree]:
    """Return a condition at a place: to keep out of it, where the draft says so, or to stay."""
    for entry in draft.group("conditions").values():
        duty = entry.get("exclusion") if isinstance(entry, Mapping) else None
        if isinstance(duty, Mapping) and duty.get("keep_out_of") == name:
            return {"exclusion": {"keep_out_of": name}}
    return {"residence": {"stay_in": name}}


def places_map(version: OrderVersion | None, visit: PageVisit) -> PlacesMap | None:
    """Return the map of the places of an order; None where there is none to draw."""
    return None if version is None else of_versions((version,), version.zone, visit)


def to_draw_on(version: OrderVersion | None, visit: PageVisit) -> PlacesMap | None:
    """Return the map on which a place is drawn: with those there are, or of streets alone."""
    existing_map = places_map(version, visit)
    if existing_map is not None:
        return existing_map
    moving = moving_map.bare(visit)
    return None if moving is None else PlacesMap(None, moving)


def libraries(visit: PageVisit) -> tuple[str, ...]:
    """Return where the library for drawing stands; nothing where it was not built in."""
    static = visit.static
    return tuple(map(static.address, DRAWS)) if all(map(static.has, DRAWS)) else ()


def of_versions(
    versions: tuple[OrderVersion, ...], zone: ZoneInfo, visit: PageVisit, at: datetime | None = None
) -> PlacesMap | None:
    """Return the map of the places of some orders."""
    return _map(order_zones.scene_of(versions, fixes.none(), zone, at or visit.context.now), visit)


class PlaceMaps(NamedTuple):
    """The places of an order on one map, and each by itself where there are several."""

    map: PlacesMap | None
    one_by_one: list[tuple[str, PlacesMap]]


def place_maps(version: OrderVersion, visit: PageVisit) -> PlaceMaps:
    """Return the maps of the places of an order, made from one look at when they bind."""
    scene = order_zones.scene_of((version,), fixes.none(), version.zone, visit.context.now)
    return PlaceMaps(_map(scene, visit), _one_by_one(scene, visit))


def _one_by_one(scene: Scene, visit: PageVisit) -> list[tuple[str, PlacesMap]]:
    """Return a map of each place by itself, where there are several: small ones among large."""
    alone: dict[str, PlacesMap] = {}
    for around in scene.grounds:
        drawn = _map(replace(scene, grounds=(around,)), visit)
        if drawn is not None:
            alone.setdefault(visible_text.visible(around.zone.place.name), drawn)
    return list(alone.items())[:PLACES_MAX] if len(alone) > 1 else []


def _map(scene: Scene, visit: PageVisit) -> PlacesMap | None:
    catalogue = visit.texts.catalogue
    drawn = drawing_.translate_labels(overview_map.overview_map(scene), catalogue)
    if drawn is None:
        return None
    shown: dict[str, Any] = features.collection(
        features.zones(((around.zone, True) for around in scene.grounds), catalogue)
    )
    return PlacesMap(drawn, moving_map.of_features(shown, visit))
