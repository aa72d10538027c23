"""What was scored, as one object: docs/specs/score_output.md names its keys."""

import json
import math
from collections.abc import Sequence
from typing import Any, Final

from mesure.version import VERSION
from mesure_lab.rules import score
from mesure_lab.rules.score import Delays, FalseRate
from mesure_lab.scoring import score_run
from mesure_lab.scoring.score_figures import (
    Curve,
    DepartureFigures,
    Interval,
    Leaving,
    Resting,
    SweepFigures,
)
from mesure_lab.scoring.score_run import CadenceScore, Honesty, Scored

DIGITS: Final = 4  # After the point: the last bits of a sum are nobody's business.


def to_json(scored: Scored) -> str:
    """Return the figures with sorted keys; null: it never came, or is not known."""
    return dumped(document(scored))


def dumped(found: dict[str, Any]) -> str:
    """Return an object as bytes that are the same for the same figures."""
    return json.dumps(_plain(found), indent=1, sort_keys=True, allow_nan=False) + "\n"


def document(scored: Scored) -> dict[str, Any]:
    """Return the figures by the keys of the specification."""
    found: dict[str, Any] = {
        "engine_version": VERSION,
        "policy_version": scored.policy_version,
        "inputs_sha256": dict(scored.found.sha256),
        "notes": scored.found.notes,
        "rules": scored.names,
        "report_every_s": score_run.EVERY_S,
        "radius_m": scored.radii_m,
        "interval": score.CONFIDENCE,
        "at_rest": [_resting(one) for one in scored.resting],
        "departures": [_leaving(one) for one in scored.leaving],
        "settings": [_swept(one) for one in scored.swept],
        "curves": [_curve(one) for one in scored.curves],
        "cadence": {
            "radius_m": scored.cadence_radius_m,
            "rows": [_cadence(one) for one in scored.cadence],
        },
        "unknown_h_per_day": [
            {"set": name, "radius_m": radius_m, "h_per_day": hours}
            for (name, radius_m), hours in scored.unknown_h_per_day.items()
        ],
        "calibration": {name: _honesty(one) for name, one in scored.honesty.items()},
    }
    if scored.mixed:
        mixed = scored.mixed
        found["order_of_fixes"] = {
            "cases": mixed.cases,
            "same_when_shuffled": mixed.shuffled,
            "same_when_doubled": mixed.doubled,
            "same_in_late_batches": mixed.in_late_batches,
        }
    if scored.throughput is not None:
        found["throughput"] = _throughput(scored.throughput)
    return found


def _resting(one: Resting) -> dict[str, Any]:
    return {
        "set": one.set,
        "radius_m": one.radius_m,
        "traces": one.cases,
        "units": one.units,
        "days": one.days,
        "rules": {name: _rate(rate) for name, rate in one.rules.items()},
    }


def _rate(rate: FalseRate | None) -> dict[str, Any] | None:
    if rate is None:
        return None
    return {"false": rate.count, "per_day": rate.per_day, "low": rate.low, "high": rate.high}


def _leaving(one: Leaving) -> dict[str, Any]:
    return {
        "radius_m": one.radius_m,
        "departures": one.departures,
        "units": one.units,
        "rules": {name: _left(left) for name, left in one.rules.items()},
    }


def _left(left: DepartureFigures) -> dict[str, Any]:
    return {
        "median_s": _interval(left.median_s),
        "p90_s": _interval(left.p90_s),
        "missed": left.missed,
        "early": left.early,
        "survival": [{"after_s": at_s, "unseen_ratio": ratio} for at_s, ratio in left.survival],
    }


def _interval(value: Interval) -> dict[str, float]:
    return value._asdict()


def _delays(delays: Delays, early: int) -> dict[str, Any]:
    return {
        "departures": delays.count,
        "median_s": delays.median_s,
        "p90_s": delays.p90_s,
        "missed": delays.missed,
        "early": early,
    }


def _swept(one: SweepFigures) -> dict[str, Any]:
    return {
        "rule": one.setting.rule,
        "parameter": one.setting.parameter or None,
        "value": one.setting.value if one.setting.parameter else None,
        "radius_m": one.radius_m,
        "at_home": _rate(one.false),
        "left": _delays(one.delays, one.early),
    }


def _curve(one: Curve) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "radius_m": one.radius_m,
        "delay_at_false": _pairs(one.delay_at_false, "false_per_day_max", "median_s"),
        "false_at_delay": _pairs(one.false_at_delay, "median_s_max", "false_per_day"),
    }


def _pairs(pairs: Sequence[tuple[float, float]], first: str, second: str) -> list[dict[str, float]]:
    return [{first: one, second: other} for one, other in pairs]


def _cadence(one: CadenceScore) -> dict[str, Any]:
    return {
        "report_every_s": one.every_s,
        "rule": one.rule,
        "at_home": _rate(one.false),
        "left": _delays(one.delays, one.early),
    }


def _honesty(one: Honesty) -> dict[str, Any]:
    bins = [
        {
            "p_low": each.low,
            "p_high": each.high,
            "fixes": each.count,
            "p_mean": each.p_mean,
            "outside_ratio": each.outside_ratio,
        }
        for each in one.bins
    ]
    return {"fixes": one.fixes, "brier": one.brier, "bins": bins}


def _throughput(fixes_per_s: Any) -> dict[str, Any]:  # noqa: ANN401
    plain = fixes_per_s[score_run.PLAIN]
    return {
        name: {"fixes_per_s": value, "times_plain": value / plain}
        for name, value in fixes_per_s.items()
    }


def _plain(value: Any) -> Any:  # noqa: ANN401  # Whatever JSON can hold.
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return round(value, DIGITS) if math.isfinite(value) else None
    return value
