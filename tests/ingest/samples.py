"""One walk, as every format writes it, and short ways to read and gather."""

import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from mesure.evaluation.policy import DeviceClass
from mesure.formats import fixes_files
from mesure.formats.columns.file_rows import FileRows
from mesure.formats.stored import assemble_fixes
from mesure.formats.stored.assemble_fixes import AssembledFixes
from mesure.geo.fixes import Fixes
from tests.evaluation import scenes

START = datetime(2026, 1, 5, 17, 0, tzinfo=UTC)
DAY_S = 86_400


class Step(NamedTuple):
    """A moment of the walk; the server hears of it two seconds later."""

    at: datetime
    lat: float
    lon: float
    accuracy_m: float | None
    speed_mps: float

    @property
    def received_at(self) -> datetime:
        return self.at + timedelta(seconds=2)


WALK = [
    Step(START, 43.25654, 76.92848, 12.0, 0.0),
    Step(START + timedelta(minutes=1), 43.25700, 76.92900, 8.0, 1.5),
    Step(START + timedelta(minutes=2), 43.25750, 76.93000, None, 1.25),
]


def text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def us(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def csv(walk: Sequence[Step] = WALK, delimiter: str = ",") -> bytes:
    rows = [["time", "lat", "lon", "accuracy_m", "speed_mps", "recv_time"]]
    for step in walk:
        accuracy = "" if step.accuracy_m is None else str(step.accuracy_m)
        place = [str(step.lat), str(step.lon)]
        rows.append([text(step.at), *place, accuracy, str(step.speed_mps), text(step.received_at)])
    return "\n".join(delimiter.join(row) for row in rows).encode()


def table(walk: Sequence[Step] = WALK) -> dict[str, Any]:
    instants = pa.timestamp("ms", "UTC")
    return {
        "time": pa.array([step.at for step in walk], instants),
        "lat": pa.array([step.lat for step in walk], pa.float64()),
        "lon": pa.array([step.lon for step in walk], pa.float64()),
        "accuracy_m": pa.array([step.accuracy_m for step in walk], pa.float32()),
        "speed_mps": pa.array([step.speed_mps for step in walk], pa.float32()),
        "recv_time": pa.array([step.received_at for step in walk], instants),
    }


def parquet(columns: dict[str, Any] | None = None, **options: Any) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(table() if columns is None else columns), file, **options)
    return file.getvalue()


def gpx(walk: Sequence[Step] = WALK) -> bytes:
    points = [
        f'<trkpt lat="{step.lat}" lon="{step.lon}"><time>{text(step.at)}</time>'
        + ("" if step.accuracy_m is None else f"<hdop>{step.accuracy_m / 5}</hdop>")
        + f"<extensions><speed>{step.speed_mps}</speed></extensions></trkpt>"
        for step in walk
    ]
    space = "http://www.topografix.com/GPX/1/1"
    body = "".join(points)
    return f'<?xml version="1.0"?>\n<gpx xmlns="{space}"><trk>{body}</trk></gpx>'.encode()


def owntracks(step: Step, **more: Any) -> dict[str, Any]:
    message = {
        "_type": "location",
        "_id": "05b6f5bf",
        "alt": 23,
        "batt": 62,
        "conn": "w",
        "lat": step.lat,
        "lon": step.lon,
        "tid": "le",
        "tst": us(step.at) // 1_000_000,
        "vel": step.speed_mps * 3.6,
    }
    return message | ({} if step.accuracy_m is None else {"acc": step.accuracy_m}) | more


def rec(walk: Sequence[Step] = WALK) -> bytes:
    lines = [
        f"{text(step.received_at)}\t*                 \t{json.dumps(owntracks(step))}"
        for step in walk
    ]
    return "\n".join(lines).encode()


def traccar(step: Step, **more: Any) -> dict[str, Any]:
    position = {
        "id": 0,
        "attributes": {"batteryLevel": 87.0, "distance": 0.0, "totalDistance": 1234.5},
        "deviceId": 4,
        "protocol": "osmand",
        "serverTime": text(step.received_at).replace("Z", "+00:00"),
        "deviceTime": text(step.at).replace("Z", "+0000"),
        "fixTime": text(step.at).replace("Z", "+0000"),
        "valid": True,
        "latitude": step.lat,
        "longitude": step.lon,
        "altitude": 167.0,
        "speed": step.speed_mps * 3600 / 1852,
        "course": 271.0,
        "address": None,
        "accuracy": step.accuracy_m or 0.0,
        "network": None,
        "geofenceIds": [3],
    }
    device = {"id": 4, "attributes": {}, "name": "jane", "uniqueId": "48241179", "phone": None}
    return {"position": position | more, "device": device}


def feature(step: Step, **more: Any) -> dict[str, Any]:
    properties = {
        "time": text(step.at),
        "recv_time": text(step.received_at),
        "accuracy_m": step.accuracy_m,
        "speed_mps": step.speed_mps,
    }
    geometry = {"type": "Point", "coordinates": [step.lon, step.lat]}
    return {"type": "Feature", "geometry": geometry, "properties": properties | more}


def collection(features: Sequence[object]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


def lines(messages: Sequence[object]) -> bytes:
    return "\n".join(json.dumps(message) for message in messages).encode()


EVERY_FORMAT = {
    "parquet": parquet(),
    "csv": csv(),
    "semicolons": csv(delimiter=";"),
    "tabs": csv(delimiter="\t"),
    "gpx": gpx(),
    "rec": rec(),
    "owntracks": lines([owntracks(step) for step in WALK]),
    "traccar": lines([traccar(step) for step in WALK]),
    "geojson": collection([feature(step) for step in WALK]),
    "features": lines([feature(step) for step in WALK]),
}


def read(data: bytes, name: str = "fixes") -> FileRows:
    return fixes_files.read(name, data)


def gather_fixes(*data: bytes | FileRows, **how: Any) -> AssembledFixes:
    records = [one if isinstance(one, FileRows) else read(one) for one in data]
    usual = {
        "trace": None,
        "device_class": DeviceClass.PHONE,
        "until_us": None,
        "policy": scenes.default_policy(),
    }
    return assemble_fixes.gather(records, **(usual | how))


def columns(fixes: Fixes) -> dict[str, bytes]:
    """Return every column but the numbers of the rows, to the byte."""
    names = [name for name in Fixes.__slots__ if name != "row"]
    return {name: getattr(fixes, name).tobytes() for name in names}
