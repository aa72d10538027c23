"""Map features as GeoJSON: for a map that can be moved, in the place of the drawing.

It says the same as the drawing and no more: the zones, and the outline of the confidence circles of
each stay. The fixes themselves come with the timeline of the map.
Paper: RFC 7946, the GeoJSON format
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

import numpy as np
from shapely import LineString
from shapely import Polygon as ShapelyPolygon
from shapely.geometry import mapping

from mesure.geo.fixes import F64
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.values.places import Circle, Corridor, Polygon, Ring, Shape
from mesure.orders.venues import place_names
from mesure.reports.drawing import chart
from mesure.reports.drawing.chart import Plane
from mesure.reports.maps.envelopes import Outline
from mesure.reports.replay.replay_report import ReportedZone

Feature = dict[str, Any]

CORNERS: Final = 72  # Of a circle; more could not be told apart.
_DIGITS: Final = 6  # A tenth of a metre, as RFC 7946 advises; no fix knows more.
_TURNS: Final = np.linspace(0.0, 2.0 * np.pi, CORNERS + 1)


def zones(
    shown: Iterable[tuple[ReportedZone, bool]],
    catalogue: Catalogue,
    undecided: Collection[str] = (),
) -> Iterator[Feature]:
    """Yield the shapes of zones; each comes with whether the map is about it.

    `undecided` are names of places whose purpose nothing says yet.
    """
    for zone, concerned in shown:
        name = place_names.quote_name(zone.place.name, catalogue)
        properties = {"name": name, "keep_out": zone.keep_out, "concerned": concerned}
        if zone.place.name in undecided:
            properties["undecided"] = True
        for shape in zone.place.shapes:
            yield _feature(_geometry(shape, 0.0), "zone", **properties)
            if zone.grow_m > 0.0:  # How far the condition reaches beyond the place.
                yield _feature(_geometry(shape, zone.grow_m), "zone", **properties)


def envelopes(outlines: Iterable[Outline]) -> Iterator[Feature]:
    """Yield the outline of the confidence circles of each stay."""
    for outline in outlines:
        for outer, *holes in outline:
            rings = [[_pair(*at) for at in ring.tolist()] for ring in (outer, *holes)]
            yield _feature({"type": "Polygon", "coordinates": rings}, "envelope")


def collection(parts: Iterable[Feature]) -> Feature:
    """Return features as one value."""
    return {"type": "FeatureCollection", "features": list(parts)}


def _feature(geometry: Feature, what: str, **properties: object) -> Feature:
    return {"type": "Feature", "properties": {"what": what, **properties}, "geometry": geometry}


def _geometry(shape: Shape, grow_m: float) -> Feature:
    if isinstance(shape, Circle):
        return _circle(shape.lat_deg, shape.lon_deg, shape.radius_m + grow_m)
    if isinstance(shape, Polygon) and not grow_m:
        return {"type": "Polygon", "coordinates": list(map(_ring, (shape.outer, *shape.holes)))}
    return _broad(shape, grow_m)


def _ring(ring: Ring) -> list[list[float]]:
    corners = [_pair(lon_deg, lat_deg) for lat_deg, lon_deg in ring]
    return corners if corners[0] == corners[-1] else [*corners, corners[0]]


def _circle(lat_deg: float, lon_deg: float, radius_m: float) -> Feature:
    plane = chart.plane_at(lat_deg, lon_deg)
    north_deg = lat_deg + np.sin(_TURNS) * radius_m / plane.north_m_per_deg
    east_deg = lon_deg + np.cos(_TURNS) * radius_m / plane.east_m_per_deg
    ring = [_pair(*at) for at in zip(east_deg.tolist(), north_deg.tolist(), strict=True)]
    return {"type": "Polygon", "coordinates": [[*ring[:-1], ring[0]]]}


def _broad(shape: Corridor | Polygon, grow_m: float) -> Feature:
    """Return a way as broad as it is, or an area with what lies round it."""
    if isinstance(shape, Corridor):
        plane = chart.plane_at(*shape.line[0])
        drawn = LineString(_metres(plane, shape.line)).buffer(shape.width_m / 2.0 + grow_m)
    else:
        plane = chart.plane_at(*shape.outer[0])
        holes = [_metres(plane, hole) for hole in shape.holes]
        drawn = ShapelyPolygon(_metres(plane, shape.outer), holes).buffer(grow_m)
    outer, *holes_m = mapping(drawn)["coordinates"]
    return {"type": "Polygon", "coordinates": [_degrees(plane, one) for one in (outer, *holes_m)]}


def _metres(plane: Plane, ring: Ring) -> F64:
    """Return points of a plane; they stay in one piece over the antimeridian."""
    points_deg = np.array(ring, dtype=np.float64)
    east_m = (points_deg[:, 1] - plane.lon_deg) * plane.east_m_per_deg
    return np.column_stack([east_m, plane.north_m(points_deg[:, 0])])


def _degrees(plane: Plane, ring_m: Iterable[tuple[float, float]]) -> list[list[float]]:
    return [
        _pair(plane.lon_deg + x / plane.east_m_per_deg, plane.lat_deg + y / plane.north_m_per_deg)
        for x, y in ring_m
    ]


def _pair(lon_deg: float, lat_deg: float) -> list[float]:
    return [round(lon_deg, _DIGITS), round(lat_deg, _DIGITS)]
