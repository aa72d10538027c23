"""Fixes and zones of an export are GeoParquet: any reader draws what was judged."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from mesure.orders.reading import read_order
from mesure.service.export import export_import, geo_parquet, readable_data
from mesure.service.export.geo_parquet import COLUMN, Extent
from mesure.store.values.tables import TABLES
from tests.evaluation import scenes
from tests.service import installations
from tests.service.test_export_import import fill_installation

KIND = re.compile(r"^(GeometryCollection|(Multi)?(Point|LineString|Polygon))( Z)?$")
ORDER = b"""\
order: ALM-7
person: P-7
time_zone: Asia/Almaty
in_force: {from: 2026-02-01, until: 2026-02-03}
places:
  home: {lat_deg: 43.25, lon_deg: 76.95, radius_m: 60}
  yard:
    polygon: [[43.2, 76.9], [43.3, 76.9], [43.3, 77.0], [43.2, 77.0]]
    holes: [[[43.24, 76.94], [43.24, 76.96], [43.26, 76.96], [43.26, 76.94]]]
  way: {corridor: [[43.2, 76.9], [43.25, 76.95]], width_m: 40}
conditions:
  C1: {curfew: {at: home, from: 22:00, until: 06:00, every: day}}
  C2: {exclusion: {keep_out_of: yard}}
  C3: {exclusion: {keep_out_of: way}}
"""


def geo(path: Path) -> dict[str, Any]:
    raw_metadata = pq.read_schema(path).metadata[b"geo"]
    geo_metadata: dict[str, Any] = json.loads(raw_metadata)
    return geo_metadata


def as_specified(geo_metadata: dict[str, Any]) -> dict[str, Any]:
    """Check metadata as the published schema of GeoParquet 1.1 asks, and return the column's."""
    assert set(geo_metadata) == {"version", "primary_column", "columns"}
    assert geo_metadata["version"] == "1.1.0"
    column: dict[str, Any] = geo_metadata["columns"][geo_metadata["primary_column"]]
    assert column["encoding"] == "WKB"
    assert all(KIND.match(kind) for kind in column["geometry_types"])
    assert len(set(column["geometry_types"])) == len(column["geometry_types"])
    assert column["edges"] in {"planar", "spherical"}
    assert column["orientation"] == "counterclockwise"
    assert "crs" not in column, "none: degrees of WGS 84, longitude first (OGC:CRS84)"
    return column


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("handed")
    with installations.begin(folder / "one") as instance:
        fill_installation(instance)
        export_import.export(instance, folder / "out")
    return folder / "out"


def test_every_fix_lies_where_it_was_and_the_box_holds_them(out: Path) -> None:
    path = out / readable_data.FIXES
    column = as_specified(geo(path))
    assert column["geometry_types"] == ["Point"]
    table = pq.read_table(path)
    assert table.schema.field(COLUMN).type == pa.binary()
    shapes = shapely.from_wkb(table.column(COLUMN).to_numpy())
    assert np.array_equal(shapely.get_x(shapes), table.column("lon").to_numpy())
    assert np.array_equal(shapely.get_y(shapes), table.column("lat").to_numpy())
    assert column["bbox"] == [float(one) for one in shapely.total_bounds(shapes)]


def test_zones_of_a_programme_are_as_the_order_draws_them(out: Path) -> None:
    path = out / readable_data.ZONES
    column = as_specified(geo(path))
    assert column["geometry_types"] == ["Point"]
    rows = pq.read_table(path).to_pylist()
    home = next(row for row in rows if row["conditions"] == ["C1"])
    at = shapely.from_wkb(home[COLUMN])
    assert (at.x, at.y) == (scenes.HOME_LON_DEG, scenes.HOME_LAT_DEG)
    assert (home["person"], home["order"], home["radius_m"]) == ("P-1", "A-1", 60.0)
    assert home["keep_out"] is False


def table() -> tuple[list[dict[str, Any]], dict[str, Any]]:
    version = read_order.read("order.yaml", ORDER, {})
    extent = Extent()
    zones = geo_parquet.zones([version], extent)
    column = as_specified(json.loads(extent.metadata()["geo"]))
    return zones.to_pylist(), column


def test_areas_ways_and_circles_keep_what_they_are() -> None:
    rows, column = table()
    assert column["geometry_types"] == ["LineString", "Point", "Polygon"]
    by_place = {row["place"]: row for row in rows}
    yard, way, home = (by_place[name] for name in ("yard", "way", "home"))
    area = shapely.from_wkb(yard[COLUMN])
    assert area.exterior.is_ccw
    assert [hole.is_ccw for hole in area.interiors] == [False]
    assert (yard["keep_out"], yard["tolerance_m"], yard["conditions"]) == (True, 15.0, ["C2"])
    assert (way["tolerance_m"], home["tolerance_m"]) == (0.0, 0.0)
    assert (way["width_m"], way["radius_m"]) == (40.0, None)
    assert list(shapely.from_wkb(way[COLUMN]).coords) == [(76.9, 43.2), (76.95, 43.25)]
    assert (home["radius_m"], home["width_m"]) == (60.0, None)
    assert column["bbox"] == [76.9, 43.2, 77.0, 43.3]


def test_where_nothing_is_drawn_no_box_is_said() -> None:
    extent = Extent()
    extent.add(geo_parquet.points(np.empty(0), np.empty(0)))
    column = as_specified(json.loads(extent.metadata()["geo"]))
    assert column["geometry_types"] == []
    assert "bbox" not in column


def test_what_is_mapped_to_the_transfer_specification_is_in_an_export(out: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "specs" / "handing_over.md"
    _, _, part = page.read_text("utf-8").partition("## The record transfer specification")
    named = re.findall(r"`([a-z_]+)\.([a-z0-9_]+)`", part.partition("\n## ")[0])
    columns = {table: set(names) for table, (_, names) in TABLES.items()}
    for name in (readable_data.FIXES, readable_data.ZONES):
        columns[name.removesuffix(".parquet")] = set(pq.read_schema(out / name).names)
    missing = [pair for pair in named if pair[1] not in columns.get(pair[0], set())]
    assert missing == [("readable_data", "py")]
    assert len(named) > 20
    lines = (out / "tables" / "register.jsonl").read_text().splitlines()
    kinds = {json.loads(line)["kind"] for line in lines}
    assert {"details", "enrolled_device"} <= kinds
    assert set(re.findall(r"of the kind `([a-z_]+)`", part)) == {
        "details",
        "review",
        "enrolled_device",
    }
