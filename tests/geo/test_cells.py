"""What cells tell is what measuring says, and where they tell nothing it is measured."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesure.geo import cells, distance, zones
from mesure.geo.fixes import F64
from mesure.geo.numeric import geo_kernels
from mesure.geo.zones import CircleShape, CorridorShape, PolygonShape, Shape, Zone
from tests.geo.shapes import fixes_round, ring

ALMATY = (43.25, 76.9)
PLACES = st.sampled_from([ALMATY, (0.0, 0.0), (69.6, 18.9), (-33.9, 179.999), (89.3, 10.0)])


@st.composite
def one_shape(draw: st.DrawFn) -> tuple[Zone, F64, F64, F64]:
    """Return a zone of one shape with many edges, and fixes in, near and far from it."""
    at, random = draw(PLACES), np.random.default_rng(draw(st.integers(0, 2**32)))
    radius_m = draw(st.sampled_from([100.0, 5_000.0, 50_000.0]))
    outer = ring(random, at, radius_m, int(random.integers(64, 600)), rough=0.1)
    shape: Shape = PolygonShape(outer)
    if draw(st.booleans()):
        shape = PolygonShape(outer, (ring(random, at, radius_m / 2.0, 40),))
    elif draw(st.booleans()):
        shape = CorridorShape(outer, radius_m / 20.0)
    lat, lon = fixes_round(random, at, radius_m * draw(st.sampled_from([0.2, 1.0, 3.0])), 150)
    reach_m = radius_m * np.exp(random.uniform(-8.0, 2.0, 150))
    return zones.pack([shape]), np.clip(lat, -90.0, 90.0), lon, reach_m


@settings(max_examples=60)
@given(one_shape(), st.booleans())
def test_they_change_no_bit(case: tuple[Zone, F64, F64, F64], compiled: bool) -> None:
    zone, lat, lon, reach_m = case
    measured_m = distance.distance_within_m(zone, lat, lon, reach_m)
    geo_kernels.use_compiler(compiled)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distance, "CELLS_FROM", 1)
        told_m = distance.distance_within_m(zone, lat, lon, reach_m)
    geo_kernels.use_compiler(True)
    assert told_m.tobytes() == measured_m.tobytes()


def has_cells(shapes: list[Shape]) -> bool:
    zone = zones.pack(shapes)
    return cells.is_told(zone.blocks[0])


def test_they_tell_of_one_shape_with_many_edges() -> None:
    random = np.random.default_rng(3)
    many, few = (PolygonShape(ring(random, ALMATY, 900.0, corners)) for corners in (64, 40))
    assert has_cells([many])
    assert not has_cells([few])
    assert not has_cells([many, few])
    assert not has_cells([many, CircleShape(*ALMATY, 60.0)])
    round_the_earth = tuple((0.0, 2.0 * step) for step in range(176))
    assert not has_cells([CorridorShape(round_the_earth, 10.0)])


def test_deep_inside_and_far_outside_they_are_sure_and_at_the_edge_they_are_not() -> None:
    turn = np.linspace(0.0, 2.0 * np.pi, 400, endpoint=False)
    lat_deg = ALMATY[0] + 0.05 * np.sin(turn)
    lon_deg = ALMATY[1] + 0.05 * np.cos(turn)
    zone = zones.pack([PolygonShape(tuple(zip(lat_deg.tolist(), lon_deg.tolist(), strict=True)))])
    rough = distance._cells(zone)
    assert rough is not None
    north_deg = np.array([0.0, 0.048, 0.0499, 0.06, np.nan])
    lat, lon = ALMATY[0] + north_deg, np.full(5, ALMATY[1])
    is_sure, away_m = cells.tell(rough, lat, lon, np.full(5, 300.0))
    assert is_sure.tolist() == [True, False, False, False, False]
    assert away_m[0] < -3_000.0
    # In a corner of the box, and far from the circle.
    corner_deg = [np.array([one + 0.0495]) for one in ALMATY]
    is_sure, away_m = cells.tell(rough, corner_deg[0], corner_deg[1], np.array([300.0]))
    assert is_sure.all()
    assert away_m[0] > 300.0
    assert not cells.tell(rough, lat, lon, np.full(5, np.inf))[0].any()


def test_a_boundary_farther_than_a_plane_is_good_for_is_measured() -> None:
    random = np.random.default_rng(5)
    rough = distance._cells(
        zones.pack([PolygonShape(ring(random, ALMATY, 1.5e5, 200, rough=0.01))])
    )
    assert rough is not None
    reach_m, lon = np.full(2, 300.0), np.full(2, ALMATY[1])
    is_sure, _ = cells.tell(rough, ALMATY[0] + np.array([0.0, 0.8]), lon, reach_m)
    assert is_sure.tolist() == [False, True]


def test_of_several_zones_apart_nothing_is_told() -> None:
    random = np.random.default_rng(4)
    there = (ALMATY[0] + 2.0, ALMATY[1])
    apart: list[Shape] = [PolygonShape(ring(random, at, 900.0, 100)) for at in (ALMATY, there)]
    assert distance._cells(zones.pack(apart)) is None
    assert distance._cells(zones.pack([])) is None
