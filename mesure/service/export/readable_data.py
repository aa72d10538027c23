"""Readable data of an export: fixes and zones as GeoParquet, timetables as iCalendar.

None of it is taken in again: it says what the tables say, for readers with no other use for them.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mesure.actions.judging import judge_store
from mesure.actions.judging.judging_values import EvaluationBasis
from mesure.evaluation.policy import PolicyFile
from mesure.geo.fixes import POSITION, Fixes, Provider
from mesure.live.load_person import EvaluationConfig, fixes_of
from mesure.orders.model import schedule
from mesure.orders.model.order import OrderVersion
from mesure.service.export import geo_parquet
from mesure.service.export.geo_parquet import Extent
from mesure.store.interface.store import ReadTransaction
from mesure.store.keyring.interface import Keyring
from mesure.store.values import partitions

FIXES: Final = "fixes.parquet"
ZONES: Final = "zones.parquet"
TIMETABLES: Final = "timetables"
EVENTS_MAX: Final = 5_000  # Of one order; a calendar with more is no longer looked at.
_ALL: Final = range(partitions.PARTITIONS)

SCHEMA: Final = pa.schema(
    [
        ("person", pa.string()),
        ("order", pa.string()),
        ("trace_id", pa.string()),  # The order: a replay judges one.
        ("time", pa.timestamp("us", tz="UTC")),
        ("recv_time", pa.timestamp("us", tz="UTC")),
        ("lat", pa.float64()),
        ("lon", pa.float64()),
        ("radius95_m", pa.float64()),
        ("speed_mps", pa.float64()),
        ("motion", pa.int8()),
        ("beacon", pa.int8()),
        ("provider", pa.string()),
        ("still_since", pa.timestamp("us", tz="UTC")),  # Of a sign of life, which has no place.
        ("device_class", pa.string()),  # By whose thresholds the order is judged.
        (geo_parquet.COLUMN, pa.binary()),
    ]
)


def write(out: Path, reading: ReadTransaction, keyring: Keyring, policy: PolicyFile) -> None:
    """Write the fixes and the zones of everybody, and a calendar for each order.

    Fixes are read by the programme's own thresholds, as they were when they were judged.
    """
    folder = out / TIMETABLES
    folder.mkdir(mode=0o700)
    extent, drawn = Extent(), Extent()
    config = EvaluationConfig(keyring, policy)
    with (
        pq.ParquetWriter(out / FIXES, SCHEMA, store_schema=False) as fixes,
        pq.ParquetWriter(out / ZONES, geo_parquet.ZONES, store_schema=False) as zones,
    ):
        for person in reading.persons_in(_ALL):
            for duty in judge_store.duties(reading, keyring, person):
                fixes.write_table(_table(duty, fixes_of(reading, config, duty), extent))
                zones.write_table(geo_parquet.zones(duty.versions, drawn))
                name = duty.order.replace("/", "_").replace("\0", "_")
                path = folder / f"{name}.ics"
                path.write_bytes(calendar(duty.versions))
                path.chmod(0o600)
        fixes.add_key_value_metadata(extent.metadata())
        zones.add_key_value_metadata(drawn.metadata())
    for name in (FIXES, ZONES):
        (out / name).chmod(0o600)


def _table(duty: EvaluationBasis, fixes: Fixes, extent: Extent) -> pa.Table:
    count = len(fixes)
    is_placed = fixes.rest_us == POSITION
    points = geo_parquet.points(fixes.lon_deg, fixes.lat_deg)
    extent.add(points[is_placed])
    points[~is_placed] = None
    names = np.array([one.name.lower() for one in sorted(Provider)])
    columns = [
        pa.array([duty.person] * count, pa.string()),
        pa.array([duty.order] * count, pa.string()),
        pa.array([duty.order] * count, pa.string()),
        pa.array(fixes.observed_us, pa.timestamp("us", tz="UTC")),
        pa.array(fixes.received_us, pa.timestamp("us", tz="UTC")),
        pa.array(fixes.lat_deg, from_pandas=True),
        pa.array(fixes.lon_deg, from_pandas=True),
        pa.array(fixes.radius95_m, from_pandas=True),
        pa.array(fixes.speed_mps, from_pandas=True),
        pa.array(fixes.motion, mask=fixes.motion < 0),
        pa.array(fixes.beacon, mask=fixes.beacon < 0),
        pa.array(names[fixes.provider], pa.string()),
        pa.array(fixes.rest_us, pa.timestamp("us", tz="UTC"), mask=is_placed),
        pa.array([duty.device_class.value] * count, pa.string()),
        geo_parquet.wkb_column(points),
    ]
    return pa.Table.from_arrays(columns, schema=SCHEMA)


# --- Timetables --------------------------------------------------------------------------------


def calendar(versions: tuple[OrderVersion, ...]) -> bytes:
    """Return when each condition of an order binds, as iCalendar (RFC 5545)."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Mesure//Timetables//EN"]
    for number, (summary, start, end) in enumerate(_events(versions)):
        if number == EVENTS_MAX:
            break
        order = versions[0].order
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_text(f'{order}-{number}')}@mesure",
            f"DTSTAMP:{_instant(versions[0].in_force.start)}",
            f"DTSTART:{_instant(start)}",
            f"DTEND:{_instant(end)}",
            f"SUMMARY:{_text(summary)}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _events(versions: tuple[OrderVersion, ...]) -> Iterator[tuple[str, datetime, datetime]]:
    for version in versions:
        for condition in version.conditions:
            span = version.in_force
            for bound in schedule.bounds(condition, version, span.start, span.end):
                summary = f"{condition.id} ({condition.duty.kind})"
                yield summary, bound.span.start, bound.span.end


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(sign, written)
    return text


def _folded(line: str) -> bytes:
    """Return a line of at most 75 bytes, continued after a blank; no letter is cut."""
    parts: list[bytes] = []
    part = b""
    for letter in line:
        data = letter.encode()
        if len(part) + len(data) > 75 - (1 if parts else 0):
            parts.append(part)
            part = b""
        part += data
    return b"\r\n ".join([*parts, part]) + b"\r\n"
