"""Error model: mixtures of circular Gaussians, with the heavy tails of real fixes.

Real errors are not Gaussian. Most fixes lie closer than their radius says, a few several times
farther, and about one in a hundred has nothing to do with where the device is. So the error is a
mixture of a good fix, a poor one and a wild one, each a circular Gaussian whose spread is a
multiple of the fix's own sigma. Sigma itself comes from the radius that holds the truth in 95 %
of cases, by the 95 % point of a circular Gaussian.

All numbers are values handed in. The defaults are for moving phones, which err most for what they
claim: on foot, by bicycle and by car 4 to 8 % of fixes lie beyond 3 sigmas and 1 to 3 % beyond 4.5.
Still phones do far better, underground trains far worse (docs/error_model.md).
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np

from mesure.geo.fixes import F64, I8, Provider
from mesure.geo.numeric.elementary import exp, log

RADIUS95_PER_SIGMA: Final = 2.447746830680816
"""The square root of -2 ln 0.05: the radius that holds 95 % of a circular Gaussian, in sigmas."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """Circular Gaussians: how often each holds, and its spread in sigmas, the widest last."""

    share_ratios: tuple[float, ...]  # They add up to 1.
    scale_ratios: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ProviderErrors:
    """The errors of fixes from one provider."""

    mixture: Mixture
    sigma_m_min: float  # No fix is trusted more than this, whatever it claims.
    radius95_unknown_m: float  # Taken for a fix that claims nothing.


_GOOD: Final = Mixture((0.93, 0.06, 0.01), (1.0, 2.5, 15.0))
"""5 % beyond 3 sigmas, 2 % beyond 4.5, 0.6 % beyond 15: walking, bicycle, car, GNSS in a house."""

_POOR: Final = Mixture((0.92, 0.06, 0.02), (1.0, 3.0, 12.0))
"""7 % beyond 3 sigmas, 4 % beyond 4.5: for what is not GNSS, between cars and underground
trains."""


@dataclass(frozen=True, slots=True)
class ErrorModel:
    """The errors of every provider."""

    unknown: ProviderErrors = ProviderErrors(_POOR, 5.0, 100.0)
    gnss: ProviderErrors = ProviderErrors(_GOOD, 3.0, 50.0)
    wifi: ProviderErrors = ProviderErrors(_POOR, 6.0, 100.0)
    cell: ProviderErrors = ProviderErrors(_POOR, 50.0, 2000.0)

    def of(self, provider: Provider) -> ProviderErrors:
        """Return the errors of one provider."""
        return (self.unknown, self.gnss, self.wifi, self.cell)[provider]


def sigma_m(model: ErrorModel, provider: I8, radius95_m: F64) -> F64:
    """Return the sigma of each fix from its radius; NaN stands for a radius that is not known.

    >>> providers = np.array([Provider.GNSS, Provider.CELL], np.int8)
    >>> sigma_m(ErrorModel(), providers, np.array([24.48, np.nan])).round().tolist()
    [10.0, 817.0]
    """
    unknown_m, least_m = _limits_m(model)
    named_m = np.where(np.isnan(radius95_m), unknown_m[provider], radius95_m)
    trusted_m: F64 = np.maximum(named_m / RADIUS95_PER_SIGMA, least_m[provider])
    return trusted_m


@lru_cache(maxsize=64)
def _limits_m(model: ErrorModel) -> tuple[F64, F64]:
    """Return the radius that is not named, and the least sigma, for each provider."""
    errors = [model.of(one) for one in Provider]
    return (
        np.array([one.radius95_unknown_m for one in errors]),
        np.array([one.sigma_m_min for one in errors]),
    )


def log_ratio(model: ErrorModel, provider: I8, distance_m: F64, sigma_m: F64) -> F64:
    """Return how much worse a place at a distance explains each fix than the fix's own place does.

    The logarithm of the ratio of the two densities: 0 at the fix, falling with distance, minus
    infinity at an infinite one.

    >>> away_m = np.array([0.0, 20.0, 200.0])
    >>> log_ratio(ErrorModel(), np.ones(3, np.int8), away_m, np.full(3, 10.0)).round(2).tolist()
    [0.0, -1.96, -10.85]
    """
    ratio = np.abs(distance_m) / sigma_m
    return _log_ratio(_density(model), provider, ratio * ratio)


def reach_m(model: ErrorModel, provider: I8, sigma_m: F64, cap_llr: float) -> F64:
    """Return the distance at which the log ratio of each fix has fallen to `-cap_llr`."""
    reach_ratio: F64 = _reach_ratios(model, cap_llr)[provider]
    return sigma_m * reach_ratio


class _Density(NamedTuple):
    """The densities of all mixtures u sigmas away, leaving out the fall of the widest.

    One column for each provider. The heights of a column make 1; mixtures with fewer components
    have some of no height.
    """

    height_ratio: F64  # [components, providers]: at the fix, the widest first.
    steeper_per_sigma2: F64  # [components, providers]: how much faster each falls than the widest.
    widest_per_sigma2: F64  # [providers]


@lru_cache(maxsize=64)
def _density(model: ErrorModel) -> _Density:
    columns = [_column(model.of(provider).mixture) for provider in Provider]
    most = max(len(column) for column in columns)
    padded = np.array([column + [(0.0, 1.0)] * (most - len(column)) for column in columns])
    height_ratio, falls_per_sigma2 = padded.transpose(2, 1, 0)
    return _Density(height_ratio, falls_per_sigma2 - falls_per_sigma2[0], falls_per_sigma2[0])


def _column(mixture: Mixture) -> list[tuple[float, float]]:
    """Return the height and the fall of each component, the widest first."""
    falls = [0.5 / (scale * scale) for scale in mixture.scale_ratios]
    heights = [share * fall for share, fall in zip(mixture.share_ratios, falls, strict=True)]
    *_, total = accumulate(heights)
    by_width = sorted(zip(falls, heights, strict=True))
    return [(height / total, fall) for fall, height in by_width]


def _log_ratio(density: _Density, provider: I8, squared_ratio: F64) -> F64:
    height_ratio, steeper_per_sigma2, widest_per_sigma2 = density
    rest = height_ratio[0][provider]
    for height, steeper in zip(height_ratio[1:], steeper_per_sigma2[1:], strict=True):
        rest = rest + height[provider] * exp(-(squared_ratio * steeper[provider]))
    return np.minimum(log(rest) - squared_ratio * widest_per_sigma2[provider], 0.0)


@lru_cache(maxsize=64)
def _reach_ratios(model: ErrorModel, cap_llr: float) -> F64:
    """Return for each provider how many sigmas away the log ratio has fallen to the cap."""
    providers = np.array(Provider, dtype=np.int8)
    density = _density(model)
    low = np.zeros(len(providers))
    high = np.sqrt((cap_llr + 1.0) / density.widest_per_sigma2)  # Certainly far enough...
    for _ in range(60):
        middle = (low + high) / 2.0
        is_short = _log_ratio(density, providers, middle * middle) > -cap_llr
        low, high = np.where(is_short, middle, low), np.where(is_short, high, middle)
    return high
