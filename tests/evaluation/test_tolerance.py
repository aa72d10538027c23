"""How far the line of an area may be wrong: by its shape, whatever file it was drawn in."""

import json
from dataclasses import replace

import numpy as np
import pytest

from mesure.evaluation import rules
from mesure.evaluation.filter import allowed_area, tolerance
from mesure.evaluation.filter.allowed_area import Boundary
from mesure.evaluation.rules import prepare
from mesure.instants import to_datetime
from mesure.orders.model.schedule import BindingSpan
from mesure.orders.reading import read_order
from mesure.orders.values.places import Circle, Corridor, Place, Polygon
from tests.evaluation.scenes import (
    CURFEW,
    HOME_LAT_DEG,
    HOME_LON_DEG,
    LAT_M,
    LON_M,
    default_policy,
    order,
    stay,
    us,
)
from tests.evaluation.scenes import rules as scene_rules
from tests.evaluation.test_likelihoods import HOME, first_away

_ORDER = order("C1: {exclusion: {keep_out_of: plot}}")
_HEAD = _ORDER[: _ORDER.index("places:")]


def _square(wide_m: float) -> list[tuple[float, float]]:
    half = wide_m / 2.0
    ends = ((-half, -half), (half, -half), (half, half), (-half, half))
    return [
        (round(HOME_LAT_DEG + north / LAT_M, 7), round(HOME_LON_DEG + east / LON_M, 7))
        for east, north in ends
    ]


def _map(ring: list[tuple[float, float]]) -> bytes:
    closed = [[lon, lat] for lat, lon in [*ring, ring[0]]]
    feature = {
        "type": "Feature",
        "id": "plot",
        "properties": {"amenity": "bar"},
        "geometry": {"type": "Polygon", "coordinates": [closed]},
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


def _boundaries(wide_m: float, duty: str) -> list[Boundary]:
    """Return the boundary of a square as the order, a map and a list of venues draw it."""
    ring = _square(wide_m)
    drawn = ", ".join(f"[{lat}, {lon}]" for lat, lon in ring)
    places = (f"{{polygon: [{drawn}]}}", "{geojson: m.geojson, feature: plot}")
    texts = [f"{_HEAD}places:\n  plot: {one}\nconditions:\n  C1: {duty}\n" for one in places]
    if "exclusion" in duty:
        venues = "{exclusion: {venue_category: nightlife, venues: m.geojson}}"
        texts.append(f"{_HEAD}conditions:\n  C1: {venues}\n")
    boundaries = []
    for text in texts:
        version = read_order.read("order.yaml", text.encode(), {"m.geojson": _map(ring)})
        [condition] = version.conditions
        side = rules.kind_of(condition.duty).side(condition.duty, BindingSpan(condition.in_force))
        boundaries.append(allowed_area.pack(side, version.places))
    return boundaries


def _wrong_m(boundary: Boundary, east_m: float) -> float:
    lat_deg, lon_deg = np.array([HOME_LAT_DEG]), np.array([HOME_LON_DEG + east_m / LON_M])
    return float(allowed_area.measure(boundary, lat_deg, lon_deg)[0])


@pytest.mark.parametrize("wide_m", [8.0, 30.0, 56.0, 64.0, 110.0])
def test_a_plot_is_as_large_as_it_is_drawn(wide_m: float) -> None:
    for boundary in _boundaries(wide_m, "{exclusion: {keep_out_of: plot}}"):
        assert _wrong_m(boundary, 0.0) == pytest.approx(wide_m / 2.0, abs=0.1)


@pytest.mark.parametrize(
    "duty", ["{exclusion: {keep_out_of: plot}}", "{residence: {stay_in: plot}}"]
)
@pytest.mark.parametrize("wide_m", [30.0, 150.0, 2_000.0])
def test_equal_shapes_are_judged_equal_whatever_file_they_come_from(
    duty: str, wide_m: float
) -> None:
    for east_m in (0.0, 10.0, wide_m / 2.0 - 5.0, wide_m / 2.0 + 5.0):
        distances_m = {_wrong_m(boundary, east_m) for boundary in _boundaries(wide_m, duty)}
        assert len(distances_m) == 1


def test_a_tolerance_moves_the_boundary_in_the_person_s_favour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [version] = scene_rules(order(CURFEW)).versions
    ends = ((-60, -60), (-60, 60), (60, 60), (60, -60))
    yard = Polygon(
        tuple((HOME_LAT_DEG + north / LAT_M, HOME_LON_DEG + east / LON_M) for north, east in ends)
    )
    drawn = replace(version, places={**version.places, "home": Place("home", (yard,))})
    away = stay("10T22:10", "10T23:00", 100, radius95_m=10.0)
    times = []
    for line_m in (0.0, 50.0):
        monkeypatch.setattr(tolerance, "AREA_LINE_M", line_m)
        ready = prepare([drawn], default_policy(), to_datetime(us("12T00:00")))
        times.append(first_away(ready, HOME, away))
    assert times[0] != "never"
    assert times[1] == "never"


def _ring(north_m: float, east_m: float, side_m: float) -> tuple[tuple[float, float], ...]:
    corners = ((0.0, 0.0), (0.0, side_m), (side_m, side_m), (side_m, 0.0))
    return tuple(
        (HOME_LAT_DEG + (north_m + north) / LAT_M, HOME_LON_DEG + (east_m + east) / LON_M)
        for north, east in corners
    )


def test_a_small_part_that_touches_a_large_one_shrinks_like_it_and_a_hole_takes_room() -> None:
    large, hole = _ring(0.0, 0.0, 400.0), _ring(20.0, 20.0, 360.0)
    touching = Polygon((large[0], *_ring(-20.0, -20.0, 20.0)[:2], _ring(-20.0, -20.0, 20.0)[3]))
    apart = Polygon(_ring(-900.0, -900.0, 20.0))
    whole, beside, alone = tolerance.shrunk_m((Polygon(large), touching, apart))
    assert whole == beside > 0.0
    assert alone == 0.0
    [hollow] = tolerance.shrunk_m((Polygon(large, (hole,)),))
    assert hollow == 0.0


@pytest.mark.parametrize(("wide_m", "is_small"), [(30.0, True), (390.0, True), (440.0, False)])
def test_a_place_to_keep_out_of_is_small_by_its_shape_whatever_file_it_comes_from(
    wide_m: float, is_small: bool
) -> None:
    for boundary in _boundaries(wide_m, "{exclusion: {keep_out_of: plot}}"):
        assert boundary.is_small == is_small
    assert not any(one.is_small for one in _boundaries(wide_m, "{residence: {stay_in: plot}}"))


def test_a_circle_is_small_up_to_a_radius_and_a_way_never_is() -> None:
    circle = Circle(HOME_LAT_DEG, HOME_LON_DEG, 190.0)
    assert tolerance.is_small(circle, 10.0)
    assert not tolerance.is_small(circle, 11.0)
    assert not tolerance.is_small(Corridor(((43.0, 77.0), (43.1, 77.0)), 10.0))
