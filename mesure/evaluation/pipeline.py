"""Pipeline: the one evaluator. More fixes and a later moment in, statements out.

A replay, a bundle that is checked and the laboratory start from the empty state and judge a whole
record in one call. The service goes on from a *checkpoint*, before which nothing changes any more:
it keeps the state of the filter of every boundary at an instant and what was under way there, and
only as many earlier fixes as the judge remembers.

Invariant: what is said from the checkpoint on is what is said of the whole record, to the bit, and
what was said before it stays. It holds for fixes that are no older than the policy takes at their
receipt, in any batches, ticks and order: what is said at a moment depends on the fixes received by
then and on nothing else.
Decision: docs/decisions/0029-what-is-settled-is-judged-once.md
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from mesure.evaluation import episodes as episodes_
from mesure.evaluation import fix_requests, late_evidence
from mesure.evaluation import judgement as judgement_
from mesure.evaluation.assessment import Assessment, Status, SupersededAssessment
from mesure.evaluation.episodes import Episode
from mesure.evaluation.filter.two_state_filter import Flags
from mesure.evaluation.fix_requests import FixRequest
from mesure.evaluation.judgement import (
    HeardEvidence,
    Judgement,
    ResumePoint,
    WindowStatus,
    join_equal,
    to_span,
)
from mesure.evaluation.late_evidence import LateBatchResult, LateDeliveries, LateEvidenceHistory
from mesure.evaluation.rules import Rules
from mesure.geo import fixes as fixes_
from mesure.geo.fixes import I64, Fixes
from mesure.instants import MAX_US, MIN_US

DELIVERIES_MAX: Final = 1 << 62
"""This many late deliveries never come: each is judged by itself."""


class OpenInterval(NamedTuple):
    """What was under way at a checkpoint in a window of a condition that the checkpoint divides."""

    status: Status
    start_us: int  # When this status began.
    episode: Episode | None  # The last one of the window, over or not, without its fix.


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """State of everything at an instant, after the first fix, before which nothing changes."""

    since_us: int
    known_us: I64  # Of each row before the checkpoint that is still in hand: when it was known.
    point: ResumePoint
    open_intervals: Mapping[str, OpenInterval]  # By condition.


HEARD_ROWS_MAX: Final = 2_000
"""This many rows at all boundaries together are kept as they were heard: some 60 KB of a person."""


class HeardRecord(NamedTuple):
    """What the rows in hand say whenever one looks, until another comes."""

    rules: Rules  # By which they were heard.
    known_us: I64  # When each row in hand, and all before it, was known.
    evidence: HeardEvidence
    deliveries: LateDeliveries


@dataclass(frozen=True, slots=True)
class EvaluationState:
    """All that is kept of a person under an order to go on judging; at first, nothing."""

    fixes: Fixes = field(default_factory=fixes_.none)  # And rest claims.
    checkpoint: Checkpoint | None = None  # None: nothing is settled yet.
    deliveries: tuple[LateBatchResult, ...] = ()  # Late deliveries that something may still touch.
    shown: tuple[Episode, ...] = ()  # What was seen of episodes that the checkpoint divides.
    handed_us: int = MIN_US  # Deliveries up to here were handed out as superseding.
    # Worked out from all the others, and never kept: None is as good, and slower.
    heard: HeardRecord | None = field(default=None, compare=False, repr=False)

    @property
    def new_rows(self) -> int:
        """Return how many rows were judged since the checkpoint."""
        return len(self.fixes) - (0 if self.checkpoint is None else len(self.checkpoint.known_us))

    @property
    def begin_us(self) -> int | None:
        """Return when what can be settled begins: the checkpoint, or the first fix, if any."""
        if self.checkpoint is not None:
            return self.checkpoint.since_us
        numbers = self.fixes.positions
        return int(self.fixes.observed_us[numbers[0]]) if len(numbers) else None

    def point(self, rules: Rules) -> ResumePoint:
        """Return where the filters go on."""
        return judgement_.begin(rules) if self.checkpoint is None else self.checkpoint.point


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything the software says at one moment of looking."""

    rules: Rules
    judgement: Judgement
    rows: Fixes  # All that was judged, rest claims too.
    history: LateEvidenceHistory
    episodes: tuple[Episode, ...]

    @property
    def fixes(self) -> Fixes:
        """Return the fixes that were judged; what is said speaks of them by number."""
        return self.judgement.resting.fixes

    @property
    def assessments(self) -> tuple[Assessment, ...]:
        """Return one assessment for each stretch of equal status."""
        return self.judgement.assessments()

    @property
    def superseded(self) -> tuple[SupersededAssessment, ...]:
        """Return what applied until late evidence replaced it."""
        return self.history.superseded

    @property
    def ask_for_fixes(self) -> tuple[FixRequest, ...]:
        """Return when a live device was to be asked for a burst of fixes, and for how long."""
        return fix_requests.asks(self.rules, self.judgement, self.fixes)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What is said at a moment of looking, from the checkpoint on, and what is kept to go on."""

    state: EvaluationState
    since_us: int  # Assessments that begin here or later are replaced by these.
    statement: Statement
    assessments: tuple[Assessment, ...]  # One that the checkpoint divides, from its beginning.
    superseded: tuple[SupersededAssessment, ...]  # By deliveries complete since the last look.
    known_us: I64  # When each row in hand, and all before it, was known.


def evaluate(
    rules: Rules,
    state: EvaluationState,
    fixes: Fixes,
    until_us: int,
    *,
    deliveries_max: int = DELIVERIES_MAX,
) -> Evaluation:
    """Add fixes, none of them from before the checkpoint, and say what holds at `until_us`.

    Where more late deliveries than `deliveries_max` came at once, they are gathered.
    """
    # Believed and placed before: `fixes` are the columns of one person, and `rules` what binds.
    if len(fixes) or state.heard is None or state.heard.rules is not rules:
        known = fixes_.merge(state.fixes, fixes)
        record = _hear(rules, state, known, fixes, deliveries_max)
    else:  # Time alone has passed.
        known, record = state.fixes, state.heard
    deliveries = record.deliveries

    # Intervals of status, windows.
    since_us = None if state.checkpoint is None else state.checkpoint.since_us
    span_us = judgement_.begin_us(rules, known, since_us), until_us
    judgement = judgement_.judge_heard(rules, record.evidence, span_us)

    # Possible breaches, dated by when an officer could first see them.
    episodes = episodes_.episodes(rules, judgement, _begun(state.checkpoint))
    seen = deliveries.shown_episodes.near
    opened = tuple(late_evidence.date_opening(episode, seen) for episode in episodes)

    statement = Statement(rules, judgement, known, deliveries.history(), opened)
    again = _for_next_look(rules, record)
    after = EvaluationState(
        known, state.checkpoint, deliveries.results, state.shown, until_us, again
    )
    return Evaluation(
        after,
        rules.start_us if since_us is None else since_us,
        statement,
        tuple(_assessments(state.checkpoint, judgement.slots)),
        deliveries.new_superseded(rules.policy, state.handed_us, until_us),
        record.known_us,
    )


def _hear(
    rules: Rules, state: EvaluationState, known: Fixes, fixes: Fixes, deliveries_max: int
) -> HeardRecord:
    """Return what all rows say, those of `fixes` for the first time."""
    is_late = late_evidence.late(rules, known)
    known_us = _known_us(state.checkpoint, known, is_late)
    # Evidence of each fix, a filter for each boundary.
    evidence = judgement_.hear(state.point(rules), rules, known, known_us)
    # What late evidence replaced, delivery by delivery.
    anew_us = int(fixes.received_us.min(initial=MAX_US))
    before = state.deliveries, state.shown
    deliveries = late_evidence.deliver(rules, before, known, is_late, anew_us, deliveries_max)
    return HeardRecord(rules, known_us, evidence, deliveries)


def _for_next_look(rules: Rules, record: HeardRecord) -> HeardRecord | None:
    """Return what was received for the next look, at which no delivery is new; None: too much."""
    if len(record.known_us) * len(rules.boundaries) > HEARD_ROWS_MAX:
        return None
    deliveries = record.deliveries
    return record._replace(deliveries=deliveries._replace(anew=len(deliveries.results)))


def replay(rules: Rules, fixes: Fixes, until_us: int) -> Statement:
    """Judge a whole record at `until_us`; of many late deliveries, the work is bounded."""
    most = round(rules.policy.deliveries_per_record_max)
    return evaluate(rules, EvaluationState(), fixes, until_us, deliveries_max=most).statement


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


def _known_us(cut: Checkpoint | None, known: Fixes, is_late: Flags) -> I64:
    """Return when each row, and all before it, had been received, but for those that came late."""
    receipts_us = np.where(is_late, MIN_US, known.received_us)
    if cut is not None:
        receipts_us[: len(cut.known_us)] = cut.known_us
    return np.maximum.accumulate(receipts_us)


def _begun(cut: Checkpoint | None) -> dict[str, Episode]:
    passages = {} if cut is None else cut.open_intervals
    return {name: one.episode for name, one in passages.items() if one.episode is not None}


def _assessments(cut: Checkpoint | None, slots: tuple[WindowStatus, ...]) -> Iterator[Assessment]:
    """Yield one assessment for each stretch of equal status; a divided one from its beginning."""
    passages = {} if cut is None else dict(cut.open_intervals)
    for slot in slots:
        for start_us, end_us, status in pieces(cut, slot, passages.pop(slot.condition, None)):
            yield Assessment(slot.condition, status, to_span(start_us, end_us))
