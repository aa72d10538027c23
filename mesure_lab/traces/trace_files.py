"""Traces of real devices, as the project's data set keeps them: files into columns.

A folder holds `*.parquet`, itself or in `dev/`; `traces.csv` and `places/` are in it or in the
folder above. What the files do not say is not known, and no reason to stop.
"""

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet

from mesure.geo.fixes import F64, I64
from mesure.reports.text import visible_text
from mesure_lab.rules import readings
from mesure_lab.rules.readings import Flags, Readings

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
    truth: tuple[str, ...]  # How the true place of each fix is known; empty where it is not.
    segment: tuple[str, ...]
    row: I64  # Of its file.

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
    """Read all traces of one source, in order of their names; none where it is not there."""
    path = among(folder, f"{source}.parquet")
    if not path.exists():
        return []
    return traces_of(columns_of(path), about(folder))


def about(folder: Path) -> dict[str, dict[str, str]]:
    """Return what is said of each trace, by its name; nothing where nothing is said."""
    path = beside(folder, "traces.csv")
    rows = rows_of_csv(path) if path.exists() else iter(())
    return {row["trace_id"]: row for row in rows if row.get("trace_id")}


def traces_of(columns: dict[str, list[Any]], known: dict[str, dict[str, str]]) -> list[Trace]:
    """Return the traces in the columns of a file, in order of their names."""
    ids = np.array(columns["trace_id"], dtype=object)
    time_s = floats(columns["time"])
    result = []
    for name in sorted({each for each in columns["trace_id"] if each}):
        rows = np.flatnonzero((ids == name) & np.isfinite(time_s))
        rows = rows[np.argsort(time_s[rows], kind="stable")]
        result.append(_trace(name, known.get(name, {}), columns, rows))
    return result


def rows_of_csv(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a table by column name."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def among(folder: Path, name: str) -> Path:
    """Return a file of the folder or of `dev/` in it."""
    return folder / name if (folder / name).exists() else folder / "dev" / name


def beside(folder: Path, name: str) -> Path:
    """Return a file of the folder or of the one above it."""
    return folder / name if (folder / name).exists() else folder.parent / name


def columns_of(path: Path) -> dict[str, list[Any]]:
    """Read a Parquet file as columns, its instants in seconds."""
    table = pyarrow.parquet.read_table(path)
    columns: dict[str, list[Any]] = table.to_pydict()
    for name in ("time", "recv_time"):
        if name in columns:
            columns[name] = [None if at is None else _seconds(name, at) for at in columns[name]]
    return columns


def _seconds(name: str, at: Any) -> float:  # noqa: ANN401  # Whatever is in the column.
    if not isinstance(at, datetime):
        raise ValueError(f"the column {name} holds no instants")
    return at.timestamp()


def floats(values: list[float | None]) -> F64:
    """Return a column of numbers, NaN where there is none."""
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)


def _trace(name: str, known: dict[str, str], columns: dict[str, list[Any]], rows: I64) -> Trace:
    def column(key: str) -> F64:
        values = columns.get(key)
        return floats([None if values is None else values[row] for row in rows])

    def texts(key: str) -> tuple[str, ...]:
        values = columns.get(key)
        return tuple("" if values is None else str(values[row] or "") for row in rows)

    time_s, received_s, accuracy_m = column("time"), column("recv_time"), column("accuracy_m")
    return Trace(
        id=name,
        group=known.get("group") or name,
        platform=visible_text.visible(known.get("platform") or ""),
        mode=visible_text.visible(known.get("mode") or ""),
        time_zone=known.get("tz") or "UTC",
        time_s=time_s,
        received_s=np.where(np.isnan(received_s), time_s, received_s),
        lat_deg=column("lat"),
        lon_deg=column("lon"),
        accuracy_m=np.where(accuracy_m > 0.0, accuracy_m, math.nan),
        speed_mps=column("speed_mps"),
        truth_lat_deg=column("truth_lat"),
        truth_lon_deg=column("truth_lon"),
        truth=texts("truth_note"),
        segment=texts("segment"),
        row=rows,
    )
