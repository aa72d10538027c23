"""The compiled loop does what the columns do, one fix after the other."""

from collections.abc import Iterable, Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesure.evaluation.filter import filter_kernels, two_state_filter
from mesure.evaluation.filter.two_state_filter import (
    FilterState,
    FilterThresholds,
    Likelihood,
    Transition,
)
from mesure.geo.fixes import F64
from mesure.geo.numeric import elementary
from mesure.geo.numeric import geo_kernels as machine

LIMITS = FilterThresholds(19.0, 3.0 / 7.0, 1000.0, 0.1, 1.0, 7.0 / 3.0)


@pytest.fixture(autouse=True)
def _without_the_compiler() -> Iterator[None]:
    machine.use_compiler(False)
    yield
    machine.use_compiler(True)


def step(
    fixes: list[tuple[float, float, bool, int, float, int]],
) -> tuple[FilterState, Transition, F64, Likelihood]:
    """Return the input of a lane: evidence, look, seen, silence, seconds, arrival of each fix."""
    columns = (np.array(column) for column in zip(*fixes, strict=True))
    llr, look, is_seen, silence, since_s, arrived = columns
    p_stay, p_keep = elementary.exp(-since_s / 3600.0), elementary.exp(-since_s / 36_000.0)
    drift = Transition(p_stay, 1.0 - p_keep, 1.0 - p_stay, p_keep, silence.astype(np.int8))
    flags = is_seen.astype(np.bool_)[None], arrived.astype(np.int8)[None]
    pull = Likelihood(elementary.exp(llr)[None], llr[None], look[None], *flags)
    return two_state_filter.start(1), drift, since_s, pull


def all_equal(
    columns: Iterable[two_state_filter.Column], other: Iterable[two_state_filter.Column]
) -> bool:
    return all(np.array_equal(left, right) for left, right in zip(columns, other, strict=True))


FIX = st.tuples(
    st.sampled_from([-6.0, -1.0, 0.0, 1.0, 6.0]),
    st.sampled_from([0.0, 0.05, 0.1, 1.0, two_state_filter.SUPPORTED]),
    st.booleans(),
    st.sampled_from([0, 0, 0, 1, two_state_filter.LONG]),
    st.sampled_from([0.0, 60.0, 7_200.0]),
    st.sampled_from([0, 0, two_state_filter.CAME, two_state_filter.CAME_BACK]),
)


@settings(max_examples=settings().max_examples // 2)
@given(st.lists(FIX, min_size=1, max_size=40))
def test_the_loop_gives_the_bits_of_the_columns(
    fixes: list[tuple[float, float, bool, int, float, int]],
) -> None:
    """The loop runs uncompiled here, so that every branch of it is seen to be taken."""
    state, drift, since_s, pull = step(fixes)
    observed_us = np.cumsum((since_s * 1e6).astype(np.int64))
    in_columns = two_state_filter.run(state, drift, observed_us, pull, LIMITS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filter_kernels, "is_compiled", lambda: True)
        in_a_loop = two_state_filter.run(state, drift, observed_us, pull, LIMITS)
    assert all_equal(in_a_loop[:3], in_columns[:3])
    assert all_equal(in_a_loop.end, in_columns.end)


def test_no_fix_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filter_kernels, "is_compiled", lambda: True)
    none, wide = np.empty(0), np.empty((2, 0))
    drift = Transition(none, none, none, none, none.astype(np.int8))
    pull = Likelihood(wide, wide, wide, wide.astype(np.bool_), wide.astype(np.int8))
    track = two_state_filter.run(
        two_state_filter.start(2), drift, none.astype(np.int64), pull, LIMITS
    )
    assert track.odds.shape == (2, 0)
    assert all_equal(track.end, two_state_filter.start(2))
