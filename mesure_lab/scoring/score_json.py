"""Results of scoring, as one object: docs/specs/score_output.md names its keys."""

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

DIGITS: Final = 4  # After the point: the last bits of a sum say nothing.


def to_json(scored: Scored) -> str:
    """Return the figures with sorted keys; null: it never came, or is not known."""
    return dump_json(document(scored))


def dump_json(content: dict[str, Any]) -> str:
    """Return an object as bytes that are the same for the same figures."""
    return json.dumps(_plain(content), indent=1, sort_keys=True, allow_nan=False) + "\n"


def document(scored: Scored) -> dict[str, Any]:
    """Return the figures by the keys of the specification."""
    content: dict[str, Any] = {
        "engine_version": VERSION,
        "policy_version": scored.policy_version,
        "inputs_sha256": dict(scored.inputs.sha256),
        "notes": scored.inputs.notes,
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
        content["order_of_fixes"] = {
            "cases": mixed.cases,
            "same_when_shuffled": mixed.shuffled,
            "same_when_doubled": mixed.doubled,
            "same_in_late_batches": mixed.in_late_batches,
        }
    if scored.throughput is not None:
        content["throughput"] = _throughput(scored.throughput)
    return content


def _resting(resting: Resting) -> dict[str, Any]:
    return {
        "set": resting.set,
        "radius_m": resting.radius_m,
        "traces": resting.cases,
        "units": resting.units,
        "days": resting.days,
        "rules": {name: _rate(rate) for name, rate in resting.rules.items()},
    }


def _rate(rate: FalseRate | None) -> dict[str, Any] | None:
    if rate is None:
        return None
    return {"false": rate.count, "per_day": rate.per_day, "low": rate.low, "high": rate.high}


def _leaving(leaving: Leaving) -> dict[str, Any]:
    return {
        "radius_m": leaving.radius_m,
        "departures": leaving.departures,
        "units": leaving.units,
        "rules": {name: _left(left) for name, left in leaving.rules.items()},
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


def _swept(sweep: SweepFigures) -> dict[str, Any]:
    return {
        "rule": sweep.setting.rule,
        "parameter": sweep.setting.parameter or None,
        "value": sweep.setting.value if sweep.setting.parameter else None,
        "radius_m": sweep.radius_m,
        "at_home": _rate(sweep.false),
        "left": _delays(sweep.delays, sweep.early),
    }


def _curve(curve: Curve) -> dict[str, Any]:
    return {
        "rule": curve.rule,
        "radius_m": curve.radius_m,
        "delay_at_false": _pairs(curve.delay_at_false, "false_per_day_max", "median_s"),
        "false_at_delay": _pairs(curve.false_at_delay, "median_s_max", "false_per_day"),
    }


def _pairs(pairs: Sequence[tuple[float, float]], first: str, second: str) -> list[dict[str, float]]:
    return [{first: one, second: other} for one, other in pairs]


def _cadence(cadence: CadenceScore) -> dict[str, Any]:
    return {
        "report_every_s": cadence.every_s,
        "rule": cadence.rule,
        "at_home": _rate(cadence.false),
        "left": _delays(cadence.delays, cadence.early),
    }


def _honesty(honesty: Honesty) -> dict[str, Any]:
    bins = [
        {
            "p_low": each.low,
            "p_high": each.high,
            "fixes": each.count,
            "p_mean": each.p_mean,
            "outside_ratio": each.outside_ratio,
        }
        for each in honesty.bins
    ]
    return {"fixes": honesty.fixes, "brier": honesty.brier, "bins": bins}


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
