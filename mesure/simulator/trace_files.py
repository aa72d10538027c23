"""Traces of real devices, as the project's data set keeps them: files into columns.

A folder holds `dev/*.parquet`; `traces.csv` and `places/` stand in it or in the folder above.
"""

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet

from mesure.positions.fixes import F64, I64
from mesure.simulator import readings
from mesure.simulator.readings import Flags, Readings

EQUATOR_M = 6_378_137.0  # WGS84.
FLATTENING = 1.0 / 298.257223563


@dataclass(frozen=True, slots=True)
class Trace:
    """One recording of one device, in order of time.

    `accuracy_m` is NaN where the device claimed none; a fix with no receipt was received when
    taken.
    """

    id: str
    group: str
    platform: str
    mode: str
    time_zone: str
    time_s: F64
    received_s: F64
    lat_deg: F64
    lon_deg: F64
    accuracy_m: F64
    speed_mps: F64
    truth_lat_deg: F64
    truth_lon_deg: F64
    segment: tuple[str, ...]

    def around(self, lat_deg: float, lon_deg: float, radius_m: float, rows: Flags) -> Readings:
        """Return these rows as readings around a circle."""
        north_m, east_m = metres_per_deg(lat_deg)
        return readings.around_circle(
            time_s=self.time_s[rows],
            received_s=self.received_s[rows],
            east_m=(self.lon_deg[rows] - lon_deg) * east_m,
            north_m=(self.lat_deg[rows] - lat_deg) * north_m,
            accuracy_m=self.accuracy_m[rows],
            radius_m=radius_m,
        )


def metres_per_deg(lat_deg: float) -> tuple[float, float]:
    """Return the metres of one degree northwards and eastwards on the ellipsoid."""
    square = FLATTENING * (2.0 - FLATTENING)
    sine = math.sin(math.radians(lat_deg))
    curve = 1.0 - square * sine * sine
    north_m = EQUATOR_M * (1.0 - square) / curve**1.5
    east_m = EQUATOR_M / math.sqrt(curve) * math.cos(math.radians(lat_deg))
    return north_m * math.pi / 180.0, east_m * math.pi / 180.0


def traces(folder: Path, source: str) -> list[Trace]:
    """Read all traces of one source, in order of their names."""
    about = {row["trace_id"]: row for row in rows_of_csv(beside(folder, "traces.csv"))}
    columns = columns_of(folder / "dev" / f"{source}.parquet")
    ids = np.array(columns["trace_id"], dtype=object)
    result = []
    for name in sorted(set(columns["trace_id"])):
        rows = np.flatnonzero(ids == name)
        rows = rows[np.argsort(floats(columns["time"])[rows], kind="stable")]
        result.append(_trace(about[name], columns, rows))
    return result


def rows_of_csv(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a table by column name."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def beside(folder: Path, name: str) -> Path:
    """Return a file of the folder or of the one above it."""
    return folder / name if (folder / name).exists() else folder.parent / name


def columns_of(path: Path) -> dict[str, list[Any]]:
    """Read a Parquet file as columns, its instants in seconds."""
    table = pyarrow.parquet.read_table(path)
    columns: dict[str, list[Any]] = table.to_pydict()
    for name in ("time", "recv_time"):
        if name in columns:
            columns[name] = [None if at is None else at.timestamp() for at in columns[name]]
    return columns


def floats(values: list[float | None]) -> F64:
    """Return a column of numbers, NaN where there is none."""
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)


def _trace(about: dict[str, str], columns: dict[str, list[Any]], rows: I64) -> Trace:
    def column(name: str) -> F64:
        return floats([columns[name][row] for row in rows])

    time_s, received_s, accuracy_m = column("time"), column("recv_time"), column("accuracy_m")
    return Trace(
        id=about["trace_id"],
        group=about["group"],
        platform=about["platform"],
        mode=about["mode"],
        time_zone=about["tz"],
        time_s=time_s,
        received_s=np.where(np.isnan(received_s), time_s, received_s),
        lat_deg=column("lat"),
        lon_deg=column("lon"),
        accuracy_m=np.where(accuracy_m > 0.0, accuracy_m, math.nan),
        speed_mps=column("speed_mps"),
        truth_lat_deg=column("truth_lat"),
        truth_lon_deg=column("truth_lon"),
        segment=tuple(columns["segment"][row] or "" for row in rows),
    )
