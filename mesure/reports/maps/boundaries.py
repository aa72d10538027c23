"""The boundaries of a zone on a chart, as paths to draw.

A boundary is drawn where the order draws it; its tolerance, which helps the person, is not drawn.
Where a condition reaches beyond a place, a broad line round the place shows how far.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mesure.geo.fixes import F64
from mesure.orders.values.places import Circle, Corridor, Ring
from mesure.reports.drawing import svg_paths
from mesure.reports.drawing.chart import Plane, PlaneChart
from mesure.reports.maps import ground
from mesure.reports.maps.ground import ZoneGround

_SEEN_RATIO: Final = 0.1  # Paths are cut this far beyond the edge of the drawing, out of sight.
_HALF_PX: Final = 0.5  # Points are drawn to this precision.
_DOT_PX: Final = 2.0  # The least radius at which a place can be seen.


def areas(
    chart: PlaneChart, around: ZoneGround, *, concerned: bool, count_max: int
) -> Iterator[svg_paths.Area]:
    """Yield the shapes of a zone that can be seen on the chart, at most `count_max`."""
    zone = around.zone
    grow_px = max(zone.grow_m / chart.m_per_px, 0.0)
    for number in ground.shapes_in_view(chart.plane, around, chart.view)[:count_max].tolist():
        path, width_px = _path(chart, around, number, grow_px)
        for broad_px in (width_px + 2.0 * grow_px, width_px) if grow_px else (width_px,):
            stroke = svg_paths.number(broad_px) if broad_px else ""
            yield svg_paths.Area(path, zone.keep_out, concerned, stroke)


def _path(chart: PlaneChart, around: ZoneGround, number: int, grow_px: float) -> tuple[str, float]:
    """Return the path of a shape, and how broad a line it is; 0 where it is an area."""
    shape = around.zone.place.shapes[number]
    x, y = _on_chart(chart, ground.points_of(shape))
    if isinstance(shape, Circle):
        return _circle_path(float(x[0]), float(y[0]), shape.radius_m / chart.m_per_px), 0.0
    if len(x) == 1:  # The whole shape falls on one point of the drawing.
        return _circle_path(float(x[0]), float(y[0]), 0.0), 0.0
    if isinstance(shape, Corridor):
        width_px = max(shape.width_m / chart.m_per_px, _DOT_PX)
        return _line_path(chart, x, y, width_px + grow_px), width_px
    view = chart.view.grown(around.zone.grow_m)
    holes = ground.holes_seen(chart.plane, around, number, view, _HALF_PX * chart.m_per_px)
    rings = ((x, y), *(_on_chart(chart, hole) for hole in holes))
    return "".join(_ring_path(chart, *ring, grow_px) for ring in rings), 0.0


def _line_path(chart: PlaneChart, x: F64, y: F64, reach_px: float) -> str:
    """Return the parts of a line that come so near the drawing that they may be seen in it."""
    slack_px = chart.width * _SEEN_RATIO + reach_px
    near = _meets(x, chart.width, slack_px) & _meets(y, chart.height, slack_px)
    edges = np.flatnonzero(np.diff(near, prepend=False, append=False)).tolist()
    runs = (slice(first, last + 1) for first, last in zip(edges[::2], edges[1::2], strict=True))
    return "".join(svg_paths.polyline(x[run], y[run]) for run in runs)


def _meets(along_px: F64, length_px: float, slack_px: float) -> NDArray[np.bool_]:
    """Say which steps from point to point share a place with [0, length], or nearly."""
    least_px = np.minimum(along_px[:-1], along_px[1:])
    most_px = np.maximum(along_px[:-1], along_px[1:])
    meets: NDArray[np.bool_] = (least_px <= length_px + slack_px) & (most_px >= -slack_px)
    return meets


def _circle_path(x: float, y: float, radius_px: float) -> str:
    radius_px = max(round(radius_px * 2.0) / 2.0, _DOT_PX)  # Rounded first: both halves must fit.
    r, across = svg_paths.number(radius_px), svg_paths.number(2.0 * radius_px)
    start = f"M{svg_paths.number(x - radius_px)} {svg_paths.number(y)}"
    return f"{start}a{r} {r} 0 1 0 {across} 0a{r} {r} 0 1 0-{across} 0z"


def _ring_path(chart: PlaneChart, x: F64, y: F64, grow_px: float) -> str:
    x, y = _in_sight(chart, x, y, grow_px)
    return svg_paths.polyline(x, y) + "z" if len(x) > 2 else ""


def _in_sight(chart: PlaneChart, x: F64, y: F64, grow_px: float = 0.0) -> tuple[F64, F64]:
    """Return the part of a ring that reaches the drawing, and a little round it."""
    slack_x_px = chart.width * _SEEN_RATIO + grow_px
    slack_y_px = chart.height * _SEEN_RATIO + grow_px
    x, y = _cut(x, y, x + slack_x_px)
    x, y = _cut(x, y, chart.width + slack_x_px - x)
    x, y = _cut(x, y, y + slack_y_px)
    return _cut(x, y, chart.height + slack_y_px - y)


def _cut(x: F64, y: F64, reach_px: F64) -> tuple[F64, F64]:
    """Return a ring cut where its reach into the drawing falls below 0.

    Paper: Sutherland and Hodgman, Reentrant polygon clipping (1974), doi:10.1145/360767.360802
    """
    x_before, y_before, before_px = np.roll(x, 1), np.roll(y, 1), np.roll(reach_px, 1)
    crosses = (before_px < 0.0) != (reach_px < 0.0)
    share_ratio = before_px / np.where(crosses, before_px - reach_px, 1.0)
    mask = np.stack([crosses, reach_px >= 0.0], axis=1)
    x = np.stack([x_before + share_ratio * (x - x_before), x], axis=1)
    y = np.stack([y_before + share_ratio * (y - y_before), y], axis=1)
    return x[mask], y[mask]


def _on_chart(chart: PlaneChart, ring: Ring) -> tuple[F64, F64]:
    """Return points on the chart, those that fall on the one before left out."""
    east_m, north_m = _ring(chart.plane, ring)
    x, y = np.round(chart.x(east_m) * 2.0) / 2.0, np.round(chart.y(north_m) * 2.0) / 2.0
    mask = np.ones(len(x), dtype=np.bool_)
    mask[1:] = (x[1:] != x[:-1]) | (y[1:] != y[:-1])
    return x[mask], y[mask]


def _ring(plane: Plane, ring: Ring) -> tuple[F64, F64]:
    """Return points in metres; they stay in one piece over the antimeridian."""
    points_deg = np.array(ring, dtype=np.float64)
    first_m = plane.east_m(points_deg[:1, 1])
    east_m = first_m + (points_deg[:, 1] - points_deg[0, 1]) * plane.east_m_per_deg
    return east_m, plane.north_m(points_deg[:, 0])
