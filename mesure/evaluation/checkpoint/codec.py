"""Checkpoint codec: a person's evaluation state as bytes, a few kilobytes, the fixes apart.

The state of a boundary's filter is stored under the name of the boundary, and what belongs to a
window under its beginning, so that bytes packed under one order's rules are read under those of a
later day. Where a boundary is watched now that was not watched then, nothing can be read, and the
record is judged anew.
"""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

import numpy as np

from mesure.evaluation.assessment import Assessment, Status, SupersededAssessment
from mesure.evaluation.episodes import Episode
from mesure.evaluation.evidence import rest
from mesure.evaluation.evidence.likelihoods import EvidenceState
from mesure.evaluation.evidence.path import NOWHERE, PathMemory
from mesure.evaluation.filter.status_intervals import DecisionRun, StatusInterval
from mesure.evaluation.filter.two_state_filter import FilterState
from mesure.evaluation.judgement import ResumePoint, to_span
from mesure.evaluation.late_evidence import (
    LateBatch,
    LateBatchResult,
    WithdrawnEpisode,
    complete_us,
)
from mesure.evaluation.pipeline import Checkpoint, EvaluationState, OpenInterval
from mesure.evaluation.rules import RuleInterval, Rules
from mesure.geo.fixes import I64, Fixes
from mesure.instants import US_PER_S, to_datetime, to_us

LAYOUT: Final = "mesure live 3"


class UnreadableCheckpointError(Exception):
    """The bytes were packed by another version, or under an order that watched something else."""


def pack(rules: Rules, live: EvaluationState) -> bytes:
    """Return what is kept, but for the fixes."""
    content = [
        LAYOUT,
        None if live.checkpoint is None else _cut(rules, live.checkpoint, live.fixes),
        [_delivered(rules, one, live.handed_us) for one in live.deliveries],
        [_episode(one) for one in live.shown],
        live.handed_us,
    ]
    return json.dumps(content, separators=(",", ":")).encode()


def unpack(rules: Rules, data: bytes, fixes: Fixes) -> EvaluationState:
    """Return what was packed, with the fixes that were in hand; there may be more older ones.

    Raises `UnreadableCheckpointError` where the judge cannot go on from it.
    """
    try:
        layout, cut, delivered, shown, handed_us = json.loads(data)
    except ValueError:
        raise UnreadableCheckpointError from None
    if layout != LAYOUT:
        raise UnreadableCheckpointError
    stretches = _Stretches(rules)
    return EvaluationState(
        fixes,
        None if cut is None else _of_cut(rules, stretches, cut, fixes),
        tuple(_of_delivered(stretches, one) for one in delivered),
        tuple(stretches.episode(one) for one in shown),
        handed_us,
    )


# --- The fixes -----------------------------------------------------------------------------------


def pack_fixes(fixes: Fixes) -> bytes:
    """Return fixes as bytes, to the bit: to read them is quicker than to read every message."""
    columns = [np.diff(fixes.observed_us, prepend=0), fixes.received_us - fixes.observed_us]
    columns += [getattr(fixes, name) for name in Fixes.__slots__[2:]]
    return b"".join(column.tobytes() for column in columns)


def unpack_fixes(data: bytes) -> Fixes:
    """Return the fixes that were packed."""
    rows = len(data) // sum(kind.itemsize for kind in _KINDS)
    columns: list[Any] = []
    at = 0
    for kind in _KINDS:
        columns.append(np.frombuffer(data, kind, rows, at))
        at += rows * kind.itemsize
    observed_us = np.add.accumulate(columns[0])
    return Fixes(observed_us, observed_us + columns[1], *columns[2:])


_WHOLE, _REAL, _FLAG = np.dtype("<i8"), np.dtype("<f8"), np.dtype("i1")
_KINDS: Final = (
    _WHOLE, _WHOLE, _REAL, _REAL, _REAL, _REAL, _FLAG, _FLAG, _FLAG, _WHOLE, _WHOLE,
)  # fmt: skip


def lane_names(rules: Rules) -> tuple[str, ...]:
    """Return a name for each boundary that says what it is, whatever its number."""
    return tuple(sha256(repr(key).encode()).hexdigest()[:32] for key in rules.lane_keys)


# --- The checkpoint -------------------------------------------------------------------------------


def _cut(rules: Rules, cut: Checkpoint, fixes: Fixes) -> list[Any]:
    """Return a checkpoint, which has a fix before it; fixes are counted back from there."""
    first = cut.point.first
    lanes = {
        name: [
            *(column[lane].item() for column in cut.point.evidence.lanes),
            _memory(cut.point.evidence.memories[lane], first),
            _run(cut.point.runs[lane], first),
        ]
        for lane, name in enumerate(lane_names(rules))
    }
    passages = {
        name: [
            passage.status.value,
            passage.start_us,
            passage.episode and _episode(passage.episode),
        ]
        for name, passage in cut.open_intervals.items()
    }
    silence_us = round(rules.policy.silence_s * US_PER_S)
    resting = rest.separate(fixes.rows(slice(0, len(cut.known_us))), rules.policy)
    recent = int(np.searchsorted(resting.rest_until_us, cut.since_us - silence_us))
    known_us = cut.known_us[resting.numbers[min(recent, first - 1)] :].tolist()
    return [cut.since_us, known_us, lanes, passages]


def _memory(memory: PathMemory, first: int) -> list[Any]:
    back = [None if number == NOWHERE else first - number for number in (memory.right, memory.near)]
    return [*back, *memory[2:-1], memory.jumps_us.tolist()]


def _run(run: DecisionRun | None, first: int) -> list[Any]:
    assert run is not None, "a checkpoint lies behind a fix"
    begun = run.begun
    return [begun.start_us, begun.status.value, begun.known_us, begun.onset_us, first - begun.fix,
            run.hold_us, run.can_rest]  # fmt: skip


def _of_cut(rules: Rules, stretches: "_Stretches", item: list[Any], fixes: Fixes) -> Checkpoint:
    since_us, known_us, lanes, passages = item
    rows = int(np.searchsorted(fixes.observed_us, since_us))
    first = int(np.searchsorted(fixes.positions, rows))
    try:
        lane_rows = [lanes[name] for name in lane_names(rules)]
    except KeyError:
        raise UnreadableCheckpointError from None
    if not first or rows < len(known_us):
        raise UnreadableCheckpointError
    return Checkpoint(
        since_us,
        _known(known_us, rows),
        ResumePoint(
            first,
            EvidenceState(_lanes(lane_rows), tuple(_of_memory(one[5], first) for one in lane_rows)),
            tuple(_of_run(one[6], first) for one in lane_rows),
        ),
        {
            name: OpenInterval(Status(status), start_us, episode and stretches.episode(episode))
            for name, (status, start_us, episode) in passages.items()
        },
    )


def _known(recent_us: Sequence[int], rows: int) -> I64:
    """Return when each row was known; for those that nothing asks for any more, when the next was.

    It never goes back.
    """
    known_us = np.full(rows, recent_us[0])
    known_us[rows - len(recent_us) :] = recent_us
    return known_us


def _lanes(lane_rows: Sequence[Sequence[Any]]) -> FilterState:
    kinds = (np.float64, np.int8, np.float64, np.int64, np.float64)
    return FilterState(
        *(np.array([one[at] for one in lane_rows], kind) for at, kind in enumerate(kinds))
    )


def _of_memory(item: list[Any], first: int) -> PathMemory:
    right, near, *rest = item
    jumps_us = np.array(rest.pop(), np.int64)
    return PathMemory._make([_number(right, first), _number(near, first), *rest, jumps_us])


def _number(back: int | None, first: int) -> int:
    return NOWHERE if back is None else max(first - back, NOWHERE)


def _of_run(item: list[Any], first: int) -> DecisionRun:
    start_us, status, known_us, onset_us, back, hold_us, can_rest = item
    fix = max(0, first - back)
    return DecisionRun(
        StatusInterval(start_us, start_us, Status(status), known_us, onset_us, fix),
        hold_us,
        can_rest,
    )


# --- Episodes ------------------------------------------------------------------------------------


def _episode(episode: Episode) -> list[Any]:
    """Return an episode; its fix is not among what is asked of it later."""
    begun_us, window_us = episode.stretch.start_us, list(episode.window_us)
    times_us = episode.start_us, episode.end_us, episode.opened_us, episode.onset_us
    shown_us = list(episode.shown_us)
    return [episode.condition, episode.breach, begun_us, window_us, *times_us, shown_us]


class _Stretches:
    """The stretches of the rules, by condition and beginning."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def find(self, condition: str, start_us: int) -> RuleInterval:
        """Return the stretch of a condition that begins, or holds, at an instant."""
        for judged_condition in self._rules.conditions:
            if judged_condition.id == condition:
                for window in judged_condition.between(start_us, start_us + 1):
                    return next(part for part in window if start_us < part.end_us)
        raise UnreadableCheckpointError

    def episode(self, item: list[Any]) -> Episode:
        """Return an episode that was packed."""
        condition, breach, at_us, window_us, start_us, end_us, opened_us, onset_us, shown_us = item
        stretch = self.find(condition, at_us)
        return Episode(condition, breach, stretch, tuple(window_us), start_us, end_us, opened_us,
                       onset_us, 0, tuple(shown_us))  # fmt: skip


def _delivered(rules: Rules, outcome: LateBatchResult, handed_us: int) -> list[Any]:
    """Return what a delivery came to; what it superseded only where it was not handed out yet."""
    end_us = complete_us(rules.policy, outcome.delivery.last_receipt_us)
    superseded = outcome.superseded if end_us > handed_us else ()
    return [
        list(outcome.delivery),
        [_superseded(each) for each in superseded],
        [[_episode(each.episode), each.at_us] for each in outcome.withdrawn],
        [_episode(each) for each in outcome.shown],
    ]


def _superseded(superseded: SupersededAssessment) -> list[Any]:
    span = superseded.assessment.span
    instants = (span.start, span.end, superseded.stood_from, superseded.stood_until)
    return [
        superseded.assessment.condition,
        superseded.assessment.status.value,
        *map(to_us, instants),
    ]


def _of_delivered(stretches: _Stretches, item: list[Any]) -> LateBatchResult:
    counts, superseded, withdrawn, shown = item
    delivery = LateBatch(*counts)
    return LateBatchResult(
        delivery,
        tuple(_of_superseded(*each) for each in superseded),
        tuple(
            WithdrawnEpisode(stretches.episode(each), at_us, delivery) for each, at_us in withdrawn
        ),
        tuple(stretches.episode(each) for each in shown),
    )


def _of_superseded(
    condition: str, status: str, start_us: int, end_us: int, from_us: int, until_us: int
) -> SupersededAssessment:
    assessment = Assessment(condition, Status(status), to_span(start_us, end_us))
    return SupersededAssessment(assessment, to_datetime(from_us), to_datetime(until_us))
