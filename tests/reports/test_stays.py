"""A stay lasts from its first fix to its last."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mesure.reports.maps import stays
from mesure.reports.maps.stays import AWAY_US, SPOT_PX, Stay

MINUTE_US = 60_000_000


def of(*x: float, every_us: int = MINUTE_US) -> list[Stay]:
    return stays.of(np.arange(len(x)) * every_us, np.array(x), np.zeros(len(x)))


def test_there_is_none_without_a_fix() -> None:
    assert of() == []


def test_a_long_stay_is_one() -> None:
    assert of(*[0.0] * 3, *[300.0] * 500, *[0.0] * 2) == [Stay(0, 2), Stay(3, 502), Stay(503, 504)]


def test_a_jump_elsewhere_does_not_end_a_stay() -> None:
    assert of(0.0, 300.0, 1.0, 2.0) == [Stay(0, 3)]
    assert of(0.0, 300.0, 600.0, 1.0) == [Stay(0, 3)]


def test_who_comes_back_later_stays_there_a_second_time() -> None:
    assert of(0.0, 300.0, 0.0, every_us=AWAY_US) == [Stay(0, 0), Stay(1, 1), Stay(2, 2)]


@given(st.lists(st.floats(0.0, 480.0, width=32), max_size=300), st.integers(1, AWAY_US))
def test_stays_are_in_time_hold_every_fix_and_begin_and_end_in_one_spot(
    x: list[float], every_us: int
) -> None:
    all_stays = of(*x, every_us=every_us)
    assert [at for one in all_stays for at in range(one.first, one.last + 1)] == list(range(len(x)))
    assert all(abs(x[one.first] - x[one.last]) <= 2 * SPOT_PX for one in all_stays)
