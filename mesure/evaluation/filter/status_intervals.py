"""Status intervals: spans of met, not met and unknown at one boundary, from fixes and silences.

A status holds from a fix to the next, and no longer than the policy's limit of silence; *met* holds
on while the device says that it lies where it was. Where a decision changes, it reaches back to the
first fix of the evidence that brought it, across what was said meanwhile, but never into a silence:
silence stays unknown.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, Self

import numpy as np

from mesure.evaluation.assessment import Status
from mesure.evaluation.filter.two_state_filter import MET, NOT_MET, UNDECIDED, Indices
from mesure.geo.fixes import F64, I8, I64

_BEST_FIRST: Final = (Status.MET, Status.UNKNOWN, Status.NOT_MET)
STATUSES: Final = {UNDECIDED: Status.UNKNOWN, MET: Status.MET, NOT_MET: Status.NOT_MET}


class StatusInterval(NamedTuple):
    """One status over [start_us, end_us), with the fix that decided it."""

    start_us: int
    end_us: int
    status: Status
    known_us: int  # When the deciding fix, and all before it, had been received.
    onset_us: int = -1  # The first fix of the evidence that decided; -1 where nothing was decided.
    fix: int = -1  # The deciding fix; -1 in a silence.

    def clip(self, start_us: int, end_us: int) -> "StatusInterval":
        """Return what lies in [start_us, end_us)."""
        return self.over(max(self.start_us, start_us), min(self.end_us, end_us))

    def over(self, start_us: int, end_us: int) -> "StatusInterval":
        """Return the same status over [start_us, end_us)."""
        # Quicker than `_replace`: years have a hundred thousand of these, most of them whole.
        if start_us == self.start_us and end_us == self.end_us:
            return self
        return StatusInterval(start_us, end_us, self.status, self.known_us, self.onset_us, self.fix)


class WindowView(NamedTuple):
    """What can be seen of one window of a condition at the moment of looking."""

    intervals: tuple[StatusInterval, ...]
    is_over: bool
    cut_us: int  # How much of the window absences and dates took out.
    unheard_us: int = 0  # How much of it lies before the first fix: nobody can speak for it.


class DecisionChanges(NamedTuple):
    """The fixes with which a decision changed, by number; they are few, so they are kept apart."""

    fix: Indices
    onset_us: I64  # Since when the evidence has pointed there.

    @classmethod
    def of(cls, onset_us: I64, first: int = 0) -> Self:
        """Return the changes among fixes from a number on; of all others the onset is -1."""
        rows = np.flatnonzero(onset_us >= 0)
        return cls(rows + first, onset_us[rows])

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """Return the changes of parts that follow each other."""
        return cls(*map(np.concatenate, zip(*parts, strict=True)))

    def between(self, first: int, end: int) -> Self:
        """Return the changes with the fixes from one number up to, not including, another."""
        rows = slice(*np.searchsorted(self.fix, [first, end]).tolist())
        return type(self)(self.fix[rows], self.onset_us[rows])

    def at(self, numbers: Indices) -> I64:
        """Return the onset at each of some fixes; -1 where nothing changed."""
        place = np.searchsorted(self.fix, numbers)
        changed = np.append(self.fix, -1)[place] == numbers
        return np.where(changed, np.append(self.onset_us, -1)[place], -1)


NO_CHANGES: Final = DecisionChanges(np.empty(0, np.intp), np.empty(0, np.int64))


class FilterOutput(NamedTuple):
    """What a lane said after each fix; one element for each, but for the changes."""

    observed_us: I64
    rest_until_us: I64  # Until when the device says that it lay where the fix was.
    known_us: I64
    seen_us: I64  # The latest fix, up to this one, that speaks for the right side.
    decided: I8
    odds: F64
    changes: DecisionChanges  # Of the decision.

    def until(self, end: int) -> "FilterOutput":
        """Return what was said up to, not including, a fix by its number."""
        return FilterOutput(
            self.observed_us[:end],
            self.rest_until_us[:end],
            self.known_us[:end],
            self.seen_us[:end],
            self.decided[:end],
            self.odds[:end],
            self.changes.between(0, end),
        )


class HoldLimits(NamedTuple):
    """How long what a fix decided holds without another."""

    silence_us: int
    rest_odds_max: float  # Of the wrong side, for *met* to hold on while the device lies still.


class DecisionRun(NamedTuple):
    """Fixes that follow each other with one decision, as it began and until when it holds."""

    begun: StatusInterval  # Its end is not known yet.
    hold_us: int
    can_rest: bool  # Whether it holds on while the device lies where its last fix was.

    def hold_on(self, rest_until_us: int, silence_us: int) -> "DecisionRun":
        """Return the same, with what was said since of the device that lies still."""
        if not self.can_rest:
            return self
        return self._replace(hold_us=max(self.hold_us, rest_until_us + silence_us))


def runs(
    output: FilterOutput, limits: HoldLimits, first: int = 0, before: DecisionRun | None = None
) -> list[DecisionRun]:
    """Return the runs from fix number `first` on; `before` is the one that it may go on with."""
    observed, decided = output.observed_us[first:], output.decided[first:]
    seen, rest_until = output.seen_us[first:], output.rest_until_us[first:]
    met = decided == MET
    can_rest = met & (seen == observed) & (output.odds[first:] <= limits.rest_odds_max)
    hold = np.where(can_rest, rest_until, np.where(met, seen, observed)) + limits.silence_us
    if before is not None and first:
        before = before.hold_on(int(output.rest_until_us[first - 1]), limits.silence_us)
    begins = np.ones(len(observed), np.bool_)
    begins[1:] = (decided[1:] != decided[:-1]) | (observed[1:] > hold[:-1])
    firsts = np.flatnonzero(begins)
    lasts = np.append(firsts[1:], len(observed))[: len(firsts)] - 1
    new_runs = list(
        map(
            DecisionRun,
            _begun(output, firsts + first),
            hold[lasts].tolist(),
            can_rest[lasts].tolist(),
        )
    )
    if before is None:
        return new_runs
    goes_on = (
        len(new_runs) > 0
        and new_runs[0].begun.status is before.begun.status
        and new_runs[0].begun.start_us <= before.hold_us
    )
    return (
        [new_runs[0]._replace(begun=before.begun), *new_runs[1:]]
        if goes_on
        else [before, *new_runs]
    )


def _begun(output: FilterOutput, rows: Indices) -> Iterator[StatusInterval]:
    """Return an interval that begins with each of some fixes."""
    at_us, known_us = output.observed_us[rows].tolist(), output.known_us[rows].tolist()
    status = map(STATUSES.__getitem__, output.decided[rows].tolist())
    onset_us = output.changes.at(rows).tolist()
    return map(StatusInterval, at_us, at_us, status, known_us, onset_us, rows.tolist())


def of_runs(
    lane_runs: Sequence[DecisionRun], onset_us_max: int, until_us: int
) -> list[StatusInterval]:
    """Return the intervals of runs that follow each other up to `until_us`."""
    intervals: list[StatusInterval] = []
    following = [run.begun.start_us for run in lane_runs[1:]] + [until_us]
    for (begun, hold_us, _), next_us in zip(lane_runs, following, strict=False):
        end_us = min(next_us, hold_us)
        interval = begun.over(begun.start_us, end_us)
        if interval.onset_us >= 0:
            _reach_back(
                intervals, interval, max(interval.onset_us, interval.start_us - onset_us_max)
            )
        intervals.append(interval)
        if end_us < next_us:
            intervals.append(StatusInterval(end_us, next_us, Status.UNKNOWN, end_us))
    return [s for s in intervals if s.start_us < s.end_us]


def _reach_back(intervals: list[StatusInterval], interval: StatusInterval, onset_us: int) -> None:
    """Let a decision hold from its onset on, except in silences."""
    i = len(intervals) - 1
    while i >= 0 and intervals[i].end_us > onset_us:
        old = intervals[i]
        if old.fix >= 0:
            changed = interval.over(max(old.start_us, onset_us), old.end_us)
            earlier = [old.over(old.start_us, onset_us)] if old.start_us < onset_us else []
            intervals[i : i + 1] = [*earlier, changed]
        i -= 1


def within(intervals: Sequence[StatusInterval], start_us: int, end_us: int) -> list[StatusInterval]:
    """Return the intervals of [start_us, end_us); what the lane says nothing about is unknown."""
    result: list[StatusInterval] = []
    at = start_us
    for number in range(_first_after(intervals, start_us), len(intervals)):
        interval = intervals[number]
        if interval.start_us >= end_us:
            break
        if interval.start_us > at:
            result.append(StatusInterval(at, interval.start_us, Status.UNKNOWN, at))
        result.append(interval.clip(start_us, end_us))
        at = result[-1].end_us
    if at < end_us:
        result.append(StatusInterval(at, end_us, Status.UNKNOWN, at))
    return result


def better(
    intervals: Sequence[StatusInterval], as_drawn: Sequence[StatusInterval]
) -> list[StatusInterval]:
    """Return the better for the person, instant by instant, of what two lanes say.

    Where both say not met it was known when the later of them knew.
    """
    return [
        _better(interval.clip(other.start_us, other.end_us), other)
        for interval in intervals
        for other in within(as_drawn, interval.start_us, interval.end_us)
    ]


def _better(interval: StatusInterval, other: StatusInterval) -> StatusInterval:
    if _BEST_FIRST.index(other.status) < _BEST_FIRST.index(interval.status):
        return other
    if other.status is Status.NOT_MET:
        return interval._replace(known_us=max(interval.known_us, other.known_us))
    return interval


def as_known(output: FilterOutput, cut: StatusInterval, silence_us: int) -> StatusInterval:
    """Return an interval, cut where a window begins, as known when a fix that holds there was.

    The fix that decided may lie hours before; what came late in between may have held it up.
    """
    held_us = output.rest_until_us if cut.status is Status.MET else output.observed_us
    holds = int(np.searchsorted(held_us, cut.start_us - silence_us, side="right"))
    if not 0 <= cut.fix < holds:
        return cut
    return cut._replace(known_us=max(cut.known_us, int(output.known_us[holds])))


def _first_after(intervals: Sequence[StatusInterval], start_us: int) -> int:
    """Return the index of the first interval that ends after an instant."""
    low, high = 0, len(intervals)
    while low < high:
        middle = (low + high) // 2
        if intervals[middle].end_us <= start_us:
            low = middle + 1
        else:
            high = middle
    return low


def total_us(slot: Sequence[StatusInterval], status: Status) -> int:
    """Return how long a status held in all."""
    return sum(
        interval.end_us - interval.start_us for interval in slot if interval.status is status
    )
