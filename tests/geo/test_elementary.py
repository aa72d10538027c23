import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mesure.geo.fixes import F64
from mesure.geo.numeric import elementary

ULPS_MAX = 4.0


def ulps(actual: F64, wanted: list[float]) -> float:
    truth = np.array(wanted)
    return float(np.max(np.abs(actual - truth) / np.spacing(np.abs(truth))))


@given(st.lists(st.floats(-708.0, 709.0), min_size=1))
def test_exp_is_near_the_truth(numbers: list[float]) -> None:
    actual = elementary.exp(np.array(numbers))
    assert ulps(actual, [math.exp(x) for x in numbers]) < ULPS_MAX


def test_exp_of_what_lies_beyond_is_nothing_or_infinite() -> None:
    actual = elementary.exp(np.array([-np.inf, -708.1, 709.1, np.inf]))
    assert actual.tolist() == [0.0, 0.0, np.inf, np.inf]


@given(
    st.lists(
        st.one_of(
            st.floats(5e-324, 1.7e308),
            st.floats(0.5, 2.0),
            st.integers(-40, 40).map(lambda n: 1.0 + n * 2.0**-52 if n > 0 else 1.0 + n * 2.0**-53),
        ),
        min_size=1,
    )
)
def test_log_is_near_the_truth(numbers: list[float]) -> None:
    actual = elementary.log(np.array(numbers))
    wanted = [math.log(x) for x in numbers]
    assert ulps(actual, wanted) < ULPS_MAX


def test_log_of_nothing_is_minus_infinity() -> None:
    assert elementary.log(np.array([0.0])).tolist() == [-np.inf]


def exact_sin_cos(angle_deg: float) -> tuple[float, float]:
    """Turn by whole quarters first, which loses nothing, and only then go to radians."""
    quarters = round(angle_deg / 90.0)
    rest = math.radians(angle_deg - 90.0 * quarters)
    sine, cosine = math.sin(rest), math.cos(rest)
    return [(sine, cosine), (cosine, -sine), (-sine, -cosine), (-cosine, sine)][quarters % 4]


@given(
    st.lists(
        st.one_of(
            st.floats(-180.0, 180.0),
            st.floats(-1e4, 1e4),
            st.builds(lambda n, e: 45.0 * n + e, st.integers(-9, 9), st.floats(-1e-9, 1e-9)),
        ),
        min_size=1,
    )
)
def test_sine_and_cosine_are_near_the_truth(angles_deg: list[float]) -> None:
    sine, cosine = elementary.sin_cos_deg(np.array(angles_deg))
    wanted = [exact_sin_cos(angle_deg) for angle_deg in angles_deg]
    assert ulps(sine, [s for s, _ in wanted]) < ULPS_MAX
    assert ulps(cosine, [c for _, c in wanted]) < ULPS_MAX


def test_quarter_turns_are_exact() -> None:
    sine, cosine = elementary.sin_cos_deg(np.array([-180.0, -90.0, 0.0, 90.0, 180.0, 270.0]))
    assert sine.tolist() == [0.0, -1.0, 0.0, 1.0, 0.0, -1.0]
    assert cosine.tolist() == [-1.0, 0.0, 1.0, 0.0, -1.0, 0.0]
