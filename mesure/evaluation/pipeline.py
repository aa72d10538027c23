"""Incremental evaluation: go on from a checkpoint instead of judging the whole record again.

`advance` judges all fixes at every call. A service judges a person at every message for years, so
what can no longer change is settled: a *checkpoint* keeps where the filter of every boundary stood
at an instant, and what was under way there, and judging goes on from it. Before the checkpoint only
so many fixes are kept as the judge remembers.

Invariant: what is said from the checkpoint on is what `advance` says of the whole record, to the
bit, and what was said before the checkpoint stays. It holds for fixes that are no older than the
policy takes at their receipt, in any batches, ticks and order.
Decision: docs/decisions/0029-what-is-settled-is-judged-once.md
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from mesure.evaluation import episodes as episodes_
from mesure.evaluation import late_evidence
from mesure.evaluation.advance import Statement
from mesure.evaluation.assessment import Assessment, Status, SupersededAssessment
from mesure.evaluation.episodes import Episode
from mesure.evaluation.evaluate import WindowStatus, conclude, join_equal, memory_us, to_span
from mesure.evaluation.evidence import likelihoods, possible_crossings, sampling
from mesure.evaluation.evidence.likelihoods import EvidenceState
from mesure.evaluation.evidence.sampling import FixSampling
from mesure.evaluation.filter import status_intervals
from mesure.evaluation.filter.status_intervals import DecisionRun, FilterOutput
from mesure.evaluation.filter.two_state_filter import UNDECIDED, Flags
from mesure.evaluation.late_evidence import LateBatchResult, LateEvidenceHistory, ShownEpisodes
from mesure.evaluation.rules import Rules
from mesure.geo import fixes as fixes_
from mesure.geo.fixes import I64, Fixes
from mesure.instants import MAX_US, MIN_US, US_PER_DAY, US_PER_S


class OpenInterval(NamedTuple):
    """What was under way at a checkpoint in a window of a condition that the checkpoint divides."""

    status: Status
    start_us: int  # When this status began.
    episode: Episode | None  # The last one of the window, over or not, without its fix.


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where everything stood at an instant, after the first fix, before which nothing changes."""

    since_us: int
    known_us: I64  # Of each fix before the checkpoint that is still in hand: when it was known.
    mark: EvidenceState
    runs: tuple[DecisionRun, ...]  # By lane: the run that was under way.
    passages: Mapping[str, OpenInterval]  # By condition.

    @property
    def first(self) -> int:
        """Return the number of the first fix after the checkpoint."""
        return len(self.known_us)


@dataclass(frozen=True, slots=True)
class IncrementalState:
    """All that is kept of a person under an order to go on judging."""

    fixes: Fixes = field(default_factory=fixes_.none)
    cut: Checkpoint | None = None  # None: nothing is settled yet.
    delivered: tuple[LateBatchResult, ...] = ()  # Late deliveries that something may still touch.
    shown: tuple[Episode, ...] = ()  # What was seen of episodes that the checkpoint divides.
    handed_us: int = MIN_US  # Deliveries up to here were handed out as superseding.


@dataclass(frozen=True, slots=True)
class IncrementalResult:
    """What is said at a moment of looking, from the checkpoint on."""

    since_us: int  # Assessments that begin here or later are replaced by these.
    statement: Statement
    assessments: tuple[Assessment, ...]
    superseded: tuple[
        SupersededAssessment, ...
    ]  # By deliveries that are complete since the last look.
    known_us: I64  # When each fix in hand, and all before it, was known.
    end: EvidenceState  # Where the lanes stand after the last fix.


def advance(
    rules: Rules, live: IncrementalState, fixes: Fixes, until_us: int
) -> tuple[IncrementalState, IncrementalResult]:
    """Add fixes, none of them from before the checkpoint, and say what holds at `until_us`."""
    known = fixes_.merge(live.fixes, fixes)
    pace = sampling.measure(known, rules.policy)
    is_late = late_evidence.late(rules, known)
    known_us = _known_us(live.cut, known, is_late)
    outputs, ran, end = _listen(rules, live.cut, known, known_us, pace)
    steps = possible_crossings.leaps(known, pace, rules.policy)
    span_us = _begin_us(rules, live.cut, known), until_us
    heard_from = None if live.cut is None else live.cut.first
    judgement = conclude(rules, outputs, ran, steps, span_us, heard_from=heard_from)

    anew_us = int(fixes.received_us.min(initial=MAX_US))
    delivered, shown_episodes = _deliver(rules, live, known, is_late, anew_us)
    past = LateEvidenceHistory(
        tuple(one for delivery in delivered for one in delivery.superseded),
        tuple(one for delivery in delivered for one in delivery.withdrawn),
        tuple(shown_episodes.found.values()),
    )
    episodes = episodes_.episodes(rules, judgement, known, _begun(live.cut))
    opened = tuple(late_evidence.date_opening(episode, shown_episodes.near) for episode in episodes)
    statement = Statement(rules, judgement, known, past, opened)
    handed = [one for one in delivered if _is_handed(rules, one, live.handed_us, anew_us, until_us)]
    view = IncrementalResult(
        rules.start_us if live.cut is None else live.cut.since_us,
        statement,
        tuple(_assessments(live.cut, judgement.slots)),
        tuple(one for delivery in handed for one in delivery.superseded),
        known_us,
        end,
    )
    return IncrementalState(known, live.cut, delivered, live.shown, until_us), view


def _begin_us(rules: Rules, cut: Checkpoint | None, known: Fixes) -> int:
    """Return from when on something is said: the checkpoint, or else the first fix."""
    if cut is not None:
        return max(rules.start_us, cut.since_us)
    return max(rules.start_us, int(known.observed_us[0])) if len(known) else rules.start_us


def _begun(cut: Checkpoint | None) -> dict[str, Episode]:
    passages = {} if cut is None else cut.passages
    return {name: one.episode for name, one in passages.items() if one.episode is not None}


def reheard_us(rules: Rules, cut: Checkpoint) -> int:
    """Return since when fixes are read to judge late deliveries again, received after a checkpoint.

    A late fix was no older at its receipt than the policy takes.
    """
    back_us = round(rules.policy.stale_s * US_PER_S) + late_evidence.bucket_us(rules.policy)
    earliest_us = late_evidence.over_us(rules.policy, cut.since_us) - back_us
    return earliest_us - US_PER_DAY - memory_us(rules.policy)


def reevaluate_late(rules: Rules, live: IncrementalState, before: Fixes) -> IncrementalState:
    """Return the same with its late deliveries judged by other rules than those they came under.

    An absence that is revoked, or an order that is varied, binds from then on as if it always had.
    What each delivery showed, and when, is worked out anew, also of those that showed nothing under
    the other rules and so were let go. `before` is what is still held of what was taken since
    `reheard_us` and before the first fix in hand. What a delivery superseded and refuted stays as
    it was where it reaches behind the checkpoint: it cannot be explained from the fixes in hand.
    """
    cut_us = MIN_US if live.cut is None else live.cut.since_us
    received_us = late_evidence.over_us(rules.policy, cut_us)
    known, width_us = fixes_.merge(before, live.fixes), late_evidence.bucket_us(rules.policy)
    anew = late_evidence.late_batches(
        known, late_evidence.late(rules, known), width_us, received_us
    )
    stay = {one.delivery.last_receipt_us // width_us: one for one in live.delivered}
    delivered = dict(stay)
    shown_episodes = ShownEpisodes(live.shown)
    for delivery in anew:
        number = delivery.last_receipt_us // width_us
        judged = late_evidence.apply_late_batch(rules, known, delivery, shown_episodes)
        if late_evidence.since_us(delivery) < cut_us:
            earlier = stay.get(number, LateBatchResult(delivery, (), (), ()))
            judged = earlier._replace(delivery=delivery, shown=judged.shown)
        delivered[number] = judged
    return replace(live, delivered=tuple(delivered[number] for number in sorted(delivered)))


# --- What the lanes say --------------------------------------------------------------------------


def _listen(
    rules: Rules, cut: Checkpoint | None, known: Fixes, known_us: I64, pace: FixSampling
) -> tuple[list[FilterOutput], list[list[DecisionRun]], EvidenceState]:
    """Return what each lane said after each fix since the checkpoint, its runs, and the end."""
    first, mark, before = resume_point(rules, cut)
    columns, end = likelihoods.run_filter(rules, known, pace, mark, slice(first, len(known)))
    silence_us = round(rules.policy.silence_s * US_PER_S)
    outputs = [
        FilterOutput(
            known.observed_us,
            known_us,
            np.concatenate([known.observed_us[:first], seen_us]),
            np.concatenate([np.full(first, UNDECIDED, np.int8), decided]),
            np.concatenate([np.zeros(first), odds]),
            changes,
        )
        for seen_us, decided, odds, changes in zip(*columns, strict=True)
    ]
    ran = [
        status_intervals.runs(output, silence_us, first, run)
        for output, run in zip(outputs, before, strict=True)
    ]
    return outputs, ran, end


def resume_point(
    rules: Rules, cut: Checkpoint | None
) -> tuple[int, EvidenceState, tuple[DecisionRun | None, ...]]:
    """Return which fix is heard first, where the lanes stand before it, and what is under way."""
    if cut is None:
        return 0, likelihoods.begin(rules), (None,) * len(rules.boundaries)
    return cut.first, cut.mark, cut.runs


def _known_us(cut: Checkpoint | None, known: Fixes, is_late: Flags) -> I64:
    """Return when each fix, and all before it, had been received, but for those that came late."""
    receipts_us = np.where(is_late, MIN_US, known.received_us)
    if cut is None:
        return np.maximum.accumulate(receipts_us)
    receipts_us[: cut.first] = cut.known_us
    return np.maximum.accumulate(receipts_us)


# --- Late deliveries -----------------------------------------------------------------------------


def _deliver(
    rules: Rules, live: IncrementalState, known: Fixes, is_late: Flags, anew_us: int
) -> tuple[tuple[LateBatchResult, ...], ShownEpisodes]:
    """Return what the late deliveries came to, anew those received at or after an instant.

    What a delivery changed hangs on nothing that was received after it.
    """
    width_us = late_evidence.bucket_us(rules.policy)
    stay = [
        outcome
        for outcome in live.delivered
        if outcome.delivery.last_receipt_us // width_us < anew_us // width_us
    ]
    shown_episodes = ShownEpisodes(live.shown)
    for outcome in stay:
        shown_episodes.see(outcome.shown)
    new = [
        late_evidence.apply_late_batch(rules, known, delivery, shown_episodes)
        for delivery in late_evidence.late_batches(known, is_late, width_us, anew_us)
    ]
    return (*stay, *new), shown_episodes


def _is_handed(
    rules: Rules, outcome: LateBatchResult, handed_us: int, anew_us: int, until_us: int
) -> bool:
    """Return whether a delivery is complete, and was not at the last look or was not the same."""
    width_us = late_evidence.bucket_us(rules.policy)
    end_us = late_evidence.complete_us(rules.policy, outcome.delivery.last_receipt_us)
    is_anew = outcome.delivery.last_receipt_us // width_us >= anew_us // width_us
    return end_us <= until_us and (end_us > handed_us or is_anew)


# --- What is said --------------------------------------------------------------------------------


def _assessments(cut: Checkpoint | None, slots: tuple[WindowStatus, ...]) -> Iterator[Assessment]:
    """Yield one assessment for each stretch of equal status; a divided one from its beginning."""
    passages = {} if cut is None else dict(cut.passages)
    for slot in slots:
        for start_us, end_us, status in pieces(cut, slot, passages.pop(slot.condition, None)):
            yield Assessment(slot.condition, status, to_span(start_us, end_us))


def pieces(
    cut: Checkpoint | None, slot: WindowStatus, passage: OpenInterval | None
) -> list[tuple[int, int, Status]]:
    """Return a window's stretches of equal status, with what was under way at the checkpoint."""
    intervals = [(one.start_us, one.end_us, one.status) for one in join_equal(slot.intervals)]
    if cut is None or passage is None:
        return intervals
    if intervals[0][2] is passage.status:
        return [(passage.start_us, *intervals[0][1:]), *intervals[1:]]
    return [(passage.start_us, cut.since_us, passage.status), *intervals]
