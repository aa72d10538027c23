"""Real traces with their truth: phones lying still, labelled departures, nights at home.

Reads a folder as the project's data set has it: `*.parquet` and `mobilitynet_events.csv`, also in
`dev/`; `places/` and `traces.csv`, also in the folder above. Files that are missing are cases that
are missing. Distances are taken on a plane that touches the WGS84 ellipsoid at the zone's centre.

The readings taken here, and what they leave out, are those with which the published tables
were made, so that a rule scored here can be compared with them (tests reproduce their rows).
"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from mesure.geo.fixes import F64
from mesure_lab.rules.readings import Flags, Readings
from mesure_lab.traces import trace_files
from mesure_lab.traces.trace_files import Trace

STATIONARY = "mobilitynet_stationary"
TRIPS = "mobilitynet_trips"
NIGHT_SOURCES = ("emission_days", "reitti")

# After an arrival the way in is over: openings count as early from five minutes after it.
SETTLED_S = 300.0
# A session that lasted seconds says nothing about a rate per day.
SESSION_S_MIN = 60.0
# A night at home is inferred: the last good fix of the evening and the first of the morning
# lie within 150 m, and nothing is assumed about the hours between but that nobody goes out.
NIGHT = (time(0), time(5))
EVENING_FROM = time(17)
EVENING_UNTIL = time(1)
MORNING_UNTIL = time(13)
HOME_M_MAX = 150.0
GOOD_ACCURACY_M_MAX = 50.0


@dataclass(frozen=True, slots=True)
class RestingDevice:
    """A device that lay still at a known point; `is_stale` marks fixes from long before."""

    trace: Trace
    lat_deg: float
    lon_deg: float
    is_stale: Flags

    def fixes(self, radius_m: float, *, with_stale: bool = False) -> Readings:
        """Return its readings around the true point; every opening of a rule on them is false."""
        rows = np.ones(len(self.is_stale), dtype=np.bool_) if with_stale else ~self.is_stale
        return self.trace.around(self.lat_deg, self.lon_deg, radius_m, rows)

    @property
    def days(self) -> float:
        """The days from its first fresh fix to its last."""
        fresh_s = self.trace.time_s[~self.is_stale]
        return float(fresh_s[-1] - fresh_s[0]) / 86_400.0


@dataclass(frozen=True, slots=True)
class LabelledDeparture:
    """One labelled departure of one device from a circle.

    `since_s` is when it had settled there, `crossing_s` the first second at which the
    reference lies outside, `end_s` the end of the trip. The reference says second by second
    of the trip whether the device was outside.
    """

    trace: Trace
    trip: str
    place: str
    lat_deg: float
    lon_deg: float
    radius_m: float
    since_s: float
    crossing_s: float
    end_s: float
    starts_inside: bool
    reference_s: F64
    was_outside: Flags

    def fixes(self) -> Readings:
        """Return the readings from when it had settled to the end of the trip."""
        time_s = self.trace.time_s
        rows = (time_s >= self.since_s) & (time_s <= self.end_s)
        return self.trace.around(self.lat_deg, self.lon_deg, self.radius_m, rows)


@dataclass(frozen=True, slots=True)
class NightAtHome:
    """A night from midnight to five at which the person is taken to be at home."""

    person: str
    night: date
    days: float
    trace: Trace
    lat_deg: float
    lon_deg: float
    rows: Flags
    end_s: float

    def fixes(self, radius_m: float) -> Readings:
        """Return the night's readings around the home; every opening on them is false."""
        return self.trace.around(self.lat_deg, self.lon_deg, radius_m, self.rows)


def at_rest(folder: Path) -> list[RestingDevice]:
    """Read the phones that lay still at a known point."""
    return at_rest_of(trace_files.traces(folder, STATIONARY))


def at_rest_of(traces: list[Trace]) -> list[RestingDevice]:
    """Return those that lay still at a known point for a while."""
    result = []
    for trace in traces:
        is_stale = np.array([segment == "stale_cached" for segment in trace.segment])
        fresh = np.flatnonzero(~is_stale)
        if len(fresh) == 0:
            continue
        first = int(fresh[0])
        lat_deg, lon_deg = float(trace.truth_lat_deg[first]), float(trace.truth_lon_deg[first])
        if not (abs(lat_deg) <= 90.0 and abs(lon_deg) <= 180.0):
            continue  # Not known, or no place on Earth.
        result.append(
            RestingDevice(trace=trace, lat_deg=lat_deg, lon_deg=lon_deg, is_stale=is_stale)
        )
    return [phone for phone in result if phone.days * 86_400.0 >= SESSION_S_MIN]


@dataclass(frozen=True, slots=True)
class Trips:
    """The scripted days: what was carried, when each trip began and ended, where one truly was."""

    traces: list[Trace]
    events: list[dict[str, str]]
    references: "dict[str, Reference]"  # By group.
    centres: dict[str, tuple[float, float]]  # By place.


def trips(folder: Path) -> Trips:
    """Read the scripted days of a folder."""
    return trips_of(folder, trace_files.traces(folder, TRIPS))


def trips_of(folder: Path, traces: list[Trace]) -> Trips:
    """Read what the days were; without events, places or reference there are no departures."""
    path = trace_files.among(folder, "mobilitynet_events.csv")
    events = list(trace_files.rows_of_csv(path)) if path.exists() else []
    return Trips(
        traces=[_grouped(trace, events) for trace in traces],
        events=events,
        references=_references(trace_files.among(folder, "mobilitynet_reference.parquet")),
        centres=_centres(trace_files.beside(folder, "places") / "mobilitynet_places.geojson"),
    )


def _grouped(trace: Trace, events: list[dict[str, str]]) -> Trace:
    """Return a trace with the group of its day, by the time, where `traces.csv` does not say it."""
    if any(event["group"] == trace.group for event in events) or not len(trace.time_s):
        return trace
    first_s, last_s = float(trace.time_s[0]), float(trace.time_s[-1])
    groups = [e["group"] for e in events if first_s <= _seconds(e["time_utc"]) <= last_s]
    return replace(trace, group=max(sorted(set(groups)), key=groups.count)) if groups else trace


def departures_of(days: Trips, radius_m: float) -> list[LabelledDeparture]:
    """Return the labelled departures, with the true crossing of a circle of this radius.

    A departure whose reference never leaves the circle within the trip is left out, and so is one
    without a reference, a place or an end.
    """
    labelled_departures = []
    for trace in days.traces:
        own = [event for event in days.events if event["group"] == trace.group]
        reference = days.references.get(trace.group)
        for event in own:
            centre = _centre(days.centres, trace.group, event["place"])
            if event["event"] == "trip_start" and centre and reference:
                departure = _departure(trace, event, own, reference, centre, radius_m)
                labelled_departures.extend([] if departure is None else [departure])
    return labelled_departures


def stays_after_trips(
    events: Sequence[dict[str, str]], group: str
) -> Iterator[tuple[float, float, float]]:
    """Yield when each trip of a scripted day began and ended, and when the next one began."""
    own = sorted((_seconds(e["time_utc"]), e["event"]) for e in events if e["group"] == group)
    for (start_s, _), (end_s, event), (next_s, _) in zip(own, own[1:], own[2:], strict=False):
        if event == "trip_end":
            yield start_s, end_s, next_s


def nights_of(traces: list[Trace]) -> list[NightAtHome]:
    """Infer the nights at home of the traces of one source."""
    nights_at_home = []
    for person, joined in _by_person(traces):
        for night in _dates(joined):
            at_home = _night(person, joined, night)
            nights_at_home.extend([] if at_home is None else [at_home])
    return nights_at_home


# --- Departures ----------------------------------------------------------------------------------

Reference = tuple[F64, F64, F64]  # Seconds, latitude, longitude; one row a second.


def _references(path: Path) -> dict[str, Reference]:
    if not path.exists():
        return {}
    columns = trace_files.columns_of(path)
    groups = np.array(columns["group"], dtype=object)
    result = {}
    for group in sorted(set(columns["group"])):
        rows = np.flatnonzero(groups == group)
        time_s = trace_files.floats(columns["time"])[rows]
        order = np.argsort(time_s, kind="stable")
        lat_deg = trace_files.floats(columns["lat"])[rows]
        lon_deg = trace_files.floats(columns["lon"])[rows]
        result[group] = (time_s[order], lat_deg[order], lon_deg[order])
    return result


def _centres(path: Path) -> dict[str, tuple[float, float]]:
    """Return the centre of each building: the mean of its ring as published, first corner twice."""
    if not path.exists():
        return {}
    centres = {}
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        ring = feature["geometry"]["coordinates"][0]
        lat_deg = sum(corner[1] for corner in ring) / len(ring)
        lon_deg = sum(corner[0] for corner in ring) / len(ring)
        centres[feature["properties"]["id"]] = (lat_deg, lon_deg)
    return centres


def _centre(
    centres: dict[str, tuple[float, float]], group: str, place: str
) -> tuple[float, float] | None:
    """Return a place's centre; the runs share places, so another run's outline will do."""
    run = [*group.split("-"), ""][1]
    own = f"{run}:{place}"
    names = [own] if own in centres else [n for n in sorted(centres) if n.endswith(f":{place}")]
    return centres[names[0]] if names else None


def _departure(
    trace: Trace,
    event: dict[str, str],
    own: list[dict[str, str]],
    reference: Reference,
    centre: tuple[float, float],
    radius_m: float,
) -> LabelledDeparture | None:
    start_s = _seconds(event["time_utc"])
    ends = [e for e in own if e["event"] == "trip_end"]
    arrivals_s = [t for t in (_seconds(e["time_utc"]) for e in ends) if t < start_s]
    after_s = [_seconds(e["time_utc"]) for e in ends if e["trip"] == event["trip"]]
    end_s = min((t for t in after_s if t > start_s), default=start_s)
    time_s, lat_deg, lon_deg = reference
    rows = (time_s >= start_s) & (time_s <= end_s)
    north_m, east_m = trace_files.metres_per_deg(centre[0])
    north = (lat_deg[rows] - centre[0]) * north_m
    east = (lon_deg[rows] - centre[1]) * east_m
    is_outside = north * north + east * east > radius_m * radius_m
    outside = np.flatnonzero(is_outside)
    if len(outside) == 0:
        return None
    return LabelledDeparture(
        trace=trace,
        trip=event["trip"],
        place=event["place"],
        lat_deg=centre[0],
        lon_deg=centre[1],
        radius_m=radius_m,
        since_s=max(arrivals_s) + SETTLED_S if arrivals_s else -math.inf,
        crossing_s=float(time_s[rows][outside[0]]),
        end_s=end_s,
        starts_inside=not bool(is_outside[0]),
        reference_s=time_s[rows],
        was_outside=is_outside,
    )


def _seconds(instant: str) -> float:
    return datetime.fromisoformat(instant).timestamp()


# --- Nights --------------------------------------------------------------------------------------


def _by_person(traces: list[Trace]) -> Iterator[tuple[str, Trace]]:
    """Yield each person's traces as one; days of one person are files of their own."""
    persons: dict[str, list[Trace]] = {}
    for trace in traces:
        persons.setdefault(_person(trace.group), []).append(trace)
    for person, parts in sorted(persons.items()):
        yield person, _joined(parts)


def _person(group: str) -> str:
    """Return whose trace it is: `em-p5-20160810` is p5's, everything of `re-` one person's."""
    prefix, name, *_ = *group.split("-"), ""
    return name if prefix == "em" else prefix


def _joined(parts: list[Trace]) -> Trace:
    time_s = np.concatenate([part.time_s for part in parts])
    order = np.argsort(time_s, kind="stable")

    def column(name: str) -> F64:
        joined: F64 = np.concatenate([getattr(part, name) for part in parts])[order]
        return joined

    truths = [truth for part in parts for truth in part.truth]
    segments = [segment for part in parts for segment in part.segment]
    return Trace(
        id="+".join(part.id for part in parts),
        group=parts[0].group,
        platform=parts[0].platform,
        mode=parts[0].mode,
        time_zone=parts[0].time_zone,
        time_s=time_s[order],
        received_s=column("received_s"),
        lat_deg=column("lat_deg"),
        lon_deg=column("lon_deg"),
        accuracy_m=column("accuracy_m"),
        speed_mps=column("speed_mps"),
        truth_lat_deg=column("truth_lat_deg"),
        truth_lon_deg=column("truth_lon_deg"),
        truth=tuple(truths[row] for row in order),
        segment=tuple(segments[row] for row in order),
        row=np.concatenate([part.row for part in parts])[order],
    )


def _dates(trace: Trace) -> list[date]:
    zone = ZoneInfo(trace.time_zone)
    return sorted(
        {datetime.fromtimestamp(at_s, UTC).astimezone(zone).date() for at_s in trace.time_s}
    )


def _night(person: str, trace: Trace, night: date) -> NightAtHome | None:
    zone = ZoneInfo(trace.time_zone)

    def rows(from_day: date, start: time, until: time) -> Flags:
        start_s = datetime.combine(from_day, start, zone).timestamp()
        end_s = datetime.combine(night, until, zone).timestamp()
        return (trace.time_s >= start_s) & (trace.time_s < end_s)

    is_good = ~(trace.accuracy_m > GOOD_ACCURACY_M_MAX)
    evening = np.flatnonzero(rows(night - timedelta(days=1), EVENING_FROM, EVENING_UNTIL) & is_good)
    morning = np.flatnonzero(rows(night, NIGHT[1], MORNING_UNTIL) & is_good)
    if len(evening) == 0 or len(morning) == 0:
        return None
    last, first = int(evening[-1]), int(morning[0])
    north_m, east_m = trace_files.metres_per_deg(float(trace.lat_deg[last]))
    north = float(trace.lat_deg[first] - trace.lat_deg[last]) * north_m
    east = float(trace.lon_deg[first] - trace.lon_deg[last]) * east_m
    if math.hypot(north, east) > HOME_M_MAX:
        return None
    asleep = rows(night, *NIGHT)
    known = (
        asleep & is_good
        if (asleep & is_good).any()
        else np.isin(np.arange(len(asleep)), [last, first])
    )
    return NightAtHome(
        person=person,
        night=night,
        days=(NIGHT[1].hour - NIGHT[0].hour) / 24.0,
        trace=trace,
        lat_deg=float(np.median(trace.lat_deg[known])),
        lon_deg=float(np.median(trace.lon_deg[known])),
        rows=asleep,
        end_s=datetime.combine(night, NIGHT[1], zone).timestamp(),
    )
