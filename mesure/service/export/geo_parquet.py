"""GeoParquet 1.1: points and zones, written by hand over Parquet: WKB, and what it is.

A zone is written as an order draws it: a circle as its middle with a radius, a way as its line with
a width, an area as a polygon whose outer ring runs against the clock. So nothing is approximated,
and its reader draws what was judged.
Specification: docs/specs/handing_over.md
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import shapely
from shapely.geometry import LineString, Point
from shapely.geometry import Polygon as Area
from shapely.geometry.polygon import orient

from mesure.evaluation.filter import tolerance
from mesure.geo.fixes import F64
from mesure.orders.model.order import OrderVersion
from mesure.orders.values.places import Circle, Polygon, Shape
from mesure.reports.maps import order_zones
from mesure.reports.replay.replay_report import ReportedZone

COLUMN: Final = "geometry"
VERSION: Final = "1.1.0"
_LITTLE: Final = 1  # The byte order in which every machine writes the same.

ZONES: Final = pa.schema(
    [
        ("person", pa.string()),
        ("order", pa.string()),
        ("version_sha256", pa.string()),
        ("place", pa.string()),
        ("keep_out", pa.bool_()),
        ("conditions", pa.list_(pa.string())),
        ("from", pa.timestamp("us", tz="UTC")),
        ("until", pa.timestamp("us", tz="UTC")),
        ("tolerance_m", pa.float64()),
        ("radius_m", pa.float64()),
        ("width_m", pa.float64()),
        (COLUMN, pa.binary()),
    ]
)


class Extent:
    """What kinds of shapes a column has, and how far they reach."""

    def __init__(self) -> None:
        self._kinds: set[str] = set()
        self._bounds: list[float] | None = None

    def add(self, shapes: Any) -> None:  # noqa: ANN401  An array of shapes.
        """Take shapes in."""
        if not len(shapes):
            return
        _, first = np.unique(shapely.get_type_id(shapes), return_index=True)
        self._kinds |= {shapes[at].geom_type for at in first}
        west, south, east, north = (float(one) for one in shapely.total_bounds(shapes))
        if self._bounds is None:
            self._bounds = [west, south, east, north]
        else:
            was = self._bounds
            low = [min(was[0], west), min(was[1], south)]
            self._bounds = [*low, max(was[2], east), max(was[3], north)]

    def metadata(self) -> dict[str, str]:
        """Return what a GeoParquet file says of its column; degrees of WGS 84, longitude first."""
        column: dict[str, Any] = {
            "encoding": "WKB",
            "geometry_types": sorted(self._kinds),
            "orientation": "counterclockwise",
            "edges": "planar",
        }
        if self._bounds is not None:
            column["bbox"] = self._bounds
        geo_metadata = {"version": VERSION, "primary_column": COLUMN, "columns": {COLUMN: column}}
        return {"geo": json.dumps(geo_metadata, sort_keys=True)}


def points(lon_deg: F64, lat_deg: F64) -> Any:  # noqa: ANN401
    """Return points as an array of shapes."""
    return shapely.points(lon_deg, lat_deg)


def wkb_column(shapes: Any) -> pa.Array:  # noqa: ANN401
    """Return shapes as a column of WKB."""
    return pa.array(shapely.to_wkb(shapes, output_dimension=2, byte_order=_LITTLE), pa.binary())


def zones(versions: Iterable[OrderVersion], extent: Extent) -> pa.Table:
    """Return every zone of an order, version by version, a row for each of its shapes."""
    rows = [row for version in versions for row in _rows(version)]
    shapes = np.array([row.pop(COLUMN) for row in rows], dtype=object)
    extent.add(shapes)
    columns = [pa.array([row[name] for row in rows], ZONES.field(name).type) for name in _PLAIN]
    return pa.Table.from_arrays([*columns, wkb_column(shapes)], schema=ZONES)


_PLAIN: Final = tuple(name for name in ZONES.names if name != COLUMN)


def _rows(version: OrderVersion) -> Iterator[dict[str, Any]]:
    for zone in sorted(order_zones.of_version(version), key=_by):
        for shape, tolerance_m in zip(zone.place.shapes, _tolerances_m(zone), strict=True):
            yield {
                "person": version.person,
                "order": version.order,
                "version_sha256": version.sha256,
                "place": zone.place.name,
                "keep_out": zone.keep_out,
                "conditions": sorted(zone.conditions),
                "from": zone.in_force.start,
                "until": zone.in_force.end,
                "tolerance_m": tolerance_m,
                "radius_m": shape.radius_m if isinstance(shape, Circle) else None,
                "width_m": None if isinstance(shape, Circle | Polygon) else shape.width_m,
                COLUMN: _drawn(shape),
            }


def _tolerances_m(zone: ReportedZone) -> Sequence[float]:
    shapes = zone.place.shapes
    return tolerance.shrunk_m(shapes) if zone.keep_out else [*map(tolerance.grown_m, shapes)]


def _by(zone: ReportedZone) -> tuple[Any, ...]:
    return zone.place.name, zone.keep_out, zone.in_force.start, sorted(zone.conditions)


def _drawn(shape: Shape) -> Point | LineString | Area:
    """Return a shape in longitude and latitude."""
    if isinstance(shape, Circle):
        return Point(shape.lon_deg, shape.lat_deg)
    if isinstance(shape, Polygon):
        holes = [_turned(hole) for hole in shape.holes]
        return orient(Area(_turned(shape.outer), holes), 1.0)
    return LineString(_turned(shape.line))


def _turned(ring: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    return [(lon_deg, lat_deg) for lat_deg, lon_deg in ring]
