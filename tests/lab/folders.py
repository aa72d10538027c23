"""Small folders of real-looking traces, made by hand, laid out as the project's data set."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mesure_lab.rules import peers
from mesure_lab.rules.baseline import RuleOpening
from mesure_lab.rules.readings import Readings
from mesure_lab.traces import real_traces, trace_files

NOON = datetime(2020, 3, 4, 12, tzinfo=UTC).timestamp()
LAT_DEG, LON_DEG = 43.0, 76.0
NORTH_M = trace_files.metres_per_deg(LAT_DEG)[0]


def utc(at_s: float) -> datetime:
    return datetime.fromtimestamp(at_s, UTC)


def row(trace_id: str, at_s: float, north_m: float, **more: Any) -> dict[str, Any]:
    empty = dict.fromkeys(
        ("accuracy_m", "speed_mps", "truth_lat", "truth_lon", "recv_time", "segment")
    )
    place = {"lat": LAT_DEG + north_m / NORTH_M, "lon": LON_DEG}
    return {"trace_id": trace_id, "time": utc(at_s), **place, **empty, **more}


def write(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    (folder / "dev").mkdir(exist_ok=True)
    times = {"time": pa.timestamp("ms", tz="UTC"), "recv_time": pa.timestamp("ms", tz="UTC")}
    columns = {key: pa.array([each[key] for each in rows], times.get(key)) for key in rows[0]}
    pq.write_table(pa.table(columns), folder / "dev" / f"{name}.parquet")


def about(folder: Path, groups: dict[str, str], zone: str = "UTC") -> None:
    lines = ["trace_id,group,platform,mode,tz"]
    lines += [f"{name},{group},android,high,{zone}" for name, group in groups.items()]
    (folder / "traces.csv").write_text("\n".join(lines) + "\n")


def openings_from_inside(name: str, readings: Readings) -> list[RuleOpening]:
    """Return what a rule raises when the device is known to have been inside before."""
    rule = peers.BASELINES[name]
    return rule.openings(readings, **({"starts_inside": 1.0} if rule.needs_crossing else {}))


def walk_folder(folder: Path) -> None:
    """A dwell of an hour after an arrival, then a walk north at one metre a second."""
    events = [
        ("first", "trip_start", "Elsewhere", NOON - 7200),
        ("first", "trip_end", "Hall", NOON - 3600),
        ("second", "trip_start", "Hall", NOON),
        ("second", "trip_end", "Elsewhere", NOON + 600),
    ]
    lines = ["group,trip,event,place,time_utc"]
    lines += [f"mn-town-1,{t},{e},{p},{utc(at).isoformat()}" for t, e, p, at in events]
    (folder / "dev").mkdir()
    (folder / "dev" / "mobilitynet_events.csv").write_text("\n".join(lines) + "\n")
    ring = [[LON_DEG, LAT_DEG + d] for d in (-0.0001, 0.0001, 0.0001, -0.0001)]
    hall = {"properties": {"id": "town:Hall"}, "geometry": {"coordinates": [ring]}}
    far = {
        "properties": {"id": "other:Elsewhere"},
        "geometry": {"coordinates": [[[LON_DEG, LAT_DEG + 1.0]]]},
    }
    (folder / "places").mkdir()
    (folder / "places" / "mobilitynet_places.geojson").write_text(
        json.dumps({"features": [hall, far]})
    )
    write(
        folder,
        "mobilitynet_reference",
        [
            {
                "group": "mn-town-1",
                "time": utc(NOON + s),
                "lat": LAT_DEG + s / NORTH_M,
                "lon": LON_DEG,
            }
            for s in range(-7200, 600)
        ],
    )
    times = [NOON - 3400, NOON - 3301, NOON - 3300, NOON, NOON + 90, NOON + 110, NOON + 601]
    write(
        folder,
        real_traces.TRIPS,
        [row("t", at_s, max(0.0, at_s - NOON), segment="x") for at_s in times],
    )
    about(folder, {"t": "mn-town-1"})


def night_rows(morning_m: float, accuracy_m: float) -> list[dict[str, Any]]:
    midnight = NOON - 12 * 3600
    return [
        row("e", midnight - 3600, 0.0, accuracy_m=20.0),
        row("n", midnight + 3 * 3600, 40.0, accuracy_m=accuracy_m),
        row("n", midnight + 8 * 3600, morning_m, accuracy_m=20.0),
    ]


def full_folder(folder: Path) -> None:
    """Everything there is to score: a phone at rest that jumps once, a departure, a night."""
    walk_folder(folder)
    walk = [
        row("t", at_s, max(0.0, at_s - NOON), accuracy_m=10.0)
        for at_s in range(int(NOON) - 3300, int(NOON) + 601, 20)
    ]
    write(folder, real_traces.TRIPS, walk)
    truth = {"truth_lat": LAT_DEG, "truth_lon": LON_DEG, "truth_note": "point:surveyed"}
    still = [
        row("s", NOON + 60 * n, 500.0 if n == 50 else 5.0, accuracy_m=8.0, **truth)
        for n in range(120)
    ]
    old = row("s", NOON - 40_000, 900.0, recv_time=utc(NOON + 30), truth_note=None)
    write(folder, real_traces.STATIONARY, [{**old, "segment": "stale_cached"}, *still])
    write(folder, "surveyed", [{**each, "trace_id": "u"} for each in still[:20]])
    write(folder, "emission_days", night_rows(100.0, 30.0))
    write(folder, "animals", [row("cow", NOON, 0.0, truth_note="")])
    groups = {"t": "mn-town-1", "s": "mn-hf-1", "e": "em-p9-1", "n": "em-p9-2", "cow": "a-1"}
    about(folder, groups)
