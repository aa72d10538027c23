"""The streets of a simulated town: ways follow them from door to door."""

import itertools

from mesure_lab.dice import Dice
from mesure_lab.ground.lives import distance_m
from mesure_lab.ground.street_grid import BEND_M, EAST_M, NORTH_M, SET_BACK_M, Streets


def test_one_seed_gives_one_plan() -> None:
    assert Streets(3).place((2, -4)) == Streets(3).place((2, -4))
    assert Streets(3).place((2, -4)) != Streets(4).place((2, -4))


def test_crossings_lie_near_where_a_grid_has_them() -> None:
    east_m, north_m = Streets(1).place((5, -7))
    assert abs(east_m - 5 * EAST_M) <= BEND_M
    assert abs(north_m + 7 * NORTH_M) <= BEND_M


def test_a_building_stands_beside_its_street() -> None:
    streets, dice = Streets(1), Dice(1, "x")
    for _ in range(50):
        parcel = streets.parcel(dice, (100.0, 0.0), 300.0)
        assert SET_BACK_M[0] <= distance_m(parcel.door, parcel.front) <= SET_BACK_M[1]
        first, second = (streets.place(end) for end in parcel.ends)
        along = distance_m(first, parcel.front) + distance_m(parcel.front, second)
        assert abs(along - distance_m(first, second)) < 1e-6


def test_buildings_asked_for_outside_the_town_stand_at_its_edge() -> None:
    parcel = Streets(1).parcel(Dice(1, "x"), (1e5, 1e5), 10.0)
    assert max(parcel.ends[1]) <= 28


def test_a_way_leads_along_streets_and_never_back_on_itself() -> None:
    streets, dice = Streets(2), Dice(2, "x")
    longest_m = max(EAST_M, NORTH_M) + 4 * BEND_M
    for _ in range(50):
        start, goal = streets.parcel(dice), streets.parcel(dice)
        line = streets.way(start, goal, dice)
        assert (line[0], line[-1]) == (start.door, goal.door)
        assert all(distance_m(a, b) <= longest_m for a, b in itertools.pairwise(line))
        assert len(set(line)) == len(line)


def test_neighbours_on_one_street_need_no_crossing() -> None:
    streets = Streets(2)
    parcel = streets.parcel(Dice(3, "x"))
    assert streets.way(parcel, parcel, Dice(1, "x")) == [
        parcel.door,
        parcel.front,
        parcel.front,
        parcel.door,
    ]
