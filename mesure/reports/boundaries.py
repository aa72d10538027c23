"""The boundaries of a place on a chart, as paths to draw.

A boundary is drawn where the order draws it; its tolerance, which helps the person, is not drawn.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from mesure.orders.places import Circle, Corridor, Place, Ring, Shape
from mesure.positions.fixes import F64
from mesure.reports import drawing
from mesure.reports.chart import Box, Chart, Plane, box_of

_SEEN_RATIO: Final = 0.1  # Paths are cut this far beyond the edge of the drawing, out of sight.
_DOT_PX: Final = 2.0  # The least radius at which a place can be seen.


def box_of_shape(plane: Plane, shape: Shape) -> Box:
    """Return the box that holds a shape."""
    if isinstance(shape, Circle):
        east_m, north_m = _middle(plane, shape)
        return Box(east_m, north_m, east_m, north_m).grown(shape.radius_m)
    if isinstance(shape, Corridor):
        return box_of(*_ring(plane, shape.line)).grown(shape.width_m / 2.0)
    return box_of(*_ring(plane, shape.outer))


def box_of_place(plane: Plane, place: Place) -> Box:
    """Return the box that holds every shape of a place."""
    first, *others = (box_of_shape(plane, shape) for shape in place.shapes)
    for other in others:
        first = first.joined(other)
    return first


def areas(
    chart: Chart, place: Place, *, keep_out: bool, concerned: bool, count_max: int
) -> Iterator[drawing.Area]:
    """Yield the shapes of a place that can be seen on the chart, at most `count_max`."""
    seen = [shape for shape in place.shapes if box_of_shape(chart.plane, shape).meets(chart.view)]
    for shape in seen[:count_max]:
        path, stroke = _path(chart, shape)
        yield drawing.Area(path, keep_out, concerned, stroke)


def _path(chart: Chart, shape: Shape) -> tuple[str, str]:
    if isinstance(shape, Circle):
        return _circle_path(chart, shape), ""
    if isinstance(shape, Corridor):
        stroke = max(shape.width_m / chart.m_per_px, _DOT_PX)
        return drawing.polyline(*_on_chart(chart, shape.line)), drawing.number(stroke)
    return "".join(_ring_path(chart, ring) for ring in (shape.outer, *shape.holes)), ""


def _circle_path(chart: Chart, circle: Circle) -> str:
    east_m, north_m = _middle(chart.plane, circle)
    x, y = float(chart.x(np.array([east_m]))[0]), float(chart.y(np.array([north_m]))[0])
    radius = max(circle.radius_m / chart.m_per_px, _DOT_PX)
    r, across = drawing.number(radius), drawing.number(2.0 * radius)
    start = f"M{drawing.number(x - radius)} {drawing.number(y)}"
    return f"{start}a{r} {r} 0 1 0 {across} 0a{r} {r} 0 1 0-{across} 0z"


def _ring_path(chart: Chart, ring: Ring) -> str:
    x, y = _on_chart(chart, ring)
    corners = list(zip(x.tolist(), y.tolist(), strict=True))
    slack_x_px, slack_y_px = chart.width * _SEEN_RATIO, chart.height * _SEEN_RATIO
    for axis, limit_px, sign in (
        (0, -slack_x_px, 1.0),
        (0, chart.width + slack_x_px, -1.0),
        (1, -slack_y_px, 1.0),
        (1, chart.height + slack_y_px, -1.0),
    ):
        corners = _cut(corners, axis, limit_px, sign)
    if not corners:
        return ""
    return drawing.polyline(*np.array(corners).T) + "z"


def _cut(
    corners: list[tuple[float, float]], axis: int, limit_px: float, sign: float
) -> list[tuple[float, float]]:
    """Return a ring cut along one edge of the drawing.

    Paper: Sutherland and Hodgman, Reentrant polygon clipping (1974), doi:10.1145/360767.360802
    """
    kept: list[tuple[float, float]] = []
    for before, here in zip(corners[-1:] + corners[:-1], corners, strict=True):
        reach_before, reach = sign * (before[axis] - limit_px), sign * (here[axis] - limit_px)
        if (reach_before < 0.0) != (reach < 0.0):
            share = reach_before / (reach_before - reach)
            kept.append(
                (
                    before[0] + share * (here[0] - before[0]),
                    before[1] + share * (here[1] - before[1]),
                )
            )
        if reach >= 0.0:
            kept.append(here)
    return kept


def _on_chart(chart: Chart, ring: Ring) -> tuple[F64, F64]:
    """Return the corners on the chart, those that fall on the one before left out."""
    east_m, north_m = _ring(chart.plane, ring)
    x, y = np.round(chart.x(east_m) * 2.0) / 2.0, np.round(chart.y(north_m) * 2.0) / 2.0
    kept = np.ones(len(x), dtype=np.bool_)
    kept[1:] = (x[1:] != x[:-1]) | (y[1:] != y[:-1])
    return x[kept], y[kept]


def _ring(plane: Plane, ring: Ring) -> tuple[F64, F64]:
    """Return the corners of a ring in metres; it stays in one piece over the antimeridian."""
    corners = np.array(ring, dtype=np.float64)
    first_m = plane.east_m(corners[:1, 1])
    east_m = first_m + (corners[:, 1] - corners[0, 1]) * plane.east_m_per_deg
    return east_m, plane.north_m(corners[:, 0])


def _middle(plane: Plane, circle: Circle) -> tuple[float, float]:
    return (
        float(plane.east_m(np.array([circle.lon_deg]))[0]),
        float(plane.north_m(np.array([circle.lat_deg]))[0]),
    )
