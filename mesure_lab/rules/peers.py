"""The rules to beat, by name: where each comes from, its defaults and what to sweep."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mesure_lab.rules import baseline
from mesure_lab.rules.baseline import Rule, RuleOpening
from mesure_lab.rules.readings import Readings


@dataclass(frozen=True, slots=True)
class Baseline:
    """One rule with its parameters; `sweep` names the parameter to vary and its values."""

    id: str
    source: str
    rule: Rule
    parameters: Mapping[str, float] = field(default_factory=dict)
    sweep: tuple[str, tuple[float, ...]] | None = None
    needs_crossing: bool = False  # It takes `starts_inside`, or may wait for a first entry.

    def openings(self, fixes: Readings, **changed: float) -> list[RuleOpening]:
        """Return what the rule raises, with some of its parameters changed."""
        return self.rule(fixes, **{**self.parameters, **changed})


_TRACCAR = "traccar/traccar 9e5c458a: GeofenceHandler, BasePositionEventHandler, FilterHandler"
_ANDROID = "Google Play services, developer guide on geofencing: overlap of circle and fence"
_TABLE = "rules a careful integrator would write; measured on real traces beside this project"
_MINUTES = (120.0, 300.0, 600.0, 900.0, 1200.0)

BASELINES: dict[str, Baseline] = {
    "traccar": Baseline("B0", _TRACCAR, baseline.traccar, needs_crossing=True),
    "traccar_tuned": Baseline(
        "B1",
        _TRACCAR,
        baseline.traccar,
        {"accuracy_m_max": 50.0, "speed_mps_max": 100.0 * baseline.KNOT_MPS, "drops_repeats": 1.0},
        ("accuracy_m_max", (20.0, 50.0, 100.0, 200.0)),
        needs_crossing=True,
    ),
    "point_state": Baseline("B2", "a plain circle, as a state", baseline.point_state),
    "home_assistant": Baseline(
        "B3",
        "home-assistant/core zone/__init__.py in_zone: inside when d - a < R",
        baseline.home_assistant,
    ),
    "icloud3": Baseline(
        "B4",
        "gcobb321/icloud3 3e367c54 zone_handler.py, const.py",
        baseline.icloud3,
        {"accuracy_m_max": 100.0, "accuracy_times": 0.5},
        ("accuracy_m_max", (50.0, 100.0, 200.0)),
    ),
    "owntracks_recorder": Baseline(
        "B5",
        "owntracks/recorder ae2fd296 fences.c",
        baseline.owntracks_recorder,
        needs_crossing=True,
    ),
    "android_overlap": Baseline(
        "B6",
        _ANDROID,
        baseline.android_overlap,
        {"enter_ratio": 0.85, "exit_ratio": 0.15},
        ("exit_ratio", (0.05, 0.15, 0.25)),
    ),
    "android_overlap_small": Baseline(
        "B6", _ANDROID, baseline.android_overlap, {"enter_ratio": 0.75, "exit_ratio": 0.25}
    ),
    "android_dwell": Baseline(
        "B6",
        _ANDROID,
        baseline.android_overlap,
        {"enter_ratio": 0.85, "exit_ratio": 0.15, "dwell_s": 300.0},
        ("dwell_s", _MINUTES),
    ),
    "ios_region": Baseline(
        "B7",
        "Apple's text on region monitoring, as quoted by sjitech",
        baseline.ios_region,
        {"distance_m": 20.0, "hold_s": 20.0},
        ("distance_m", (20.0, 50.0, 100.0)),
    ),
    "tracelet": Baseline(
        "B8",
        "Tracelet geofence_evaluator.rs (after issues 268 and 274)",
        baseline.tracelet,
        {"exit_ratio": 0.1, "exit_m_min": 20.0},
        ("exit_m_min", (20.0, 40.0, 80.0)),
    ),
    "customerio": Baseline(
        "B9",
        "customer.io SDK, PolygonMembershipDecision.swift and its Android twin",
        baseline.customerio,
        {"accuracy_times": 1.0, "margin_m": 20.0},
        ("accuracy_times", (0.5, 1.0, 2.0, 3.0)),
    ),
    "three_of_five": Baseline(
        "B10", "n of m", baseline.n_of_m, {"n": 3.0, "m": 5.0}, ("n", (3.0, 4.0, 5.0))
    ),
    "five_of_six": Baseline("B10", "n of m", baseline.n_of_m, {"n": 5.0, "m": 6.0}),
    "ten_of_twelve": Baseline("B10", "n of m", baseline.n_of_m, {"n": 10.0, "m": 12.0}),
    "dwell": Baseline(
        "B11",
        "dwell time, as in overspeed events and UWP geofences",
        baseline.dwell,
        {"dwell_s": 600.0},
        ("dwell_s", _MINUTES),
    ),
    "dwell_accuracy": Baseline(
        "B11",
        "dwell time, outside by more than the accuracy",
        baseline.dwell,
        {"dwell_s": 1200.0, "accuracy_times": 1.0},
        ("dwell_s", _MINUTES),
    ),
    "cusum": Baseline(
        "B12",
        "Page 1954, evidence taken as independent",
        baseline.cusum,
        {"threshold": 10.0},
        ("threshold", (5.0, 10.0, 20.0, 30.0)),
    ),
    "hmm": Baseline(
        "B13",
        "two-state forward filter, evidence taken as independent",
        baseline.hmm,
        {"open_p": 0.95},
        ("open_p", (0.9, 0.95, 0.99, 0.999)),
    ),
    "kalman": Baseline(
        "B14",
        "constant-velocity Kalman filter, as in movingpandas' smoother (q 0.5)",
        baseline.kalman,
        {"spectral_density": 0.5},
        ("spectral_density", (0.05, 0.5, 5.0)),
    ),
    "drop_wide": Baseline(
        "T1",
        _TABLE,
        baseline.margin,
        {"accuracy_times": 0.0, "accuracy_m_max": 100.0},
        ("accuracy_m_max", (30.0, 50.0, 100.0, 200.0)),
    ),
    "twice": Baseline(
        "T2",
        _TABLE,
        baseline.margin,
        {"accuracy_times": 0.0, "in_a_row": 2.0},
        ("in_a_row", (2.0, 3.0, 5.0)),
    ),
    "accuracy_once": Baseline(
        "T3",
        _TABLE,
        baseline.margin,
        {"accuracy_times": 1.0},
        ("accuracy_times", (0.5, 1.0, 2.0, 3.0)),
    ),
    "accuracy_twice": Baseline(
        "T4",
        _TABLE,
        baseline.margin,
        {"accuracy_times": 1.0, "in_a_row": 2.0},
        ("accuracy_times", (0.5, 1.0, 2.0, 3.0)),
    ),
    "two_accuracies_twice": Baseline(
        "T5",
        _TABLE,
        baseline.margin,
        {"accuracy_times": 2.0, "in_a_row": 2.0},
        ("in_a_row", (1.0, 2.0)),
    ),
    "two_accuracies_three_times": Baseline(
        "T6",
        _TABLE,
        baseline.margin,
        {"accuracy_times": 2.0, "in_a_row": 3.0},
        ("accuracy_times", (1.0, 2.0, 3.0)),
    ),
}
