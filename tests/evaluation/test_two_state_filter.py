"""The filter: one recursion, whichever way it is run."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesure.evaluation.filter import two_state_filter
from mesure.evaluation.filter.two_state_filter import (
    CAME,
    CAME_BACK,
    MET,
    NOT_MET,
    UNDECIDED,
    FilterState,
    FilterThresholds,
    FilterTrace,
    Likelihood,
    Transition,
)
from mesure.geo.fixes import F64, I64
from mesure.geo.numeric import elementary, geo_kernels

LIMITS = FilterThresholds(19.0, 3.0 / 7.0, 1000.0, 0.1, 1.0, 7.0 / 3.0)


@pytest.fixture(autouse=True)
def _compiler_as_it_was() -> Iterator[None]:
    yield
    geo_kernels.use_compiler(True)


def drift(since_s: F64) -> Transition:
    p_stay = elementary.exp(since_s * (-1.0 / 3600.0))
    p_keep = elementary.exp(since_s * (-0.03 / 3600.0))
    return Transition(
        p_stay,
        1.0 - p_keep,
        1.0 - p_stay,
        p_keep,
        np.where(since_s > 3000.0, 2, since_s > 1800.0).astype(np.int8),
    )


def pull(llr: F64, weight: float = 1.0) -> Likelihood:
    tempered = llr * weight
    flags = np.ones(llr.shape, np.bool_)
    looks, nowhere = np.where(llr > 0.2, weight, 0.0), np.zeros(tempered.shape, np.int8)
    return Likelihood(elementary.exp(tempered), tempered, looks, flags, nowhere)


def walk(llr: list[float], every_s: float = 60.0, weight: float = 1.0) -> FilterTrace:
    since_s = np.full(len(llr), every_s)
    return two_state_filter.run(
        two_state_filter.start(1),
        drift(since_s),
        times(since_s),
        pull(np.array([llr]), weight),
        LIMITS,
    )


def times(since_s: F64) -> I64:
    return np.cumsum(np.rint(since_s * 1e6).astype(np.int64))


def test_one_fix_outside_never_decides() -> None:
    assert NOT_MET not in walk([6.0]).decided
    assert NOT_MET not in walk([-6.0] * 10 + [6.0] + [-6.0] * 3).decided


def test_two_fixes_may_decide_and_reach_back_to_the_first() -> None:
    track = walk([-6.0] * 5 + [6.0, 6.0, 6.0])
    assert track.decided[0].tolist() == [MET] * 5 + [UNDECIDED] + [NOT_MET] * 2
    assert track.onset_us[0, 6] == 6 * 60_000_000


def test_a_fix_outside_repeated_at_once_is_one_piece_of_evidence() -> None:
    """Why: two reports of one second share their error; the second adds nothing of its own."""
    since_s = np.array([3600.0] + [1.0] * 30)
    llr = np.full((1, 31), 6.0)
    weight = np.minimum(since_s / 600.0, 1.0)
    track = two_state_filter.run(
        two_state_filter.start(1),
        drift(since_s),
        times(since_s),
        Likelihood(
            elementary.exp(llr * weight),
            llr * weight,
            weight[None],
            llr > 0,
            np.zeros(llr.shape, np.int8),
        ),
        LIMITS,
    )
    assert NOT_MET not in track.decided


def test_whoever_has_just_come_begins_at_even_odds_and_loses_nothing_that_was_held() -> None:
    since_s = np.full(6, 60.0)
    for before in (-6.0, 6.0):
        went_on = pull(np.array([[before] * 5 + [0.0]]))
        came = went_on._replace(arrived=np.array([[0] * 5 + [CAME]], np.int8))
        there, here = (
            two_state_filter.run(
                two_state_filter.start(1), drift(since_s), times(since_s), evidence, LIMITS
            ).odds[0, -1]
            for evidence in (went_on, came)
        )
        assert here == max(there, LIMITS.arrival_odds)
        assert (here == there) == (before > 0.0)


def test_whoever_has_come_back_is_no_longer_surely_away_and_loses_nothing_that_was_held() -> None:
    since_s = np.full(6, 60.0)
    for before in (-6.0, 6.0):
        went_on = pull(np.array([[before] * 5 + [-0.5]]))
        back = went_on._replace(arrived=np.array([[0] * 5 + [CAME_BACK]], np.int8))
        there, here = (
            two_state_filter.run(
                two_state_filter.start(1), drift(since_s), times(since_s), evidence, LIMITS
            )
            for evidence in (went_on, back)
        )
        most_odds = LIMITS.return_odds * elementary.exp(np.array([-0.5]))[0]
        assert here.odds[0, -1] == min(there.odds[0, -1], most_odds)
        assert (here.odds[0, -1] == there.odds[0, -1]) == (before < 0.0)
        assert here.decided[0, -1] == (MET if before < 0.0 else UNDECIDED)
        assert there.decided[0, -1] == (MET if before < 0.0 else NOT_MET)


def test_the_return_is_dated_to_the_first_fix_inside() -> None:
    track = walk([6.0] * 4 + [-2.0, -2.0, -2.0, -2.0])
    back = int(np.flatnonzero(track.decided[0] == MET)[0])
    assert back > 4
    assert track.onset_us[0, back] == 5 * 60_000_000


def test_not_met_needs_no_second_look_while_it_lasts() -> None:
    assert walk([6.0] * 40).decided[0, 2:].tolist() == [NOT_MET] * 38


def test_without_a_fix_on_the_right_side_nothing_is_met() -> None:
    quiet = pull(np.zeros((1, 5)))._replace(seen=np.zeros((1, 5), np.bool_))
    since_s = np.full(5, 60.0)
    track = two_state_filter.run(
        two_state_filter.start(1), drift(since_s), times(since_s), quiet, LIMITS
    )
    assert track.decided[0].tolist() == [UNDECIDED] * 5


def test_no_fixes_and_no_lanes_change_nothing() -> None:
    for count, fixes in ((2, 0), (0, 3)):
        state = two_state_filter.start(count)
        since_s = np.full(fixes, 60.0)
        evidence = pull(np.zeros((count, fixes)))
        geo_kernels.use_compiler(False)
        track = two_state_filter.run(state, drift(since_s), times(since_s), evidence, LIMITS)
        assert track.odds.shape == (count, fixes)
        assert_same_state(track.end, state)


def assert_same_state(state: FilterState, other: FilterState) -> None:
    for name in FilterState._fields:
        assert np.array_equal(getattr(state, name), getattr(other, name))


@st.composite
def lives(draw: st.DrawFn) -> tuple[F64, F64]:
    """Long stays on either side, short crossings between, at any pace of reporting."""
    seed = draw(st.integers(0, 2**32 - 1))
    every_s = draw(st.sampled_from([1.0, 10.0, 60.0, 300.0]))
    fixes, count = draw(st.integers(1, 700)), draw(st.integers(1, 3))
    rng = np.random.default_rng(seed)
    sides = (rng.random((count, fixes)) < draw(st.sampled_from([0.0, 0.01, 0.1]))).cumsum(axis=1)
    llr = np.where(sides % 2 == 1, 6.0, -6.0) + rng.normal(0.0, 4.0, (count, fixes))
    since_s = np.where(rng.random(fixes) < 0.05, 40 * every_s, every_s)
    return np.clip(llr, -6.0, 6.0), np.where(rng.random(fixes) < 0.02, 0.0, since_s)


@settings(max_examples=40, deadline=None)
@given(lives(), st.integers(0, 700))
def test_stretches_compiler_and_chunks_give_the_same_bits(life: tuple[F64, F64], cut: int) -> None:
    llr, since_s = life
    weight = np.minimum(since_s / 600.0, 1.0)
    moves, evidence, at = drift(since_s), pull(llr, 1.0), times(since_s)
    evidence = evidence._replace(llr=llr * weight, factor=elementary.exp(llr * weight))
    evidence = evidence._replace(look_ratio=np.where(llr > 5.0, 2.0, evidence.look_ratio * weight))
    state = two_state_filter.start(len(llr))
    geo_kernels.use_compiler(True)
    whole = two_state_filter.run(state, moves, at, evidence, LIMITS)
    geo_kernels.use_compiler(False)
    in_stretches = two_state_filter.run(state, moves, at, evidence, LIMITS)
    first = _run_part(state, moves, at, evidence, slice(None, cut))
    second = _run_part(first.end, moves, at, evidence, slice(cut, None))
    for name in ("odds", "decided", "onset_us"):
        column = getattr(whole, name)
        assert np.array_equal(column, getattr(in_stretches, name))
        parts = [getattr(first, name), getattr(second, name)]
        assert np.array_equal(column, np.concatenate(parts, axis=1))
    assert_same_state(whole.end, in_stretches.end)
    assert_same_state(whole.end, second.end)


def _run_part(
    state: FilterState, moves: Transition, at: I64, evidence: Likelihood, part: slice
) -> FilterTrace:
    return two_state_filter.run(
        state,
        two_state_filter.each(lambda column: column[part], moves),
        at[part],
        Likelihood(
            evidence.factor[:, part],
            evidence.llr[:, part],
            evidence.look_ratio[:, part],
            evidence.seen[:, part],
            evidence.arrived[:, part],
        ),
        LIMITS,
    )
