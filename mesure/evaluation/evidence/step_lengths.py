"""Step lengths: how far fixes lie apart, and how far their errors may explain that."""

import numpy as np

from mesure.evaluation.filter.two_state_filter import Indices
from mesure.evaluation.policy import Policy
from mesure.geo import earth
from mesure.geo.fixes import F64, Fixes, Provider


def apart_m(fixes: Fixes, first: Indices, second: Indices) -> F64:
    """Return how far some fixes lie from others, straight through the ground."""
    ends = ((fixes.lat_deg[end], fixes.lon_deg[end]) for end in (first, second))
    return between_m(*ends)


def between_m(first_deg: tuple[F64, F64], second_deg: tuple[F64, F64]) -> F64:
    """Return how far some places lie from others, latitude and longitude of each."""
    here, there = earth.ecef_m(*first_deg), earth.ecef_m(*second_deg)
    return length_m(*(b - a for a, b in zip(here, there, strict=True)))


def length_m(x: F64, y: F64, z: F64) -> F64:
    """Return the length of some vectors."""
    return np.sqrt(x * x + y * y + z * z)


def circles_m(fixes: Fixes, first: Indices, second: Indices, policy: Policy) -> F64:
    """Return how wide the confidence circles of two fixes are together, pair by pair."""
    first_m, second_m = (circle_m(fixes, policy, end) for end in (first, second))
    return first_m + second_m


def circle_m(fixes: Fixes, policy: Policy, numbers: Indices | slice = slice(None)) -> F64:
    """Return how wide each circle is; that of a fix that names none is its provider's."""
    named_m = fixes.radius95_m[numbers]
    is_cell = fixes.provider[numbers] == Provider.CELL
    unknown_m = np.where(is_cell, policy.radius95_unknown_cell_m, policy.radius95_unknown_m)
    return np.where(np.isnan(named_m), unknown_m, named_m)
