"""Home calibration: where a device shows a home, proposed from confirmed periods.

An address is geocoded, and a device has a bias of its own indoors, so that the middle of the home
circle can lie 20 m from where the device shows the home, for whole sessions. The point is measured
only while somebody or something confirms that the device is at home: an officer who is there with
the person, or the home beacon heard throughout. A device left next door confirms nothing. Nothing
is learned silently: what comes out is a proposal, and an order says what holds.

The middle is the weighted median, northwards and eastwards, of all fixes but those of cells. A fix
weighs the share of its correlation time that it speaks for: errors persist, and ten reports in ten
minutes are one piece of evidence.
Decision: docs/decisions/0024-home-is-calibrated-in-the-open.md
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np

from mesure.evaluation.filter.two_state_filter import Flags
from mesure.evaluation.policy import Policy
from mesure.geo import earth
from mesure.geo import fixes as fixes_
from mesure.geo.fixes import F64, I64, Fixes, Provider
from mesure.instants import US_PER_S
from mesure.orders.values.places import Circle

DECIMALS: Final = 6  # Of a degree: a tenth of a metre.

Confirmed = tuple[int, int]  # From when until when the device is known to be at home, in us.


class CalibrationRefusal(Enum):
    """Why nothing is proposed."""

    TOO_SHORT = 0  # The confirmed time with fixes in it is too short.
    TOO_LITTLE = 1  # Too few independent pieces of evidence.
    SCATTERED = 2  # The fixes do not agree.
    FAR = 3  # They agree on a place far from the address, which may be wrong.


class HomeOffset(NamedTuple):
    """Where the fixes of some providers show the home, seen from its address."""

    north_m: float
    east_m: float
    spread_m: float  # Half of the evidence lies within this distance.
    fixes: int
    pieces: int  # Whole independent pieces of evidence.


@dataclass(frozen=True, slots=True)
class CalibrationProposal:
    """What was measured, and the point that may be entered.

    `point` is None where something is refused; `by_provider` has those with a piece of evidence.
    """

    confirmed_s: float
    shown: HomeOffset
    by_provider: tuple[tuple[Provider, HomeOffset], ...]
    refusals: tuple[CalibrationRefusal, ...]
    point: tuple[float, float] | None  # Latitude and longitude in degrees.
    north_m: float  # Of the point, from the address.
    east_m: float
    is_capped: bool  # The device shows the home farther off than a point may lie.


NOTHING: Final = HomeOffset(0.0, 0.0, 0.0, 0, 0)


def propose(
    address: Circle, fixes: Fixes, confirmed: Sequence[Confirmed], policy: Policy
) -> CalibrationProposal:
    """Return what the fixes of confirmed periods show of a home that is drawn as a circle."""
    spans = _united(confirmed)
    known = fixes_.merge(fixes_.none(), fixes)
    used = known.rows(np.flatnonzero((known.provider != Provider.CELL) & _within(known, spans)))
    weight_ratio = _weights(used, spans, policy.correlation_s)
    north_m, east_m = _from_address(address, used)
    shown = _shown(north_m, east_m, weight_ratio)
    confirmed_s = _lasted_s(used, spans)
    refusals = tuple(_refusals(shown, confirmed_s, policy))
    limit_m = min(
        policy.home_calibration_away_m_max,
        policy.home_calibration_radius_ratio_max * address.radius_m,
    )
    kept_ratio = min(1.0, limit_m / max(_length_m(shown), 1e-9))
    to_north_m, to_east_m = kept_ratio * shown.north_m, kept_ratio * shown.east_m
    return CalibrationProposal(
        confirmed_s,
        shown,
        tuple(_by_provider(used, north_m, east_m, weight_ratio)),
        refusals,
        None if refusals else _degrees(address, to_north_m, to_east_m),
        to_north_m,
        to_east_m,
        kept_ratio < 1.0,
    )


def beacon_periods(fixes: Fixes, policy: Policy) -> tuple[Confirmed, ...]:
    """Return the periods in which fix after fix heard the home beacon, with no long gap between.

    Each lasts from the first fix that heard it to the last, and is as long as the policy asks.
    """
    known = fixes_.merge(fixes_.none(), fixes)
    gap_us = round(policy.home_calibration_gap_s_max * US_PER_S)
    least_us = round(policy.home_calibration_heard_s_min * US_PER_S)
    periods: list[Confirmed] = []
    is_on = False
    for at_us, beacon in zip(known.observed_us.tolist(), known.beacon.tolist(), strict=True):
        goes_on = is_on and beacon == 1 and at_us < periods[-1][1] + gap_us
        if goes_on:
            periods[-1] = (periods[-1][0], at_us + 1)
        elif beacon == 1:
            periods.append((at_us, at_us + 1))
        is_on = beacon == 1
    return tuple(one for one in periods if one[1] - one[0] > least_us)


def _refusals(
    shown: HomeOffset, confirmed_s: float, policy: Policy
) -> Iterator[CalibrationRefusal]:
    if confirmed_s < policy.home_calibration_confirmed_s_min:
        yield CalibrationRefusal.TOO_SHORT
    if shown.pieces < policy.home_calibration_evidence_ratio_min:
        yield CalibrationRefusal.TOO_LITTLE
    if shown.spread_m > policy.home_calibration_spread_m_max:
        yield CalibrationRefusal.SCATTERED
    elif _length_m(shown) > policy.home_calibration_far_m:
        yield CalibrationRefusal.FAR


# --- Confirmed periods ---------------------------------------------------------------------------


def _united(confirmed: Sequence[Confirmed]) -> list[Confirmed]:
    """Return the union as sorted spans that do not touch."""
    united: list[Confirmed] = []
    for start_us, end_us in sorted(confirmed):
        if united and start_us <= united[-1][1]:
            united[-1] = (united[-1][0], max(united[-1][1], end_us))
        elif start_us < end_us:
            united.append((start_us, end_us))
    return united


def _within(fixes: Fixes, spans: list[Confirmed]) -> Flags:
    inside = np.zeros(len(fixes), np.bool_)
    for start_us, end_us in spans:
        inside |= (fixes.observed_us >= start_us) & (fixes.observed_us < end_us)
    return inside


def _span_of(used: Fixes, spans: list[Confirmed]) -> I64:
    """Return which of the spans each fix lies in."""
    starts_us = np.array([start_us for start_us, _ in spans], np.int64)
    return np.searchsorted(starts_us, used.observed_us, side="right") - 1


def _weights(used: Fixes, spans: list[Confirmed], correlation_s: float) -> F64:
    """Return how much of a whole piece of evidence each fix is: by the time that it speaks for.

    That is half the way to the fixes on either side, and no more than the correlation time. The
    first and the last of a span speak as long on either side; one alone is a whole piece.
    """
    gap_s = np.full(len(used) + 1, np.nan)
    inner_s = np.minimum(np.diff(used.observed_us) / US_PER_S, correlation_s)
    gap_s[1:-1] = np.where(np.diff(_span_of(used, spans)) == 0, inner_s, np.nan)
    before_s, after_s = gap_s[:-1], gap_s[1:]
    before_s = np.where(np.isnan(before_s), after_s, before_s)
    after_s = np.where(np.isnan(after_s), before_s, after_s)
    speaks_s = np.where(np.isnan(after_s), correlation_s, (before_s + after_s) / 2.0)
    return speaks_s / correlation_s


def _lasted_s(used: Fixes, spans: list[Confirmed]) -> float:
    """Return how long the confirmed periods last, each from its first fix to its last."""
    since_us = np.diff(used.observed_us)
    same = np.diff(_span_of(used, spans)) == 0
    return float(sum(since_us[same].tolist())) / US_PER_S


# --- The middle ----------------------------------------------------------------------------------


def _from_address(address: Circle, used: Fixes) -> tuple[F64, F64]:
    """Return how far north and east of the address each fix lies, on a plane laid there."""
    scale = earth.scale(np.array(address.lat_deg))
    turn_deg = used.lon_deg - address.lon_deg
    turn_deg = turn_deg - 360.0 * np.rint(turn_deg / 360.0)
    return (used.lat_deg - address.lat_deg) * scale.lat_m_per_deg, turn_deg * scale.lon_m_per_deg


def _degrees(address: Circle, north_m: float, east_m: float) -> tuple[float, float]:
    scale = earth.scale(np.array(address.lat_deg))
    lat_deg = address.lat_deg + north_m / float(scale.lat_m_per_deg)
    lon_deg = address.lon_deg + east_m / float(scale.lon_m_per_deg)
    lon_deg -= 360.0 * round(lon_deg / 360.0)
    return round(lat_deg, DECIMALS), round(lon_deg, DECIMALS)


def _shown(north_m: F64, east_m: F64, weight_ratio: F64) -> HomeOffset:
    if not len(weight_ratio):
        return NOTHING
    to_north_m, to_east_m = _median_m(north_m, weight_ratio), _median_m(east_m, weight_ratio)
    up_m, across_m = north_m - to_north_m, east_m - to_east_m
    away_m = np.sqrt(up_m * up_m + across_m * across_m)
    *_, total_ratio = accumulate(sorted(weight_ratio.tolist()))
    return HomeOffset(
        to_north_m,
        to_east_m,
        _median_m(away_m, weight_ratio),
        len(weight_ratio),
        int(total_ratio + 1e-9),  # Six sixths are one piece, whatever their last digits.
    )


def _median_m(values_m: F64, weight_ratio: F64) -> float:
    """Return the value below which half of the weight lies; the middle of two where both do.

    >>> _median_m(np.array([5.0, 1.0, 90.0]), np.array([1.0, 1.0, 1.0]))
    5.0
    """
    order = np.lexsort((weight_ratio, values_m))
    sums_ratio = list(accumulate(weight_ratio[order].tolist()))
    half_ratio = sums_ratio[-1] / 2.0
    last = len(sums_ratio) - 1
    lower = next(i for i, sum_ratio in enumerate(sums_ratio) if sum_ratio >= half_ratio)
    upper = min(lower + 1, last) if sums_ratio[lower] == half_ratio else lower
    return float(values_m[order[lower]] + values_m[order[upper]]) / 2.0


def _by_provider(
    used: Fixes, north_m: F64, east_m: F64, weight_ratio: F64
) -> Iterator[tuple[Provider, HomeOffset]]:
    for provider in Provider:
        rows = np.flatnonzero(used.provider == provider)
        shown = _shown(north_m[rows], east_m[rows], weight_ratio[rows])
        if shown.pieces:
            yield provider, shown


def _length_m(shown: HomeOffset) -> float:
    return float(np.sqrt(shown.north_m * shown.north_m + shown.east_m * shown.east_m))
