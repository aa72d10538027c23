"""The truth: where somebody was at every second, and when on the wrong side."""

import numpy as np
import pytest

from mesure.geo.fixes import F64
from mesure_lab.ground import journeys, lives
from mesure_lab.ground.journeys import ON_THE_WAY, Diary, Journey, JourneyMotion
from mesure_lab.rules.readings import Flags


def _journey() -> Journey:
    """Stay for 100 s, walk 200 m east at 2 m/s, stay for 50 s, drive back at 10 m/s."""
    diary = Diary(1000, (0.0, 0.0), 0)
    diary.stay_until(1100)
    diary.go([(0.0, 0.0), (200.0, 0.0)], JourneyMotion.WALK, 2.0, 7)
    diary.stay_until(1250)
    diary.go([(200.0, 0.0), (0.0, 0.0)], JourneyMotion.DRIVE, 10.0, 0)
    diary.stay_until(1300)
    return diary.journey()


def _beyond(limit_m: float) -> journeys.Zone:
    def zone(east_m: F64, north_m: F64) -> Flags:
        beyond: Flags = east_m > limit_m
        return beyond

    return zone


def test_the_person_is_where_the_line_says() -> None:
    positions = _journey().at(np.array([900.0, 1050.0, 1125.0, 1225.0, 1260.0, 2000.0]))
    assert positions.east_m.tolist() == [0.0, 0.0, 50.0, 200.0, 100.0, 0.0]
    assert positions.place.tolist() == [0, 0, ON_THE_WAY, 7, ON_THE_WAY, 0]
    assert positions.going.tolist()[1:5] == [
        JourneyMotion.STILL,
        JourneyMotion.WALK,
        JourneyMotion.STILL,
        JourneyMotion.DRIVE,
    ]
    assert positions.speed_mps.tolist() == [0.0, 0.0, 2.0, 0.0, 10.0, 0.0]


def test_wrong_sides_are_known_to_the_second() -> None:
    assert _journey().spans_on(_beyond(50.0)) == [(1126, 1265)]
    assert _journey().spans_on(_beyond(199.0)) == [(1200, 1251)]
    assert _journey().spans_on(_beyond(-1.0)) == [(1000, 1300)]
    assert _journey().spans_on(_beyond(500.0)) == []


def test_stays_are_told_with_their_place() -> None:
    assert _journey().stays() == [(1000, 1100, 0), (1200, 1250, 7), (1270, 1300, 0)]


def test_no_time_passes_in_a_stay_that_is_over() -> None:
    diary = Diary(10, (0.0, 0.0), 0)
    diary.stay_until(5)
    assert diary.now_s == 10


def test_a_way_takes_whole_seconds_and_corners_that_coincide_none() -> None:
    line = [(0.0, 0.0), (0.0, 0.0), (0.5, 0.0), (0.5, 7.0)]
    assert lives.length_m(line) == pytest.approx(7.5)
    assert journeys.travel_s(line, 2.0) == 1 + 4
    diary = Diary(0, (0.0, 0.0), 0)
    diary.go(line, JourneyMotion.WALK, 2.0, 1)
    assert diary.now_s == 5
    assert diary.here == (0.5, 7.0)
