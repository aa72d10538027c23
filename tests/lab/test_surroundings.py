"""The places of a life: inside the district or outside, as each is meant."""

import numpy as np

from mesure_lab.ground import surroundings, town_order
from mesure_lab.ground.days import Number
from mesure_lab.ground.lives import distance_m
from mesure_lab.ground.street_grid import Streets

STREETS = Streets(9)
FOUND = [surroundings.surroundings(STREETS, seed) for seed in range(40)]


def _is_in(ring: tuple[tuple[float, float], ...], point: tuple[float, float]) -> bool:
    return bool(town_order.contains(ring, np.array([point[0]]), np.array([point[1]]))[0])


def test_people_live_inside_the_district_and_one_place_lies_outside() -> None:
    for around, ground in FOUND:
        doors = [parcel.door for parcel in around.parcels]
        inside = [_is_in(ground.district, door) for door in doors]
        assert inside == [number != Number.BEYOND for number in range(len(doors))]


def test_the_excluded_place_lies_clear_of_the_others() -> None:
    for around, ground in FOUND:
        middle = around.parcels[Number.EXCLUDED].door
        assert _is_in(ground.excluded, middle)
        for parcel in around.parcels[: Number.BEYOND]:
            assert distance_m(parcel.door, middle) > surroundings.CLEAR_OF_M
            assert not _is_in(ground.excluded, parcel.door)


def test_homes_are_put_beside_where_they_are_but_not_far() -> None:
    off_m = [distance_m(around.parcels[Number.HOME].door, ground.home) for around, ground in FOUND]
    assert 3.0 < np.median(off_m) < 12.0
    assert max(off_m) <= surroundings.OFFSET_M_MAX + 1e-9
    assert {ground.radius_m for _, ground in FOUND} == set(surroundings.RADII_M)
