"""Write into the page on towns how the judge judges devices that lie still in a house.

    python -m mesure_lab.tables.rest_tables docs/simulated_towns.md

A quarter of a minute's work on one core. The results of engine 0.3.0 on real ones are beside them;
their records may not be passed on (`real_tags`, "False incidents of place").
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from mesure.evaluation import pipeline
from mesure.evaluation import rules as rules_
from mesure.evaluation.policy import DeviceClass, Policy
from mesure.geo.fixes import NOT_KNOWN, Fixes, Provider
from mesure.instants import S_PER_DAY, S_PER_H, US_PER_S, to_datetime
from mesure.record.policy_loading import read_policy
from mesure.version import VERSION
from mesure_lab.carrying.homes import TAGS, FixSource
from mesure_lab.columns import Stream
from mesure_lab.rules import score
from mesure_lab.rules.peers import BASELINES
from mesure_lab.rules.score import Exposure
from mesure_lab.scoring import score_rules
from mesure_lab.simulation.simulate_text import rate
from mesure_lab.tables import town_tables
from mesure_lab.traces import trace_files
from mesure_lab.trials import compare
from mesure_lab.trials.compare import TICK_S, ErrorTrial

HOMES: Final = 25
DAYS: Final = 20.0
RADIUS_M: Final = 50.0
HOME_DEG: Final = (43.25, 76.9)
BEFORE: Final = {
    "correlation_away_s": 600.0,
    "rest_rate_ratio": 1.0,
    "way_llr": 8.5,
    "boundary_llr_max": 3.0,
    **dict.fromkeys(("arrival_s_max", "outshone_s_max", "speed_stray_ratio"), 0.0),
}
"""What engine 0.3.0 knew nothing of or weighed otherwise, as it judged."""

# Firmware that sends an old position again and again, for up to three hours (`real_tags`); how
# often and for how long is assumed.
REPEATS_PER_H: Final = 0.7
REPEATED_S: Final = (1800.0, 1.8, 10_800.0)  # Median, spread, and longest.


@dataclass(frozen=True, slots=True)
class RestingKind:
    """A kind of device, how it is simulated, and what real ones showed at 50 m, a day."""

    name: str
    record: str  # Of `compare.RECORDS`.
    every_s: float
    judge: str  # By engine 0.3.0.
    rule: str  # `d - 2a > r` twice.
    repeats: bool = False


KINDS: Final = (
    RestingKind("logger, 5 min", "logger in a house", 300.0, "0.149", "0.149"),
    RestingKind("collar, 5 min", "collar at a house", 300.0, "0.284", "0.528"),
    RestingKind("the same, repeats", "collar at a house", 300.0, "1.51", "7.18", repeats=True),
    RestingKind("Android, 1 min", "Android at rest", 60.0, "0.152; 0.297", "0.152; 0.297"),
    RestingKind("iPhone, 1 min", "iOS at rest", 60.0, "-", "-"),
)


def main(arguments: Sequence[str]) -> None:
    """Write the table between its marks on the page."""
    town_tables.put(Path(arguments[0]), "at rest", "\n".join(_table()))


def _table() -> Iterator[str]:
    policies, _ = read_policy(None)
    yield f"Policy {policies.version}, engine {VERSION}; {HOMES} homes, {DAYS:.0f} days in each."
    yield (
        "\n| at rest, 50 m, false a day | real: judge of 0.3.0 | `d - 2a > r` twice |"
        " simulated: by thresholds of 0.3.0 | `d - 2a > r` twice | **by those of today** |"
    )
    yield "|---|---|---|---|---|---|"
    for kind in KINDS:
        [record] = (one for one in compare.RECORDS if one.name == kind.record)
        is_tag = record.platform in TAGS
        today = policies.at(score_rules.DAY, DeviceClass.GNSS_TAG if is_tag else DeviceClass.PHONE)
        before = replace(today, **BEFORE)  # type: ignore[arg-type]  # The version is none of them.
        record = replace(record, every_s=kind.every_s, days=DAYS)
        rows = [
            (
                false(trial, before),
                len(BASELINES["two_accuracies_twice"].openings(trial.around(RADIUS_M))),
                false(trial, today),
            )
            for trial in (as_sent(kind, compare.trial(record, seed), seed) for seed in range(HOMES))
        ]
        cells = [
            rate(score.false_rate([Exposure(count, DAYS) for count in counts]))
            for counts in zip(*rows, strict=True)
        ]
        yield f"| {kind.name} | {kind.judge} | {kind.rule} | {' | '.join(cells)} |"


def as_sent(kind: RestingKind, trial: ErrorTrial, seed: int) -> ErrorTrial:
    """Return a record as firmware of a kind sends it: some say an old position again."""
    if kind.repeats:
        stream = Stream(seed, "repeats")
        median_s, spread_ratio, longest_s = REPEATED_S
        begin_s = stream.events(trial.record.days * S_PER_DAY, REPEATS_PER_H / S_PER_H)
        lasts_s = np.minimum(median_s * stream.around_one(len(begin_s), spread_ratio), longest_s)
        ticks = ((column_s / TICK_S).astype(np.intp) for column_s in (begin_s, begin_s + lasts_s))
        for first, end in zip(*ticks, strict=True):
            for column in (trial.view.east_m, trial.view.north_m, trial.view.claim_m):
                column[first:end] = column[first]
    return trial


def false(trial: ErrorTrial, policy: Policy) -> int:
    """Return how many incidents of place a device makes that lies at home, by day and night."""
    fixes = _fixes(trial, policy)
    until_us = int(fixes.received_us[-1]) + 1
    order = score_rules.stay_within(*HOME_DEG, RADIUS_M)
    rules = rules_.prepare([order], policy, to_datetime(until_us))
    return len(score_rules.of_judge(pipeline.replay(rules, fixes, until_us)))


def _fixes(trial: ErrorTrial, policy: Policy) -> Fixes:
    """Return what a record says, as fixes round the home."""
    view, each = trial.view, round(trial.record.every_s / TICK_S)
    north_per_deg, east_per_deg = trace_files.metres_per_deg(HOME_DEG[0])
    source = view.source[::each]
    count = len(source)
    time_us = (np.arange(count) * round(trial.record.every_s) + 1_788_000_000) * US_PER_S
    provider = np.full(count, Provider.GNSS, np.int8)
    provider[source == FixSource.WIFI.value] = Provider.WIFI
    provider[source == FixSource.CELL.value] = Provider.CELL
    is_tag = trial.record.platform in TAGS
    ratio = 1.0 if is_tag else policy.radius95_per_reported_phone_ratio
    unknown = np.full(count, NOT_KNOWN, np.int8)
    return Fixes(
        observed_us=time_us,
        received_us=time_us,
        lat_deg=HOME_DEG[0] + view.north_m[::each] / north_per_deg,
        lon_deg=HOME_DEG[1] + view.east_m[::each] / east_per_deg,
        radius95_m=ratio * trial.claim_m() if trial.record.has_claims else np.full(count, np.nan),
        speed_mps=view.speed_mps[::each],
        motion=unknown,
        beacon=unknown,
        provider=provider,
        row=np.arange(count),
    )


if __name__ == "__main__":
    main(sys.argv[1:])
