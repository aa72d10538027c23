"""Scenery: an order in a few lines of YAML, and fixes on a line that leads east from home.

Places lie on that line, in metres: home reaches 60 m, the office is at 2,000 m, the stadium at
5,000 m. Tests of the evaluation tell their stories in it, and the persons of the whole live in it.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

import numpy as np

from mesure.devices.message.batch import FixBatch
from mesure.evaluation import policy as policy_
from mesure.evaluation.policy import DeviceClass, Policy
from mesure.geo import fixes as fixes_
from mesure.geo.fixes import NOT_KNOWN, POSITION, Fixes, Provider

HOME_LAT_DEG: Final = 43.25
HOME_LON_DEG: Final = 76.95
LAT_M: Final = 111_103.0
"""Metres of a degree of latitude at home."""

LON_M: Final = 81_190.0
"""Metres of a degree of longitude at home."""

S: Final = 1_000_000
M: Final = 60 * S
H: Final = 60 * M

ORDER: Final = """
order: {name}
person: P-1
time_zone: {zone}
in_force: {{{in_force}}}
places:
  home: {{lat_deg: {lat}, lon_deg: {lon}, radius_m: 60}}
  office: {{lat_deg: {lat}, lon_deg: {office}, radius_m: 80}}
  stadium: {{lat_deg: {lat}, lon_deg: {stadium}, radius_m: 100}}
  district: {{lat_deg: {lat}, lon_deg: {lon}, radius_m: 3000}}
conditions: {{{conditions}}}
absences: {{{absences}}}
"""


def _corner(east_m: float, north_m: float = 0.0) -> str:
    return f"[{HOME_LAT_DEG + north_m / LAT_M}, {HOME_LON_DEG + east_m / LON_M}]"


_PARK: Final = ((8_880, -120), (9_120, -120), (9_120, 120), (8_880, 120))
AREAS: Final = (
    f"  park: {{polygon: [{', '.join(_corner(*one) for one in _PARK)}]}}\n"
    f"  way: {{corridor: [{_corner(0)}, {_corner(2_000)}], width_m: 160}}\n"
)
"""Places that are no circles: round the point at 9,000 m, and from home to the office."""

FEBRUARY: Final = "from: 2026-02-01, until: 2026-03-01"


def order(
    *conditions: str,
    absences: str = "",
    in_force: str = FEBRUARY,
    zone: str = "Etc/UTC",
    name: str = "A-1",
) -> str:
    """Return the text of an order with some conditions."""
    return ORDER.format(
        name=name,
        zone=zone,
        in_force=in_force,
        lat=HOME_LAT_DEG,
        lon=HOME_LON_DEG,
        office=HOME_LON_DEG + 2_000 / LON_M,
        stadium=HOME_LON_DEG + 5_000 / LON_M,
        conditions=", ".join(conditions),
        absences=absences,
    )


class Fix(NamedTuple):
    """One fix, before it is a row of columns."""

    observed_us: int
    received_us: int
    east_m: float
    north_m: float = 0.0
    radius95_m: float = 15.0
    speed_mps: float = np.nan
    motion: int = NOT_KNOWN
    beacon: int = NOT_KNOWN
    provider: int = Provider.GNSS
    rest_us: int = POSITION  # Of a sign of life without a place: since when the device lies still.


def fixes(*parts: Iterable[Fix], first_row: int = 0) -> Fixes:
    """Return columns of fixes, numbered in the order in which they are given."""
    return fixes_.sort(fix_columns(*parts, first_row=first_row))


def fix_columns(*parts: Iterable[Fix], first_row: int = 0) -> Fixes:
    """Return columns of fixes in the order in which they are given."""
    all_fixes = [one for part in parts for one in part]
    rows = range(first_row, first_row + len(all_fixes))
    return Fixes(
        np.array([one.observed_us for one in all_fixes], np.int64),
        np.array([one.received_us for one in all_fixes], np.int64),
        np.array([HOME_LAT_DEG + one.north_m / LAT_M for one in all_fixes], np.float64),
        np.array([HOME_LON_DEG + one.east_m / LON_M for one in all_fixes], np.float64),
        np.array([one.radius95_m for one in all_fixes], np.float64),
        np.array([one.speed_mps for one in all_fixes], np.float64),
        np.array([one.motion for one in all_fixes], np.int8),
        np.array([one.beacon for one in all_fixes], np.int8),
        np.array([one.provider for one in all_fixes], np.int8),
        np.array(rows, np.int64),
        np.array([one.rest_us for one in all_fixes], np.int64),
    )


@cache
def default_policy(device_class: DeviceClass = DeviceClass.PHONE) -> Policy:
    """Return the thresholds of the default programme."""
    data = resources.files("mesure.evaluation").joinpath("policy.yaml").read_bytes()
    return policy_.read("policy.yaml", data).at(date(2026, 2, 1), device_class)


PHONE_RATIO: Final = default_policy().radius95_per_reported_phone_ratio


def as_batch(fixes: Fixes) -> FixBatch:
    """Return fixes as a phone says them."""
    return FixBatch(
        fixes.observed_us,
        fixes.lat_deg,
        fixes.lon_deg,
        fixes.radius95_m / PHONE_RATIO,
        fixes.speed_mps,
        fixes.motion,
        fixes.beacon,
        fixes.provider,
        np.zeros(len(fixes), np.bool_),
    )
