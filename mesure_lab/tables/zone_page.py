"""The table of what to expect by radius, building and device, on the page about zones.

`make docs` writes it, and `make made` fails when the closed forms or the policy no longer say so.
It is worked out in a moment; the simulated figures below it are made by `zone_tables`.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from mesure.evaluation.feasibility import zone_errors
from mesure.evaluation.feasibility.errors_at_rest import MEASURED, BuildingKind
from mesure.evaluation.policy import DeviceClass, Policy, PolicyFile
from mesure_lab.simulation import towns
from mesure_lab.tables import score_tables

PAGE: Final = "zone_check.md"
SECTION: Final = "radii"
RADII_M: Final = (30, 45, 60, 80, 100, 150, 200, 300)
NIGHT_H: Final = 8.0


def with_radii(page: str, policy: PolicyFile) -> str:
    """Return the page with the table as the closed forms have it now."""
    return score_tables.put(page, SECTION, list(_lines(policy)))


def _lines(policy: PolicyFile) -> Iterator[str]:
    yield f"Policy {policy.version}, errors as measured in {MEASURED}."
    for device in DeviceClass:
        values = policy.at(towns.FIRST_DAY, device)
        kinds = " | ".join(kind.value for kind in BuildingKind)
        yield f"\n| {device.value}, circle of | {kinds} | leaving is seen after | seen from |"
        yield "|---|" + "---:|" * (len(BuildingKind) + 2)
        yield from (_row(values, device, radius_m) for radius_m in RADII_M)


def _row(policy: Policy, device: DeviceClass, radius_m: int) -> str:
    cells = [_often(_per_night(policy, device, kind, radius_m)) for kind in BuildingKind]
    delay_s = zone_errors.delay_s(policy, device, np.inf)
    told_m = zone_errors.detection_depth_m(policy, device)
    return f"| {radius_m} m | {' | '.join(cells)} | {delay_s:.0f} s | {radius_m + told_m:.0f} m |"


def _per_night(policy: Policy, device: DeviceClass, kind: BuildingKind, radius_m: int) -> float:
    room_m = np.array([float(radius_m)])
    [false_per_day] = zone_errors.false_per_day(
        policy, device, kind, room_m, np.inf, NIGHT_H, is_home=True
    )
    return float(false_per_day)


def _often(per_night: float) -> str:
    """Return a rate, and in how many nights that is one.

    >>> _often(0.00781), _often(0.3)
    ('0.0078, 1 in 130', '0.3, 1 in 3')
    """
    nights = 1.0 / per_night
    rounded = round(nights) if nights < 20.0 else int(float(f"{nights:.1e}"))
    return f"{per_night:.2g}, 1 in {rounded:,}"
