"""Visits to small places to keep out of, on real traces: stays, next door, passing by.

A stay is that of one phone from the end of a trip to the beginning of the next, as the scripted
days note them; its place is where the phone puts itself meanwhile. Circles to keep out of are laid
round it (a visit), beside it (nothing to tell), across the way there (a way straight through) and
beside the way (a passing). All rules see the same reports, one a minute.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from mesure.evaluation import pipeline
from mesure.evaluation import rules as rules_
from mesure.evaluation.assessment import Status
from mesure.evaluation.pipeline import Statement
from mesure.evaluation.policy import DeviceClass, Policy
from mesure.formats import fixes_files
from mesure.formats.columns.file_rows import FileRows
from mesure.geo.fixes import F64, Fixes
from mesure.instants import US_PER_S, to_datetime, to_us
from mesure.orders.model.conditions import Exclusion
from mesure.orders.model.order import OrderVersion
from mesure_lab.rules import readings
from mesure_lab.rules.baseline import RuleOpening
from mesure_lab.rules.peers import BASELINES
from mesure_lab.rules.readings import Readings
from mesure_lab.scoring import score_cases, score_rules
from mesure_lab.scoring.score_rules import OURS
from mesure_lab.traces import real_traces, trace_files
from mesure_lab.traces.real_traces import TRIPS, Reference
from mesure_lab.traces.trace_files import Trace

REPORTED_S: Final = 60.0
TOLD_S: Final = 1800.0  # A visit is recognised in half an hour or not; every stay here is longer.
EARLY_S: Final = 30.0  # What is said longer before the arrival is not said of it.
POINT_M_MAX: Final = 50.0  # A fix that claims to be no better does not say where a phone stays.
WAY_S: Final = 20.0  # A circle is laid on the way every so often,
CLEAR_M: Final = 250.0  # where both of its ends are this far away.
INSIDE: Final = (
    "inside, "  # Before the name of a rule that ends *outside* as it would report a visit.
)
BEND_M: Final = 5.0  # A way that bends nearer than this passes something else.


@dataclass(frozen=True, slots=True)
class PhoneStay:
    """One phone at one place after a trip; metres from the place, seconds since 1970."""

    unit: str  # The scripted day, with all its phones.
    lat_deg: float
    lon_deg: float
    fixes: Fixes  # From the beginning of the trip to the end of the stay.
    reports: Readings  # The same, around the place.
    way_s: F64  # The true way there, second by second.
    way_east_m: F64
    way_north_m: F64
    arrival_s: float
    until_s: float

    @property
    def reported(self) -> int:
        """How many reports were taken in the half hour after the arrival."""
        since_s = self.reports.time_s - self.arrival_s
        return int(np.count_nonzero((since_s >= 0.0) & (since_s < TOLD_S)))

    def entry_span_s(self, radius_m: float) -> tuple[float, float]:
        """Return from when to when the phone may have come into a circle round the place.

        Where the noted way ends before the circle, it came at some time until the arrival.
        """
        away_m = np.sqrt(self.way_east_m**2 + self.way_north_m**2)
        outside = np.flatnonzero(away_m > radius_m)
        after = int(outside[-1]) + 1 if len(outside) else 0
        if after < len(self.way_s):
            return float(self.way_s[after]), float(self.way_s[after])
        return float(self.way_s[-1]), self.arrival_s

    def passes_clear(self, point: "Point", metres: float) -> bool:
        """Say whether the whole way there stays nearly this far from a point, or farther."""
        return self.nearest_m(point.east_m, point.north_m) > metres - BEND_M

    def nearest_m(self, east_m: float, north_m: float) -> float:
        """Return how near the way there leads to a point this far from the place."""
        out_m, up_m = self.way_east_m - east_m, self.way_north_m - north_m
        return float(np.sqrt(out_m * out_m + up_m * up_m).min())


@dataclass(frozen=True, slots=True)
class Point:
    """A point on the way to a stay, from its place, and the direction of the way there."""

    time_s: float
    east_m: float
    north_m: float
    ahead_east: float  # Of length one.
    ahead_north: float

    def beside(self, metres: float) -> "Point":
        """Return the point this far to the left of it."""
        east_m = self.east_m - metres * self.ahead_north
        return replace(self, east_m=east_m, north_m=self.north_m + metres * self.ahead_east)


def stays(folder: Path, policy: Policy) -> list[PhoneStay]:
    """Return the stays of all phones of the scripted days of a folder."""
    path = trace_files.among(folder, f"{TRIPS}.parquet")
    record = fixes_files.read(path.name, path.read_bytes())
    days = real_traces.trips(folder)
    all_stays = []
    for trace in days.traces:
        reference = days.references.get(trace.group)
        for span in real_traces.stays_after_trips(days.events, trace.group):
            stay = None if reference is None else _stay(trace, span, record, reference, policy)
            all_stays += [] if stay is None else [stay]
    return all_stays


def _stay(
    trace: Trace,
    span: tuple[float, float, float],
    record: FileRows,
    reference: Reference,
    policy: Policy,
) -> PhoneStay | None:
    """Return the stay after a trip; None where no fix says where the phone was."""
    start_s, arrival_s, until_s = span
    row = trace.row[(trace.time_s >= start_s) & (trace.time_s < until_s)]
    here = (trace.time_s >= arrival_s) & (trace.time_s < until_s)
    here &= ~(trace.accuracy_m > POINT_M_MAX)
    if not here.any():
        return None
    lat_deg = float(np.median(trace.lat_deg[here]))
    lon_deg = float(np.median(trace.lon_deg[here]))
    is_reported = score_cases.flag_reported(record.observed_us[row], REPORTED_S)
    mine = score_cases.part(record, row[is_reported])
    fixes = score_cases.ingest_record(mine, DeviceClass.PHONE, policy)
    around = score_cases.around(mine, fixes.row, lat_deg, lon_deg)
    time_s, way_lat_deg, way_lon_deg = reference
    way = (time_s >= start_s) & (time_s <= arrival_s)
    north_m, east_m = trace_files.metres_per_deg(lat_deg)
    return PhoneStay(
        unit=trace.group,
        lat_deg=lat_deg,
        lon_deg=lon_deg,
        fixes=fixes,
        reports=readings.as_received(around),
        way_s=time_s[way],
        way_east_m=(way_lon_deg[way] - lon_deg) * east_m,
        way_north_m=(way_lat_deg[way] - lat_deg) * north_m,
        arrival_s=arrival_s,
        until_s=until_s,
    )


def points(stay: PhoneStay) -> Iterator[Point]:
    """Yield points along the way to a stay, none near its ends."""
    start_east_m, start_north_m = stay.way_east_m[:1], stay.way_north_m[:1]
    for row in range(0, len(stay.way_s) - 1, round(WAY_S)):
        east_m, north_m = float(stay.way_east_m[row]), float(stay.way_north_m[row])
        ahead_east_m = float(stay.way_east_m[row + 1]) - east_m
        ahead_north_m = float(stay.way_north_m[row + 1]) - north_m
        step_m = math.hypot(ahead_east_m, ahead_north_m)
        begun_m = math.hypot(east_m - float(start_east_m[0]), north_m - float(start_north_m[0]))
        if step_m > 0.0 and min(begun_m, math.hypot(east_m, north_m)) > CLEAR_M:
            time_s = float(stay.way_s[row])
            yield Point(time_s, east_m, north_m, ahead_east_m / step_m, ahead_north_m / step_m)


def entry_delay_s(stay: PhoneStay, openings: list[RuleOpening], radius_m: float) -> float:
    """Return how long after the arrival in a circle round the place it was seen; infinite: not."""
    earliest_s, latest_s = stay.entry_span_s(radius_m)
    until_s = stay.arrival_s + TOLD_S
    told_s = [o.opened_s for o in openings if earliest_s - EARLY_S <= o.opened_s <= until_s]
    return max(0.0, min(told_s) - latest_s) if told_s else math.inf


def home_after_s(stay: PhoneStay, openings: list[RuleOpening], radius_m: float) -> float:
    """Return how long after coming into a circle to be in *outside* ended; infinite: it did not."""
    _, latest_s = stay.entry_span_s(radius_m)
    before = (o.ended_s for o in openings if o.since_s < stay.arrival_s)
    ended_s = max(before, default=-math.inf)
    return max(0.0, ended_s - latest_s) if ended_s <= stay.arrival_s + TOLD_S else math.inf


def entries(
    rule: str, stay: PhoneStay, east_m: float, north_m: float, radius_m: float, policy: Policy
) -> list[RuleOpening]:
    """Return what a rule raises of a circle to keep out of, this far from the place of a stay."""
    if rule == OURS:
        order = score_rules.always(
            lambda hours: Exclusion("place", hours), *_degrees(stay, east_m, north_m), radius_m
        )
        return _of_judge(stay, order, policy)
    reports = stay.reports
    out_m, up_m = reports.east_m - east_m, reports.north_m - north_m
    inside_m = radius_m - np.sqrt(out_m * out_m + up_m * up_m)
    # The rules know circles to be in. For one to keep out of, the wrong side is the inside.
    return BASELINES[rule].openings(replace(reports, beyond_m=inside_m, radius_m=radius_m))


def absences(rule: str, stay: PhoneStay, radius_m: float, policy: Policy) -> list[RuleOpening]:
    """Return what a rule raises of a circle to be in, round the place of a stay."""
    if rule == OURS:
        order = score_rules.stay_within(stay.lat_deg, stay.lon_deg, radius_m)
        return _of_judge(stay, order, policy)
    if rule.startswith(INSIDE):
        inside = entries(rule.removeprefix(INSIDE), stay, 0.0, 0.0, radius_m, policy)
        left_s = [-math.inf, *(one.ended_s for one in inside)]
        back_s = [*(one.opened_s for one in inside), math.inf]
        between = zip(left_s, back_s, strict=True)
        return [RuleOpening(left, left, back) for left, back in between if left < back]
    return BASELINES[rule].openings(score_cases.within(stay.reports, radius_m))


def stay_met_s(
    stay: PhoneStay, east_m: float, north_m: float, radius_m: float, policy: Policy
) -> float:
    """Return for how long of a stay the judge says *met* of a circle to be in beside its place."""
    order = score_rules.stay_within(*_degrees(stay, east_m, north_m), radius_m)
    since_us, until_us = (round(one * US_PER_S) for one in (stay.arrival_s, stay.until_s))
    statement = _statement(stay, order, until_us, policy)
    lasted_us = (
        max(0, to_us(assessment.span.end) - max(since_us, to_us(assessment.span.start)))
        for assessment in statement.assessments
        if assessment.status is Status.MET
    )
    return sum(lasted_us) / US_PER_S


def _degrees(stay: PhoneStay, east_m: float, north_m: float) -> tuple[float, float]:
    """Return latitude and longitude of a point this far from the place of a stay."""
    north_per_deg, east_per_deg = trace_files.metres_per_deg(stay.lat_deg)
    return stay.lat_deg + north_m / north_per_deg, stay.lon_deg + east_m / east_per_deg


def _of_judge(stay: PhoneStay, order: OrderVersion, policy: Policy) -> list[RuleOpening]:
    until_us = round(stay.until_s * US_PER_S) + score_rules.AFTER_US
    return score_rules.of_judge(_statement(stay, order, until_us, policy))


def _statement(stay: PhoneStay, order: OrderVersion, until_us: int, policy: Policy) -> Statement:
    rules = rules_.prepare([order], policy, to_datetime(until_us))
    return pipeline.replay(rules, stay.fixes, until_us)
