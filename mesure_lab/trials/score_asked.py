"""The judge on real traces when the device is asked in doubt: another way of reporting.

A trace holds more fixes than one a minute. So what a device would have answered is known: its own
next fix after the ask had reached it. Nothing is made up but how long an ask is under way, and that
every ask is heard. A phone that was silent stays so: what it would have said had it been woken, no
trace holds.

Judge and device depend on each other only forwards in time, so they are played against each other
until nothing changes, as in `fix_answers`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from mesure.evaluation.fix_requests import FixRequest
from mesure.evaluation.policy import PolicyFile
from mesure.geo.fixes import I64
from mesure.instants import MAX_US, US_PER_S, to_us
from mesure.machine.progress import ProgressStages
from mesure_lab.rules.readings import Flags
from mesure_lab.scoring import score_cases, score_figures, score_rules
from mesure_lab.scoring.score_cases import CaseKind, ScoreCase
from mesure_lab.scoring.score_figures import Came, DepartureFigures, Interval
from mesure_lab.scoring.score_rules import OURS
from mesure_lab.simulation.sweeps import BaselineSetting

EVERY_S: Final = 60.0
BESIDE: Final = ("accuracy_once", "accuracy_twice")  # What is quickest and doubts; and asks twice.
PASSES_MAX: Final = 2_000
SAME_S: Final = 1.0  # What differs by less is seen at the same time.


@dataclass(frozen=True, slots=True)
class ReportingWay:
    """How an ask reaches a device: this long under way, or with the answer to its next report."""

    name: str
    under_way_s: float | None


# MQTT: a device that listens is told at once; 5 s are the median that the towns assume. 30 s: a
# modem that looks twice a minute. HTTP: a device is told something only when it calls.
WAYS: Final = (
    ReportingWay("asked, 5 s under way (it listens, MQTT)", 5.0),
    ReportingWay("asked, 30 s under way", 30.0),
    ReportingWay("asked when it reports next (HTTP)", None),
)


@dataclass(frozen=True, slots=True)
class ReportingRow:
    """What one way of reporting comes to at one radius; baselines ask nothing."""

    name: str
    false: int
    left: DepartureFigures
    differs_s: Interval | None  # The median less that of the judge that asks nobody.
    sooner: int  # Departures that it sees sooner than the judge that asks nobody, and later.
    later: int
    asks_per_day: float  # At rest, as are the fixes that the device would not have sent of itself.
    extra_per_day: float


@dataclass(frozen=True, slots=True)
class Radius:
    """All ways of reporting at one radius."""

    radius_m: float
    departures: int
    days: float
    first_s: Interval  # Median time from the crossing to the first report, of one a minute.
    first_of_all_s: Interval  # And to the first fix in the trace.
    rows: tuple[ReportingRow, ...]


@dataclass(frozen=True, slots=True)
class CaseAnswers:
    """A case whose device was asked until nothing was left to ask, and what that took."""

    came: Came
    asks: int
    extra: int


def run(
    cases: Sequence[ScoreCase], radii_m: Sequence[float], policy: PolicyFile, stages: ProgressStages
) -> tuple[Radius, ...]:
    """Return what asking comes to at each radius, devices at rest and departures."""
    radii = []
    for radius_m in radii_m:
        mine = [
            case
            for case in cases
            if case.kind is not CaseKind.NIGHT and case.radius_m in (None, radius_m)
        ]
        if any(case.kind is CaseKind.DEPARTURE for case in mine):
            radii.append(_at(mine, radius_m, policy, stages))
    return tuple(radii)


def _at(
    cases: Sequence[ScoreCase], radius_m: float, policy: PolicyFile, stages: ProgressStages
) -> Radius:
    rule_inputs = [score_rules.make_rule_input(case, EVERY_S, policy) for case in cases]
    every: dict[str, list[CaseAnswers]] = {}
    for rule in (*BESIDE, OURS):
        stages.reach(f"{rule}, nobody asked, {radius_m:g} m")
        openings = (
            score_rules.openings(BaselineSetting(rule), rule_input, radius_m, policy)
            for rule_input in rule_inputs
        )
        came = [score_figures.came(*pair) for pair in zip(cases, openings, strict=True)]
        every[rule] = [CaseAnswers(one, 0, 0) for one in came]
    for way in WAYS:
        stages.reach(f"{way.name}, {radius_m:g} m")
        every[way.name] = [run_case(case, radius_m, way, policy) for case in cases]
    days = sum(case.days for case in cases)
    gone = [row for row, case in enumerate(cases) if case.kind is CaseKind.DEPARTURE]
    first_s, first_of_all_s = (
        [_first_s(cases[row], every_s) for row in gone] for every_s in (EVERY_S, 0.0)
    )
    left = {name: [each[row].came for row in gone] for name, each in every.items()}
    draws = score_figures.draws([cases[row].unit for row in gone])
    rows = tuple(_row(name, every[name], left, draws, days) for name in every)
    return Radius(
        radius_m=radius_m,
        departures=len(gone),
        days=days,
        first_s=score_figures.median(first_s, draws),
        first_of_all_s=score_figures.median(first_of_all_s, draws),
        rows=rows,
    )


def _first_s(case: ScoreCase, every_s: float) -> float:
    """Return how long after the crossing the first fix came; infinite where none did."""
    assert case.truth is not None
    time_us = case.record.observed_us[case.row]
    after = score_cases.flag_reported(time_us, every_s) & (
        time_us >= round(case.truth.crossing_s * US_PER_S)
    )
    came_us = _known_us(case)[after]
    return float(came_us.min()) / US_PER_S - case.truth.crossing_s if len(came_us) else math.inf


def _known_us(case: ScoreCase) -> I64:
    """Return when each fix can have been known: a clock that is ahead counts from its own time."""
    known_us: I64 = np.maximum(case.record.observed_us, case.record.received_us)[case.row]
    return known_us


def _row(
    name: str,
    every: Sequence[CaseAnswers],
    left: dict[str, list[Came]],
    draws: Sequence[Sequence[int]],
    days: float,
) -> ReportingRow:
    rests = [one for one in every if one.came.case.kind is CaseKind.AT_REST]
    is_asked = name not in (*BESIDE, OURS)
    usual, mine = ([one.delay_s for one in left[rule]] for rule in (OURS, name))
    sooner, later = (
        sum(one + SAME_S < other for one, other in zip(*pair, strict=True))
        for pair in ((mine, usual), (usual, mine))
    )
    per_day = 1.0 / days if days else 0.0
    return ReportingRow(
        name=name,
        false=sum(one.came.false for one in rests),
        left=score_figures.departure_figures(left[name], draws),
        differs_s=score_figures.median_difference(mine, usual, draws) if is_asked else None,
        sooner=sooner,
        later=later,
        asks_per_day=sum(one.asks for one in rests) * per_day,
        extra_per_day=sum(one.extra for one in rests) * per_day,
    )


# --- One device ----------------------------------------------------------------------------------


def run_case(
    case: ScoreCase, radius_m: float, way: ReportingWay, policy: PolicyFile
) -> CaseAnswers:
    """Return what the judge makes of a case whose device answers with its own next fixes."""
    time_us = case.record.observed_us[case.row]
    known_us, own = _known_us(case), score_cases.flag_reported(time_us, EVERY_S)
    values = policy.at(score_rules.DAY, case.device_class)
    usual = score_rules.apply_setting(BaselineSetting(OURS), policy)
    sent = own
    for _ in range(PASSES_MAX):
        record = score_cases.part(case.record, case.row[sent])
        fixes = score_cases.ingest_record(record, case.device_class, values)
        statement = score_rules.judge_case(case, fixes, radius_m, usual)
        asks = statement.ask_for_fixes
        answers = own | answers_to(asks, time_us, np.sort(known_us[sent]), way)
        if np.array_equal(answers, sent):
            came = score_figures.came(case, score_rules.of_judge(statement))
            return CaseAnswers(came, len(asks), int(np.count_nonzero(sent & ~own)))
        sent = answers
    raise AssertionError(case.unit)


def answers_to(asks: Sequence[FixRequest], time_us: I64, calls_us: I64, way: ReportingWay) -> Flags:
    """Return which fixes of a device answer some asks: its next, then one every so often.

    The ask is under way, and so is the word that it is over. By HTTP a device is told in a call
    after both, and hands over its fixes in calls.
    """
    answers = np.zeros(len(time_us), np.bool_)
    for request in asks:
        at_us = _told_us(to_us(request.asked_at), calls_us, way)
        end_us = _told_us(to_us(request.span.end), calls_us, way)
        while at_us < min(end_us, MAX_US):
            row = int(np.searchsorted(time_us, at_us))
            if row == len(time_us) or time_us[row] >= end_us:
                break
            answers[row] = True
            at_us += round(request.every_s * US_PER_S)
    return answers


def _told_us(said_us: int, calls_us: I64, way: ReportingWay) -> int:
    if way.under_way_s is not None:
        return said_us + round(way.under_way_s * US_PER_S)
    row = int(np.searchsorted(calls_us, said_us, "right"))
    return int(calls_us[row]) + 1 if row < len(calls_us) else MAX_US
