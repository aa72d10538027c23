"""Errors at rest: published error quantiles by the kind of device and of building.

Figures and their sources: docs/error_model.md, "Errors of single fixes", "Errors persist" and
"Behind other walls"; docs/simulated_towns.md, "Claims". Tests check these figures.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

import numpy as np

from mesure.evaluation.policy import DeviceClass
from mesure.geo.fixes import F64
from mesure.geo.numeric.elementary import exp, log

MEASURED: Final = "2026-11"  # The tables below, and the pages that they are taken from.
ROWS_KEPT: Final = 16


@dataclass(frozen=True, slots=True)
class ErrorsAtRest:
    """The errors of one kind of device at rest: a row of the published tables."""

    row: str  # Of docs/error_model.md, "Errors of single fixes".
    fixes: int
    q50_m: float
    q95_m: float
    q99_m: float
    q999_m: float
    tail_factor: float  # The index of the power law beyond the last point that can be used.
    # What it claims at the median: docs/simulated_towns.md, "Claims"; phones claim 68 %, and 95 %
    # of a circular Gaussian lie within 1.62 times that.
    radius95_m: float

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """Return (share of fixes that err by more, metres), for each point that can be used.

        A point beyond which not even one fix lies is the largest error seen, and no quantile.
        """
        published = (0.5, self.q50_m), (0.05, self.q95_m), (0.01, self.q99_m), (0.001, self.q999_m)
        return tuple(one for one in published if round(self.fixes * one[0]) >= 1)


@dataclass(frozen=True, slots=True)
class DeviceErrors:
    """What one class of devices does; its rows are taken to be equally likely."""

    at_rest: tuple[ErrorsAtRest, ...]
    memory_s: float  # How long an error lasts: docs/error_model.md, "Errors persist".
    away_memory_s: float  # How long one lasts that leads away from home.
    walking_radius95_m: float  # What it claims on foot: docs/simulated_towns.md, "Claims".


ERRORS: Final = {
    DeviceClass.PHONE: DeviceErrors(
        (
            ErrorsAtRest(
                "phone indoors, high accuracy, Android", 2100, 4.4, 12.0, 25.0, 40.0, 2.6, 25.4
            ),
            ErrorsAtRest("phone indoors, balanced, Android", 974, 4.5, 11.0, 37.0, 43.0, 1.4, 25.4),
            ErrorsAtRest("phone indoors, balanced, iOS", 215, 7.3, 27.0, 40.0, 634.0, 1.9, 16.2),
        ),
        memory_s=480.0,  # The middle of 370 to 600 s.
        away_memory_s=480.0,
        walking_radius95_m=26.9,
    ),
    # Of the rows of tags the one with the heavier tail; no record of a real ankle tag could be had.
    DeviceClass.GNSS_TAG: DeviceErrors(
        (ErrorsAtRest("GNSS logger in a house", 5947, 6.6, 30.0, 76.0, 366.0, 1.6, 24.2),),
        # The slow rest beyond 90 to 170 s: an error that outlasts the judge is of that.
        memory_s=300.0,
        # Spells that led beyond 50 m of tags in a house and in a building lasted 16 to 60 min, half
        # an hour at the median.
        away_memory_s=2600.0,
        walking_radius95_m=24.2,  # As at rest: nothing was measured on foot.
    ),
}


class BuildingKind(StrEnum):
    """What a home is in, as far as positions can tell."""

    HOUSE_OR_FLAT = "house or flat"
    TOWER = "high building"
    BASEMENT = "basement"


@dataclass(frozen=True, slots=True)
class BuildingErrors:
    """How much larger errors are behind such walls than those that were measured."""

    share_ratio: float  # Of homes, to average over those whose kind nobody says.
    error_ratio: float
    memory_ratio: float  # How much longer they last.


BUILDINGS: Final = {
    BuildingKind.HOUSE_OR_FLAT: BuildingErrors(0.80, 1.0, 1.0),
    BuildingKind.TOWER: BuildingErrors(0.15, 1.8, 1.4),
    BuildingKind.BASEMENT: BuildingErrors(0.05, 2.2, 1.8),
}

# Two homes in three of one kind lie within a factor of 1.3 (docs/error_model.md). Three stand for a
# log-normal spread of that size: the shares and places of Gauss and Hermite, which give its first
# five moments exactly; 1.3 ** sqrt(3) is 1.575.
HOMES: Final = ((1.0 / 6.0, 0.635), (2.0 / 3.0, 1.0), (1.0 / 6.0, 1.575))

HOME_OFF_M: Final = 7.0
"""How far the middle of a home's circle lies from where the person is, at the median: geocoded
addresses are up to 20 m off (docs/error_model.md, "Boundaries"; the median is assumed)."""

P_UNHEARD: Final = 0.05
"""How often a home beacon is not heard at home (assumed, as in docs/simulated_towns.md)."""


def p_beyond(row: ErrorsAtRest, distance_m: F64, error_ratio: float = 1.0) -> F64:
    """Return the share of fixes that err by more than a distance, over homes of one kind.

    >>> logger = ERRORS[DeviceClass.GNSS_TAG].at_rest[0]
    >>> p_beyond(logger, np.array([0.0, 30.0, 100.0])).round(3).tolist()
    [0.5, 0.054, 0.007]
    >>> p_beyond(logger, np.array([0.0, 30.0, 100.0]), error_ratio=2.0).round(3).tolist()
    [0.5, 0.155, 0.023]
    """
    by_home_m = [distance_m / (larger * error_ratio) for _, larger in HOMES]
    p_found = _p_beyond(row, np.concatenate(by_home_m)).reshape(len(HOMES), -1)
    p_total = np.zeros(len(distance_m))
    for (share_ratio, _), p_of_home in zip(HOMES, p_found, strict=True):
        p_total = p_total + share_ratio * p_of_home
    return p_total


def _p_beyond(row: ErrorsAtRest, distance_m: F64) -> F64:
    """Return it for the home that was measured: power laws from point to point, and one beyond."""
    p_at, at_m, falls = _laws(row)
    beyond_m = np.maximum(distance_m, at_m[0])
    law = np.maximum(np.searchsorted(at_m, beyond_m) - 1, 0)
    p_found: F64 = p_at[law] * exp(log(at_m[law] / beyond_m) * falls[law])
    return p_found


@lru_cache(maxsize=ROWS_KEPT)
def _laws(row: ErrorsAtRest) -> tuple[F64, F64, F64]:
    """Return share, metres and index of the power law that begins at each point."""
    p_at, at_m = np.array(row.points).T.copy()
    falls = log(p_at[:-1] / p_at[1:]) / log(at_m[1:] / at_m[:-1])
    return p_at, at_m, np.append(falls, row.tail_factor)
