"""Judgement: what the evidence says of each condition at one moment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mesure.evaluation.assessment import Assessment
from mesure.evaluation.evidence import likelihoods, path, possible_crossings, rest, sampling
from mesure.evaluation.evidence.likelihoods import EvidenceState
from mesure.evaluation.evidence.possible_crossings import Gap
from mesure.evaluation.evidence.rest import RestingFixes
from mesure.evaluation.evidence.sampling import FixSampling
from mesure.evaluation.filter import status_intervals
from mesure.evaluation.filter.status_intervals import (
    DecisionRun,
    FilterOutput,
    HoldLimits,
    StatusInterval,
    WindowView,
)
from mesure.evaluation.filter.two_state_filter import UNDECIDED, Column, Flags
from mesure.evaluation.policy import Policy
from mesure.evaluation.rules import ConditionRules, RuleInterval, Rules, kind_of
from mesure.geo.fixes import I64, Fixes
from mesure.instants import MIN_US, US_PER_DAY, US_PER_S, to_datetime
from mesure.orders.values.span import Span


class HeardEvidence(NamedTuple):
    """What rows say whenever one looks: all that does not depend on the moment of looking."""

    resting: RestingFixes
    outputs: tuple[FilterOutput, ...]  # By lane, as the others.
    runs: tuple[list[DecisionRun], ...]
    gaps: tuple[list[Gap], ...]
    end: EvidenceState
    first: int  # The first fix that was heard; those before are settled.


class WindowStatus(NamedTuple):
    """One window of a condition up to the moment of looking, with what was said of it."""

    condition: str
    window: tuple[RuleInterval, ...]
    intervals: tuple[StatusInterval, ...]

    @property
    def end_us(self) -> int:
        """Return when the window ends, looked at or not."""
        return self.window[-1].end_us


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that is said of an order at one moment."""

    until_us: int
    resting: RestingFixes  # What was judged: its fixes, by whose numbers all else speaks of them.
    said: tuple[FilterOutput, ...]
    told: tuple[list[StatusInterval], ...]  # By lane.
    slots: tuple[WindowStatus, ...]
    end: EvidenceState  # Where the lanes stand after the last fix.
    heard_from: int = 0  # The first fix that `said` covers; those before are settled.

    def assessments(self) -> tuple[Assessment, ...]:
        """Return one assessment for each stretch of equal status, by condition and time."""
        return tuple(
            Assessment(slot.condition, interval.status, to_span(interval.start_us, interval.end_us))
            for slot in self.slots
            for interval in join_equal(slot.intervals)
        )

    def intervals_between(self, lane: int, start_us: int, end_us: int) -> list[StatusInterval]:
        """Return what a lane says of a span, up to the moment of looking."""
        return status_intervals.within(self.told[lane], start_us, min(end_us, self.until_us))


def to_span(start_us: int, end_us: int) -> Span:
    """Return the span between two counts of microseconds."""
    return Span(to_datetime(start_us), to_datetime(end_us))


def memory_us(policy: Policy) -> int:
    """Return how far back a fix can still matter for another, or for a device that lies still."""
    rest_us = round((policy.rest_hold_s_max + policy.silence_s) * US_PER_S)
    return max(path.memory_us(policy) + memory_without_jumps_us(policy), rest_us)


def memory_without_jumps_us(policy: Policy) -> int:
    """Return the same where jumps are remembered otherwise: all but them passes within hours."""
    others_s = (
        policy.jump_s_max
        + max(policy.correlation_s, policy.correlation_away_s)
        + policy.correlation_moving_s
        + policy.path_s_max
        + policy.silence_s
        + 2.0 * policy.path_gap_s_max
        + policy.moved_s_max
        + policy.arrival_s_max
        + policy.outshone_s_max
    )
    return round(others_s * US_PER_S) + sampling.memory_us()


def reach_us(policy: Policy) -> int:
    """Return how far back, at most, evidence tells of something."""
    return max(round(policy.onset_s_max * US_PER_S), US_PER_DAY)


class ResumePoint(NamedTuple):
    """State of every filter before a fix, and the run that was under way there."""

    first: int  # The number of the fix among the fixes in hand, rest claims not counted.
    evidence: EvidenceState
    runs: tuple[DecisionRun | None, ...]  # By lane.


def begin(rules: Rules) -> ResumePoint:
    """Return the state of filters that have received nothing."""
    return ResumePoint(0, likelihoods.begin(rules), (None,) * len(rules.boundaries))


def judge(
    rules: Rules,
    rows: Fixes,
    until_us: int,
    *,
    since_us: int | None = None,
    in_time: Flags | None = None,
) -> Judgement:
    """Judge fixes and rest claims at `until_us`; nothing is said of what lies before `since_us`.

    When left out, that is before the first of these fixes. `in_time` marks the rows whose receipt
    says when something was known; all of them when left out.
    """
    receipts_us = rows.received_us
    if in_time is not None:
        receipts_us = np.where(in_time, receipts_us, MIN_US)
    known_us = np.maximum.accumulate(receipts_us)
    span_us = begin_us(rules, rows, since_us), until_us
    return judge_heard(rules, hear(begin(rules), rules, rows, known_us), span_us)


def begin_us(rules: Rules, rows: Fixes, since_us: int | None) -> int:
    """Return when the statement begins; when left out, at the first of the fixes."""
    if since_us is None and len(numbers := rows.positions):
        since_us = int(rows.observed_us[numbers[0]])
    return rules.start_us if since_us is None else max(rules.start_us, since_us)


def hear(point: ResumePoint, rules: Rules, rows: Fixes, known_us: I64) -> HeardEvidence:
    """Hear rows from a point on: evidence, filter, runs, and ways that may lead through a place.

    `known_us` says of each row when it, and all before it, was known.
    """
    resting = rest.separate(rows, rules.policy)
    fixes = resting.fixes
    pace = sampling.measure(fixes, rules.policy)
    outputs, ran, end = _run_filters(point, rules, resting, known_us[resting.numbers], pace)
    steps = possible_crossings.leaps(fixes, pace, rules.policy)
    gaps = (possible_crossings.possible(one, steps, rules.policy) for one in rules.boundaries)
    return HeardEvidence(resting, tuple(outputs), tuple(ran), tuple(gaps), end, point.first)


def judge_heard(rules: Rules, evidence: HeardEvidence, span_us: tuple[int, int]) -> Judgement:
    """Judge a span by what was received: intervals, windows.

    Where it was not heard from the beginning, the span begins in the middle of a record: what holds
    there is not known anew.
    """
    resting, outputs, lane_runs, lane_gaps, end, first = evidence
    intervals_by_lane = [
        _intervals_of(rules, runs, gaps, span_us[1])
        for runs, gaps in zip(lane_runs, lane_gaps, strict=True)
    ]
    lanes = outputs, _in_favour(rules, intervals_by_lane)
    slots = (
        slot
        for condition in rules.conditions
        for slot in _slots(rules, condition, lanes, span_us, is_cut=first > 0)
    )
    return Judgement(span_us[1], resting, outputs, tuple(lanes[1]), tuple(slots), end, first)


def _run_filters(
    point: ResumePoint, rules: Rules, resting: RestingFixes, known_us: I64, pace: FixSampling
) -> tuple[list[FilterOutput], list[list[DecisionRun]], EvidenceState]:
    """Return what each lane said after each fix from a point on, its runs, and the end."""
    first, fixes = point.first, resting.fixes
    columns, end = likelihoods.run_filter(
        rules, fixes, pace, point.evidence, slice(first, len(fixes))
    )
    outputs = [
        FilterOutput(
            fixes.observed_us,
            resting.rest_until_us,
            known_us,
            _join(fixes.observed_us[:first], seen_us),
            _join(np.full(first, UNDECIDED, np.int8), decided),
            _join(np.zeros(first), odds),
            changes,
        )
        for seen_us, decided, odds, changes in zip(*columns, strict=True)
    ]
    limits = hold_limits(rules.policy)
    ran = [
        status_intervals.runs(output, limits, first, run)
        for output, run in zip(outputs, point.runs, strict=True)
    ]
    return outputs, ran, end


def hold_limits(policy: Policy) -> HoldLimits:
    """Return how long what a fix decided holds, and how sure it must be to hold while it rests.

    The device may claim to lie still when it no longer does: that chance comes on top.
    """
    p_max = max(policy.p_met - policy.p_rest_outlived, 0.0)
    return HoldLimits(round(policy.silence_s * US_PER_S), p_max / (1.0 - p_max))


def _join(before: Column, after: Column) -> Column:
    """Return two columns as one; years of fixes with nothing before them are not copied."""
    return np.concatenate([before, after]) if len(before) else after


def _intervals_of(
    rules: Rules, ran: Sequence[DecisionRun], gaps: list[Gap], until_us: int
) -> list[StatusInterval]:
    """Return what one lane says, with the doubts that lie between its fixes."""
    onset_us_max = round(rules.policy.onset_s_max * US_PER_S)
    return possible_crossings.doubt(status_intervals.of_runs(ran, onset_us_max, until_us), gaps)


def _in_favour(
    rules: Rules, intervals_by_lane: list[list[StatusInterval]]
) -> list[list[StatusInterval]]:
    """Let a calibrated place never be worse for the person than the place as it is drawn.

    Two circles are more than one, but a judge may make more of a step out of the second; a person
    absent by the calibrated home must be absent by the address too.
    """
    return [
        intervals_by_lane[lane]
        if lane == drawn
        else status_intervals.better(intervals_by_lane[lane], intervals_by_lane[drawn])
        for lane, drawn in enumerate(rules.as_drawn)
    ]


def _slots(
    rules: Rules,
    condition: ConditionRules,
    lanes: tuple[Sequence[FilterOutput], Sequence[list[StatusInterval]]],
    span_us: tuple[int, int],
    *,
    is_cut: bool,
) -> Iterator[WindowStatus]:
    silence_us = round(rules.policy.silence_s * US_PER_S)
    outputs, intervals_by_lane = lanes
    begin_us, until_us = span_us
    for window in condition.between(begin_us, until_us):
        intervals: list[StatusInterval] = []
        for stretch in window:
            start, end = max(stretch.start_us, begin_us), min(stretch.end_us, until_us)
            if start < end:
                first, *others = status_intervals.within(
                    intervals_by_lane[stretch.lane], start, end
                )
                if not (is_cut and stretch.start_us < begin_us):
                    first = status_intervals.as_known(outputs[stretch.lane], first, silence_us)
                intervals += [first, *others]
        if intervals:
            duty, view = window[0].duty, _view(window, intervals, begin_us, until_us)
            yield WindowStatus(condition.id, window, kind_of(duty).assess(duty, view))


def _view(
    window: tuple[RuleInterval, ...], intervals: list[StatusInterval], begin_us: int, until_us: int
) -> WindowView:
    """Return what is seen of a window, and how much of it is not to be seen."""
    return WindowView(
        tuple(intervals),
        is_over=window[-1].end_us <= until_us,
        cut_us=cut_us(window),
        unheard_us=sum(max(0, min(s.end_us, begin_us) - s.start_us) for s in window),
    )


def cut_us(window: tuple[RuleInterval, ...]) -> int:
    """Return how much of a window absences and dates took out."""
    whole_us = max(s.slot_us[1] for s in window) - min(s.slot_us[0] for s in window)
    return whole_us - sum(s.end_us - s.start_us for s in window)


def join_equal(slot: Sequence[StatusInterval]) -> list[StatusInterval]:
    """Return neighbours of equal status as one; the first says how it was decided."""
    merged: list[StatusInterval] = []
    for interval in slot:
        before = merged[-1] if merged else None
        if before and (before.status, before.end_us) == (interval.status, interval.start_us):
            merged[-1] = merged[-1]._replace(end_us=interval.end_us)
        else:
            merged.append(interval)
    return merged
