"""Score of a rule: one definition of every figure, for ours and the baselines alike.

Truth is a *breach interval* of a person and a condition; output is what an officer could see,
timed at `opened_s` on one clock, the receipt. Every figure here is a pure function of the
two. Where nothing happened, the figure is a bound, not a zero.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mesure_lab.dice import Dice
from mesure_lab.rules.baseline import RuleOpening

MATCH_AFTER_S = 600.0  # An incident up to ten minutes after the breach is still about it.
MERGE_S = 900.0  # Reopened within 15 minutes: the same incident.
EARLY_S = 30.0  # Opened longer than this before the true crossing is not a detection of it.
CONFIDENCE = 0.95
ROUNDS = 2000  # Of the bootstrap.
PERSONS_MIN = 5  # To draw again.


@dataclass(frozen=True, slots=True)
class Breach:
    """True non-compliance longer than the legal grace; `kind` says how (walk, vehicle, ...)."""

    person: str
    condition: str
    start_s: float
    end_s: float
    kind: str


@dataclass(frozen=True, slots=True)
class ScoredIncident:
    """An incident as an officer could see it from `opened_s` on."""

    person: str
    condition: str
    opened_s: float


@dataclass(frozen=True, slots=True)
class Matching:
    """Which incident found which breach.

    `delays_s` goes with `breaches`, infinite where none did.
    """

    breaches: tuple[Breach, ...]
    delays_s: tuple[float, ...]
    duplicates: tuple[ScoredIncident, ...]
    false: tuple[ScoredIncident, ...]

    @property
    def missed(self) -> int:
        """Breaches that no incident found."""
        return sum(math.isinf(delay_s) for delay_s in self.delays_s)


def match(
    breaches: Iterable[Breach], raised: Iterable[ScoredIncident], tolerance_s: float = 0.0
) -> Matching:
    """Match incidents to breaches, always the same way.

    Incidents are taken by `opened_s`; each matches the earliest breach of the same person and
    condition not yet matched in whose window [start, end + 10 min] it opened. A further one
    in the window of a matched breach is a duplicate; anything else is false. The tolerance
    widens the windows at both ends, to see how much hangs on them.
    """
    ordered = sorted(breaches, key=lambda b: (b.start_s, b.end_s, b.person, b.condition))
    delays_s = [math.inf] * len(ordered)
    duplicates, false = [], []
    for incident in sorted(raised, key=lambda r: (r.opened_s, r.person, r.condition)):
        windows = [row for row, b in enumerate(ordered) if _is_within(incident, b, tolerance_s)]
        free = [row for row in windows if math.isinf(delays_s[row])]
        if free:
            delays_s[free[0]] = max(0.0, incident.opened_s - ordered[free[0]].start_s)
        elif windows:
            duplicates.append(incident)
        else:
            false.append(incident)
    return Matching(tuple(ordered), tuple(delays_s), tuple(duplicates), tuple(false))


def _is_within(incident: ScoredIncident, breach: Breach, tolerance_s: float) -> bool:
    same = (incident.person, incident.condition) == (breach.person, breach.condition)
    starts_s = breach.start_s - tolerance_s
    return same and starts_s <= incident.opened_s <= breach.end_s + MATCH_AFTER_S + tolerance_s


def merge_openings(openings: Sequence[RuleOpening], within_s: float = MERGE_S) -> list[RuleOpening]:
    """Join openings of one person and condition that follow within 15 minutes, as one incident."""
    result: list[RuleOpening] = []
    for opening in sorted(openings, key=lambda o: o.opened_s):
        if result and opening.opened_s - result[-1].ended_s <= within_s:
            ended_s = max(result[-1].ended_s, opening.ended_s)
            result[-1] = RuleOpening(result[-1].since_s, result[-1].opened_s, ended_s)
        else:
            result.append(opening)
    return result


# --- Labelled departures -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Departed:
    """What a rule made of a departure: the delay, infinite when missed; openings before it."""

    delay_s: float
    early: int


def time_departure(openings: Sequence[RuleOpening], crossing_s: float, end_s: float) -> Departed:
    """Time the first opening from 30 s before the true crossing to the end of the trip.

    Openings before that are early and counted apart. A rule that had opened before and not
    closed again has no opening left for the departure itself: that is a miss.
    """
    from_s = crossing_s - EARLY_S
    early = sum(opening.opened_s < from_s for opening in openings)
    times_s = [o.opened_s for o in openings if from_s <= o.opened_s <= end_s]
    delay_s = max(0.0, min(times_s) - crossing_s) if times_s else math.inf
    return Departed(delay_s, early)


# --- Delays --------------------------------------------------------------------------------------


def quantile(values: Sequence[float], ratio: float) -> float:
    """Return the value that `ratio` of the others lie below; infinite ones count as well.

    >>> quantile([1.0, 2.0, 3.0, float("inf")], 0.5), quantile([1.0, 2.0, 3.0, float("inf")], 0.9)
    (3.0, inf)
    """
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(ratio * len(ordered)))]


@dataclass(frozen=True, slots=True)
class Delays:
    """Delays of a set of breaches, misses counted as infinite."""

    count: int
    missed: int
    median_s: float
    p90_s: float
    p95_s: float


def delays(values_s: Sequence[float]) -> Delays:
    """Summarise delays; of none, everything is not a number."""
    if not values_s:
        return Delays(0, 0, math.nan, math.nan, math.nan)
    return Delays(
        count=len(values_s),
        missed=sum(math.isinf(value_s) for value_s in values_s),
        median_s=quantile(values_s, 0.5),
        p90_s=quantile(values_s, 0.9),
        p95_s=quantile(values_s, 0.95),
    )


def survival(
    values_s: Sequence[float], horizons_s: Sequence[float] | None = None
) -> list[tuple[float, float]]:
    """Return the share of breaches still unseen after each delay (Kaplan and Meier 1958).

    A miss is known to have stayed unseen until its horizon, the end of its window, and says nothing
    about later: it leaves the count there. Without horizons it stays in it for ever.

    >>> survival([60.0, 120.0, math.inf, math.inf], [600.0, 600.0, 90.0, 600.0])
    [(60.0, 0.75), (120.0, 0.375)]
    """
    ends_s = [math.inf] * len(values_s) if horizons_s is None else list(horizons_s)
    watched_s = [min(value, end) for value, end in zip(values_s, ends_s, strict=True)]
    curve, left = [], 1.0
    for at_s in sorted({value for value in values_s if math.isfinite(value)}):
        at_stake = sum(watched >= at_s for watched in watched_s)
        left *= 1.0 - values_s.count(at_s) / at_stake
        curve.append((at_s, left))
    return curve


# --- False incidents per person-day --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Exposure:
    """What one person contributes: false incidents, and days in which they could happen."""

    false: int
    days: float


@dataclass(frozen=True, slots=True)
class FalseRate:
    """False incidents per person-day with a 95 % interval.

    Where nothing happened the upper end is the exact Poisson bound, since a bootstrap of
    zeros is zero. Of fewer than five persons it is that of a Poisson count: drawing two again
    says little.
    """

    count: int
    days: float
    per_day: float
    low: float
    high: float


def false_rate(persons: Sequence[Exposure], seed: int = 0) -> FalseRate:
    """Return the rate with its interval: persons are drawn again, not days, as they differ most."""
    count = sum(person.false for person in persons)
    days = _total(person.days for person in persons)
    per_day = count / days
    if count == 0:
        return FalseRate(0, days, 0.0, 0.0, poisson_upper(0, days))
    if len(persons) < PERSONS_MIN:
        sure = (1.0 + CONFIDENCE) / 2.0
        low, high = poisson_lower(count, days, sure), poisson_upper(count, days, sure)
        return FalseRate(count, days, per_day, low, high)
    low, high = _bootstrap(persons, Dice(seed, "bootstrap"))
    return FalseRate(count, days, per_day, low, high)


def _bootstrap(persons: Sequence[Exposure], dice: Dice) -> tuple[float, float]:
    rates = []
    for _ in range(ROUNDS):
        drawn = [dice.pick(persons) for _ in persons]
        rates.append(sum(p.false for p in drawn) / _total(p.days for p in drawn))
    tail = (1.0 - CONFIDENCE) / 2.0
    return quantile(rates, tail), quantile(rates, 1.0 - tail)


def poisson_upper(count: int, days: float, confidence: float = CONFIDENCE) -> float:
    """Return the rate per day above which so few events would be rarer than 1 - `confidence`.

    Exact, one-sided: for no event it is -log(1 - confidence) / days, three divided by the days.

    >>> round(poisson_upper(0, 1.0), 4), round(poisson_upper(2, 1.0), 4)
    (2.9957, 6.2958)
    """
    low, high = 0.0, 10.0 + 10.0 * (count + 1)
    for _ in range(200):
        middle = (low + high) / 2.0
        if _p_at_most(count, middle) > 1.0 - confidence:
            low = middle
        else:
            high = middle
    return high / days


def poisson_lower(count: int, days: float, confidence: float = CONFIDENCE) -> float:
    """Return the rate per day below which this many events would be rarer than 1 - `confidence`.

    >>> poisson_lower(0, 1.0), round(poisson_lower(3, 1.0, 0.975), 4)
    (0.0, 0.6187)
    """
    low, high = 0.0, float(count)
    for _ in range(200):
        middle = (low + high) / 2.0
        if 1.0 - _p_at_most(count - 1, middle) < 1.0 - confidence:
            low = middle
        else:
            high = middle
    return high / days


def _p_at_most(count: int, mean: float) -> float:
    term = math.exp(-mean)
    total = term
    for number in range(1, count + 1):
        term *= mean / number
        total += term
    return total


def worst_tenth_share(false_by_person: Sequence[int]) -> float:
    """Return the share of all false incidents that the worst tenth of persons carries; 0 if none.

    >>> worst_tenth_share([0] * 9 + [5]), worst_tenth_share([1] * 20), worst_tenth_share([0, 0])
    (1.0, 0.1, 0.0)
    """
    ordered = sorted(false_by_person, reverse=True)
    total = sum(ordered)
    worst = ordered[: math.ceil(len(ordered) / 10)]
    return sum(worst) / total if total else 0.0


# --- Honesty of the chance -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bin:
    """Fixes for which the judge gave a chance of being outside from `low` to below `high`."""

    low: float
    high: float
    count: int
    p_mean: float
    outside_ratio: float


def reliability(
    p_outside: Sequence[float], was_outside: Sequence[bool], edges: Sequence[float]
) -> list[Bin]:
    """Return, for each bin between `edges` that is not empty, what was said and what was so."""
    rows: list[list[tuple[float, bool]]] = [[] for _ in edges[1:]]
    for p, outside in zip(p_outside, was_outside, strict=True):
        rows[min(len(rows) - 1, bisect_right(edges, p) - 1)].append((p, outside))
    return [
        Bin(
            low=low,
            high=high,
            count=len(row),
            p_mean=_total(p for p, _ in row) / len(row),
            outside_ratio=sum(outside for _, outside in row) / len(row),
        )
        for low, high, row in zip(edges, edges[1:], rows, strict=False)
        if row
    ]


def brier(p_outside: Sequence[float], was_outside: Sequence[bool]) -> float:
    """Return the mean squared difference between the chance and what was so (Brier 1950)."""
    pairs = zip(p_outside, was_outside, strict=True)
    return _total((p - outside) ** 2 for p, outside in pairs) / len(p_outside)


# --- Curves and invariances ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """A rule at one value of the parameter that is swept."""

    value: float
    false_per_day: float
    delay_s: float


def delay_at_false(sweep: Sequence[SweepPoint], false_per_day_max: float) -> float:
    """Return the shortest delay a rule can be set to with no more false incidents than that."""
    fitting = [s.delay_s for s in sweep if s.false_per_day <= false_per_day_max]
    return min(fitting, default=math.inf)


def false_at_delay(sweep: Sequence[SweepPoint], delay_s_max: float) -> float:
    """Return the fewest false incidents a rule can be set to with no longer a delay than that."""
    fitting = [s.false_per_day for s in sweep if s.delay_s <= delay_s_max]
    return min(fitting, default=math.inf)


def _total(values: Iterable[float]) -> float:
    """Return the correctly rounded sum, the same in whatever order the values come."""
    return math.fsum(values)
