"""Write one person's order and record as files: `python -m bench.evaluation.files FOLDER FIXES`."""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv, parquet

from bench.evaluation import made_up_people
from bench.evaluation.made_up_people import BenchPerson
from mesure.orders.values.places import Circle, Polygon, Shape


def main(folder: Path, fixes: int) -> None:
    """Write order.yaml, fixes.parquet and fixes.csv."""
    [someone] = made_up_people.people(1, fixes)
    (folder / "order.yaml").write_text(order_text(someone), encoding="utf-8")
    table = _table(someone)
    parquet.write_table(table, folder / "fixes.parquet", compression="zstd")
    texts = {
        name: pa.array(np.char.add(np.datetime_as_string(table[name].to_numpy(), unit="s"), "Z"))
        for name in ("time", "recv_time")
    }
    for at, name in enumerate(table.column_names):
        if name in texts:
            table = table.set_column(at, name, texts[name])
    csv.write_csv(table, folder / "fixes.csv")


def order_text(someone: BenchPerson) -> str:
    """Return an order file that says what the order of a made-up person says."""
    order = someone.order
    places = "".join(
        f"  {name}: {_shape(place.shapes[0])}\n" for name, place in order.places.items()
    )
    exclusions = "".join(
        f"  C{number}: {{exclusion: {{keep_out_of: {name}}}}}\n"
        for number, name in enumerate((n for n in order.places if n.startswith("exclusion")), 3)
    )
    return (
        f"order: {order.order}\nperson: {order.person}\ncourt: A court of the bench\n"
        "decision: {number: bench, date: 2026-01-05}\nlegal_basis: none, the person is made up\n"
        f"time_zone: {order.zone.key}\n"
        f"in_force: {{from: 2026-01-05, until: {order.in_force.end.year + 1}-01-05}}\n"
        f"places:\n{places}conditions:\n"
        "  C1: {curfew: {at: home, from: 22:00, until: 06:00, every: day}}\n"
        f"  C2: {{residence: {{stay_in: district}}}}\n{exclusions}"
    )


def _shape(shape: Shape) -> str:
    if isinstance(shape, Circle):
        return (
            f"{{lat_deg: {shape.lat_deg:.7f}, lon_deg: {shape.lon_deg:.7f},"
            f" radius_m: {shape.radius_m:g}}}"
        )
    assert isinstance(shape, Polygon)
    corners = ", ".join(f"[{lat_deg:.7f}, {lon_deg:.7f}]" for lat_deg, lon_deg in shape.outer)
    return f"{{polygon: [{corners}]}}"


def _table(someone: BenchPerson) -> pa.Table:
    fixes = someone.fixes
    return pa.table(
        {
            "time": pa.array(fixes.observed_us, pa.timestamp("us", "UTC")),
            "recv_time": pa.array(fixes.received_us, pa.timestamp("us", "UTC")),
            "lat": np.round(fixes.lat_deg, 7),
            "lon": np.round(fixes.lon_deg, 7),
            "accuracy_m": np.round(fixes.radius95_m, 1),
            "provider": pa.array(["gps"] * len(fixes)),
        }
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
