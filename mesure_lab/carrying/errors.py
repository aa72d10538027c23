"""Errors of positions, by the column: the measured shape, one element for each tick of a clock.

A good fix errs by a *size* times a unit process. The unit process has three parts, each with a
memory of its own: a fresh one, a fast and a slow one, so that its correlation falls as the measured
one does. The size is a scale divided by the root of a slowly changing chi-square, which makes the
whole a multivariate Student t: its tail is a power law whose index is the degrees of freedom.
On top come single wild fixes, the spells of other sources that `homes` describes, and whatever of
`unfitted` the town is given.

Rows named are those of the tables measured on real traces (`error_quantiles`,
`error_over_accuracy`, `autocorrelation`); docs/simulated_towns.md sets both side by side.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from mesure.geo.fixes import F64, I8
from mesure.geo.numeric import elementary
from mesure_lab import columns
from mesure_lab.columns import Stream
from mesure_lab.ground.journeys import JourneyMotion, Moments
from mesure_lab.rules.readings import Flags


@dataclass(frozen=True, slots=True)
class ErrorShape:
    """How the good fixes of one kind of device err in one situation, and what they claim."""

    axis_m: float  # Scale of the error along one axis.
    tail: int  # Degrees of freedom: the index of the power law.
    parts: tuple[float, float, float]  # Shares of the variance: fresh, fast, slow.
    fast_s: float  # Memory of the fast part and of the size.
    slow_s: float
    size_s: float
    error_m_max: float  # The largest ever seen.
    claim_m: float  # Median of the claimed accuracy.
    claim_spread_ratio: float
    claim_follows: float  # The claim grows with the size to this power.


# Android, indoors (A1, A2): median 4.4 m, 95 % 11-12, 99 % 25-37, largest 43-70 m; correlation 0.55
# after 1 min, 0.42 after 5, 0.37 after 10, 0.16 after 30; claims 15-16 m, 95 % 18-41 m.
ANDROID: Final = ErrorShape(3.1, 4, (0.25, 0.05, 0.7), 150.0, 3000.0, 3600.0, 70.0, 15.5, 1.35, 0.1)
# iOS, indoors (A1, A2): median 7.3-8 m, 95 % 27, 99 % 31-40; the largest, 782 m, is a cell. What it
# claims has steps: see `_ios_claim_m`.
IOS: Final = ErrorShape(4.5, 4, (0.25, 0.05, 0.7), 150.0, 3000.0, 3600.0, 70.0, 10.0, 1.0, 0.0)
# A logger at a house, fixes every 5 min for 20 days (B1a): median 6.6 m, 95 % 30, 99 % 76, 99.9 %
# 366; index 1.6; claims 24 m, 95 % 59 m, true in 95 %. Correlation 0.24 after 5 min, 0.17 after 15,
# 0.11 after 30; over shorter times that of an always-on module (B1c: 0.52 after 1 min, 0.28 after
# 2). Four in five of its excursions are single reports.
LOGGER: Final = ErrorShape(
    4.3, 2, (0.05, 0.15, 0.8), 90.0, 3000.0, 2500.0, 2_000.0, 22.0, 1.5, 0.45
)
# A collar at a house, one fix in 5 to 10 min (B1b): median 9.3 m, 95 % 33, 99 % 50, 99.9 % 74 m;
# correlation 0.11 from 5 to 15 min. It claims nothing; the claims are the logger's.
COLLAR: Final = ErrorShape(6.9, 4, (0.05, 0.8, 0.15), 90.0, 2400.0, 400.0, 120.0, 24.0, 1.5, 0.2)
# Walking, phone (D): median 11 m, 95 % 54, 99 % 101 m, index 2.1; 1/e after 41 s; claims 16.5 m, 95
# % 65 m; within the claim in 78 %, within twice in 95 %.
WALKING: Final = ErrorShape(8.1, 2, (0.05, 0.95, 0.0), 41.0, 600.0, 120.0, 1_500.0, 14.5, 1.65, 0.9)
# Car, phone (D): median 7.7 m, 95 % 97, 99 % 821, largest 2,149 m, index 0.8; 1/e after 16 s;
# claims 10 m, 95 % 200 m; within the claim in 69 %, within twice in 92 %.
DRIVING: Final = ErrorShape(4.5, 1, (0.05, 0.95, 0.0), 16.0, 600.0, 60.0, 2_149.0, 7.2, 1.75, 0.9)
# Tag on foot and in a car: receivers in the open do better than phones in a pocket (F: 2.7 m and 95
# % 8.5 m across the track; E: 1.2 m, 95 % 5.8, 99 % 16 m, 1/e 91 s). On a body, between both
# (assumed).
TAG_WALKING: Final = ErrorShape(
    4.0, 2, (0.05, 0.95, 0.0), 56.0, 600.0, 120.0, 1_500.0, 10.0, 1.6, 0.9
)
TAG_DRIVING: Final = ErrorShape(
    2.0, 2, (0.05, 0.95, 0.0), 40.0, 600.0, 60.0, 1_500.0, 7.0, 1.6, 0.9
)

SHAPES: Final = {
    "android": (ANDROID, WALKING, DRIVING),
    "ios": (IOS, WALKING, DRIVING),
    "logger": (LOGGER, TAG_WALKING, TAG_DRIVING),
    "collar": (COLLAR, TAG_WALKING, TAG_DRIVING),
}
TAIL_MAX: Final = 5
SIZE_FLOOR: Final = 1e-6  # Of a chi-square; keeps the size finite.

CLAIM_M: Final = (3.0, 3_000.0)
# iOS claims 10 m in seven of ten fixes, seldom 30, 50 or 150-400 m (A1, A2); in the rest, one of
# seven, 65 m by Wi-Fi, which is a source of its own.
IOS_CLAIMS_M: Final = (5.0, 10.0, 30.0, 50.0, 200.0)
IOS_CLAIM_SHARES: Final = (0.02, 0.78, 0.09, 0.05, 0.02)
CLAIM_S: Final = 300.0  # For how long a step is kept (assumed).

# Single wild fixes that claim to be good. Tag: beyond 200 m in 0.4 % of a logger's fixes (B1a), of
# which its Student t and reflections make the rest; a collar's one of 1,710 beyond 100 m (B1b); one
# of 3,466 of phones (A1, A2). The power law is that of the logger.
P_WILD: Final = {"android": 0.0002, "ios": 0.0002, "logger": 0.001, "collar": 0.0001}
WILD_M: Final = 100.0
WILD_INDEX: Final = 1.6
WILD_M_MAX: Final = 2_044.0

# Doppler speed. At rest Android writes 0 in 998 of 1,000; iOS writes more than 0.7 m/s in 10-16 %
# and more than 1.5 in 1-3 % (dev traces of A1, A2). Tags: assumed, half of iOS. On the move the
# error is assumed.
P_SPEED_AT_REST: Final = {"android": 0.002, "ios": 0.5, "logger": 0.5, "collar": 0.5}
SPEED_AT_REST_MPS: Final = {"android": 0.55, "ios": 0.55, "logger": 0.27, "collar": 0.27}
SPEED_MPS_MAX: Final = 2.9
SPEED_ERROR_MPS: Final = 0.25


class Good(NamedTuple):
    """What the good fixes of a device would be, tick by tick."""

    east_m: F64
    north_m: F64
    claim_m: F64
    speed_mps: F64


def good(
    moments: Moments, error_ratio: F64, memory_ratio: F64, platform: str, step_s: float, seed: int
) -> Good:
    """Return the errors, claims and speeds of good fixes.

    The ratios are those of the building at each tick, 1 on the way.
    """
    shapes, stream = SHAPES[platform], Stream(seed, "sky")
    going = moments.going
    size_ratio = _size_ratio(shapes, going, memory_ratio, step_s, stream)
    axis_m = _by_going(shapes, going, "axis_m") * error_ratio
    most_m = _by_going(shapes, going, "error_m_max") * error_ratio
    east, north = (_unit(shapes, going, memory_ratio, step_s, stream) for _ in range(2))
    east_m, north_m = axis_m * size_ratio * east, axis_m * size_ratio * north
    length_m = np.sqrt(east_m * east_m + north_m * north_m)
    cut = np.minimum(1.0, most_m / np.maximum(length_m, 1e-9))
    wild_east_m, wild_north_m = _wild(len(going), P_WILD[platform], stream)
    return Good(
        east_m * cut + wild_east_m,
        north_m * cut + wild_north_m,
        _claim_m(shapes, going, size_ratio, platform, step_s, stream),
        _speed_mps(moments, platform, stream),
    )


def _by_going(shapes: tuple[ErrorShape, ...], going: I8, name: str) -> F64:
    values: F64 = np.array([float(getattr(shape, name)) for shape in shapes])[going]
    return values


def _unit(
    shapes: tuple[ErrorShape, ...], going: I8, memory_ratio: F64, step_s: float, stream: Stream
) -> F64:
    """Return a process of variance 1 with the memories of the situation."""
    parts = np.sqrt(np.array([shape.parts for shape in shapes]))[going]
    fast = columns.ornstein_uhlenbeck(
        stream, step_s, _by_going(shapes, going, "fast_s") * memory_ratio
    )
    slow = columns.ornstein_uhlenbeck(
        stream, step_s, _by_going(shapes, going, "slow_s") * memory_ratio
    )
    fresh = stream.normals(len(going))
    unit: F64 = parts[:, 0] * fresh + parts[:, 1] * fast + parts[:, 2] * slow
    return unit


def _size_ratio(
    shapes: tuple[ErrorShape, ...], going: I8, memory_ratio: F64, step_s: float, stream: Stream
) -> F64:
    """Return the factor that makes a Student t of a bell curve."""
    memory_s = _by_going(shapes, going, "size_s") * memory_ratio
    tail = _by_going(shapes, going, "tail")
    square = np.zeros(len(going))
    for degree in range(TAIL_MAX):
        part = columns.ornstein_uhlenbeck(stream, step_s, memory_s)
        square = square + np.where(tail > degree, part * part, 0.0)
    ratio: F64 = 1.0 / np.sqrt(np.maximum(square / tail, SIZE_FLOOR))
    return ratio


def _wild(count: int, p_wild: float, stream: Stream) -> tuple[F64, F64]:
    rows = np.flatnonzero(stream.shares(count) < p_wild)
    away_m = np.minimum(WILD_M * stream.powers(len(rows), WILD_INDEX), WILD_M_MAX)
    sine, cosine = elementary.sin_cos_deg(columns.TURN_DEG * stream.shares(len(rows)))
    east_m, north_m = np.zeros(count), np.zeros(count)
    east_m[rows], north_m[rows] = away_m * cosine, away_m * sine
    return east_m, north_m


def _claim_m(
    shapes: tuple[ErrorShape, ...],
    going: I8,
    size_ratio: F64,
    platform: str,
    step_s: float,
    stream: Stream,
) -> F64:
    follows = _by_going(shapes, going, "claim_follows")
    spread = elementary.log(_by_going(shapes, going, "claim_spread_ratio"))
    log_claim = follows * elementary.log(size_ratio) + spread * stream.normals(len(going))
    claim_m = _by_going(shapes, going, "claim_m") * elementary.exp(log_claim)
    if platform == "ios":
        steps_m = _ios_claim_m(len(going), step_s, stream)
        claim_m = np.where(going == JourneyMotion.STILL, steps_m, claim_m)
    return np.clip(claim_m, *CLAIM_M)


def _ios_claim_m(count: int, step_s: float, stream: Stream) -> F64:
    """Return claims that keep to a step for some minutes."""
    each = max(1, round(CLAIM_S / step_s))
    drawn = columns.pick(stream.shares(count // each + 1), IOS_CLAIM_SHARES)
    claims_m: F64 = np.repeat(np.array(IOS_CLAIMS_M)[drawn], each)[:count]
    return claims_m


def _speed_mps(moments: Moments, platform: str, stream: Stream) -> F64:
    count = len(moments.going)
    stirs = stream.shares(count) < P_SPEED_AT_REST[platform]
    at_rest_mps = np.minimum(
        SPEED_AT_REST_MPS[platform] * stream.exponentials(count), SPEED_MPS_MAX
    )
    moving_mps = np.maximum(0.0, moments.speed_mps + SPEED_ERROR_MPS * stream.normals(count))
    is_still: Flags = moments.going == JourneyMotion.STILL
    return np.where(is_still, np.where(stirs, at_rest_mps, 0.0), moving_mps)
