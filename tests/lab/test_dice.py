"""Chance from one seed: fixed sequences, and distributions with the shape they claim."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure_lab import dice
from mesure_lab.dice import Dice

MANY = 20_000


def test_a_stream_is_the_same_everywhere_and_streams_do_not_disturb_each_other() -> None:
    assert [round(Dice(1, "sky").share(), 12), round(Dice(2, "sky").share(), 12)] == [
        0.628265858881,
        0.870152957568,
    ]
    first, second = Dice(1, "life"), Dice(1, "sky")
    first.share()
    assert second.share() == Dice(1, "sky").share()


def test_normal_has_mean_nought_and_variance_one() -> None:
    stream = Dice(1, "normal")
    draws = [stream.normal() for _ in range(MANY)]
    mean = sum(draws) / MANY
    assert mean == pytest.approx(0.0, abs=0.03)
    assert sum((draw - mean) ** 2 for draw in draws) / MANY == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("eighths", [2, 3, 5, 8])
def test_pareto_has_the_tail_index_it_claims(eighths: int) -> None:
    stream = Dice(1, "pareto")
    draws = [stream.pareto(eighths) for _ in range(MANY)]
    assert min(draws) >= 1.0
    beyond = sum(draw > 4.0 for draw in draws) / MANY
    assert beyond == pytest.approx(4.0 ** (-8 / eighths), rel=0.1, abs=0.001)


def test_around_one_has_median_one_and_the_spread_it_claims() -> None:
    stream = Dice(1, "around")
    draws = sorted(stream.around_one(4) for _ in range(MANY))
    assert draws[MANY // 2] == pytest.approx(1.0, rel=0.05)
    assert draws[int(0.95 * MANY)] == pytest.approx(math.sqrt(19.0), rel=0.05)


def test_pick_between_and_happens_cover_their_range() -> None:
    stream = Dice(1, "pick")
    assert {stream.pick("abc") for _ in range(100)} == {"a", "b", "c"}
    assert all(2.0 <= stream.between(2.0, 3.0) < 3.0 for _ in range(100))
    assert sum(stream.happens(0.25) for _ in range(MANY)) / MANY == pytest.approx(0.25, abs=0.01)


@given(st.floats(1e-9, 1e9), st.integers(0, 8))
def test_power_of_eighths(base: float, eighths: int) -> None:
    assert dice.power_of_eighths(base, eighths) == pytest.approx(base ** (eighths / 8))


@given(st.floats(2.0, 5000.0), st.integers(0, 5000))
def test_remaining_share_falls_like_an_exponential(constant_s: float, elapsed_s: int) -> None:
    left = dice.decay_factor(constant_s, elapsed_s)
    assert left == pytest.approx((1.0 - 1.0 / constant_s) ** elapsed_s, rel=1e-9, abs=1e-300)
    assert dice.decay_factor(constant_s, elapsed_s + 1) <= left
