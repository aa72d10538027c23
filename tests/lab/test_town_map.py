"""The map of the simulated town shows the streets that its people walk."""

import numpy as np
import shapely

from mesure.service.basemap.shapes import LANGUAGES, ZOOMS, MapShape
from mesure_lab.ground import surroundings, town, town_map
from mesure_lab.ground.street_grid import HALF_WIDTH, Streets

SHAPES = list(town_map.shapes(3))


def metres(shape: MapShape) -> shapely.Geometry:
    ratio = np.array([town.METRES_PER_DEG_EAST, town.METRES_PER_DEG_NORTH])
    origin = np.array([town.ORIGIN_LON_DEG, town.ORIGIN_LAT_DEG])
    placed: shapely.Geometry = shapely.transform(shape.geometry, lambda at: (at - origin) * ratio)
    return placed


def of(layer: str) -> list[MapShape]:
    return [one for one in SHAPES if one.layer == layer]


def test_every_crossing_lies_on_a_street_in_both_directions() -> None:
    streets = Streets(3)
    lines = shapely.STRtree([metres(one) for one in of("road")])
    numbers = range(-HALF_WIDTH, HALF_WIDTH + 1)
    places = shapely.points([streets.place((x, y)) for x in numbers for y in numbers])
    hits = lines.query(places, predicate="dwithin", distance=0.01)[0]
    assert (np.bincount(hits, minlength=len(places)) >= 2).all()


def test_homes_stand_where_houses_stand() -> None:
    """A door lies in a building, or a few steps from one: nowhere in the open."""
    buildings = shapely.STRtree([metres(one) for one in of("building")])
    streets = Streets(3)
    doors = []
    for seed in range(60):
        around, _ = surroundings.surroundings(streets, seed)
        doors.append(shapely.Point(around.parcels[0].door))
    off_m = buildings.query_nearest(doors, return_distance=True, all_matches=False)[1]
    assert np.median(off_m) < 5.0
    assert (off_m < 25.0).mean() > 0.9


def test_no_house_stands_on_a_street() -> None:
    streets = [metres(one) for one in of("road") if one.kind not in ("path", "service")]
    lines = shapely.STRtree(streets)
    houses = np.array([metres(one) for one in of("building")], dtype=object)
    assert len(lines.query(houses, predicate="intersects")[0]) == 0


def test_the_same_seed_gives_the_same_map_and_another_gives_another() -> None:
    def shape_bytes(seed: int) -> list[tuple[str, bytes]]:
        return [(one.kind, shapely.to_wkb(one.geometry)) for one in town_map.shapes(seed)]

    assert shape_bytes(3) == [(one.kind, shapely.to_wkb(one.geometry)) for one in SHAPES]
    assert shape_bytes(4) != shape_bytes(3)


def test_it_has_all_that_a_map_has_and_names_in_our_languages() -> None:
    assert {one.layer for one in SHAPES} == set(ZOOMS)
    [named] = [one for one in of("place") if one.kind == "town"]
    assert {key for key, _ in named.names} == {"name", *(f"name:{one}" for one in LANGUAGES[:3])}
    assert all(one.zoom for one in SHAPES)
