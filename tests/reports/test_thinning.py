"""Fewer points than there are."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mesure.reports.drawing import thinning


@given(st.integers(0, 500), st.integers(1, 50))
def test_points_are_spread_evenly_and_never_too_many(count: int, count_max: int) -> None:
    indices = thinning.evenly(count, count_max)
    assert len(indices) == min(count, count_max)
    assert len(np.unique(indices)) == len(indices)
    gaps = np.diff(indices)
    assert len(gaps) == 0 or gaps.max() - gaps.min() <= 1
    assert count == 0 or (indices[0] == 0 and indices[-1] < count)


@given(
    st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), max_size=60),
    st.sampled_from([0.5, 3.0, 10.0]),
)
def test_each_cell_that_holds_a_point_keeps_its_first_one_only(
    points: list[tuple[float, float]], cell: float
) -> None:
    x, y = np.array(points, dtype=np.float64).reshape(-1, 2).T
    indices = thinning.by_cell(x, y, cell).tolist()
    first_by_cell: dict[tuple[float, float], int] = {}
    for place, (a, b) in enumerate(points):
        first_by_cell.setdefault((math.floor(a / cell), math.floor(b / cell)), place)
    assert indices == sorted(first_by_cell.values())
