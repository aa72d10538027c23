"""The places of a draft drawn, also while the rest of the order is unfinished or wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from enum import Enum
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from mesure.actions.framework.action import EmptyRequest
from mesure.actions.orders import venue_review
from mesure.geo import fixes
from mesure.orders.clock import time_zones
from mesure.orders.model.order import OrderVersion
from mesure.orders.reading import order_writer, read_order
from mesure.orders.reading.order_writer import Tree
from mesure.orders.text.order_faults import OrderError
from mesure.orders.venues import place_names
from mesure.reports.maps import order_zones
from mesure.reports.maps.scene import Scene
from mesure.reports.text import visible_text
from mesure.web.console.order_entry.drafting import FILE, Draft
from mesure.web.shared.evidence import page_map
from mesure.web.shared.evidence.page_map import Box, PageMap
from mesure.web.shared.visits import PageVisit

DRAWS: Final = (
    "vendor/terra-draw/terra-draw.umd.js",
    "vendor/terra-draw/terra-draw-maplibre-gl-adapter.umd.js",
)
PLACES_MAX: Final = 20
_EVER: Final = {"from": "1900-01-01", "until": "2199-01-01"}
_OUTLIERS: Final = 0.02  # This share of venues at each edge need not be in view.
_MARGIN_DEG: Final = 0.01


class PlaceUse(Enum):
    """What a place of an order is for."""

    BE_IN = "stay"
    KEEP_OUT = "avoid"
    UNDECIDED = ""  # No condition names it yet.


_NAMES_A_PLACE: Final = {
    "at": PlaceUse.BE_IN,
    "stay_in": PlaceUse.BE_IN,
    "keep_out_of": PlaceUse.KEEP_OUT,
}


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
    if use_of(draft, name) is PlaceUse.KEEP_OUT:
        return {"exclusion": {"keep_out_of": name}}
    return {"residence": {"stay_in": name}}


def use_of(draft: Draft, name: str) -> PlaceUse:
    """Return what the conditions and absences of a draft say that a place is for, so far."""
    uses = [*_uses(draft.group("conditions"), name), *_uses(draft.group("absences"), name)]
    if PlaceUse.KEEP_OUT in uses:
        return PlaceUse.KEEP_OUT
    return PlaceUse.BE_IN if uses else PlaceUse.UNDECIDED


def _uses(entry: Tree, name: str) -> Iterator[PlaceUse]:
    if isinstance(entry, str):
        return
    if not isinstance(entry, Mapping):
        for one in entry:
            yield from _uses(one, name)
        return
    for key, value in entry.items():
        if value == name and key in _NAMES_A_PLACE:
            yield _NAMES_A_PLACE[key]
        else:
            yield from _uses(value, name)


def places_map(version: OrderVersion | None, visit: PageVisit) -> PageMap | None:
    """Return the map of the places of an order; None where there is none to draw."""
    return None if version is None else of_versions((version,), version.zone, visit)


def of_draft(draft: Draft, version: OrderVersion | None, visit: PageVisit) -> PageMap | None:
    """Return the map of the places of a draft, each by its use as far as it is known."""
    if version is None:
        return None
    scene = _scene((version,), version.zone, visit.context.now)
    names = draft.group("places")
    undecided = {name for name in names if use_of(draft, name) is PlaceUse.UNDECIDED}
    return page_map.of_scene(scene, visit, undecided)


def to_draw_on(draft: Draft, visit: PageVisit) -> PageMap | None:
    """Return the map on which a place is drawn: with those there are, or of streets alone.

    Streets are shown where the programme is: where the venues of its approved lists lie.
    """
    existing_map = of_draft(draft, sketch(draft), visit)
    return page_map.to_draw_on(visit, _programme(visit)) if existing_map is None else existing_map


def _programme(visit: PageVisit) -> Box | None:
    """Return where nearly all venues of the programme lie; None where it has none."""
    listed = visit.perform(venue_review.points, EmptyRequest())
    points_deg = np.array([point for points in listed.values() for point in points])
    if not len(points_deg):
        return None
    (south, west), (north, east) = np.quantile(points_deg, [_OUTLIERS, 1.0 - _OUTLIERS], axis=0)
    return (
        float(west) - _MARGIN_DEG,
        float(south) - _MARGIN_DEG,
        float(east) + _MARGIN_DEG,
        float(north) + _MARGIN_DEG,
    )


def libraries(visit: PageVisit) -> tuple[str, ...]:
    """Return where the library for drawing is; nothing where it was not built in."""
    static = visit.static
    return tuple(map(static.address, DRAWS)) if all(map(static.has, DRAWS)) else ()


def of_versions(
    versions: tuple[OrderVersion, ...], zone: ZoneInfo, visit: PageVisit, at: datetime | None = None
) -> PageMap | None:
    """Return the map of the places of some orders."""
    return page_map.of_scene(_scene(versions, zone, at or visit.context.now), visit)


def _scene(versions: tuple[OrderVersion, ...], zone: ZoneInfo, at: datetime) -> Scene:
    return order_zones.scene_of(versions, fixes.none(), zone, at)


class PlaceMaps(NamedTuple):
    """The places of an order on one map, and each by itself where there are several."""

    map: PageMap | None
    one_by_one: list[tuple[str, PageMap]]


def place_maps(version: OrderVersion, visit: PageVisit) -> PlaceMaps:
    """Return the maps of the places of an order, made from one look at when they bind."""
    scene = _scene((version,), version.zone, visit.context.now)
    return PlaceMaps(page_map.of_scene(scene, visit), _one_by_one(scene, visit))


def _one_by_one(scene: Scene, visit: PageVisit) -> list[tuple[str, PageMap]]:
    """Return a map of each place by itself, where there are several: small ones among large."""
    alone: dict[str, PageMap] = {}
    for around in scene.grounds:
        drawn = page_map.of_scene(replace(scene, grounds=(around,)), visit)
        if drawn is not None:
            name = place_names.quote_name(around.zone.place.name, visit.texts.catalogue)
            alone.setdefault(visible_text.visible(name), drawn)
    return list(alone.items())[:PLACES_MAX] if len(alone) > 1 else []
