"""Chance by the column: distributions are what they say, and bits the same everywhere."""

import hashlib
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure_lab import columns
from mesure_lab.columns import Stream

MANY = 40_000


def test_the_bits_are_those_of_the_standard() -> None:
    digest = hashlib.shake_128(b"7/sky/1").digest(16)
    first = int.from_bytes(digest[:8], "little") >> 11
    assert Stream(7, "sky").shares(2)[0] == first * 2.0**-53


def test_streams_of_other_names_and_seeds_differ_and_go_on() -> None:
    stream = Stream(1, "a")
    drawn = [tuple(one.shares(4)) for one in (stream, stream, Stream(1, "b"), Stream(2, "a"))]
    assert len(set(drawn)) == 4


def test_a_bell_curve_has_its_spread_and_its_tails() -> None:
    values = Stream(3, "x").normals(MANY)
    assert abs(values.mean()) < 0.02
    assert abs(values.std() - 1.0) < 0.02
    assert 0.0015 < (np.abs(values) > 3.0).mean() < 0.0045
    assert len(Stream(3, "x").normals(7)) == 7


def test_waiting_times_and_power_laws_have_their_quantiles() -> None:
    assert abs(np.median(Stream(4, "x").exponentials(MANY)) - math.log(2.0)) < 0.02
    powers = Stream(4, "y").powers(MANY, 1.6)
    assert powers.min() >= 1.0
    assert abs(np.quantile(powers, 0.99) / 100.0 ** (1 / 1.6) - 1.0) < 0.12


def test_two_in_three_lie_within_the_factor() -> None:
    ratios = Stream(5, "x").around_one(MANY, 2.0)
    within = ((ratios > 0.5) & (ratios < 2.0)).mean()
    assert abs(within - 0.683) < 0.02


def test_what_happens_at_random_happens_as_often_as_said() -> None:
    at_s = Stream(6, "x").events(1e6, 1e-3)
    assert 900 < len(at_s) < 1100
    assert (np.diff(at_s) > 0.0).all()
    assert at_s[-1] < 1e6
    assert not len(Stream(6, "x").events(1e6, 0.0))


def test_more_may_happen_than_were_drawn_at_once() -> None:
    counts = [len(Stream(seed, "x").events(20.0, 1.0)) for seed in range(300)]
    assert max(counts) > 25
    assert 19.0 < np.mean(counts) < 21.0


def test_weights_are_picked_in_proportion() -> None:
    picked = columns.pick(Stream(8, "x").shares(MANY), (0.5, 0.25, 0.25))
    assert abs((picked == 0).mean() - 0.5) < 0.02
    assert set(picked.tolist()) == {0, 1, 2}
    assert columns.pick(np.array([0.999999999]), (0.1, 0.1)).tolist() == [1]


@given(st.lists(st.tuples(st.floats(0.0, 0.9999), st.floats(-10.0, 10.0)), min_size=1, max_size=70))
def test_remembering_by_doubling_is_remembering_step_by_step(
    steps: list[tuple[float, float]],
) -> None:
    shares, fresh = (np.array(column) for column in zip(*steps, strict=True))
    expected = [fresh[0]]
    for share, new in steps[1:]:
        expected.append(share * expected[-1] + new)
    assert columns.leaky_sum(shares, fresh) == pytest.approx(expected, abs=1e-9)


def test_a_wandering_process_keeps_its_variance_and_forgets_in_time() -> None:
    process = columns.ornstein_uhlenbeck(Stream(9, "x"), 10.0, np.full(MANY, 200.0))
    assert abs(process.std() - 1.0) < 0.1
    covariance = float((process[20:] * process[:-20]).mean())
    assert abs(covariance - math.exp(-1.0)) < 0.1
