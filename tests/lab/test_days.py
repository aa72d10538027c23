"""Days and nights of a life: ordinary ones are spent at home, and the others as they are called."""

from collections.abc import Iterator

import numpy as np
import pytest

from mesure_lab.dice import Dice
from mesure_lab.ground import days, surroundings
from mesure_lab.ground.days import BreachKind, LifeWriter, Outing
from mesure_lab.ground.journeys import Journey
from mesure_lab.ground.lives import length_m
from mesure_lab.ground.street_grid import Streets
from mesure_lab.ground.town_order import CURFEW, OrderBoundaries
from mesure_lab.rules.score import Breach
from mesure_lab.simulation import truth

START_S = 1_788_721_200
STREETS = Streets(5)
DAYS = 60


class DayWithTruth:
    """One person's life with its truth."""

    def __init__(self, seed: int) -> None:
        around, self.ground = surroundings.surroundings(STREETS, seed)
        self.outings: tuple[Outing, ...]
        self.journey: Journey
        self.journey, self.outings = LifeWriter(around, START_S, Dice(seed, "life")).lead(DAYS)
        breach_truth = truth.truth("P", self.journey, self.outings, self.ground, START_S)
        self.breaches, self.slips = breach_truth


@pytest.fixture(scope="module")
def lives() -> list[DayWithTruth]:
    return [DayWithTruth(seed) for seed in range(12)]


def _curfew(lives: list[DayWithTruth]) -> Iterator[tuple[DayWithTruth, Breach]]:
    for lived in lives:
        for breach in lived.breaches:
            if breach.condition == CURFEW:
                yield lived, breach


def test_a_life_has_no_gap_and_lasts_as_long_as_asked(lives: list[DayWithTruth]) -> None:
    for lived in lives:
        assert (np.diff(lived.journey.time_s) > 0.0).all()
        assert lived.journey.time_s[0] == START_S
        assert lived.journey.time_s[-1] == START_S + DAYS * days.DAY_S


def test_nobody_is_faster_than_a_car(lives: list[DayWithTruth]) -> None:
    for lived in lives:
        at_s = np.arange(START_S, START_S + 10 * days.DAY_S, 7.0)
        assert lived.journey.at(at_s).speed_mps.max() <= days.DRIVE_MPS[1]


def test_every_night_out_is_a_breach_of_its_kind_and_no_other_night_is(
    lives: list[DayWithTruth],
) -> None:
    planned = [outing.kind.value for lived in lives for outing in lived.outings]
    kinds = {breach.kind for _, breach in _curfew(lives)}
    assert kinds == {kind.value for kind, _ in days.NIGHTS_OUT}
    slips = [one for lived in lives for one in lived.slips if one.condition == CURFEW]
    assert len(list(_curfew(lives))) + len(slips) == len(planned)


def test_kinds_come_as_often_as_their_weights_say(lives: list[DayWithTruth]) -> None:
    planned = [outing.kind for lived in lives for outing in lived.outings]
    assert 0.2 < len(planned) / (12 * DAYS) < 0.3
    for kind, weight in days.NIGHTS_OUT:
        share = planned.count(kind) / len(planned)
        assert weight / 2 < share < weight * 2, kind


def test_next_door_is_as_near_as_it_says(lives: list[DayWithTruth]) -> None:
    for lived, breach in _curfew(lives):
        moments = lived.journey.at(np.array([(breach.start_s + breach.end_s) / 2.0]))
        beyond_m = float(lived.ground.beyond_m(moments.east_m, moments.north_m)[0])
        ratio = 1.0 + beyond_m / lived.ground.radius_m
        if breach.kind == BreachKind.NEXT_DOOR_NEAR.value:
            assert 1.14 < ratio < 1.51
        elif breach.kind == BreachKind.NEXT_DOOR.value:
            assert 1.59 < ratio < 2.51
        elif breach.kind == BreachKind.VEHICLE.value:
            assert beyond_m >= 599.0


def test_late_returns_begin_with_the_curfew_and_others_do_not(lives: list[DayWithTruth]) -> None:
    for _, breach in _curfew(lives):
        begins_with_it = (breach.start_s - START_S) % days.DAY_S == days.CURFEW_FROM_S
        assert begins_with_it == (breach.kind == BreachKind.LATE_RETURN.value)
        if breach.kind == BreachKind.SHORT.value:
            assert breach.end_s - breach.start_s < 900.0


def test_everybody_is_back_before_the_curfew_ends(lives: list[DayWithTruth]) -> None:
    for _, breach in _curfew(lives):
        assert (breach.end_s - START_S) % days.DAY_S != days.CURFEW_UNTIL_S


def test_some_leave_the_district_and_some_enter_the_place(lives: list[DayWithTruth]) -> None:
    kinds = {breach.kind for lived in lives for breach in lived.breaches}
    assert {BreachKind.LEFT.value, BreachKind.ENTERED.value} <= kinds


def test_the_home_lies_within_its_circle(lives: list[DayWithTruth]) -> None:
    def outside(ground: OrderBoundaries, journey: Journey) -> bool:
        home = journey.at(np.array([START_S + 3.0 * days.H_S]))
        return bool(ground.beyond_m(home.east_m, home.north_m)[0] > 0.0)

    assert not any(outside(lived.ground, lived.journey) for lived in lives)
    assert {lived.ground.radius_m for lived in lives} <= set(surroundings.RADII_M)


def test_one_seed_leads_one_life() -> None:
    first, second = DayWithTruth(3), DayWithTruth(3)
    assert first.breaches == second.breaches
    assert (first.journey.east_m == second.journey.east_m).all()
    assert length_m([(0.0, 0.0), (3.0, 4.0)]) == 5.0
