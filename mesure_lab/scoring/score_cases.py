"""The cases on which rules are scored: one device around one place, and what truly happened there.

Every rule gets the same fixes of a case, through the same ingest as a replay and thinned to the
same reports; the fixes that a bare server would have had are beside them.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from mesure.evaluation.policy import DeviceClass, Policy
from mesure.formats.columns.file_rows import COLUMNS, NO_TRACE, FileRows
from mesure.formats.stored.assemble_fixes import gather
from mesure.geo.fixes import F64, I64, Fixes
from mesure.instants import US_PER_S
from mesure_lab.rules import readings
from mesure_lab.rules.readings import Flags, Readings
from mesure_lab.traces import trace_files
from mesure_lab.traces.real_traces import LabelledDeparture, NightAtHome, RestingDevice
from mesure_lab.traces.trace_files import Trace

PHONES: Final = ("android", "ios", "")  # What is not said to be anything else is a phone.


class CaseKind(StrEnum):
    """What truly happened: nothing at all, nothing at night, or one departure."""

    AT_REST = "at_rest"
    NIGHT = "nights"
    DEPARTURE = "departures"


@dataclass(frozen=True, slots=True)
class DepartureTruth:
    """Where a departing device was; `crossing_s` is the first second outside."""

    crossing_s: float
    starts_inside: bool
    reference_s: F64
    was_outside: Flags

    def outside_at(self, time_s: F64) -> Flags:
        """Return whether it was outside at these times; before the trip it was inside."""
        before = np.searchsorted(self.reference_s, time_s, "right") - 1
        outside: Flags = (before >= 0) & self.was_outside[np.maximum(before, 0)]
        return outside


@dataclass(frozen=True, slots=True)
class ScoreCase:
    """One device around one place. `radius_m` is None where any circle will do.

    `row` are the rows of the record that are judged, by time; `raw_row` those that a bare server
    would have had as well. `unit` is what is drawn again for intervals: a session with all its
    phones, or a person. `end_s` is when nothing more is to be seen.
    """

    kind: CaseKind
    set: str
    unit: str
    device_class: DeviceClass
    record: FileRows
    row: I64
    raw_row: I64
    lat_deg: float
    lon_deg: float
    days: float
    end_s: float
    radius_m: float | None = None
    truth: DepartureTruth | None = None


def of_rest(phone: RestingDevice, record: FileRows, source: str) -> ScoreCase:
    """Return a device at rest as a case; every opening on it is false."""
    trace = phone.trace
    return ScoreCase(
        kind=CaseKind.AT_REST,
        set=" ".join(part for part in (source, trace.platform, trace.mode) if part),
        unit=trace.group,
        device_class=_device_class(trace),
        record=record,
        row=trace.row[~phone.is_stale],
        raw_row=trace.row,
        lat_deg=phone.lat_deg,
        lon_deg=phone.lon_deg,
        days=phone.days,
        end_s=float(trace.time_s[-1]),
    )


def of_night(night: NightAtHome, record: FileRows) -> ScoreCase:
    """Return a night at home as a case; every opening on it is false."""
    row = night.trace.row[night.rows]
    return ScoreCase(
        kind=CaseKind.NIGHT,
        set="nights at home",
        unit=night.person,
        device_class=_device_class(night.trace),
        record=record,
        row=row,
        raw_row=row,
        lat_deg=night.lat_deg,
        lon_deg=night.lon_deg,
        days=night.days,
        end_s=night.end_s,
    )


def of_departure(departure: LabelledDeparture, record: FileRows) -> ScoreCase:
    """Return a departure as a case, from when the device had settled to the end of the trip."""
    trace = departure.trace
    row = trace.row[(trace.time_s >= departure.since_s) & (trace.time_s <= departure.end_s)]
    return ScoreCase(
        kind=CaseKind.DEPARTURE,
        set=f"departures, {departure.radius_m:g} m",
        unit=trace.group,
        device_class=_device_class(trace),
        record=record,
        row=row,
        raw_row=row,
        lat_deg=departure.lat_deg,
        lon_deg=departure.lon_deg,
        days=0.0,
        end_s=departure.end_s,
        radius_m=departure.radius_m,
        truth=DepartureTruth(
            departure.crossing_s,
            departure.starts_inside,
            departure.reference_s,
            departure.was_outside,
        ),
    )


def _device_class(trace: Trace) -> DeviceClass:
    return DeviceClass.PHONE if trace.platform in PHONES else DeviceClass.GNSS_TAG


# --- What a rule is given ------------------------------------------------------------------------


def ingest_record(record: FileRows, device_class: DeviceClass, policy: Policy) -> Fixes:
    """Return what the ingest hands on, as in a replay."""
    return gather(
        [record], trace=None, device_class=device_class, until_us=None, policy=policy
    ).fixes


def reports(case: ScoreCase, every_s: float, *, raw: bool = False) -> FileRows:
    """Return the rows that a device would have sent that reports no oftener than that."""
    row = case.raw_row if raw else case.row
    return part(case.record, row[flag_reported(case.record.observed_us[row], every_s)])


def flag_reported(observed_us: I64, every_s: float) -> Flags:
    """Return which fixes a device reports that reports no oftener than that."""
    is_reported, last_us, every_us = (
        np.zeros(len(observed_us), np.bool_),
        -(2**62),
        every_s * US_PER_S,
    )
    for position, time_us in enumerate(observed_us.tolist()):
        if time_us - last_us >= round(every_us):
            is_reported[position] = True
            last_us = time_us
    return is_reported


def part(record: FileRows, row: I64) -> FileRows:
    """Return some rows of a record as one of their own, of one person."""
    columns = {name: getattr(record, name)[row] for name in COLUMNS if name != "trace"}
    return FileRows(record.file, (), np.full(len(row), NO_TRACE, np.int32), **columns)


def live(case: ScoreCase, record: FileRows, fixes: Fixes) -> Readings:
    """Return ingested fixes as a rule sees them that runs live: as received, none that is older.

    A fix older than one already judged cannot change the present, so a rule is spared it; nothing
    is held back, so no rule loses time here.
    """
    return _newer(readings.as_received(_around(case, record, fixes.row)))


def bare(case: ScoreCase, record: FileRows) -> Readings:
    """Return the rows of a record as a server without an ingest has them, wild clocks and all."""
    every = _around(case, record, np.arange(len(record), dtype=np.int64))
    return readings.as_received(every.take(np.flatnonzero(np.isfinite(every.beyond_m))))


def within(case_readings: Readings, radius_m: float) -> Readings:
    """Return readings around a circle of another size."""
    return replace(
        case_readings,
        beyond_m=case_readings.beyond_m + (case_readings.radius_m - radius_m),
        radius_m=radius_m,
    )


def _around(case: ScoreCase, record: FileRows, row: I64) -> Readings:
    return around(record, row, case.lat_deg, case.lon_deg)


def around(record: FileRows, row: I64, lat_deg: float, lon_deg: float) -> Readings:
    """Return rows of a record as readings around a point, a circle of no size."""
    north_m, east_m = trace_files.metres_per_deg(lat_deg)
    claimed_m = record.reported_m[row]
    return readings.around_circle(
        time_s=record.observed_us[row] / US_PER_S,
        received_s=record.received_us[row] / US_PER_S,
        east_m=(record.lon_deg[row] - lon_deg) * east_m,
        north_m=(record.lat_deg[row] - lat_deg) * north_m,
        accuracy_m=np.where(claimed_m > 0.0, claimed_m, np.nan),
        radius_m=0.0,
    )


def _newer(received: Readings) -> Readings:
    newest_s = np.maximum.accumulate(received.time_s)
    is_newer = np.ones(len(received), np.bool_)
    is_newer[1:] = received.time_s[1:] > newest_s[:-1]
    return received.take(np.flatnonzero(is_newer))
