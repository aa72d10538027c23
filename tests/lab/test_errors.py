"""Good fixes err as measured: quantiles, claims, persistence, and tails that are power laws."""

from typing import Final, NamedTuple

import numpy as np
import pytest

from mesure.geo.fixes import F64
from mesure_lab.carrying import errors
from mesure_lab.carrying.errors import Good
from mesure_lab.ground.journeys import JourneyMotion, Moments

TICKS: Final = 120_000
STEP_S: Final = 30.0


def _good(
    platform: str, going: JourneyMotion, *, speed_mps: float = 0.0, ticks: int = TICKS
) -> Good:
    none, ones = np.zeros(ticks), np.ones(ticks)
    moments = Moments(
        none,
        none,
        np.full(ticks, going, np.int8),
        np.zeros(ticks, np.int64),
        np.full(ticks, speed_mps),
    )
    return errors.good(moments, ones, ones, platform, STEP_S, seed=2)


def _error_m(good: Good) -> F64:
    error_m: F64 = np.sqrt(good.east_m**2 + good.north_m**2)
    return error_m


Band = tuple[float, float]


class Class(NamedTuple):
    """What the tables measured of a class, and how far from it a simulated one may be."""

    platform: str
    going: JourneyMotion
    quantiles_m: list[Band]  # Median, 95 % and 99 % of the error.
    claim_m: Band  # Median.
    within: Band  # Share of fixes within the claim.


STILL, WALK, DRIVE = JourneyMotion.STILL, JourneyMotion.WALK, JourneyMotion.DRIVE
CLASSES: Final = [
    Class("android", STILL, [(3.5, 5), (9, 14), (15, 30)], (14, 17), (0.95, 0.99)),
    Class("ios", STILL, [(5, 8), (14, 28), (22, 42)], (9, 11), (0.75, 0.9)),
    Class("logger", STILL, [(5.5, 7.5), (25, 35), (60, 95)], (22, 27), (0.93, 0.98)),
    Class("collar", STILL, [(8, 10.5), (23, 35), (38, 60)], (22, 27), (0.85, 0.99)),
    Class("android", WALK, [(10, 13), (45, 60), (90, 130)], (14, 20), (0.7, 0.82)),
    Class("android", DRIVE, [(6.5, 9), (75, 120), (350, 900)], (8, 13), (0.6, 0.72)),
]


@pytest.mark.parametrize(
    "measured", CLASSES, ids=lambda error_class: f"{error_class.platform} {error_class.going.name}"
)
def test_quantiles_and_claims_are_those_measured(measured: Class) -> None:
    good = _good(measured.platform, measured.going)
    error_m = _error_m(good)
    quantiles_m = np.quantile(error_m, (0.5, 0.95, 0.99)).tolist()
    bands = zip(quantiles_m, measured.quantiles_m, strict=True)
    assert all(low < value < high for value, (low, high) in bands)
    assert measured.claim_m[0] < np.median(good.claim_m) < measured.claim_m[1]
    assert measured.within[0] < (error_m <= good.claim_m).mean() < measured.within[1]


def test_a_tail_falls_like_a_power_and_not_like_a_bell() -> None:
    error_m = _error_m(_good("logger", JourneyMotion.STILL))
    ratio = np.quantile(error_m, 0.999) / np.quantile(error_m, 0.5)
    assert ratio > 20.0  # Of a bell curve it is 3.2.


def test_errors_at_rest_persist_and_on_the_way_do_not() -> None:
    def correlation(good: Good, lag_s: float) -> float:
        step = round(lag_s / STEP_S)
        east_m = np.clip(good.east_m, -50.0, 50.0)
        return float((east_m[step:] * east_m[:-step]).mean() / east_m.var())

    at_rest, walking = _good("android", JourneyMotion.STILL), _good("android", JourneyMotion.WALK)
    assert correlation(at_rest, 600.0) > 0.3
    assert 0.05 < correlation(at_rest, 1800.0) < correlation(at_rest, 600.0)
    assert correlation(walking, 300.0) < 0.05 < correlation(walking, 30.0)


def test_a_phone_at_rest_claims_the_steps_of_its_platform() -> None:
    assert set(_good("ios", JourneyMotion.STILL).claim_m.tolist()) == set(errors.IOS_CLAIMS_M)
    assert len(set(_good("ios", JourneyMotion.WALK).claim_m.tolist())) > 1000


def test_wild_fixes_claim_to_be_good() -> None:
    good = _good("logger", JourneyMotion.STILL)
    wild = _error_m(good) > 300.0
    assert 0.0001 < wild.mean() < 0.01
    assert (good.claim_m[wild] < 100.0).mean() > 0.2


def test_speeds_at_rest_are_seldom_those_of_a_walk() -> None:
    ios, android = _good("ios", JourneyMotion.STILL), _good("android", JourneyMotion.STILL)
    assert 0.08 < (ios.speed_mps > 0.7).mean() < 0.18
    assert 0.01 < (ios.speed_mps > 1.5).mean() < 0.04
    assert (android.speed_mps > 0.0).mean() < 0.005
    walking = _good("android", JourneyMotion.WALK, speed_mps=1.3)
    assert abs(walking.speed_mps.mean() - 1.3) < 0.02


def test_walls_make_errors_larger_and_longer() -> None:
    ticks = 20_000
    moments = Moments(*(np.zeros(ticks, kind) for kind in (float, float, np.int8, int, float)))
    thin = errors.good(moments, np.ones(ticks), np.ones(ticks), "android", STEP_S, 1)
    thick = errors.good(moments, np.full(ticks, 2.0), np.ones(ticks), "android", STEP_S, 1)
    assert np.median(_error_m(thick)) == pytest.approx(2.0 * np.median(_error_m(thin)), rel=1e-6)
