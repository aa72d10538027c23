"""Every real trace there is, replayed: nothing lost, the same bytes, however it is cut."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import mesure

DEV = Path(__file__).parents[3] / "shared" / "data" / "dev"
SETS = [
    "adsbgrid", "animals", "bikeroutes", "emission_days", "gmt", "matrtklib",
    "mobilitynet_stationary", "mobilitynet_trips", "ntu", "reitti",
]  # fmt: skip

ORDER = """
order: TRACE
person: P
time_zone: Etc/UTC
in_force: {{from: 2009-01-01, until: 2031-01-01}}
places:
  home: {{lat_deg: {lat:.6f}, lon_deg: {lon:.6f}, radius_m: 50}}
  near: {{lat_deg: {north:.6f}, lon_deg: {lon:.6f}, radius_m: 300}}
  district: {{lat_deg: {lat:.6f}, lon_deg: {lon:.6f}, radius_m: 5000}}
conditions:
  C1: {{curfew: {{at: home, from: 22:00, until: 06:00, every: day}}}}
  C2: {{residence: {{stay_in: district}}}}
  C3: {{exclusion: {{keep_out_of: near}}}}
  C4: {{appointment: {{at: home, every: mon, from: 10:00, until: 11:00, present_min: 10}}}}
"""


def traces() -> Iterator[Any]:
    """Yield every trace of every set that has positions; one mark where the data are not here."""
    if not DEV.is_dir():
        yield pytest.param(
            "", "", marks=pytest.mark.skip(reason="no real traces beside the project")
        )
        return
    for name in SETS:
        column = pq.read_table(DEV / f"{name}.parquet", columns=["trace_id"])["trace_id"]
        for trace in sorted(set(column.to_pylist())):
            yield name, trace


def cut(table: pa.Table, folder: Path) -> list[Path]:
    """Write the rows of a table turn by turn into two files, the later ones first."""
    rows = pa.array(range(len(table)))
    odd = pc.equal(pc.bit_wise_and(rows, 1), 1)
    parts = [table.filter(odd), table.filter(pc.invert(odd))]
    paths = [folder / "later.parquet", folder / "earlier.parquet"]
    for part, path in zip(parts, paths, strict=True):
        pq.write_table(part.take(pa.array(range(len(part) - 1, -1, -1))), path)
    return paths


def without_rows(report: dict[str, Any]) -> dict[str, Any]:
    """Return what must not depend on how the files were cut: all but hashes, row numbers and
    the names of the files.
    """
    incidents = [
        {**incident, "evidence": len(incident["evidence"])} for incident in report["incidents"]
    ]
    files = {(tuple(one["columns_unread"]), one["has_accuracy"]) for one in report["files"]}
    return {**report, "incidents": incidents, "inputs_sha256": None, "files": files}


@pytest.mark.parametrize(("name", "trace"), list(traces()))
def test_replay(name: str, trace: str, tmp_path: Path) -> None:
    table = pq.read_table(DEV / f"{name}.parquet")
    table = table.filter(pc.equal(table["trace_id"].cast(pa.string()), trace))
    lat, lon = (pc.approximate_median(table[key]).as_py() for key in ("lat", "lon"))
    order, fixes = tmp_path / "order.yaml", tmp_path / "fixes.parquet"
    order.write_text(ORDER.format(lat=lat, lon=lon, north=lat + 0.01))
    pq.write_table(table, fixes)

    whole = mesure.replay(order, fixes).to_json()
    assert whole == mesure.replay(order, fixes).to_json()
    report = json.loads(whole)
    fixes_told = report["fixes"]
    assert fixes_told["read"] == len(table)
    assert fixes_told["read"] == fixes_told["used"] + sum(fixes_told["kept_unused"].values())
    in_parts = json.loads(mesure.replay(order, cut(table, tmp_path)).to_json())
    assert without_rows(report) == without_rows(in_parts)
    for incident in report["incidents"]:
        opened, start = (datetime.fromisoformat(incident[key]) for key in ("opened_at", "start"))
        assert opened >= start
        assert len(incident["evidence"]) >= (1 if incident["kind"] == "silent" else 2)
