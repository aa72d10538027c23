"""The figures of rules on real traces: the results of each on every case, combined.

Definitions are those of `score`. What is drawn again for an interval is the unit of a case: a
session or a scripted day with all its phones, or a person. The draws are the same for every rule.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from mesure_lab.dice import Dice
from mesure_lab.rules import score
from mesure_lab.rules.baseline import RuleOpening
from mesure_lab.rules.score import Exposure, FalseRate
from mesure_lab.scoring.score_cases import CaseKind, ScoreCase
from mesure_lab.simulation.sweeps import BaselineSetting

AT_REST: Final = "all at rest"
NIGHTS: Final = "nights at home"
FALSE_PER_DAY: Final = (0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
DELAYS_S: Final = (60.0, 90.0, 120.0, 150.0, 180.0, 240.0, 300.0, 600.0)
SURVIVAL_S: Final = (30, 60, 90, 120, 150, 180, 240, 300, 450, 600, 900, 1200, 1800, 3600)


class Came(NamedTuple):
    """What came of one case under one rule: false incidents, or how a departure was seen."""

    case: ScoreCase
    false: int
    delay_s: float  # Infinite where the departure was missed.
    early: int


class Interval(NamedTuple):
    """A figure with its 95 % interval; infinite where misses reach it."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Resting:
    """False incidents of each rule around one set of devices that truly stayed."""

    set: str
    radius_m: float
    cases: int
    units: int
    days: float
    rules: Mapping[str, FalseRate]


@dataclass(frozen=True, slots=True)
class DepartureFigures:
    """How one rule saw the departures."""

    median_s: Interval
    p90_s: Interval
    missed: int
    early: int
    survival: tuple[tuple[float, float], ...]  # Seconds, with the share still unseen then.


@dataclass(frozen=True, slots=True)
class Leaving:
    """The departures from circles of one size."""

    radius_m: float
    departures: int
    units: int
    rules: Mapping[str, DepartureFigures]


@dataclass(frozen=True, slots=True)
class SweepFigures:
    """One setting of one rule: false incidents at rest and at night, and the departures."""

    setting: BaselineSetting
    radius_m: float
    false: FalseRate | None  # None: nobody rested.
    delays: score.Delays
    early: int


@dataclass(frozen=True, slots=True)
class Curve:
    """The best that one rule can be set to: the delay for so few, and so few for the delay."""

    rule: str
    radius_m: float
    delay_at_false: tuple[tuple[float, float], ...]
    false_at_delay: tuple[tuple[float, float], ...]


def came(case: ScoreCase, openings: Sequence[RuleOpening]) -> Came:
    """Return what came of a case. At rest, openings within 15 minutes are one incident."""
    if case.truth is None:
        return Came(case, len(score.merge_openings(openings)), math.nan, 0)
    departure = score.time_departure(openings, case.truth.crossing_s, case.end_s)
    return Came(case, 0, departure.delay_s, departure.early)


def score_rest(by_rule: Mapping[str, Sequence[Came]], radius_m: float) -> list[Resting]:
    """Return the false incidents by set, then of all devices at rest, then of the nights."""
    outcomes = next(iter(by_rule.values()))
    sets = sorted({one.case.set for one in outcomes if one.case.kind is CaseKind.AT_REST})
    groups = [
        (name, [row for row, case in enumerate(outcomes) if case.case.set == name]) for name in sets
    ]
    groups.append((AT_REST, _of_kind(outcomes, CaseKind.AT_REST)))
    groups += [(NIGHTS, _of_kind(outcomes, CaseKind.NIGHT))]
    figures = []
    for name, rows in groups:
        if rows:
            cases = [outcomes[row].case for row in rows]
            rules = {rule: rate([every[row] for row in rows]) for rule, every in by_rule.items()}
            units, days = len({one.unit for one in cases}), math.fsum(one.days for one in cases)
            figures.append(Resting(name, radius_m, len(cases), units, days, rules))
    return figures


def _of_kind(outcomes: Sequence[Came], kind: CaseKind) -> list[int]:
    return [row for row, one in enumerate(outcomes) if one.case.kind is kind]


def rate(outcomes: Iterable[Came]) -> FalseRate:
    """Return the false incidents a day; units are drawn again."""
    units: dict[str, tuple[int, float]] = {}
    for outcome in outcomes:
        false, days = units.get(outcome.case.unit, (0, 0.0))
        units[outcome.case.unit] = (false + outcome.false, days + outcome.case.days)
    return score.false_rate([Exposure(*each) for _, each in sorted(units.items())])


def score_departures(by_rule: Mapping[str, Sequence[Came]], radius_m: float) -> Leaving | None:
    """Return how the departures were seen, the draws of units shared by all rules."""
    outcomes = [one for one in next(iter(by_rule.values())) if one.case.kind is CaseKind.DEPARTURE]
    if not outcomes:
        return None
    drawn = draws([one.case.unit for one in outcomes])
    rules = {
        rule: departure_figures(
            [one for one in every if one.case.kind is CaseKind.DEPARTURE], drawn
        )
        for rule, every in by_rule.items()
    }
    return Leaving(radius_m, len(outcomes), len({one.case.unit for one in outcomes}), rules)


def draws(units: Sequence[str]) -> list[list[int]]:
    """Return the rows of each draw: as many units as there are, drawn again with all they hold."""
    rows: dict[str, list[int]] = {}
    for row, unit in enumerate(units):
        rows.setdefault(unit, []).append(row)
    each = [rows[unit] for unit in sorted(rows)]
    dice = Dice(0, "bootstrap of departures")
    return [[row for _ in each for row in dice.pick(each)] for _ in range(score.ROUNDS)]


def departure_figures(every: Sequence[Came], draws: Sequence[Sequence[int]]) -> DepartureFigures:
    """Return how one rule saw the departures; the draws are those of their units."""
    delays_s = [one.delay_s for one in every]
    drawn = [sorted([delays_s[row] for row in rows]) for rows in draws]
    curve = score.survival(delays_s)
    return DepartureFigures(
        median_s=_interval(delays_s, drawn, 0.5),
        p90_s=_interval(delays_s, drawn, 0.9),
        missed=sum(math.isinf(delay_s) for delay_s in delays_s),
        early=sum(one.early for one in every),
        survival=tuple((float(at_s), _left_at(curve, at_s)) for at_s in SURVIVAL_S),
    )


def median(delays_s: Sequence[float], draws: Sequence[Sequence[int]]) -> Interval:
    """Return the median of some delays."""
    return _interval(delays_s, [sorted([delays_s[row] for row in rows]) for rows in draws], 0.5)


def median_difference(
    delays_s: Sequence[float], others_s: Sequence[float], draws: Sequence[Sequence[int]]
) -> Interval:
    """Return by how much the median of some delays differs from that of others, drawn together."""

    def differs(rows: Sequence[int]) -> float:
        mine, other = (
            sorted([each[row] for row in rows])[len(rows) // 2] for each in (delays_s, others_s)
        )
        return 0.0 if mine == other else mine - other

    differences = [differs(rows) for rows in draws if rows]
    tail = (1.0 - score.CONFIDENCE) / 2.0
    mine, other = score.quantile(delays_s, 0.5), score.quantile(others_s, 0.5)
    value = 0.0 if mine == other else mine - other
    return Interval(
        value, score.quantile(differences, tail), score.quantile(differences, 1.0 - tail)
    )


def _interval(
    delays_s: Sequence[float], drawn: Sequence[Sequence[float]], ratio: float
) -> Interval:
    values = [each[min(len(each) - 1, int(ratio * len(each)))] for each in drawn]
    tail = (1.0 - score.CONFIDENCE) / 2.0
    low, high = score.quantile(values, tail), score.quantile(values, 1.0 - tail)
    return Interval(score.quantile(delays_s, ratio), low, high)


def _left_at(curve: Sequence[tuple[float, float]], at_s: float) -> float:
    """Return the share still unseen at a time."""
    return next((left for step_s, left in reversed(curve) if step_s <= at_s), 1.0)


# --- Settings ------------------------------------------------------------------------------------


def swept(setting: BaselineSetting, every: Sequence[Came], radius_m: float) -> SweepFigures:
    """Return what one setting comes to, over everybody at rest or at night and all departures."""
    home = [one for one in every if one.case.kind is not CaseKind.DEPARTURE]
    left = [one for one in every if one.case.kind is CaseKind.DEPARTURE]
    return SweepFigures(
        setting=setting,
        radius_m=radius_m,
        false=rate(home) if home else None,
        delays=score.delays([one.delay_s for one in left]),
        early=sum(one.early for one in left),
    )


def curves(every: Sequence[SweepFigures]) -> list[Curve]:
    """Return the curves of each rule at each radius, over all its settings."""
    all_curves = []
    for rule, radius_m in sorted({(one.setting.rule, one.radius_m) for one in every}):
        settings = [
            score.SweepPoint(sweep.setting.value, sweep.false.per_day, sweep.delays.median_s)
            for sweep in every
            if (sweep.setting.rule, sweep.radius_m) == (rule, radius_m) and sweep.false
        ]
        all_curves.append(
            Curve(
                rule,
                radius_m,
                tuple((most, score.delay_at_false(settings, most)) for most in FALSE_PER_DAY),
                tuple((most_s, score.false_at_delay(settings, most_s)) for most_s in DELAYS_S),
            )
        )
    return all_curves
