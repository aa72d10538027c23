"""Reports of a journey by a device: when it is awake, with its motion flag and its beacon.

Silence has four causes, as in real traces: a report is lost, the phone dozes while it lies still,
a tag has a gap, or there is no sky. A device that is *awake* has only lost reports.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np

from mesure.geo.fixes import F64, I8, NOT_KNOWN
from mesure.geo.numeric import elementary
from mesure_lab.carrying import device
from mesure_lab.carrying.homes import TAGS, FixSource
from mesure_lab.carrying.sources import Stay, TickClock
from mesure_lab.columns import Stream
from mesure_lab.ground.journeys import JourneyMotion, Moments
from mesure_lab.ground.town import Point
from mesure_lab.rules.readings import Flags

DAY_S: Final = 86_400.0
# Gaps of 15 min and more a day: phones at rest 9 to 10, phones of volunteers in use 6 to 7, a
# logger kept awake 2 (`silence`). Median here, and the factor of two persons in three.
DOZES_PER_DAY: Final = (6.5, 1.5)
# Of such gaps two in three last an hour, few more than four: equally many in each octave.
DOZE_S: Final = (15 * 60.0, 240 * 60.0)
# A dozing phone that is carried off needs a while. Past a plain circle of 100 m real ones show
# after 52 s at the median, 128 at three quarters and 319 at nine tenths (`departure_delay`): median
# and factor are set so that much the same comes of it.
WAKE_S: Final = (200.0, 2.6)
TAG_GAPS_PER_DAY: Final = 1.3  # Collars (`silence`, cots): 37 in 29 days, three over an hour.
TAG_GAP_S: Final = (15 * 60.0, 75 * 60.0)
JITTER_MS: Final = 2_000.0  # A fix is taken up to this long after it is due (assumed).


class Kit(Enum):
    """What a device has besides positions."""

    PLAIN = "positions only"
    MOTION = "motion flag"
    BEACON = "motion flag and beacon"


@dataclass(frozen=True, slots=True)
class Signals:
    """What the sensors say, tick by tick; NOT_KNOWN where there is none."""

    motion: I8
    beacon: I8


def asleep(
    stays: Sequence[Stay], clock: TickClock, source: I8, platform: str, seed: int, *, awake: bool
) -> Flags:
    """Return the ticks at which nothing is sent; lost reports are no part of it."""
    silent = np.zeros(clock.ticks, np.bool_)
    if awake:
        return silent
    stream = Stream(seed, "sleep")
    silent |= source == FixSource.NONE.value
    is_tag = platform in TAGS
    per_day = TAG_GAPS_PER_DAY
    if not is_tag:
        per_day = DOZES_PER_DAY[0] * float(stream.around_one(1, DOZES_PER_DAY[1])[0])
    for start_s, end_s, _ in stays:
        from_s = start_s if is_tag else start_s + device.DOZE_AFTER_S
        begin_s = from_s + stream.events(max(0.0, end_s - from_s), per_day / DAY_S)
        length_s = lengths_s(len(begin_s), TAG_GAP_S if is_tag else DOZE_S, stream)
        wake_s = end_s + (0.0 if is_tag else WAKE_S[0] * stream.around_one(1, WAKE_S[1])[0])
        for since_s, long_s in zip(begin_s.tolist(), length_s.tolist(), strict=True):
            silent[clock.rows(since_s, min(since_s + long_s, wake_s))] = True
    return silent


def lengths_s(count: int, limits_s: tuple[float, float], stream: Stream) -> F64:
    """Draw lengths, equally many in each octave between the limits."""
    low, high = elementary.log(np.array(limits_s))
    return elementary.exp(low + (high - low) * stream.shares(count))


def signals(moments: Moments, home: Point, kit: Kit, clock: TickClock, seed: int) -> Signals:
    """Return the motion flag and whether the beacon at home was heard.

    Their errors are those of the demo's device, where each has its reason.
    """
    none = np.full(clock.ticks, NOT_KNOWN, np.int8)
    motion = none if kit is Kit.PLAIN else _motion(moments, clock, Stream(seed, "motion"))
    beacon = _beacon(moments, home, clock, Stream(seed, "beacon")) if kit is Kit.BEACON else none
    return Signals(motion, beacon)


def _motion(moments: Moments, clock: TickClock, stream: Stream) -> I8:
    is_still = moments.going == JourneyMotion.STILL
    p_motion = np.where(is_still, device.P_MOTION_AT_REST, device.P_MOTION_ON_WAY)
    for begin_s in _events(clock, device.BOUTS_PER_HOUR * 24.0, stream).tolist():
        rows = clock.rows(begin_s, begin_s + device.BOUT_S)
        p_motion[rows] = np.where(is_still[rows], device.P_MOTION_IN_BOUT, p_motion[rows])
    return (stream.shares(clock.ticks) < p_motion).astype(np.int8)


def _beacon(moments: Moments, home: Point, clock: TickClock, stream: Stream) -> I8:
    east_m, north_m = moments.east_m - home[0], moments.north_m - home[1]
    reach_m = device.BEACON_RANGE_M
    is_heard = east_m * east_m + north_m * north_m <= reach_m * reach_m
    is_heard &= stream.shares(clock.ticks) >= device.P_BEACON_MISSED
    for begin_s in _events(clock, device.BEACON_OUTAGES_PER_DAY, stream).tolist():
        is_heard[clock.rows(begin_s, begin_s + device.BEACON_OUTAGE_S)] = False
    return is_heard.astype(np.int8)


def _events(clock: TickClock, per_day: float, stream: Stream) -> F64:
    length_s = clock.ticks * clock.step_s
    return clock.start_s + stream.events(length_s, per_day / DAY_S)
