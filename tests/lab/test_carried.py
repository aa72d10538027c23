"""What is reported: silences as measured, a flag and a beacon that err as said."""

import numpy as np

from mesure.geo.fixes import NOT_KNOWN
from mesure_lab.carrying import carried, device
from mesure_lab.carrying.carried import Kit
from mesure_lab.carrying.homes import FixSource
from mesure_lab.carrying.sources import TickClock
from mesure_lab.ground.journeys import JourneyMotion, Moments
from mesure_lab.rules.readings import Flags

DAYS = 40
CLOCK = TickClock(0.0, 10.0, DAYS * 8640)
STAY = (0, DAYS * 86_400, 0)
GNSS = np.full(CLOCK.ticks, FixSource.GNSS.value, np.int8)


def _moments(going: JourneyMotion, east_m: float = 0.0) -> Moments:
    ticks = CLOCK.ticks
    return Moments(
        np.full(ticks, east_m),
        np.zeros(ticks),
        np.full(ticks, going, np.int8),
        np.zeros(ticks, np.int64),
        np.zeros(ticks),
    )


def _gaps_s(silent: Flags) -> list[float]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], silent.astype(int), [0]])))
    return [CLOCK.step_s * ticks for ticks in (edges[1::2] - edges[::2]).tolist()]


def test_phones_doze_as_often_as_measured() -> None:
    gaps_s = [
        gap_s
        for seed in range(20)
        for gap_s in _gaps_s(carried.asleep([STAY], CLOCK, GNSS, "android", seed, awake=False))
    ]
    per_day = sum(gap_s >= 899.0 for gap_s in gaps_s) / (20 * DAYS)
    assert 3.5 < per_day < 8.0  # Some merge.
    assert 0.4 < sum(gap_s > 3600.0 for gap_s in gaps_s) / len(gaps_s) < 0.75


def test_tags_have_a_gap_a_day() -> None:
    silent = [carried.asleep([STAY], CLOCK, GNSS, "logger", s, awake=False) for s in range(20)]
    gaps_s = [gap_s for one in silent for gap_s in _gaps_s(one)]
    assert 1.0 < len(gaps_s) / (20 * DAYS) < 1.5
    assert max(gaps_s) < 2 * carried.TAG_GAP_S[1]


def test_a_phone_just_put_down_does_not_doze_and_one_carried_off_wakes() -> None:
    stays = [(day * 86_400, day * 86_400 + 7200, 0) for day in range(DAYS)]
    lags_s = []
    for seed in range(10):
        silent = carried.asleep(stays, CLOCK, GNSS, "ios", seed, awake=False)
        for start_s, end_s, _ in stays:
            assert not silent[CLOCK.rows(start_s, start_s + device.DOZE_AFTER_S)].any()
            lags_s.append(10 * np.count_nonzero(silent[CLOCK.rows(end_s, start_s + 86_400)]))
    woken_s = [lag_s for lag_s in lags_s if lag_s]
    assert 60.0 < np.median(woken_s) < 300.0
    assert 0.1 < len(woken_s) / len(lags_s) < 0.5


def test_below_ground_a_tag_is_silent_unless_it_is_awake() -> None:
    below = GNSS.copy()
    below[100:200] = FixSource.NONE.value
    silent = carried.asleep([], CLOCK, below, "collar", 1, awake=False)
    assert np.flatnonzero(silent).tolist() == list(range(100, 200))
    assert not carried.asleep([STAY], CLOCK, below, "collar", 1, awake=True).any()


def test_the_motion_flag_errs_as_said() -> None:
    home = (0.0, 0.0)
    on_way = carried.signals(_moments(JourneyMotion.WALK), home, Kit.MOTION, CLOCK, 1).motion
    at_rest = carried.signals(_moments(JourneyMotion.STILL), home, Kit.MOTION, CLOCK, 1).motion
    assert abs(on_way.mean() - device.P_MOTION_ON_WAY) < 0.01
    # A fifth of the time somebody walks about the flat.
    assert 0.1 < at_rest.mean() < 0.2


def test_the_beacon_is_heard_at_home_and_missed_now_and_then() -> None:
    home = (0.0, 0.0)
    near = carried.signals(_moments(JourneyMotion.STILL, 10.0), home, Kit.BEACON, CLOCK, 1).beacon
    far = carried.signals(_moments(JourneyMotion.STILL, 30.0), home, Kit.BEACON, CLOCK, 1).beacon
    assert 0.93 < near.mean() < 0.96
    assert not far.any()


def test_what_a_device_lacks_it_does_not_say() -> None:
    plain = carried.signals(_moments(JourneyMotion.WALK), (0.0, 0.0), Kit.PLAIN, CLOCK, 1)
    assert (plain.motion == NOT_KNOWN).all()
    flagged = carried.signals(_moments(JourneyMotion.WALK), (0.0, 0.0), Kit.MOTION, CLOCK, 1)
    assert (flagged.beacon == NOT_KNOWN).all()
