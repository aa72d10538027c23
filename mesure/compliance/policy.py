"""The programme's thresholds, each with a date, a unit and a reason.

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

from mesure.orders import calibration_limits, strings
from mesure.orders.faults import Faults, listed, shown
from mesure.orders.strings import Items, Keys, Node, Text


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
    certainty_max_odds: float
    correlation_s: float
    correlation_moving_s: float
    moving_speed_mps: float
    path_s_max: float
    path_step_ratio: float
    boundary_llr_max: float
    step_mps_max: float
    way_clear_llr: float
    way_llr: float
    jump_s_max: float
    jump_memory_s: float
    jumps_per_day_max: float
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
    onset_s_max: float
    silence_s: float
    silence_incident_s: float
    stale_s: float
    future_s: float
    late_s: float
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
    "certainty_max_odds": (2.0, 1e9),
    "moving_speed_mps": (0.1, 100.0),
    "boundary_llr_max": (0.0, 20.0),
    "step_mps_max": (0.1, 1000.0),
    "way_clear_llr": (0.1, 20.0),
    "path_step_ratio": (0.0, 10.0),
    "way_llr": (0.0, 20.0),
    "jumps_per_day_max": (1.0, 1000.0),
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
    "home_calibration_away_m_max": (0.0, calibration_limits.AWAY_M_MAX),
    "home_calibration_radius_ratio_max": (0.0, calibration_limits.RADIUS_RATIO_MAX),
    "home_calibration_far_m": (1.0, 10_000.0),
    "home_calibration_spread_m_max": (1.0, calibration_limits.AWAY_M_MAX),
    "home_calibration_evidence_ratio_min": (1.0, 10_000.0),
    "battery_low_ratio": (0.01, 1.0),
    "battery_empty_ratio": (0.0, 1.0),
}
"""What a value may be, where it is not a time: times are from 1 s to 400 days."""

DatedValues = tuple[tuple[date, Mapping[str, float]], ...]  # By class of device, latest last.


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A policy as it was read: every threshold with its values by date."""

    version: str
    values: Mapping[str, DatedValues]

    def at(self, day: date, device_class: DeviceClass) -> Policy:
        """Return the thresholds in force on a day."""
        return Policy(
            self.version,
            **{name: _in_force(self.values[name], day)[device_class] for name in NAMES},
        )


def _in_force(dated: DatedValues, day: date) -> Mapping[str, float]:
    """Return the latest values from on or before the day; the first ones for a day before all."""
    return next((values for since, values in reversed(dated) if since <= day), dated[0][1])


def read(name: str, data: bytes, base: PolicyFile | None = None) -> PolicyFile:
    """Return the policy of a file; thresholds that it leaves out are those of `base`.

    Raises `OrderError` with everything that is wrong with the file.
    """
    faults = Faults(name)
    keys = strings.load(data, faults)
    _refuse_unknown(keys, ("policy", "version", "thresholds"), "", faults)
    values = dict(base.values) if base else {}
    entries = keys.values.get("thresholds")
    if isinstance(entries, Keys):
        _refuse_unknown(entries, NAMES, "thresholds", faults)
        for threshold, entry in entries.values.items():
            values[threshold] = _dated(threshold, entry, faults)
    missing = [threshold for threshold in NAMES if threshold not in values]
    if missing:
        what = f"no values for {listed(missing)}"
        faults.add(keys.line, "thresholds", what, "the judge needs every threshold", "add them")
    version = _text(keys, "version", "", faults)
    faults.settle()
    return PolicyFile(version, values)


def _refuse_unknown(keys: Keys, known: tuple[str, ...], at: str, faults: Faults) -> None:
    for key in keys.values:
        if key not in known:
            faults.add(
                keys.line_of(key),
                at or key,
                f"{shown(key)} is not a key here",
                "a threshold under another name would be left as it was",
                f"write one of {listed(known)}",
            )


def _text(keys: Keys, key: str, at: str, faults: Faults) -> str:
    """Return a text that must be there; a fault and an empty text where it is not."""
    found = keys.values.get(key)
    if isinstance(found, Text) and found.text.strip():
        return found.text
    why = "who reads a decision must see by which policy and why"
    faults.add(keys.line_of(key), at or key, f"{shown(key)} is missing or empty", why, "write it")
    return ""


def _dated(name: str, entry: Node, faults: Faults) -> DatedValues:
    if not isinstance(entry, Keys):
        why = "a threshold needs a reason and dated values"
        faults.add(entry.line, name, "it is not a group of keys", why, "write unit, reason, values")
        return ()
    _refuse_unknown(entry, ("unit", "reason", "reference", "values"), name, faults)
    for key in ("unit", "reason", "reference"):
        _text(entry, key, name, faults)
    rows = entry.values.get("values")
    if not isinstance(rows, Items) or not rows.items:
        why = "without a value the judge cannot decide"
        faults.add(
            entry.line_of("values"),
            name,
            "it has no values",
            why,
            "write {from: DATE, value: NUMBER}",
        )
        return ()
    found = [_row(name, row, faults) for row in rows.items]
    return tuple(sorted(found, key=lambda dated: dated[0]))


def _row(name: str, row: Node, faults: Faults) -> tuple[date, Mapping[str, float]]:
    if not isinstance(row, Keys):
        why = "a value holds from a date"
        faults.add(
            row.line, name, "it is not a dated value", why, "write {from: DATE, value: NUMBER}"
        )
        return date.min, {}
    classes = tuple(str(device_class) for device_class in DeviceClass)
    _refuse_unknown(row, ("from", "value", *classes), name, faults)
    since = _date(name, row, faults)
    if "value" in row.values:
        return since, dict.fromkeys(classes, _number(name, row, "value", faults))
    return since, {one: _number(name, row, one, faults) for one in classes}


def _date(name: str, row: Keys, faults: Faults) -> date:
    text = _text(row, "from", name, faults)
    try:
        return date.fromisoformat(text) if text else date.min
    except ValueError:
        why = "a value holds from a date"
        faults.add(row.line_of("from"), name, f"{shown(text)} is no date", why, "write YYYY-MM-DD")
        return date.min


def _number(name: str, row: Keys, key: str, faults: Faults) -> float:
    text = _text(row, key, name, faults)
    low, high = RANGES.get(name, (1.0, DAYS_S_MAX))
    try:
        value = float(text or low)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        why = f"it must be a number from {low:g} to {high:g}"
        faults.add(row.line_of(key), name, f"{shown(text)} cannot be used", why, "correct it")
    return value
