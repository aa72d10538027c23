"""Two-state filter: the chance, fix by fix, that a person is on the wrong side of a boundary.

A *lane* is the filter of one boundary for one person. Between fixes the odds drift towards what is
usual, and are even where somebody has just come; each fix then multiplies them by its evidence,
tempered because errors persist (`sampling`).
A lane decides *met* or *not met* only past the thresholds of the policy, and remembers since when
the evidence has pointed there: the first fix after Page's cumulative sum was last zero.

The recursion is a rational function of the odds, so it needs no logarithm. It is written twice
with the same operations in the same order: here for all lanes side by side, in `filter_kernels`
for one lane after the other where a compiler is at hand. Both give the same bits.

Why stretches: numpy is slow in small steps, so a lane is cut into stretches that run side by side.
Each starts from a guess, and a stretch whose start turns out to differ from the end of the one
before runs again, until none differs. The odds are bounded and soon forget where they started, so
that this takes few rounds; what comes out is one long run, to the bit.
Paper: E. S. Page, Continuous inspection schemes, Biometrika 41 (1954), for the cumulative sum.
Decision: docs/decisions/0022-the-first-judge.md
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from mesure.evaluation.filter import filter_kernels
from mesure.geo.fixes import F64, I8, I64
from mesure.instants import US_PER_S

Flags = NDArray[np.bool_]
Indices = NDArray[np.intp]
Column = NDArray[Any]

UNDECIDED: Final = 0
MET: Final = 1
NOT_MET: Final = 2

SUPPORTED: Final = 2.0

CAME: Final = 1  # To the edge of a small place to keep out of,
CAME_BACK: Final = 2  # or to the right side of a boundary within which somebody has to be.

LONG: Final = 2  # A silence after which the evidence before it counts no longer.

STRETCH_S: Final = 1800
"""A stretch spans about this long, after which the odds have forgotten where they started."""

STRETCH_FIXES_MIN: Final = 16
STRETCH_FIXES_MAX: Final = 4096


class Transition(NamedTuple):
    """How the odds drift before each fix, by the time since the fix before it.

    With p_stay the chance that somebody on the wrong side is still there, and p_leave that
    somebody on the right side no longer is, the odds o become (o * p_stay + p_leave) / (o *
    p_return + p_keep).
    """

    p_stay: F64
    p_leave: F64
    p_return: F64
    p_keep: F64
    silence: I8  # Before the fix: 0, 1 a silence, 2 one so long that an officer was notified.


class Likelihood(NamedTuple):
    """What the fixes say about the boundaries: a row for each lane, a column for each fix."""

    factor: F64  # The odds are multiplied by this ...
    llr: F64  # ... of which this is the logarithm: above zero it speaks for the wrong side.
    look_ratio: F64  # Evidence for the wrong side; SUPPORTED where a path or a sensor agrees.
    seen: Flags  # A fix that speaks for the right side is recent enough to say met.
    arrived: I8  # Somebody has just come: what held before says nothing of here.


class FilterThresholds(NamedTuple):
    """The thresholds of the policy, those on chances as odds."""

    not_met_odds: float
    met_odds: float
    max_odds: float
    # Evidence asked for beyond the first fix: no incident rests on one fix alone, so never zero.
    # Decision: docs/decisions/0008-no-incident-on-one-fix.md
    look_again_ratio: float
    arrival_odds: float  # Of a person just come to a small place to keep out of, at least,
    return_odds: float  # and of one just come back to where they have to be, at most.


class FilterState(NamedTuple):
    """State of each lane after its last fix; one element for each lane."""

    odds: F64
    mode: I8  # What was decided last.
    sum_llr: F64  # Page's sum of the evidence against `mode`.
    onset_us: I64  # The first fix of that sum; -1 while the sum is zero.
    look_ratio: F64  # Evidence in that sum beyond its first fix, at most 1.


IDLE_TRANSITION: Final[tuple[Any, ...]] = (1.0, 0.0, 0.0, 1.0, 0)
IDLE_LIKELIHOOD: Final[tuple[Any, ...]] = (1.0, 0.0, 0.0, False, 0)
"""A step that changes nothing: the last stretch is filled up with such steps."""

_Columns = TypeVar("_Columns", Transition, Likelihood, FilterState)


class FilterBuffers(NamedTuple):
    """Where it is written what each lane holds after each fix: a row for each lane.

    Columns of years are written once, to their place.
    """

    odds: F64
    decided: I8
    first: int = 0  # The column of the first fix.


class FilterTrace(NamedTuple):
    """What each lane held after each fix, and its state at the end."""

    odds: F64
    decided: I8  # UNDECIDED, MET or NOT_MET.
    onset_us: (
        I64  # Where the decision changes: since when its evidence has pointed there; elsewhere -1.
    )
    end: FilterState


def start(lanes: int) -> FilterState:
    """Return lanes that know nothing."""
    return _filled(lanes, 1.0, UNDECIDED)


def allocate_buffers(lanes: int, fixes: int) -> FilterBuffers:
    """Return room for this many lanes and fixes."""
    return FilterBuffers(np.empty((lanes, fixes)), np.empty((lanes, fixes), np.int8))


def run(
    state: FilterState,
    drift: Transition,
    observed_us: I64,
    pull: Likelihood,
    limits: FilterThresholds,
    into: FilterBuffers | None = None,
) -> FilterTrace:
    """Run the lanes over the fixes, in the order of their time; a room that is given is filled."""
    into = into or allocate_buffers(*pull.llr.shape)
    out = _empty_track(into, pull.llr.shape, each(np.copy, state))
    if filter_kernels.is_compiled():
        filter_kernels.run_lanes(*out.end, *drift, observed_us, *pull, *limits, *into, out.onset_us)
        return out
    return out._replace(end=_run_stretches(state, drift, observed_us, pull, limits, out))


def _empty_track(into: FilterBuffers, shape: tuple[int, ...], end: FilterState) -> FilterTrace:
    here = slice(into.first, into.first + shape[1])
    return FilterTrace(into.odds[:, here], into.decided[:, here], np.empty(shape, np.int64), end)


def _filled(lanes: int, odds: float, mode: int) -> FilterState:
    return FilterState(
        np.full(lanes, odds),
        np.full(lanes, mode, np.int8),
        np.zeros(lanes),
        np.full(lanes, -1, np.int64),
        np.zeros(lanes),
    )


def _run_stretches(
    state: FilterState,
    drift: Transition,
    observed_us: I64,
    pull: Likelihood,
    limits: FilterThresholds,
    out: FilterTrace,
) -> FilterState:
    """Fill `out` and return the end state; stretches that began wrong run again."""
    lanes, fixes = pull.llr.shape
    if not fixes or not lanes:
        return state
    laid = _lay_out(drift, observed_us, pull)
    stretches = laid.pull.llr.shape[1]
    begins = _begins(state, _filled(stretches, 1.0 / limits.max_odds, MET))
    ends = begins
    todo = np.arange(stretches)
    shape = laid.pull.llr.shape
    tracks = _empty_track(allocate_buffers(*shape), shape, state)
    while len(todo):
        ran = _run_side_by_side(laid, begins, todo, limits, tracks)
        ends = each(partial(_put, todo), ends, ran)
        known = _begins(state, ends)
        todo = np.flatnonzero(~_same(begins, known))
        begins = known
    out.odds[:] = tracks.odds.T.reshape(lanes, -1)[:, :fixes]
    out.decided[:] = tracks.decided.T.reshape(lanes, -1)[:, :fixes]
    out.onset_us[:] = tracks.onset_us.T.reshape(lanes, -1)[:, :fixes]
    return each(lambda column: column.reshape(lanes, -1)[:, -1], ends)


def _begins(state: FilterState, ends: FilterState) -> FilterState:
    """Return where each stretch must begin: where the one before it ended."""
    lanes = len(state.odds)

    def shift(first: Column, end: Column) -> Column:
        return np.concatenate([first[:, None], end.reshape(lanes, -1)[:, :-1]], axis=1).ravel()

    return each(shift, state, ends)


def _same(state: FilterState, other: FilterState) -> Flags:
    same: Flags = np.logical_and.reduce(each(np.equal, state, other))
    return same


def _put(where: Indices, column: Column, values: Column) -> Column:
    column = column.copy()
    column[where] = values
    return column


def each(function: Callable[..., Column], *states: _Columns) -> _Columns:
    """Return what a function makes of each column of one state, or of several side by side."""
    return type(states[0])(*map(function, *states))


class _Laid(NamedTuple):
    """Fixes laid out by stretch: a row for each step, a column for each stretch of each lane."""

    drift: Transition  # One column for each stretch of one lane: all lanes drift alike.
    observed_us: I64
    pull: Likelihood


def _lay_out(drift: Transition, observed_us: I64, pull: Likelihood) -> _Laid:
    """Cut the columns into stretches; the last one is filled up with steps that change nothing."""
    length = _stretch_fixes(observed_us)
    return _Laid(
        each(partial(_cut, length), each(np.atleast_2d, drift), Transition(*IDLE_TRANSITION)),
        _cut(length, observed_us[None], 0),
        each(partial(_cut, length), pull, Likelihood(*IDLE_LIKELIHOOD)),
    )


def _stretch_fixes(observed_us: I64) -> int:
    """Return how many fixes make a stretch: few where they are far apart, many if dense."""
    fixes = len(observed_us)
    between_us = max(1, int(observed_us[-1] - observed_us[0]) // fixes)
    return min(max(STRETCH_S * US_PER_S // between_us, STRETCH_FIXES_MIN), STRETCH_FIXES_MAX)


def _cut(length: int, rows: Column, idle: int | bool | Column) -> Column:
    lanes, fixes = rows.shape
    cuts = -(-fixes // length)
    padded = np.full((lanes, cuts * length), idle, rows.dtype)
    padded[:, :fixes] = rows
    return np.ascontiguousarray(padded.reshape(lanes * cuts, length).T)


def _run_side_by_side(
    laid: _Laid, begins: FilterState, todo: Indices, limits: FilterThresholds, tracks: FilterTrace
) -> FilterState:
    """Run the stretches to do from where they begin, one fix of every stretch at a time."""
    now = each(lambda column: column[todo], begins)
    cut = todo % laid.observed_us.shape[1]
    drift, observed_us = each(partial(np.take, indices=cut, axis=1), laid.drift), laid.observed_us
    pull = each(partial(np.take, indices=todo, axis=1), laid.pull)
    observed_us = observed_us.take(cut, axis=1)
    for step in range(len(observed_us)):
        now, decided, onset = _step(
            now,
            Transition(*(column[step] for column in drift)),
            observed_us[step],
            Likelihood(*(column[step] for column in pull)),
            limits,
        )
        tracks.odds[step, todo] = now.odds
        tracks.decided[step, todo] = decided
        tracks.onset_us[step, todo] = onset
    return now


def odds_on_arrival(odds: F64, arrived: I8, limits: FilterThresholds) -> F64:
    """Return the odds of people who have just come: what held before binds them no longer."""
    odds = np.where(arrived == CAME, np.maximum(odds, limits.arrival_odds), odds)
    return np.where(arrived == CAME_BACK, np.minimum(odds, limits.return_odds), odds)


def _step(
    was: FilterState,
    drift: Transition,
    observed_us: I64,
    pull: Likelihood,
    limits: FilterThresholds,
) -> tuple[FilterState, I8, I64]:
    """Take one fix in every lane; return the new states, what is decided, and onsets of changes."""
    odds = (was.odds * drift.p_stay + drift.p_leave) / (was.odds * drift.p_return + drift.p_keep)
    odds = odds_on_arrival(odds, pull.arrived, limits)
    odds = np.minimum(np.maximum(odds * pull.factor, 1.0 / limits.max_odds), limits.max_odds)

    # After a silence nobody is still known to be away, and after a long one nothing is known; it
    # takes a second look again.
    anew = ((drift.silence > 0) & (was.mode == NOT_MET)) | (drift.silence == LONG)
    mode = np.where(anew, UNDECIDED, was.mode)
    begun_llr = np.where(anew, 0.0, was.sum_llr)
    against = np.where(mode == NOT_MET, -pull.llr, pull.llr)
    fresh = (begun_llr == 0.0) & (against > 0.0)
    sum_llr = np.maximum(begun_llr + against, 0.0)
    onset = np.where(fresh, observed_us, was.onset_us)
    first_look = np.where(pull.look_ratio == SUPPORTED, 1.0, 0.0)
    looks = np.where(fresh, first_look, np.minimum(was.look_ratio + pull.look_ratio, 1.0))

    confirmed = (mode == NOT_MET) | (looks >= limits.look_again_ratio)
    not_met = (odds > limits.not_met_odds) & confirmed
    met = (odds < limits.met_odds) & pull.seen
    decided = np.where(not_met, NOT_MET, np.where(met, MET, UNDECIDED)).astype(np.int8)
    changed = (decided != UNDECIDED) & (decided != mode)
    # The first decision for the right side has no evidence against another to reach back to.
    at_once = (onset < 0) | ((mode == UNDECIDED) & met)

    zero = changed | (sum_llr == 0.0)
    since = np.where(changed, np.where(at_once, observed_us, onset), -1)
    after = FilterState(
        odds,
        np.where(changed, decided, mode).astype(np.int8),
        np.where(zero, 0.0, sum_llr),
        np.where(zero, -1, onset),
        np.where(zero, 0.0, looks),
    )
    return after, decided, since
