"""True movements: gapless legs, streets, and when the person is beyond a boundary."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure_lab.ground import lives, town
from mesure_lab.ground.lives import Movement, Trip


def day() -> lives.Life:
    return lives.live(
        "home",
        0,
        10_000,
        [Trip(1000, "office", Movement.WALK), Trip(3000, "warehouse", Movement.DRIVE)],
    )


def test_legs_follow_each_other_without_a_gap() -> None:
    legs = day().legs
    assert [(leg.movement.value, leg.place) for leg in legs] == [
        ("still", "home"),
        ("walk", "office"),
        ("still", "office"),
        ("drive", "warehouse"),
        ("still", "warehouse"),
    ]
    assert all(one.end_s == other.start_s for one, other in itertools.pairwise(legs))
    assert (legs[0].start_s, legs[-1].end_s) == (0, 10_000)


def test_the_way_goes_along_the_streets_at_walking_pace() -> None:
    # 123.4 m east and 384.4 m north at 1.3 m/s take 390.6 s.
    assert lives.travel_s("home", "office", Movement.WALK) == 391
    life = day()
    assert life.at(1000 + 391 * 123.4 / 507.8 - 1).point[1] == 0.0
    corner = life.at(1000 + 391 * 123.4 / 507.8).point
    assert corner == pytest.approx((123.4, 0.0), abs=0.01)
    assert life.at(1391).point == town.OFFICE
    assert life.at(1200).speed_mps == lives.WALK_MPS


def test_before_and_after_the_person_is_at_the_ends() -> None:
    assert day().at(-50).place == "home"
    assert day().at(99_999).point == town.PLACES["warehouse"]


def test_a_way_due_east_has_no_corner() -> None:
    assert town.way((0.0, 0.0), (50.0, 0.0)) == ((0.0, 0.0), (50.0, 0.0))
    assert town.way((0.0, 0.0), (0.0, 50.0)) == ((0.0, 0.0), (0.0, 50.0))
    assert len(town.way((0.0, 0.0), (50.0, 50.0))) == 3


def test_trips_that_overlap_are_a_mistake() -> None:
    with pytest.raises(AssertionError, match="the stay at office ends before it starts"):
        lives.live(
            "home", 0, 9000, [Trip(100, "office", Movement.WALK), Trip(200, "home", Movement.WALK)]
        )


def test_spans_beyond_a_boundary_are_exact_to_the_second() -> None:
    # 60 m of 507.8 m in 391 s are behind after 46.2 s.
    [(start_s, end_s)] = lives.spans_beyond(day(), town.HOME, 60.0)
    assert (start_s, end_s) == (1047, 10_000)


@given(st.integers(0, 9_999))
def test_a_second_is_beyond_exactly_when_the_point_is(second: int) -> None:
    life = day()
    inside = any(s <= second < e for s, e in lives.spans_beyond(life, town.OFFICE, 80.0))
    assert inside == (lives.distance_m(life.at(second).point, town.OFFICE) > 80.0)
