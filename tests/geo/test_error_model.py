import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.geo import error_model
from mesure.geo.error_model import ErrorModel, Mixture, ProviderErrors
from mesure.geo.fixes import Provider

MODEL = ErrorModel(unknown=ProviderErrors(Mixture((1.0,), (1.0,)), 5.0, 100.0))
EVERY = np.array(Provider, dtype=np.int8)


def density(mixture: Mixture, sigmas: float) -> float:
    return sum(
        share / scale**2 * math.exp(-(sigmas**2) / (2.0 * scale**2))
        for share, scale in zip(mixture.share_ratios, mixture.scale_ratios, strict=True)
    )


@pytest.mark.parametrize("provider", Provider)
@given(sigmas=st.floats(0.0, 300.0), sigma_m=st.floats(1.0, 1_000.0))
def test_the_log_ratio_is_that_of_the_densities(
    provider: Provider, sigmas: float, sigma_m: float
) -> None:
    mixture = MODEL.of(provider).mixture
    log_ratios = error_model.log_ratio(
        MODEL, np.array([provider], np.int8), np.array([sigmas * sigma_m]), np.array([sigma_m])
    )
    there = density(mixture, sigmas)
    if there > 1e-290:
        wanted = math.log(there / density(mixture, 0.0))
        assert log_ratios[0] == pytest.approx(wanted, rel=1e-9, abs=1e-9)
    assert log_ratios[0] <= 0.0


def test_the_log_ratio_falls_with_distance_and_the_sign_of_it_says_nothing() -> None:
    away_m = np.concatenate([np.linspace(0.0, 300.0, 5_000), [1e6, 1e9, np.inf]])
    for provider in Provider:
        same = np.full(len(away_m), provider, np.int8)
        log_ratios = error_model.log_ratio(MODEL, same, away_m, np.full(len(away_m), 7.0))
        assert log_ratios[0] == 0.0
        assert (np.diff(log_ratios[:-1]) < 1e-13).all()
        assert log_ratios[-1] == -np.inf
        mirrored = error_model.log_ratio(MODEL, same, -away_m, np.full(len(away_m), 7.0))
        assert mirrored.tolist() == log_ratios.tolist()


@given(st.floats(0.1, 30.0), st.floats(1.0, 1_000.0))
def test_the_reach_is_where_the_log_ratio_meets_its_cap(cap_llr: float, sigma_m: float) -> None:
    sigmas_m = np.full(4, sigma_m)
    reach_m = error_model.reach_m(MODEL, EVERY, sigmas_m, cap_llr)
    log_ratios = error_model.log_ratio(MODEL, EVERY, reach_m, sigmas_m)
    assert np.allclose(log_ratios, -cap_llr, rtol=1e-9, atol=1e-9)


def test_sigma_has_a_least_value_and_one_for_a_radius_not_known() -> None:
    radius95_m = np.array([0.1, np.nan, np.nan, 979.098692272])
    found_m = error_model.sigma_m(ErrorModel(), EVERY, radius95_m)
    assert found_m == pytest.approx([5.0, 20.427, 40.853, 400.0], rel=1e-4)


def test_ninety_five_in_a_hundred_lie_within_the_radius() -> None:
    drawn = np.random.default_rng(1).normal(size=(400_000, 2))
    near = np.hypot(*drawn.T) < error_model.RADIUS95_PER_SIGMA
    assert near.mean() == pytest.approx(0.95, abs=0.002)
