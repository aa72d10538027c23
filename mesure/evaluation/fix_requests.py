"""Fix requests: when a live device should be asked for a burst of fixes, instead of guessing.

Most of the time the judge is sure, and a report a minute, or one in five, is enough. Where it is in
doubt a few fixes more may end the doubt sooner than waiting does. So an *ask* is part of what is
said: for which condition, why, from when it could be known, and until when.

Three doubts ask. *The chance* of the wrong side lies between the thresholds of the policy. *A first
look* at the wrong side waits for its second: one fix whose whole confidence circle lies there. And
*a silence* has just become too long; it is asked about once, for a device that dozes may wake, and
one that is switched off hears nothing however often it is asked. A silence is no sign of
absence, and asking does not make it one.

Rare by default, dense only in doubt: an ask ends as soon as the doubt does, or with its burst; a
doubt that lasts is asked about again, a limited number of times an hour. Nothing is asked when no
condition binds, and nothing when the judge is sure, of presence or of absence.

Two clocks meet here. A doubt begins with a fix, in event time; it can be acted on only while that
fix is the latest received, which is a matter of receipts.
Decision: docs/decisions/0023-asking-instead-of-guessing.md
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np

from mesure.evaluation.filter import allowed_area
from mesure.evaluation.filter.status_intervals import FilterOutput
from mesure.evaluation.filter.two_state_filter import NOT_MET, Flags
from mesure.evaluation.judgement import Judgement, to_span
from mesure.evaluation.policy import Policy
from mesure.evaluation.rules import ConditionRules, RuleInterval, Rules
from mesure.geo import error_model
from mesure.geo.fixes import I64, Fixes
from mesure.instants import MAX_US, US_PER_S, to_datetime
from mesure.orders.values.span import Span

HOUR_US: Final = 3_600 * US_PER_S


class FixRequestReason(StrEnum):
    """Why a device is asked."""

    CHANCE = "chance"  # The chance of the wrong side lies between the thresholds.
    FIRST_LOOK = "first_look"  # One fix shows the wrong side; no incident rests on one alone.
    SILENCE = "silence"  # No fix for so long that the status is unknown.


@dataclass(frozen=True, slots=True)
class FixRequest:
    """Ask the device for a fix every `every_s`, from `asked_at` up to the end of the span."""

    condition: str
    because: FixRequestReason
    span: Span  # From the evidence that brought the doubt to when it ends, or the burst does.
    asked_at: datetime  # When it could be known.
    every_s: float


class _Heard(NamedTuple):
    """The fixes that were once the latest known, and from when until when; in order."""

    rows: I64
    from_us: I64
    until_us: I64
    is_last: Flags  # A silence follows.

    def part(self, which: slice | I64) -> "_Heard":
        """Return some of them."""
        rows, from_us, until_us, is_last = self
        return _Heard(rows[which], from_us[which], until_us[which], is_last[which])


class _Doubted(NamedTuple):
    """A doubt in one stretch: since which instant, and when it can be acted on."""

    because: FixRequestReason
    since_us: int
    from_us: int
    until_us: int
    row: int  # The fix that brought it, or the last before the silence.


def asks(rules: Rules, judgement: Judgement, fixes: Fixes) -> tuple[FixRequest, ...]:
    """Return every ask before the moment of looking, by condition and time.

    The last of a condition may end after that moment: then the device is being asked now.
    """
    if not len(fixes) or not judgement.said:
        return ()
    latest_spans = _heard(judgement.said[0], fixes, round(rules.policy.silence_s * US_PER_S))
    all_asks: list[FixRequest] = []
    for condition in rules.conditions:
        pieces = _pieces(rules, judgement, fixes, latest_spans, condition)
        all_asks += _limited(rules.policy, condition.id, _joined(pieces), judgement.until_us)
    return tuple(all_asks)


def _heard(output: FilterOutput, fixes: Fixes, silence_us: int) -> _Heard:
    """Return when each fix was the latest known: from its receipt until that of any later fix.

    A fix that came after a later one was never news of now, and is not among them. One from a clock
    that is ahead counts from its own time on.
    """
    known_us = np.maximum(output.known_us, fixes.received_us)
    from_us = np.maximum(known_us, fixes.observed_us)
    until_us = np.full(len(fixes), MAX_US)
    until_us[:-1] = np.minimum.accumulate(from_us[:0:-1])[::-1]
    rows = np.flatnonzero(from_us < until_us)
    is_last = until_us - fixes.observed_us > silence_us
    picked = _picked(rows)
    return _Heard(rows, from_us[picked], until_us[picked], is_last[picked])


# --- Doubts --------------------------------------------------------------------------------------


def _pieces(
    rules: Rules,
    judgement: Judgement,
    fixes: Fixes,
    latest_spans: _Heard,
    condition: ConditionRules,
) -> Iterator[_Doubted]:
    """Yield the doubts and silences of a condition in order of time, fix by fix."""
    for window in condition.between(int(latest_spans.from_us[0]), judgement.until_us):
        for stretch in window:
            end_us = min(stretch.end_us, judgement.until_us)
            first = np.searchsorted(latest_spans.until_us, stretch.start_us, side="right")
            last = np.searchsorted(latest_spans.from_us, end_us)
            if first >= last:
                continue
            part = latest_spans.part(slice(first, last))
            may = _may_leave_doubt(rules.policy, judgement.said[stretch.lane], part)
            if len(may):
                yield from _in_stretch(rules, judgement, fixes, part.part(may), stretch)


def _may_leave_doubt(policy: Policy, output: FilterOutput, latest_spans: _Heard) -> I64:
    """Return which fixes may leave a doubt, or a silence: few in years, and only they are asked."""
    picked = _picked(latest_spans.rows)
    may = output.odds[picked] >= _least_odds(policy)
    may |= output.seen_us[picked] < output.observed_us[picked]
    return np.flatnonzero(may | latest_spans.is_last)


def _least_odds(policy: Policy) -> float:
    return policy.p_ask_min / (1.0 - policy.p_ask_min)


def _in_stretch(
    rules: Rules, judgement: Judgement, fixes: Fixes, latest_spans: _Heard, stretch: RuleInterval
) -> Iterator[_Doubted]:
    """Yield a doubt for each fix that leaves one, up to the limit of silence, and what follows."""
    chance, look = _unsure(rules, judgement, fixes, latest_spans.rows, stretch.lane)
    observed_us = fixes.observed_us[latest_spans.rows]
    silent_us = observed_us + round(rules.policy.silence_s * US_PER_S)
    from_us = np.maximum(latest_spans.from_us, stretch.start_us)
    until_us = np.minimum(latest_spans.until_us, stretch.end_us)
    doubtful = (chance | look) & (from_us < silent_us)
    silent = np.maximum(from_us, silent_us) < np.minimum(until_us, judgement.until_us)
    for at in np.flatnonzero(doubtful | silent).tolist():
        row = int(latest_spans.rows[at])
        since_us = int(observed_us[at])
        limit_us = int(silent_us[at])
        start_us, end_us = int(from_us[at]), int(until_us[at])
        if doubtful[at]:
            because = FixRequestReason.CHANCE if chance[at] else FixRequestReason.FIRST_LOOK
            since_us = max(since_us, stretch.start_us)
            yield _Doubted(because, since_us, start_us, min(end_us, limit_us), row)
        if silent[at]:
            since_us = max(limit_us, stretch.start_us)
            yield _Doubted(FixRequestReason.SILENCE, since_us, max(start_us, limit_us), end_us, row)


def _unsure(
    rules: Rules, judgement: Judgement, fixes: Fixes, rows: I64, lane: int
) -> tuple[Flags, Flags]:
    """Return after which fixes the chance is between the thresholds, and which are a first look."""
    output = judgement.said[lane]
    unsure = output.decided[rows] != NOT_MET
    chance: Flags = unsure & (output.odds[rows] >= _least_odds(rules.policy))
    look = np.zeros(len(rows), np.bool_)
    # What speaks for the right side is no look at the wrong one; of the rest few are measured.
    may = np.flatnonzero(unsure & ~chance & (output.seen_us[rows] < output.observed_us[rows]))
    if not len(may):
        return chance, look
    part = fixes.rows(rows[may])
    wrong_m = allowed_area.measure(rules.boundaries[lane], part.lat_deg, part.lon_deg)
    sigma_m = error_model.sigma_m(rules.model, part.provider, part.radius95_m)
    look[may] = wrong_m > error_model.RADIUS95_PER_SIGMA * sigma_m
    return chance, look


def _picked(rows: I64) -> slice | I64:
    """Return numbers that follow each other as a slice: columns of years are not copied then."""
    if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows


def _joined(pieces: Iterable[_Doubted]) -> Iterator[_Doubted]:
    """Yield doubts that follow each other without a pause as one, and each silence once."""
    begun: _Doubted | None = None
    for piece in pieces:
        is_silent = piece.because is FixRequestReason.SILENCE
        if begun and is_silent and (begun.because, begun.row) == (piece.because, piece.row):
            continue
        if begun and _goes_on(begun, piece):
            begun = begun._replace(until_us=piece.until_us)
            continue
        if begun:
            yield begun
        begun = piece
    if begun:
        yield begun


def _goes_on(begun: _Doubted, piece: _Doubted) -> bool:
    is_silence = FixRequestReason.SILENCE in (begun.because, piece.because)
    return not is_silence and begun.until_us == piece.from_us


# --- Limits --------------------------------------------------------------------------------------


def _limited(
    policy: Policy, condition: str, doubts: Iterable[_Doubted], until_us: int
) -> Iterator[FixRequest]:
    """Yield the asks that doubts bring: burst after burst while one lasts, limited by the hour."""
    most, burst_us = round(policy.asks_per_h_max), round(policy.ask_for_s * US_PER_S)
    recent: deque[int] = deque(maxlen=most)
    for doubt in doubts:
        at_us = doubt.from_us
        while True:
            if len(recent) == most:
                at_us = max(at_us, recent[0] + HOUR_US)
            if at_us >= min(doubt.until_us, until_us):
                break
            recent.append(at_us)
            end_us = min(at_us + burst_us, doubt.until_us)
            span = to_span(doubt.since_us, end_us)
            yield FixRequest(condition, doubt.because, span, to_datetime(at_us), policy.ask_every_s)
            if doubt.because is FixRequestReason.SILENCE:
                break
            at_us = end_us
