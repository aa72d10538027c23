"""Policy: the programme's thresholds, each with a date, a unit and a reason.

The file is strings-only YAML: for every threshold its unit, why it is what it is, a reference, and
its values by date, either one for every device or one for each class. The values that hold are
those in force on the day on which the order came into force. Decision:
docs/decisions/0021-policy-is-a-dated-file.md
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Final

from mesure.orders.text import dated_file
from mesure.orders.text.dated_file import DatedFile, DatedFileForm, FileReasons
from mesure.orders.text.order_faults import FileFaults, quote
from mesure.orders.text.strings_yaml import MappingNode
from mesure.orders.values import calibration_limits


class DeviceClass(StrEnum):
    """What reports: decides what a radius means, correlation times and limits of silence."""

    PHONE = "phone"
    GNSS_TAG = "gnss_tag"


@dataclass(frozen=True, slots=True)
class Policy:
    """The thresholds that hold for one class of device on one day.

    Every field but the version is an entry of the policy file, which gives its unit and its reason.
    """

    version: str
    p_not_met: float
    p_met: float
    p_ask_min: float
    ask_every_s: float
    ask_for_s: float
    asks_per_h_max: float
    leave_rate_per_h: float
    leave_rate_moving_per_h: float
    return_rate_per_h: float
    evidence_max_llr: float
    evidence_min_llr: float
    look_again_ratio: float
    plain_llr: float
    certainty_max_odds: float
    correlation_s: float
    correlation_away_s: float
    correlation_moving_s: float
    rest_rate_ratio: float
    rest_hold_s_max: float
    rest_gap_s_max: float
    rest_slack_s: float
    p_rest_outlived: float
    arrival_s_max: float
    arrival_m_min: float
    p_arrival: float
    p_return: float
    resting_circle_ratio: float
    outshone_s_max: float
    outshone_circles_ratio: float
    moving_speed_mps: float
    moving_radius95_m_max: float
    moved_s_max: float
    way_s_max: float
    path_s_max: float
    path_step_ratio: float
    path_gap_s_max: float
    path_straight_ratio: float
    path_part_ratio: float
    path_mps_min: float
    path_mps_max: float
    boundary_llr_max: float
    step_mps_max: float
    step_circles_ratio: float
    speed_step_ratio_max: float
    speed_stray_ratio: float
    way_clear_llr: float
    way_llr: float
    jump_s_max: float
    jump_memory_s: float
    jumps_per_day_max: float
    graze_m: float
    beacon_heard_llr: float
    beacon_missed_llr: float
    beacon_correlation_s: float
    beacon_missed_correlation_s: float
    error_wide_ratio: float
    error_wild_ratio: float
    error_wide_scale_ratio: float
    error_wild_scale_ratio: float
    error_floor_m: float
    error_floor_cell_m: float
    radius95_unknown_m: float
    radius95_unknown_cell_m: float
    radius95_per_reported_phone_ratio: float
    radius95_per_reported_tag_ratio: float
    wifi_above_m: float
    cell_from_m: float
    onset_s_max: float
    silence_s: float
    silence_incident_s: float
    stale_s: float
    future_s: float
    late_s: float
    deliveries_per_record_max: float
    reopen_s: float
    home_calibration_away_m_max: float
    home_calibration_radius_ratio_max: float
    home_calibration_far_m: float
    home_calibration_spread_m_max: float
    home_calibration_evidence_ratio_min: float
    home_calibration_confirmed_s_min: float
    home_calibration_heard_s_min: float
    home_calibration_gap_s_max: float
    battery_low_ratio: float
    battery_empty_ratio: float
    not_charging_s: float
    device_brief_s: float
    device_notices_per_day_max: float
    approximate_m: float
    approximate_s: float


NAMES: Final = tuple(field.name for field in fields(Policy) if field.name != "version")
DAYS_S_MAX: Final = 400 * 86_400.0

RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "p_not_met": (0.5, 0.999),
    "p_met": (0.001, 0.5),
    "p_ask_min": (0.001, 0.999),
    "asks_per_h_max": (1.0, 60.0),
    "leave_rate_per_h": (1e-6, 100.0),
    "leave_rate_moving_per_h": (1e-6, 1000.0),
    "return_rate_per_h": (1e-6, 100.0),
    "evidence_max_llr": (0.1, 20.0),
    "evidence_min_llr": (0.0, 5.0),
    "look_again_ratio": (0.1, 1.0),
    "plain_llr": (0.0, 20.0),
    "certainty_max_odds": (2.0, 1e9),
    "rest_rate_ratio": (0.0, 1.0),
    "rest_hold_s_max": (0.0, DAYS_S_MAX),
    "rest_gap_s_max": (0.0, DAYS_S_MAX),
    "rest_slack_s": (0.0, 3_600.0),
    "p_rest_outlived": (0.0, 0.5),
    "arrival_s_max": (0.0, DAYS_S_MAX),
    "arrival_m_min": (1.0, 100_000.0),
    "p_arrival": (0.0, 0.5),
    "p_return": (0.5, 0.9999),
    "resting_circle_ratio": (0.1, 1.0),
    "outshone_s_max": (0.0, DAYS_S_MAX),
    "outshone_circles_ratio": (0.0, 100.0),
    "moving_speed_mps": (0.1, 100.0),
    "moving_radius95_m_max": (0.1, 100_000.0),
    "boundary_llr_max": (0.0, 20.0),
    "step_mps_max": (0.1, 1000.0),
    "step_circles_ratio": (0.0, 10.0),
    "speed_step_ratio_max": (0.0, 100.0),
    "speed_stray_ratio": (0.0, 100.0),
    "way_clear_llr": (0.1, 20.0),
    "path_step_ratio": (0.0, 10.0),
    "path_straight_ratio": (0.0, 1.0),
    "path_part_ratio": (0.0, 0.5),
    "path_mps_min": (0.0, 100.0),
    "path_mps_max": (0.1, 1000.0),
    "way_llr": (0.0, 20.0),
    "jumps_per_day_max": (1.0, 1000.0),
    "graze_m": (0.1, 100.0),
    "beacon_heard_llr": (-20.0, 0.0),
    "beacon_missed_llr": (0.0, 20.0),
    "error_wide_ratio": (0.0, 0.5),
    "error_wild_ratio": (0.0, 0.4),
    "error_wide_scale_ratio": (1.0, 1000.0),
    "error_wild_scale_ratio": (1.0, 1000.0),
    "error_floor_m": (0.1, 1000.0),
    "error_floor_cell_m": (0.1, 10_000.0),
    "radius95_unknown_m": (0.1, 100_000.0),
    "radius95_unknown_cell_m": (0.1, 100_000.0),
    "radius95_per_reported_phone_ratio": (0.1, 10.0),
    "radius95_per_reported_tag_ratio": (0.1, 10.0),
    "wifi_above_m": (1.0, 100_000.0),
    "cell_from_m": (1.0, 100_000.0),
    "deliveries_per_record_max": (10.0, 100_000.0),
    "home_calibration_away_m_max": (0.0, calibration_limits.AWAY_M_MAX),
    "home_calibration_radius_ratio_max": (0.0, calibration_limits.RADIUS_RATIO_MAX),
    "home_calibration_far_m": (1.0, 10_000.0),
    "home_calibration_spread_m_max": (1.0, calibration_limits.AWAY_M_MAX),
    "home_calibration_evidence_ratio_min": (1.0, 10_000.0),
    "battery_low_ratio": (0.01, 1.0),
    "battery_empty_ratio": (0.0, 1.0),
    "device_notices_per_day_max": (1.0, 1_000.0),
    "approximate_m": (1.0, 100_000.0),
}
"""What a value may be, where it is not a time: times are from 1 s to 400 days."""


@dataclass(frozen=True, slots=True)
class PolicyFile(DatedFile[Mapping[str, float]]):
    """A policy as it was read: every threshold with its values by date and class of device."""

    def at(self, day: date, device_class: DeviceClass) -> Policy:
        """Return the thresholds in force on a day."""
        return Policy(
            self.version,
            **{name: dated_file.in_force(self.values[name], day)[device_class] for name in NAMES},
        )


def read(name: str, data: bytes, base: PolicyFile | None = None) -> PolicyFile:
    """Return the policy of a file; thresholds that it leaves out are those of `base`.

    Raises `OrderError` with everything that is wrong with the file.
    """
    parsed = dated_file.read(name, data, _FORM, base)
    return PolicyFile(parsed.version, parsed.values, parsed.reasons)


def _value(name: str, row: MappingNode, faults: FileFaults) -> Mapping[str, float]:
    """Return the value for each class of device: one for all, or one for each."""
    if "value" in row.values:
        return dict.fromkeys(_CLASSES, _number(name, row, "value", faults))
    return {one: _number(name, row, one, faults) for one in _CLASSES}


def _number(name: str, row: MappingNode, key: str, faults: FileFaults) -> float:
    text = dated_file.text(row, key, name, _WHYS.said, faults)
    low, high = RANGES.get(name, (1.0, DAYS_S_MAX))
    try:
        value = float(text or low)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        why = f"it must be a number from {low:g} to {high:g}"
        faults.add(row.line_of(key), name, f"{quote(text)} cannot be used", why, "correct it")
    return value


_CLASSES: Final = tuple(str(device_class) for device_class in DeviceClass)
_WHYS: Final = FileReasons(
    known="a threshold under another name would be left as it was",
    said="who reads a decision must see by which policy and why",
    reasoned="a threshold needs a reason and dated values",
    valued="without a value the judge cannot decide",
    complete="the judge needs every threshold",
)
_FORM: Final[DatedFileForm[Mapping[str, float]]] = DatedFileForm(
    title="policy",
    group="thresholds",
    names=NAMES,
    value_keys=("value", *_CLASSES),
    value=_value,
    nothing={},
    written="{from: DATE, value: NUMBER}",
    whys=_WHYS,
)
