"""Batched skip check: ask for many persons at once whether their new fixes change nothing.

Asking costs some sixty operations on arrays, which take as long for a thousand fixes as for one. So
the fixes of all these persons are in one column, each person's in a row of neighbours, and only
where somebody is near a boundary is that boundary measured for them.

`skip_check` says what has to be shown.
Decision: docs/decisions/0029-what-is-settled-is-judged-once.md
"""

from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, NamedTuple, Self

import numpy as np

from mesure.evaluation.checkpoint import skip_check
from mesure.evaluation.checkpoint.skip_check import SkipBounds
from mesure.evaluation.filter import allowed_area
from mesure.evaluation.filter.two_state_filter import Flags
from mesure.evaluation.policy import Policy
from mesure.evaluation.rules import Rules
from mesure.geo import error_model
from mesure.geo import fixes as fixes_
from mesure.geo.error_model import ErrorModel
from mesure.geo.fixes import F64, I8, I64, Fixes, Provider
from mesure.geo.numeric import geo_kernels
from mesure.instants import S_PER_H, US_PER_S

CLEAR_LLR: Final = 1.0
"""How plainly a fix may speak for its side, at least; any says the least that is evidence."""

CLEAREST_LLR: Final = 3.0
"""No more room is asked for than this takes, or than `boundary_llr_max` does if that is more."""

SLACK_M: Final = 2.0
SLACK_RATIO: Final = 0.03
"""Ways are measured in a plane here: a degree of longitude changes by 1.2 % within the room."""

HAIR_M: Final = 0.01
"""So much less room than was measured is taken for sure."""

ROOM_M_MAX: Final = 20_000.0
"""Farther than this from the last fix judged, distances are not compared."""


class SkipRequest(NamedTuple):
    """Somebody who may go on being skipped: by which rules, what came, and at which moment."""

    rules: Rules
    calm: SkipBounds
    fixes: Fixes
    until_us: int


def go_on_together(going: Sequence[SkipRequest]) -> list[SkipBounds | None]:
    """Return the skip bounds after further fixes; None where they may change something.

    Without fixes only time has passed.
    """
    results: list[SkipBounds | None] = [None] * len(going)
    alike: dict[tuple[int, int], list[int]] = {}  # Those who share thresholds and errors.
    for number, request in enumerate(going):
        if len(request.fixes):
            alike.setdefault((id(request.rules.policy), id(request.rules.model)), []).append(number)
        elif request.until_us < request.calm.due_us(request.rules.policy):
            results[number] = request.calm
    for numbers in alike.values():
        requests = [going[number] for number in numbers]
        policy, model = requests[0].rules.policy, requests[0].rules.model
        for number, calm in zip(numbers, _gone_on(policy, model, requests), strict=True):
            results[number] = calm
    return results


def _gone_on(
    policy: Policy, model: ErrorModel, going: Sequence[SkipRequest]
) -> list[SkipBounds | None]:
    many = _Many.of(going)
    timely = _timely(policy, many)
    says_llr = _says_llr(policy, model, many, timely.fits)
    odds = _odds(policy, many, timely.steps_us, says_llr)
    limit = skip_check.odds_max(policy)
    columns = (timely.fits, timely.last_us, timely.received_us, timely.spoken_us, odds)
    rows = zip(going, *(column.tolist() for column in columns), strict=True)
    results: list[SkipBounds | None] = []
    for request, fits, last_us, received_us, spoken_us, most in rows:
        after = request.calm._replace(
            last_us=last_us, received_us=received_us, spoken_us=spoken_us, odds=most
        )
        is_in_time = fits and last_us <= request.until_us < after.due_us(policy)
        results.append(after if is_in_time and most <= limit else None)
    return results


@dataclass(frozen=True, slots=True)
class _Many:
    """The fixes of some persons, one after the other; each has one at least."""

    going: Sequence[SkipRequest]
    fixes: tuple[Fixes, ...]  # Of each person, without repeats.
    owner: I64  # Of each fix: which of the persons.
    first: I64  # Of each person: their first fix.
    observed_us: I64
    received_us: I64
    lat_deg: F64
    lon_deg: F64
    radius95_m: F64
    provider: I8
    beacon: I8

    @classmethod
    def of(cls, going: Sequence[SkipRequest]) -> Self:
        """Put the fixes of some persons together."""
        fixes = tuple(_without_repeats(one.fixes) for one in going)
        counts = [len(one) for one in fixes]
        first = np.array([0, *accumulate(counts)][:-1])
        names = (
            "observed_us", "received_us", "lat_deg", "lon_deg", "radius95_m", "provider", "beacon",
        )  # fmt: skip
        columns = (np.concatenate([getattr(one, name) for one in fixes]) for name in names)
        owner = np.repeat(np.arange(len(fixes)), counts)
        return cls(going, fixes, owner, first, *columns)

    @property
    def last(self) -> I64:
        """Return the last fix of each person."""
        return np.append(self.first[1:], len(self.owner)) - 1

    def all(self, of_fixes: Flags) -> Flags:
        """Tell for each person whether it is true of all their fixes."""
        result: Flags = np.logical_and.reduceat(of_fixes, self.first)
        return result

    def any(self, of_fixes: Flags) -> Flags:
        """Tell for each person whether it is true of one of their fixes."""
        result: Flags = np.logical_or.reduceat(of_fixes, self.first)
        return result

    def rows(self, person: int) -> slice:
        """Return which fixes are a person's."""
        first = int(self.first[person])
        return slice(first, first + len(self.fixes[person]))


def _without_repeats(fixes: Fixes) -> Fixes:
    return fixes if len(fixes) == 1 else fixes_.without_repeats(fixes)


# --- When they came ------------------------------------------------------------------------------


class _Timely(NamedTuple):
    """Whether all fixes of each person came in order and in time, and what is known after them."""

    fits: Flags
    steps_us: I64  # Of each fix: how long after the one before it was taken.
    last_us: I64
    received_us: I64
    spoken_us: I64


def _timely(policy: Policy, many: _Many) -> _Timely:
    silence_us, hold_us = skip_check.silence_us(policy), round(policy.late_s * US_PER_S)
    observed_us, received_us = many.observed_us, many.received_us
    before_us = _before(observed_us, many, [one.calm.last_us for one in many.going])
    came_us = _before(received_us, many, [one.calm.received_us for one in many.going])
    steps_us = observed_us - before_us
    fits = (steps_us > 0) & (steps_us <= silence_us) & (received_us >= came_us)
    fits &= received_us <= before_us + silence_us
    spoken_us = _spoken_us(many, hold_us)
    is_slow = received_us - observed_us > hold_us
    fits &= ~is_slow | (received_us <= spoken_us + silence_us)
    last = many.last
    return _Timely(many.all(fits), steps_us, observed_us[last], received_us[last], spoken_us[last])


def _before(column: I64, many: _Many, begun: Sequence[int]) -> I64:
    """Return the value before each; before each person's first one, what it had begun with."""
    before = np.empty_like(column)
    before[1:] = column[:-1]
    before[many.first] = begun
    return before


def _spoken_us(many: _Many, hold_us: int) -> I64:
    """Return up to when, at least, something had been said when each fix came.

    For each person, receipts only rise. So that one search serves all, each person's are in a band
    of their own, above those of the one before; what is out of order stays within its band.
    """
    going, count = many.going, len(many.owner)
    places = np.arange(count) + many.owner + 1  # In each band, what was known before comes first.
    begun = many.first + np.arange(len(going))
    received_us = np.empty(count + len(going), np.int64)
    observed_us = np.empty_like(received_us)
    received_us[places], observed_us[places] = many.received_us, many.observed_us
    received_us[begun] = [one.calm.received_us for one in going]
    observed_us[begun] = [one.calm.last_us for one in going]
    low_us = int(received_us.min()) - hold_us
    wide_us = int(received_us.max()) - low_us + 1
    bands_us = many.owner * wide_us - low_us
    banded_us = received_us.copy()
    banded_us[places] += bands_us
    banded_us[begun] += np.arange(len(going)) * wide_us - low_us
    asked_us = many.received_us + bands_us - hold_us
    known = np.searchsorted(banded_us, asked_us, side="right") - 1
    never_us = np.array([one.calm.spoken_us for one in going])[many.owner]
    return np.where(known >= begun[many.owner], observed_us[np.maximum(known, 0)], never_us)


# --- What they say -------------------------------------------------------------------------------


def _says_llr(policy: Policy, model: ErrorModel, many: _Many, fits: Flags) -> F64:
    """Return how plainly each fix speaks for the sides that are held, at least.

    `fits` is cleared for a person who has one that may not.
    """
    way_m = _way_m(many)
    # What masts say may be nothing new, and lead nobody nearer to what holds.
    fits &= many.all((way_m <= ROOM_M_MAX) & (many.provider != Provider.CELL))
    sigma_m = error_model.sigma_m(model, many.provider, many.radius95_m)
    least_llr, most_llr = policy.evidence_min_llr, policy.evidence_max_llr
    levels = [
        (min(llr, most_llr), error_model.reach_m(model, many.provider, sigma_m, llr))
        for llr in (least_llr, CLEAR_LLR, max(CLEAREST_LLR, policy.boundary_llr_max))
    ]
    _, enough_m = levels[-1]
    way_m = way_m * (1.0 + SLACK_RATIO) + SLACK_M
    nearest_m = np.array([one.calm.nearest_m for one in many.going])
    is_near = many.any(nearest_m[many.owner] - way_m < enough_m)
    hears = many.any(many.beacon == 1)
    room_m = enough_m.copy()
    for person in np.flatnonzero(fits & (is_near | hears)).tolist():
        rows = many.rows(person)
        near_m = _near_m(many.going[person], many.fixes[person], way_m[rows], enough_m[rows])
        if near_m is None:
            fits[person] = False
        else:
            room_m[rows] = near_m
    says_llr = np.zeros(len(room_m))
    for llr, reach_m in levels:
        says_llr[room_m >= reach_m] = llr
    fits &= many.all(says_llr > 0.0)
    return says_llr


def _way_m(many: _Many) -> F64:
    """Return how far each fix is from the last one of the person that was judged."""
    at = np.array([(*one.calm.at_deg, *one.calm.m_per_deg) for one in many.going])
    lat_deg, lon_deg, lat_m_per_deg, lon_m_per_deg = at[many.owner].T
    north_m = (many.lat_deg - lat_deg) * lat_m_per_deg
    east_m = (many.lon_deg - lon_deg) * lon_m_per_deg
    way_m: F64 = np.sqrt(north_m * north_m + east_m * east_m)
    return way_m


def _near_m(request: SkipRequest, fixes: Fixes, way_m: F64, enough_m: F64) -> F64 | None:
    """Return how much room each fix of a person has, up to enough; None where one may have none."""
    room_m = enough_m
    for boundary, wrong_m in zip(
        request.rules.boundaries, request.calm.wrong_m.tolist(), strict=True
    ):
        if boundary.hears_home and wrong_m > 0.0 and (fixes.beacon == 1).any():
            return None
        left_m = abs(wrong_m) - way_m
        if (left_m < enough_m).any():
            # Between fixes there may be a small place to keep out of: no way leads through one that
            # is farther off than the fixes.
            if boundary.outside and not (left_m > 0.0).all():
                return None
            now_m = allowed_area.measure(boundary, fixes.lat_deg, fixes.lon_deg)
            here_m = (now_m if wrong_m > 0.0 else -now_m) - HAIR_M
            # For a person who may have come to the edge of such a place, nothing from before holds.
            if boundary.is_small and (here_m < enough_m).any():
                return None
            room_m = np.minimum(room_m, here_m)
    return room_m


# --- How far the odds may drift ------------------------------------------------------------------


def _odds(policy: Policy, many: _Many, steps_us: I64, says_llr: F64) -> F64:
    """Return for each person the greatest odds of the other side after one of their fixes.

    Infinite: any. In a time t odds o drift to at most (1 + o) / (1 - r t) - 1, with r the greatest
    rate of leaving or returning. Then a fix that says e divides them by at least 1 + e w, with w
    the least share of it that counts; a home beacon that is missed takes its part away.
    """
    steps_s = steps_us / US_PER_S
    rates = policy.leave_rate_per_h, policy.leave_rate_moving_per_h, policy.return_rate_per_h
    is_away = np.array([not one.calm.is_right for one in many.going])[many.owner]
    at_rest_s = np.where(is_away, policy.correlation_away_s, policy.correlation_s)
    correlation_s = np.maximum(at_rest_s, policy.correlation_moving_s)
    counts_ratio = np.minimum(steps_s / correlation_s, 1.0)
    beacon_ratio = np.minimum(steps_s / policy.beacon_missed_correlation_s, 1.0)
    missed_llr = np.where(many.beacon == 0, policy.beacon_missed_llr * beacon_ratio, 0.0)
    weighed_llr = says_llr * counts_ratio - missed_llr
    stays_ratio = 1.0 - steps_s * (max(rates) / S_PER_H)
    is_bounded = (stays_ratio > 0.0) & (weighed_llr > -1.0)
    stays_ratio = np.where(is_bounded, stays_ratio, 1.0)
    weighed_llr = np.where(is_bounded, weighed_llr, 0.0)
    begun_odds = np.array([one.calm.odds for one in many.going])
    least_odds = 1.0 / policy.certainty_max_odds
    most_odds = _drifted(begun_odds, many.first, stays_ratio, weighed_llr, least_odds)
    return np.where(many.all(is_bounded), most_odds, np.inf)


def _drifted(odds: F64, first: I64, stays_ratio: F64, says_llr: F64, least_odds: float) -> F64:
    ends = np.append(first[1:], len(stays_ratio))
    if geo_kernels.is_compiled():
        most_odds = odds.copy()
        _drift(most_odds, odds, first, ends, stays_ratio, says_llr, least_odds)
        return most_odds
    # Lists are quicker to walk through than arrays.
    listed: list[float] = odds.tolist()
    persons = odds.tolist(), first.tolist(), ends.tolist()
    _drift_loop(listed, *persons, stays_ratio.tolist(), says_llr.tolist(), least_odds)
    return np.array(listed)


def _drift_loop(
    most_odds: MutableSequence[float] | F64,
    begun_odds: Sequence[float] | F64,
    firsts: Sequence[int] | I64,
    ends: Sequence[int] | I64,
    stays_ratio: Sequence[float] | F64,
    says_llr: Sequence[float] | F64,
    least_odds: float,
) -> None:
    for person in range(len(firsts)):
        odds = begun_odds[person]
        for at in range(firsts[person], ends[person]):
            odds = max(((1.0 + odds) / stays_ratio[at] - 1.0) / (1.0 + says_llr[at]), least_odds)
            most_odds[person] = max(most_odds[person], odds)


_drift = geo_kernels.jit(_drift_loop)
