"""Envelopes: every circle of a stay lies in its outline, and nothing else does."""

import numpy as np
import pytest
import shapely
from shapely import Polygon

from mesure.geo import fixes as fixes_
from mesure.geo.fixes import Fixes
from mesure.instants import US_PER_S
from mesure.reports.drawing import chart
from mesure.reports.maps import envelopes

HOME = (43.25, 76.95)
PLANE = chart.plane_at(*HOME)


def at(east_m: list[float], north_m: list[float], radii_m: list[float]) -> Fixes:
    """Return fixes a minute apart, some metres from home."""
    us = np.arange(len(east_m), dtype=np.int64) * 60 * US_PER_S
    flag = np.zeros(len(us), np.int8)
    lat_deg = HOME[0] + np.array(north_m) / PLANE.north_m_per_deg
    lon_deg = HOME[1] + np.array(east_m) / PLANE.east_m_per_deg
    radii = np.array(radii_m)
    return Fixes(us, us, lat_deg, lon_deg, radii, radii, flag, flag, flag, us)


def areas_m(outline: envelopes.Outline) -> list[Polygon]:
    """Return the parts of an outline in metres round home."""
    rings = [
        [
            np.column_stack([PLANE.east_m(ring[:, 0]), PLANE.north_m(ring[:, 1])])
            for ring in part
        ]
        for part in outline
    ]  # fmt: skip
    return [Polygon(outer, holes) for outer, *holes in rings]


def test_forty_circles_of_a_stay_become_one_outline_that_holds_each() -> None:
    drawn = np.random.default_rng(7)
    east_m, north_m = (drawn.normal(0.0, 8.0, 40) for _ in range(2))
    [outline] = envelopes.on_ground(at(list(east_m), list(north_m), [15.0] * 40))
    [area] = areas_m(outline)
    circles = shapely.buffer(shapely.points(east_m, north_m), 15.0)
    assert area.buffer(1.0).contains(shapely.union_all(circles))
    assert area.area == pytest.approx(shapely.union_all(circles).area, rel=0.04)


def test_a_fix_elsewhere_is_a_stay_of_its_own() -> None:
    near, far = envelopes.on_ground(at([0.0, 3.0, 500.0], [0.0] * 3, [10.0, 12.0, 20.0]))
    assert len(areas_m(near)) == 1
    [alone] = areas_m(far)
    assert alone.area == pytest.approx(np.pi * 20.0**2, rel=0.04)


def test_a_stay_on_a_drawing_is_told_by_how_near_its_fixes_stand_there() -> None:
    fixes = at([0.0, 100.0], [0.0, 0.0], [10.0, 10.0])
    together = envelopes.on_drawing(fixes, np.array([0.0, 5.0]), np.zeros(2))
    apart = envelopes.on_drawing(fixes, np.array([0.0, 90.0]), np.zeros(2))
    assert [len(outline) for outline in together] == [2]
    assert [len(outline) for outline in apart] == [1, 1]


def test_a_fix_whose_radius_is_not_known_has_no_circle() -> None:
    assert envelopes.on_ground(at([0.0], [0.0], [np.nan])) == []
    [outline] = envelopes.on_ground(at([0.0, 1.0], [0.0, 0.0], [np.nan, 5.0]))
    [area] = areas_m(outline)
    assert area.area == pytest.approx(np.pi * 25.0, rel=0.04)


def test_without_fixes_there_is_none() -> None:
    assert envelopes.on_ground(fixes_.none()) == []
