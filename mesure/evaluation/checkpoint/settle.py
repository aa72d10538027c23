"""Settling: where a checkpoint may be taken, and which fixes are kept behind it.

A fix is used only if it is no older at its receipt than the policy takes, and what it shows reaches
back no farther than a day, or the policy's limit. So whatever lies before that is settled. A slot
that is judged as a whole is never divided.
Decision: docs/decisions/0029-what-is-settled-is-judged-once.md
"""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from hashlib import sha256
from typing import Final

import numpy as np

from mesure.evaluation import episodes as episodes_
from mesure.evaluation import late_evidence
from mesure.evaluation.checkpoint import codec
from mesure.evaluation.episodes import SILENT, Episode, EpisodeIndex
from mesure.evaluation.evidence import likelihoods, masts, path, rest, sampling
from mesure.evaluation.evidence.likelihoods import EvidenceState
from mesure.evaluation.filter import status_intervals
from mesure.evaluation.filter.status_intervals import DecisionRun, FilterOutput
from mesure.evaluation.judgement import ResumePoint, WindowStatus, hold_limits, memory_us, reach_us
from mesure.evaluation.late_evidence import LateBatchResult, ShownEpisodes
from mesure.evaluation.pipeline import Checkpoint, Evaluation, EvaluationState, OpenInterval, pieces
from mesure.evaluation.rules import Rules
from mesure.geo.fixes import I64, Fixes
from mesure.instants import US_PER_S

MARGIN_US: Final = 3_600 * US_PER_S
"""A receipt may be kept a little after the tick that follows it, and clocks are set."""

STEP_US: Final = 6 * 3_600 * US_PER_S
"""A checkpoint costs a hearing of some days: it is made when there is as much as this to settle."""


def stable_until_us(rules: Rules, until_us: int) -> int:
    """Return when settled time ends: nothing before it changes, whatever comes after the look."""
    return whole(rules, until_us - _back_us(rules) - MARGIN_US)


def reaches_behind_cut(rules: Rules, live: EvaluationState, received_us: int) -> bool:
    """Return whether what is received then may change what a clock that was ahead settled."""
    cut = live.checkpoint
    return cut is not None and received_us < cut.since_us + _back_us(rules)


def _back_us(rules: Rules) -> int:
    """Return how far back what comes now can change anything."""
    return round(rules.policy.stale_s * US_PER_S) + reach_us(rules.policy)


def whole(rules: Rules, instant_us: int) -> int:
    """Return the latest instant, up to this one, that divides no slot."""
    while True:
        starts_us = [
            window[0].start_us
            for condition in rules.conditions
            for window in condition.between(instant_us, instant_us + 1)
            if window[0].duty.timetable.slots and window[0].start_us < instant_us
        ]
        if not starts_us:
            return instant_us
        instant_us = min(starts_us)


def settle(rules: Rules, view: Evaluation) -> EvaluationState:
    """Return the state with a later cut, when there is enough to settle."""
    live = view.state
    since_us = stable_until_us(rules, view.statement.judgement.until_us)
    if live.begin_us is None or since_us < live.begin_us + STEP_US:
        return live
    return cut(rules, view, since_us, memory_us(rules.policy))


FIXES_BEHIND: Final = 3
"""A step has two ends, and a path a third, however long ago they were, of fixes that are heard."""


def cut(rules: Rules, view: Evaluation, since_us: int, behind_us: int) -> EvaluationState:
    """Return the state, cut at an instant that divides no slot, after the first fix.

    Of the fixes before the checkpoint, those of the last `behind_us` are kept.
    """
    live, judgement = view.state, view.statement.judgement
    point = live.point(rules)
    end_row = int(np.searchsorted(live.fixes.observed_us, since_us))
    before = rest.separate(live.fixes.rows(slice(0, end_row)), rules.policy)
    fixes = judgement.resting.fixes
    end = len(before.fixes)
    begin = int(np.searchsorted(before.fixes.observed_us, since_us - behind_us))
    dropped = masts.first_behind(before.fixes, begin, FIXES_BEHIND, rules.policy)
    # With a fix, all that was said after it of the device lying still is kept.
    dropped_rows = int(before.numbers[dropped])
    pace = sampling.measure(fixes, rules.policy)
    rows = slice(point.first, end)
    _, mark = likelihoods.run_filter(rules, fixes, pace, point.evidence, rows)
    passages = dict(_passages(rules, view, since_us))
    runs = [
        _last_run(rules, output.until(end), before.rest_until_us, point.first, run)
        for output, run in zip(judgement.said, point.runs, strict=True)
    ]
    delivered, shown = _still_shown(rules, view, passages.values(), since_us)
    after = Checkpoint(
        since_us,
        view.known_us[dropped_rows:end_row],
        ResumePoint(
            end - dropped,
            EvidenceState(
                mark.lanes, tuple(path.less(memory, dropped) for memory in mark.memories)
            ),
            tuple(_renumbered(run, dropped) for run in runs),
        ),
        passages,
    )
    return EvaluationState(_kept(live.fixes, dropped_rows), after, delivered, shown, live.handed_us)


def _kept(fixes: Fixes, dropped: int) -> Fixes:
    """Return the fixes from a number on, without holding on to the others."""
    part = fixes.rows(slice(dropped, None))
    return Fixes(*(getattr(part, column.name).copy() for column in fields(part)))


def _last_run(
    rules: Rules, output: FilterOutput, rest_until_us: I64, first: int, before: DecisionRun | None
) -> DecisionRun:
    """Return the run that is under way after some fixes, by the rest claims before the cut."""
    output = output._replace(rest_until_us=rest_until_us)
    return status_intervals.runs(output, hold_limits(rules.policy), first, before)[-1]


def _renumbered(run: DecisionRun, dropped: int) -> DecisionRun:
    """Return a run with its fix numbered among those in hand; an older one is as old as the first.

    That keeps its order among the fixes, which is all that is asked of it.
    """
    return run._replace(begun=run.begun._replace(fix=max(0, run.begun.fix - dropped)))


# --- What is under way ---------------------------------------------------------------------------


def _passages(rules: Rules, view: Evaluation, since_us: int) -> Iterator[tuple[str, OpenInterval]]:
    """Yield what is under way at a new cut, by condition."""
    cut_before = view.state.checkpoint
    before = {} if cut_before is None else dict(cut_before.open_intervals)
    for slot in view.statement.judgement.slots:
        passage = before.pop(slot.condition, None)
        if slot.window[0].start_us < since_us < slot.end_us:
            intervals = [one for one in slot.intervals if one.start_us < since_us]
            intervals[-1] = intervals[-1]._replace(end_us=min(intervals[-1].end_us, since_us))
            part = WindowStatus(slot.condition, slot.window, tuple(intervals))
            start_us, _, status = pieces(cut_before, part, passage)[-1]
            last = None if passage is None else passage.episode
            episodes = list(episodes_.of_place(rules, intervals, part, since_us, last))
            episode = episodes[-1]._replace(fix=0) if episodes else None
            yield slot.condition, OpenInterval(status, start_us, episode)


def _still_shown(
    rules: Rules, view: Evaluation, passages: Iterable[OpenInterval], since_us: int
) -> tuple[tuple[LateBatchResult, ...], tuple[Episode, ...]]:
    """Return the deliveries that still matter, and what the others say of episodes under way.

    For such an episode it is enough to know when the first part of it was seen. One that ended is
    under way until nothing more is said of it, which is a little after. A delivery that is not
    complete yet has not handed out what it superseded.
    """
    live, over_us = view.state, late_evidence.over_us(rules.policy, since_us)
    over = [
        outcome
        for outcome in live.deliveries
        if late_evidence.complete_us(rules.policy, outcome.delivery.last_receipt_us)
        <= live.handed_us
        and all(episode.shown_us[1] < over_us for episode in outcome.shown)
    ]
    shown_episodes = ShownEpisodes(live.shown)
    for outcome in over:
        shown_episodes.see(outcome.shown)
    near = EpisodeIndex(shown_episodes.found.values())
    under_way = [one.episode for one in passages if one.episode is not None]
    under_way += [
        episode
        for episode in view.statement.episodes
        if episode.breach == SILENT
        and episode.shown_us[0] < since_us
        and over_us <= episode.shown_us[1]
    ]
    shown = []
    for episode in under_way:
        opened_us = [one.opened_us for one in near.find_touching(episode)]
        if opened_us:
            span_us = (episode.shown_us[0], min(episode.shown_us[1], since_us))
            shown.append(episode._replace(shown_us=span_us, opened_us=min(opened_us)))
    return tuple(one for one in live.deliveries if one not in over), tuple(shown)


def fingerprint(rules: Rules, since_us: int) -> str:
    """Return what stands for everything that bound before a checkpoint.

    Under rules with the same one a judge can go on from the checkpoint, whatever binds after it.
    """
    names = codec.lane_names(rules)
    digest = sha256(rules.policy.version.encode())
    duties: dict[int, str] = {}
    for condition in rules.conditions:
        for window in condition.windows:
            for stretch in window:
                if stretch.start_us < since_us:
                    duty = duties.setdefault(id(stretch.duty), repr(stretch.duty))
                    ends_us = (
                        min(end_us, since_us) for end_us in (stretch.end_us, stretch.slot_us[1])
                    )
                    edges = stretch.start_us, stretch.slot_us[0], *ends_us
                    digest.update(repr((condition.id, edges, duty, names[stretch.lane])).encode())
    return digest.hexdigest()
