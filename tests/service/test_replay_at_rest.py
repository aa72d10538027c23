"""Phones that lay still: no incident of place, whatever the accuracy they were set to."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import mesure
from mesure.incidents.incident import IncidentKind

DATA = Path(__file__).parents[3] / "shared" / "data"
FILE = DATA / "dev" / "mobilitynet_stationary.parquet"

ORDER = """
order: REST
person: P
time_zone: {zone}
in_force: {{from: 2018-01-01, until: 2021-01-01}}
places: {{home: {{lat_deg: {lat}, lon_deg: {lon}, radius_m: 50}}}}
conditions: {{C1: {{curfew: {{at: home, from: 00:00, until: 24:00, every: day}}}}}}
"""


def traces() -> Iterator[Any]:
    """Yield each phone's trace with its time zone; one mark where the data are not here."""
    if not FILE.is_file():
        absent = pytest.mark.skip(reason="no real traces beside the project")
        yield pytest.param("", "", marks=absent)
        return
    with (DATA / "traces.csv").open(newline="") as rows:
        for row in csv.DictReader(rows):
            if row["source"] == FILE.stem and row["split"] == "dev":
                yield row["trace_id"], row["tz"]


@pytest.mark.parametrize(("trace", "zone"), list(traces()))
def test_nobody_is_said_to_have_left(trace: str, zone: str, tmp_path: Path) -> None:
    table = pq.read_table(FILE)
    own = table.filter(pc.equal(table["trace_id"].cast(pa.string()), trace))
    lat, lon = (pc.max(own[key]).as_py() for key in ("truth_lat", "truth_lon"))
    order = tmp_path / "order.yaml"
    order.write_text(ORDER.format(zone=zone, lat=lat, lon=lon))
    result = mesure.replay(order, FILE, trace=trace)
    assert {incident.kind for incident in result.incidents} <= {IncidentKind.SILENT}
