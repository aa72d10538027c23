"""The two ways of finding feet, against each other; here both run as plain Python."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesure.geo import distance, nearest_point, zones
from mesure.geo.fixes import F64
from mesure.geo.nearest_point import NearestPoints
from mesure.geo.numeric import geo_kernels
from mesure.geo.zones import CorridorShape, PackedLines, PolygonShape, Shape

# Corners and fixes on a coarse grid: equal latitudes, shared corners, edges of no length, ties;
# sorted, for chains that lie apart.
GRID = st.integers(0, 40).map(lambda n: n % 7 / 1024.0 if n < 20 else (n - 20) / 512.0)
CORNERS = st.tuples(GRID, GRID)


@st.composite
def shapes_on_a_grid(draw: st.DrawFn) -> list[Shape]:
    shapes: list[Shape] = []
    for corners in draw(
        st.lists(st.lists(CORNERS, min_size=3, max_size=40), min_size=1, max_size=4)
    ):
        path = tuple(sorted(corners) if draw(st.booleans()) else corners)
        shapes.append(PolygonShape(path) if draw(st.booleans()) else CorridorShape(path, 50.0))
    return shapes


def fix_by_fix(lines: PackedLines, planes: nearest_point.TangentPlanes) -> NearestPoints:
    shape = (len(lines.first) - 1, len(planes.lat_deg))
    points = NearestPoints(
        np.full(shape, np.inf), np.zeros(shape), np.zeros(shape), np.zeros(shape, np.bool_)
    )
    geo_kernels.use_compiler(False)
    try:
        nearest_point._fix_by_fix(lines, planes, points)
    finally:
        geo_kernels.use_compiler(True)
    return points


def side_by_side(lines: PackedLines, planes: nearest_point.TangentPlanes) -> NearestPoints:
    geo_kernels.use_compiler(False)
    try:
        return nearest_point.nearest(lines, planes)
    finally:
        geo_kernels.use_compiler(True)


@settings(max_examples=150)
@given(
    shapes_on_a_grid(),
    st.lists(st.tuples(CORNERS, st.sampled_from([0.0, 30.0, 900.0, np.inf])), min_size=1),
)
def test_both_ways_find_the_same_feet_exactly(
    shapes: list[Shape], fixes: list[tuple[tuple[float, float], float]]
) -> None:
    lat_deg, lon_deg = np.array([at for at, _ in fixes]).T.copy()
    planes = nearest_point.planes(lat_deg, lon_deg, np.array([gate_m for _, gate_m in fixes]))
    for block in zones.pack(shapes).blocks:
        if block.lines.edge_deg.size:
            points, other = side_by_side(block.lines, planes), fix_by_fix(block.lines, planes)
            for name, left, right in zip(NearestPoints._fields, points, other, strict=True):
                assert np.array_equal(left, right), name  # Zeros of either sign are squared later.


@pytest.mark.parametrize(
    ("at", "gate_m", "has_foot"),
    [
        ((0.1001, 0.0), np.inf, True),  # The chain beside it is looked at, the others are too far.
        ((0.1001, 0.0), 30.0, True),  # The others do not even lie within the gate.
        ((0.2, 0.2), 30.0, False),  # None does.
    ],
)
def test_chains_that_cannot_hold_the_foot_are_passed_over(
    at: tuple[float, float], gate_m: float, has_foot: bool
) -> None:
    turn = np.linspace(0.0, 2.0 * np.pi, 64, endpoint=False)
    ring = PolygonShape(tuple(zip(0.1 * np.cos(turn), 0.1 * np.sin(turn), strict=True)))
    lines = zones.pack([ring]).blocks[0].lines
    planes = nearest_point.planes(np.array(at[:1]), np.array(at[1:]), np.array([gate_m]))
    points, other = side_by_side(lines, planes), fix_by_fix(lines, planes)
    assert np.isfinite(other.distance2_deg[0, 0]) == has_foot
    for name, left, right in zip(NearestPoints._fields, points, other, strict=True):
        assert np.array_equal(left, right), name


@pytest.mark.parametrize("lat_deg", [0.0, 0.002, 0.005])
def test_a_ray_through_corners_and_along_edges_counts_right(lat_deg: float) -> None:
    stairs = ((0.0, 0.0), (0.0, 0.01), (0.002, 0.01), (0.002, 0.02), (0.005, 0.02), (0.005, 0.0))
    lon_deg: F64 = np.array([-0.001, 0.001, 0.015, 0.021])
    lines = zones.pack([PolygonShape(stairs)]).blocks[0].lines
    planes = nearest_point.planes(np.full(4, lat_deg), lon_deg, np.full(4, np.inf))
    # A fix on an edge counts as a little to the north and east of it.
    inside = {0.0: [0, 1, 0, 0], 0.002: [0, 1, 1, 0], 0.005: [0, 0, 0, 0]}[lat_deg]
    assert side_by_side(lines, planes).is_inside[0].tolist() == [bool(one) for one in inside]


def test_where_there_is_a_compiler_fixes_are_taken_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Why: the loops run uncompiled here, and give the same bits as the columns."""
    zone = zones.pack(
        [zones.PolygonShape(((43.0, 76.0), (43.0, 76.1), (43.1, 76.1), (43.1, 76.0)))]
    )
    lat_deg, lon_deg = np.array([43.05, 43.2, 42.99]), np.array([76.05, 76.05, 76.2])
    monkeypatch.setattr(nearest_point, "geo_kernels", SimpleNamespace(is_compiled=lambda: False))
    in_columns = distance.distance_m(zone, lat_deg, lon_deg)
    monkeypatch.setattr(nearest_point, "geo_kernels", SimpleNamespace(is_compiled=lambda: True))
    assert distance.distance_m(zone, lat_deg, lon_deg).tobytes() == in_columns.tobytes()
