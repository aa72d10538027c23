"""Every rule on every case of a folder of real traces: what `mesure score` computes."""

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from mesure.evaluation import pipeline
from mesure.evaluation.assessment import Status
from mesure.evaluation.pipeline import EvaluationState, Statement
from mesure.evaluation.policy import PolicyFile
from mesure.geo import fixes as fixes_
from mesure.geo.fixes import Fixes, Provider
from mesure.instants import US_PER_S, to_us
from mesure.machine.progress import ProgressStages
from mesure_lab.columns import Stream
from mesure_lab.rules import score
from mesure_lab.rules.score import Bin, FalseRate
from mesure_lab.scoring import score_cases, score_figures, score_rules
from mesure_lab.scoring.score_cases import CaseKind, ScoreCase
from mesure_lab.scoring.score_figures import Came, Curve, Leaving, Resting, SweepFigures
from mesure_lab.scoring.score_folder import ScoreFolder
from mesure_lab.scoring.score_rules import OURS, RuleInput
from mesure_lab.simulation.person_judgement import P_EDGES
from mesure_lab.simulation.sweeps import BaselineSetting

EVERY_S: Final = 60.0
CADENCE_S: Final = (10.0, 30.0, 60.0, 300.0)
BATCH_US: Final = 3600 * US_PER_S
PLAIN: Final = "point_state"  # What throughput is compared with.


@dataclass(frozen=True, slots=True)
class CadenceScore:
    """What a rule came to when the device reports this often."""

    every_s: float
    rule: str
    false: FalseRate | None
    delays: score.Delays
    early: int


@dataclass(frozen=True, slots=True)
class SameWhenMixed:
    """How many cases the judge was asked again in other orders, and how many came out the same."""

    cases: int
    shuffled: int
    doubled: int
    in_late_batches: int


@dataclass(frozen=True, slots=True)
class Honesty:
    """The chances of being outside that the judge gave for the fixes of one provider."""

    fixes: int
    brier: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """Everything that was worked out; what there were no cases for is empty."""

    policy_version: str
    radii_m: tuple[float, ...]
    cadence_radius_m: float
    names: tuple[str, ...]
    inputs: ScoreFolder
    resting: tuple[Resting, ...]
    leaving: tuple[Leaving, ...]
    swept: tuple[SweepFigures, ...]
    curves: tuple[Curve, ...]
    cadence: tuple[CadenceScore, ...]
    unknown_h_per_day: Mapping[tuple[str, float], float]  # By set and radius.
    mixed: SameWhenMixed | None
    honesty: Mapping[str, Honesty]
    throughput: Mapping[str, float] | None  # Fixes a second, only when it was asked for.


def run(
    inputs: ScoreFolder,
    names: Sequence[str],
    radii_m: Sequence[float],
    policy: PolicyFile,
    stages: ProgressStages,
    *,
    raw: bool = False,
    throughput: bool = False,
) -> Scored:
    """Score rules on the cases of a folder."""
    usual = {name: BaselineSetting(name) for name in names}
    stages.reach("thinning to one report a minute")
    rule_inputs = [
        score_rules.make_rule_input(case, EVERY_S, policy, raw=raw) for case in inputs.cases
    ]
    values = policy.at(score_rules.DAY, rule_inputs[0].case.device_class)
    settings = list(score_rules.settings(names, values, raw=raw))
    every = _all_settings(settings, rule_inputs, radii_m, policy, stages)
    swept = [score_figures.swept(one, every[one, r], r) for one in settings for r in radii_m]
    resting: list[Resting] = []
    leaving: list[Leaving] = []
    for radius_m in radii_m:
        stages.reach(f"drawing again for intervals at {radius_m:g} m")
        as_they_come = [one for one in settings if not one.parameter]
        by_rule = {one.rule: every[one, radius_m] for one in as_they_come}
        resting += score_figures.score_rest(by_rule, radius_m)
        departures = score_figures.score_departures(by_rule, radius_m)
        leaving += [departures] if departures else []
    middle_m = 100.0 if 100.0 in radii_m else radii_m[0]
    judged = _Judged(policy, OURS in names)
    return Scored(
        policy_version=policy.version,
        radii_m=tuple(radii_m),
        cadence_radius_m=middle_m,
        names=tuple(one.rule for one in settings if not one.parameter),
        inputs=inputs,
        resting=tuple(resting),
        leaving=tuple(leaving),
        swept=tuple(swept),
        curves=tuple(score_figures.curves(swept)),
        cadence=tuple(_cadence(usual, inputs.cases, middle_m, policy, stages)),
        unknown_h_per_day=judged.unknown(rule_inputs, radii_m, stages),
        mixed=judged.compare_when_mixed(rule_inputs, middle_m, stages),
        honesty=judged.honesty(rule_inputs, radii_m, stages),
        throughput=_throughput(usual, inputs.cases, middle_m, policy, stages)
        if throughput
        else None,
    )


def _all_settings(
    settings: Sequence[BaselineSetting],
    rule_inputs: Sequence[RuleInput],
    radii_m: Sequence[float],
    policy: PolicyFile,
    stages: ProgressStages,
) -> dict[tuple[BaselineSetting, float], list[Came]]:
    every: dict[tuple[BaselineSetting, float], list[Came]] = {}
    for number, setting in enumerate(settings, 1):
        stages.reach(f"{setting.rule}: setting {number} of {len(settings)}")
        for radius_m in radii_m:
            every[setting, radius_m] = _each(setting, rule_inputs, radius_m, policy)
    return every


def _each(
    setting: BaselineSetting, rule_inputs: Iterable[RuleInput], radius_m: float, policy: PolicyFile
) -> list[Came]:
    return [
        score_figures.came(
            rule_input.case, score_rules.openings(setting, rule_input, radius_m, policy)
        )
        for rule_input in rule_inputs
        if rule_input.case.radius_m in (None, radius_m)
    ]


def _cadence(
    usual: Mapping[str, BaselineSetting],
    cases: Sequence[ScoreCase],
    radius_m: float,
    policy: PolicyFile,
    stages: ProgressStages,
) -> Iterable[CadenceScore]:
    mine = [case for case in cases if case.radius_m in (None, radius_m)]
    for every_s in CADENCE_S:
        stages.reach(f"a report every {every_s:g} s")
        rule_inputs = [score_rules.make_rule_input(case, every_s, policy) for case in mine]
        for name, setting in usual.items():
            sweep = score_figures.swept(
                setting, _each(setting, rule_inputs, radius_m, policy), radius_m
            )
            yield CadenceScore(every_s, name, sweep.false, sweep.delays, sweep.early)


# --- The judge alone -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Judged:
    """What is asked of the judge and of no baseline; nothing where the judge is not scored."""

    policy: PolicyFile
    is_asked: bool

    def unknown(
        self, rule_inputs: Sequence[RuleInput], radii_m: Sequence[float], stages: ProgressStages
    ) -> dict[tuple[str, float], float]:
        """Return the hours a day in which nothing was known of devices that stayed."""
        stages.reach("adding up what was unknown")
        lasted: dict[tuple[str, float], tuple[float, float]] = {}
        for rule_input in self._asked(rule_inputs):
            if rule_input.case.kind is CaseKind.DEPARTURE:
                continue
            for radius_m in radii_m:
                key = (rule_input.case.set, radius_m)
                known_s, days = lasted.get(key, (0.0, 0.0))
                statement = self._statement(rule_input, radius_m)
                lasted[key] = (known_s + _known_s(statement), days + rule_input.case.days)
        return {
            key: max(0.0, 24.0 - known_s / 3600.0 / days)
            for key, (known_s, days) in sorted(lasted.items())
        }

    def compare_when_mixed(
        self, rule_inputs: Sequence[RuleInput], radius_m: float, stages: ProgressStages
    ) -> SameWhenMixed | None:
        """Return how many cases come out the same when fixes come in another order, or twice."""
        stages.reach("mixing the order of fixes")
        mine = [one for one in self._asked(rule_inputs) if one.case.radius_m in (None, radius_m)]
        ways = [self._mixed(one, radius_m) for one in mine]
        shuffled, doubled, late = (sum(way[number] for way in ways) for number in range(3))
        return SameWhenMixed(len(ways), shuffled, doubled, late) if ways else None

    def _mixed(self, rule_input: RuleInput, radius_m: float) -> tuple[bool, bool, bool]:
        usual = _fingerprint(self._statement(rule_input, radius_m))
        values = self.policy.at(score_rules.DAY, rule_input.case.device_class)
        record = score_cases.reports(rule_input.case, EVERY_S)
        order = np.argsort(Stream(0, "shuffle").shares(len(record)), kind="stable")
        row = np.arange(len(record), dtype=np.int64)
        ways = (order, np.concatenate([row, row[::-1]]))
        same = [
            usual == _fingerprint(self._statement(replace(rule_input, fixes=fixes), radius_m))
            for fixes in (
                score_cases.ingest_record(
                    score_cases.part(record, way), rule_input.case.device_class, values
                )
                for way in ways
            )
        ]
        return same[0], same[1], usual == _fingerprint(self._in_batches(rule_input, radius_m))

    def _in_batches(self, rule_input: RuleInput, radius_m: float) -> Statement:
        """Return what is said when the batches of each hour are handed on last hour first."""
        usual = score_rules.apply_setting(BaselineSetting(OURS), self.policy)
        rules, until_us = score_rules.prepare_case(
            rule_input.case, rule_input.fixes, radius_m, usual
        )
        hours = rule_input.fixes.observed_us // BATCH_US
        evaluation = pipeline.evaluate(rules, EvaluationState(), fixes_.none(), until_us)
        state, statement = evaluation.state, evaluation.statement
        for hour in np.unique(hours)[::-1]:
            batch = rule_input.fixes.rows(np.flatnonzero(hours == hour))
            evaluation = pipeline.evaluate(rules, state, batch, until_us)
            state, statement = evaluation.state, evaluation.statement
        return statement

    def honesty(
        self, rule_inputs: Sequence[RuleInput], radii_m: Sequence[float], stages: ProgressStages
    ) -> dict[str, Honesty]:
        """Return how the chances of being outside compare with what was so, by provider.

        Devices at rest were inside; departing ones by their reference, where it starts inside.
        """
        stages.reach("holding chances against what was so")
        by_provider: dict[str, tuple[list[float], list[bool]]] = {}
        for rule_input in self._asked(rule_inputs):
            truth = rule_input.case.truth
            if rule_input.case.kind is CaseKind.NIGHT or (truth and not truth.starts_inside):
                continue
            for radius_m in radii_m if truth is None else (rule_input.case.radius_m or 0.0,):
                _say(by_provider, self._statement(rule_input, radius_m), rule_input)
        return {
            name: Honesty(
                len(chances),
                score.brier(chances, outside),
                tuple(score.reliability(chances, outside, P_EDGES)),
            )
            for name, (chances, outside) in sorted(by_provider.items())
        }

    def _asked(self, rule_inputs: Sequence[RuleInput]) -> Sequence[RuleInput]:
        return rule_inputs if self.is_asked else ()

    def _statement(self, rule_input: RuleInput, radius_m: float) -> Statement:
        usual = score_rules.apply_setting(BaselineSetting(OURS), self.policy)
        return score_rules.judge_case(rule_input.case, rule_input.fixes, radius_m, usual)


def _known_s(statement: Statement) -> float:
    return sum(
        (to_us(assessment.span.end) - to_us(assessment.span.start)) / US_PER_S
        for assessment in statement.assessments
        if assessment.status is not Status.UNKNOWN
    )


def _fingerprint(statement: Statement) -> str:
    """Return a hash of all that is said, and of all that is brought to an officer."""
    lines = [
        f"{assessment.condition} {assessment.status.value} "
        f"{to_us(assessment.span.start)} {to_us(assessment.span.end)}"
        for assessment in statement.assessments
    ]
    lines += [
        f"{episode.breach} {episode.start_us} {episode.opened_us} {episode.end_us}"
        for episode in statement.episodes
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _say(
    by_provider: dict[str, tuple[list[float], list[bool]]],
    statement: Statement,
    rule_input: RuleInput,
) -> None:
    fixes: Fixes = statement.fixes
    odds = statement.judgement.said[0].odds
    p_outside = odds / (1.0 + odds)
    time_s = fixes.observed_us / US_PER_S
    truth = rule_input.case.truth
    outside = np.zeros(len(fixes), np.bool_) if truth is None else truth.outside_at(time_s)
    for provider in Provider:
        rows = np.flatnonzero(fixes.provider == provider)
        if len(rows):
            chances, was = by_provider.setdefault(provider.name.lower(), ([], []))
            chances += p_outside[rows].tolist()
            was += outside[rows].tolist()


# --- Throughput ----------------------------------------------------------------------------------


def _throughput(
    usual: Mapping[str, BaselineSetting],
    cases: Sequence[ScoreCase],
    radius_m: float,
    policy: PolicyFile,
    stages: ProgressStages,
) -> dict[str, float]:
    """Return the fixes a second of each rule, on the longest case unthinned."""
    longest = max(cases, key=lambda case: len(case.row))
    rule_input = score_rules.make_rule_input(longest, 0.0, policy)
    rates = {}
    for name, setting in {PLAIN: BaselineSetting(PLAIN), **usual}.items():
        stages.reach(f"timing {name}")
        times_s = []
        for _ in range(3):
            begun_s = time.perf_counter()
            score_rules.openings(setting, rule_input, radius_m, policy)
            times_s.append(time.perf_counter() - begun_s)
        rates[name] = len(rule_input.fixes) / sorted(times_s)[1]
    return rates
