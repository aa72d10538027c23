"""Evidence breakdown: the terms of one "not met" decision, and how much each weighed.

The filter of a boundary decides when its odds pass a threshold, and every fix multiplies them.
Their logarithm is therefore a sum, and each addend has a name: what was known before, the time that
passed, that somebody has just come, or come home, the positions, a way that was seen, the home
beacon, and what the limit of certainty took away.

Invariant: the terms add up to the logarithm of the odds at the decision, to within rounding. They
are read from the same columns as the decision, by the same functions, for the incidents alone.
Law: Directive (EU) 2016/680, article 11: who is judged by a machine may ask what weighed how much.
Decision: docs/decisions/0022-the-first-judge.md
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np

from mesure.evaluation.assessment import Status
from mesure.evaluation.breakdown.episode_evidence import FIXES_BEFORE
from mesure.evaluation.episodes import SILENT, Episode
from mesure.evaluation.evidence import likelihoods, masts, sampling
from mesure.evaluation.evidence import path as ways
from mesure.evaluation.filter import two_state_filter
from mesure.evaluation.filter.status_intervals import FilterOutput, StatusInterval
from mesure.evaluation.filter.two_state_filter import Column, Transition, each
from mesure.evaluation.judgement import Judgement, memory_us, reach_us
from mesure.evaluation.policy import Policy
from mesure.evaluation.rules import Rules
from mesure.geo.fixes import F64, I8, Fixes
from mesure.geo.numeric import elementary
from mesure.instants import US_PER_S

FIXES_MAX: Final = 10_000
"""Fixes that one decision is explained by; what came before is summed up in the start."""

HEARD_FIXES: Final = 16_384
"""Fixes heard again at a time: incidents that lie near each other share the work."""


class TermSource(StrEnum):
    """Where a term comes from."""

    START = "start"  # What was known when the first fix of the evidence came.
    DRIFT = "drift"  # The time from then on: people leave now and then, and come back.
    ARRIVAL = "arrival"  # What held before says nothing of where somebody has just come,
    RETURN = "return"  # nor of a person who has just come home.
    POSITIONS = "positions"
    WAY_PATH = "way_path"  # The way was seen from fix to fix,
    WAY_SPEED = "way_speed"  # or the Doppler speed shows a device on its way.
    BEACON_HEARD = "beacon_heard"
    BEACON_MISSED = "beacon_missed"
    LIMITS = "limits"  # Nobody is ever surer than the policy allows.


class Term(NamedTuple):
    """One addend: above zero it speaks for the wrong side."""

    source: TermSource
    llr: float
    fixes: int  # How many fixes carry it.


class FixContribution(NamedTuple):
    """What one fix of the evidence brought: what it says by itself, by its weight, and more."""

    row: int  # Of the evidence files.
    told_llr: float
    weight_ratio: float
    llr: float  # With what the way and the beacon add.


class EvidenceBreakdown(NamedTuple):
    """What one decision rests on: the odds of one lane, from one fix to another."""

    lane: int  # Whose odds decided.
    first: int  # The first fix of the evidence, by its number,
    last: int  # and the one that decided,
    taken_us: tuple[int, int]  # with when the two were taken.
    terms: tuple[Term, ...]
    wrong_side: int  # Fixes whose position speaks for the wrong side,
    pieces_ratio: float  # and as how many independent ones they count together.
    weighed: tuple[FixContribution, ...]  # The fixes that the incident names.

    @property
    def whole_llr(self) -> float:
        """Return the logarithm of the odds by which it was decided."""
        whole_llr = 0.0
        for term in self.terms:
            whole_llr += term.llr
        return whole_llr

    def llr(self, source: TermSource) -> float:
        """Return what one source brought; 0 where it brought nothing."""
        return next((term.llr for term in self.terms if term.source is source), 0.0)


NONE: Final = EvidenceBreakdown(-1, -1, -1, (0, 0), (), 0, 0.0, ())
"""Of a silence, which says nothing about places."""


class _Decision(NamedTuple):
    """Where a decision was taken, and by which fixes: from `first` to `last`."""

    lane: int
    first: int
    last: int


class _Heard(NamedTuple):
    """What a lane heard from fix number `first` on."""

    first: int
    fixes: Fixes
    told_llr: F64
    weight_ratio: F64
    by_source: dict[TermSource, F64]
    llr: F64
    drift: Transition
    arrived: I8

    def part(self, first: int, last: int) -> "_Heard":
        """Return what was weighed of the fixes from `first` to `last`."""
        rows = slice(first - self.first, last + 1 - self.first)
        return _Heard(
            first,
            self.fixes.rows(rows),
            self.told_llr[rows],
            self.weight_ratio[rows],
            {source: column[rows] for source, column in self.by_source.items()},
            self.llr[rows],
            each(lambda column: column[rows], self.drift),
            self.arrived[rows],
        )


class _InHand(NamedTuple):
    """Fixes from number `begin` up to `end` with all that holds for every lane alike.

    Those from number `since` on are in hand: they come before, and are needed to hear the others.
    """

    begin: int
    end: int
    since: int
    pace: sampling.FixSampling
    drift: Transition
    block: likelihoods.FixBlock


class EvidenceBreakdowns:
    """The accounts of one person's episodes; what each lane heard last is kept for the next."""

    def __init__(self, rules: Rules, judgement: Judgement, fixes: Fixes) -> None:
        self._rules, self._judgement, self._fixes = rules, judgement, fixes
        self._heard: dict[int, _Heard] = {}
        self._in_hand: _InHand | None = None

    def of(self, episode: Episode, named: Sequence[int] = ()) -> EvidenceBreakdown:
        """Return what an episode rests on, with the weight of each fix named by its number.

        Fixes after the decision have weights too: they hold it up, or speak against it.
        """
        decision = _decision(self._rules, self._judgement, episode)
        if decision is None:
            return NONE
        evidence = self._hear(*decision)
        speaks = evidence.told_llr > 0.0
        taken_us = evidence.fixes.observed_us[[0, -1]].tolist()
        return EvidenceBreakdown(
            *decision,
            (taken_us[0], taken_us[1]),
            tuple(_terms(evidence, self._judgement, decision.lane, self._rules.policy)),
            int(speaks.sum()),
            _total(np.where(speaks, evidence.weight_ratio, 0.0)),
            self._weigh(decision.lane, named),
        )

    def _weigh(self, lane: int, named: Sequence[int]) -> tuple[FixContribution, ...]:
        if not named:
            return ()
        evidence = self._hear(lane, named[0], named[-1])
        places = [number - evidence.first for number in named]
        return tuple(
            FixContribution(
                int(evidence.fixes.row[at]),
                float(evidence.told_llr[at]),
                float(evidence.weight_ratio[at]),
                float(evidence.llr[at]),
            )
            for at in places
        )

    def _hear(self, lane: int, first: int, last: int) -> _Heard:
        """Return what a lane weighed of the fixes from `first` to `last`."""
        evidence = self._heard.get(lane)
        if evidence is None or not evidence.first <= first <= last < evidence.first + len(
            evidence.fixes
        ):
            evidence = self._hear_again(lane, first, last)
            self._heard[lane] = evidence
        return evidence.part(first, last)

    def _hear_again(self, lane: int, first: int, last: int) -> _Heard:
        """Hear some fixes again, with their neighbours, which the next incident may rest on."""
        begin = first - first % HEARD_FIXES
        end = min(max(begin + HEARD_FIXES, last + 1), len(self._fixes))
        cached = self._in_hand
        if cached is None or (cached.begin, cached.end) != (begin, end):
            cached = self._in_hand = _in_hand(self._rules, self._fixes, begin, end)
        return _heard(self._rules, lane, cached)


# --- Where it was decided --------------------------------------------------------------------


def _decision(rules: Rules, judgement: Judgement, episode: Episode) -> _Decision | None:
    """Return the decision that opened an episode; None where no fix decided anything.

    A slot is decided as a whole; what shows the absence best is its longest interval of not met.
    Nothing is asked for that lies longer before than evidence reaches: a judge that goes on from a
    checkpoint has all of that in hand, so that both say the same.
    """
    if episode.breach == SILENT:
        return None
    lane, fix, at_us = episode.stretch.lane, episode.fix, episode.start_us
    if fix < 0:
        candidates = list(_not_met(rules, judgement, episode))
        if not candidates:
            return None
        lane, interval = max(
            candidates, key=lambda candidate: candidate[1].end_us - candidate[1].start_us
        )
        fix, at_us = interval.fix, interval.start_us
    observed_us = judgement.said[lane].observed_us
    oldest = int(np.searchsorted(observed_us, at_us - reach_us(rules.policy)))
    oldest = max(oldest, judgement.heard_from)
    decided, drawn = (lane, fix), rules.as_drawn[lane]
    if drawn != lane:
        # A calibrated place and the place as drawn must both say not met: the later one decided.
        [interval] = judgement.intervals_between(drawn, at_us, at_us + 1)
        decided = max(decided, (drawn, interval.fix), key=lambda lane_and_fix: lane_and_fix[1])
    if decided[1] < oldest:
        return _still_held(rules, judgement, (lane, at_us), oldest)
    return _Decision(decided[0], _first(judgement.said[decided[0]], decided[1], oldest), decided[1])


def _still_held(
    rules: Rules, judgement: Judgement, lane_and_instant: tuple[int, int], oldest: int
) -> _Decision | None:
    """Return what a decision of long ago still rested on at an instant: the fixes just before it.

    Where somebody has been away for weeks, the fixes that decided are no longer in hand, and say
    less than the last ones. None where none of those is in hand either.
    """
    lane, at_us = lane_and_instant
    observed_us = judgement.said[lane].observed_us
    last = int(np.searchsorted(observed_us, at_us, side="right")) - 1
    if last < judgement.heard_from:
        return None
    recent_us = at_us - round(rules.policy.silence_s * US_PER_S)
    recent = int(np.searchsorted(observed_us, recent_us))
    return _Decision(lane, max(min(recent, last - FIXES_BEFORE), oldest), last)


def _not_met(
    rules: Rules, judgement: Judgement, episode: Episode
) -> Iterator[tuple[int, StatusInterval]]:
    condition = next(one for one in rules.conditions if one.id == episode.condition)
    for stretch in (one for slot in condition.between(*episode.window_us) for one in slot):
        for interval in judgement.intervals_between(stretch.lane, stretch.start_us, stretch.end_us):
            if interval.status is Status.NOT_MET:
                yield stretch.lane, interval


def _first(output: FilterOutput, fix: int, oldest: int) -> int:
    """Return the first fix of the evidence that brought the decision still held at a fix."""
    earliest = max(oldest, fix + 1 - FIXES_MAX)
    onsets_us = output.changes.between(earliest, fix + 1).onset_us
    if not len(onsets_us):
        return earliest
    return max(earliest, int(np.searchsorted(output.observed_us, onsets_us[-1])))


# --- What was heard --------------------------------------------------------------------------


def _in_hand(rules: Rules, fixes: Fixes, begin: int, end: int) -> _InHand:
    """Take some fixes in hand, and those before them without which they cannot be heard again.

    What a fix counts depends on those before it, but on none longer ago than the policy remembers.
    """
    policy = rules.policy
    since_us = int(fixes.observed_us[begin]) - memory_us(policy)
    steps = masts.first_behind(fixes, begin, 1, policy)
    since = min(int(np.searchsorted(fixes.observed_us, since_us)), steps)
    part = fixes.rows(slice(since, end))
    pace = sampling.measure(part, policy)
    drift = sampling.drift(pace, slice(None), policy)
    block = likelihoods.block_of(rules, part, slice(0, len(part)))
    return _InHand(begin, end, since, pace, drift, block)


def _heard(rules: Rules, lane: int, in_hand: _InHand) -> _Heard:
    """Return what a lane weighed of the fixes in hand."""
    pace, block = in_hand.pace, in_hand.block
    boundary, before = rules.boundaries[lane], ways.start(rules.policy)
    evidence = likelihoods.boundary_evidence(rules, boundary, block.part, pace, block, before)
    whole = _Heard(
        in_hand.since,
        block.part,
        evidence.told_llr,
        evidence.weight_ratio,
        _by_source(rules, lane, block.part, pace, block, evidence),
        evidence.llr,
        in_hand.drift,
        evidence.arrived,
    )
    return whole.part(in_hand.begin, in_hand.end - 1)


def _by_source(
    rules: Rules,
    lane: int,
    fixes: Fixes,
    pace: sampling.FixSampling,
    block: likelihoods.FixBlock,
    evidence: likelihoods.BoundaryEvidence,
) -> dict[TermSource, F64]:
    """Return what each fix brought, by where it comes from."""
    policy, boundary = rules.policy, rules.boundaries[lane]
    none = np.zeros(len(fixes))
    position_llr = evidence.told_llr * evidence.weight_ratio

    slow = np.zeros(len(fixes), np.bool_)
    by_path = pace._replace(fast=slow, fast_once=slow)
    start = ways.start(policy)
    path = ways.fixes_with_path(
        fixes, by_path, block.numbers, evidence.told_llr, evidence.before, start, policy
    )
    path = np.intersect1d(path, evidence.way)  # A lane may see no ways.
    way_llr, path_llr = none.copy(), none.copy()
    way_llr[evidence.way], path_llr[path] = policy.way_llr, policy.way_llr

    is_heard = (fixes.beacon == 1) & boundary.hears_home
    beacon_llr = none
    if boundary.hears_home:
        beacon_llr = likelihoods.beacon_llr(fixes, boundary, policy) * pace.beacon_weight_ratio
    return {
        TermSource.POSITIONS: np.where(is_heard, 0.0, position_llr),
        TermSource.WAY_PATH: path_llr,
        TermSource.WAY_SPEED: way_llr - path_llr,
        TermSource.BEACON_HEARD: np.where(is_heard, position_llr + beacon_llr, 0.0),
        TermSource.BEACON_MISSED: np.where(is_heard, 0.0, beacon_llr),
    }


# --- How much it weighed ---------------------------------------------------------------------


def _terms(evidence: _Heard, judgement: Judgement, lane: int, policy: Policy) -> Iterator[Term]:
    """Yield the terms of a decision by the fixes heard, the start first, the limits last."""
    lane_odds = judgement.said[lane].odds
    odds = lane_odds[evidence.first : evidence.first + len(evidence.fixes)]
    is_first = evidence.first == judgement.heard_from
    start_odds = np.ones(1) if is_first else lane_odds[evidence.first - 1 : evidence.first]
    held_odds = np.concatenate([start_odds, odds])
    held_llr, before = elementary.log(held_odds), held_odds[:-1]
    drift = evidence.drift
    passed = (before * drift.p_stay + drift.p_leave) / (before * drift.p_return + drift.p_keep)
    limits = likelihoods.thresholds(policy)
    drifted = two_state_filter.odds_on_arrival(passed, evidence.arrived, limits)
    if is_first and evidence.first:
        # Earlier fixes are settled and not in hand: they said the first odds without its fix.
        drifted[0] = odds[0] / elementary.exp(evidence.llr[:1])[0]
    drifted_llr, passed_llr = elementary.log(drifted), elementary.log(passed)
    arrival_llr = (drifted_llr - passed_llr)[1:]
    is_return = (evidence.arrived == two_state_filter.CAME_BACK)[1:]

    untold = drifted * elementary.exp(evidence.llr)
    is_cut = (untold > policy.certainty_max_odds) | (untold < 1.0 / policy.certainty_max_odds)
    cut_llr = np.where(is_cut, held_llr[1:] - (drifted_llr + evidence.llr), 0.0)

    yield Term(TermSource.START, float(drifted_llr[0]), 0)
    by_source = {
        TermSource.DRIFT: (passed_llr - held_llr[:-1])[1:],
        TermSource.ARRIVAL: np.where(is_return, 0.0, arrival_llr),
        TermSource.RETURN: np.where(is_return, arrival_llr, 0.0),
        **evidence.by_source,
        TermSource.LIMITS: cut_llr,
    }
    for source, column in by_source.items():
        if carrying := int((column != 0.0).sum()):
            yield Term(source, _total(column), carrying)


def _total(values: Column) -> float:
    """Return the sum, added up one after the other: the same bits on every machine."""
    return float(np.add.accumulate(values)[-1])
