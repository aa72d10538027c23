"""Rows as the files that devices and trackers write: the same fix, each format's own units."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.precedents.evidence import ReportedFix

KMPH_PER_MPS = 3.6
KNOTS_PER_MPS = 3600.0 / 1852.0

HEADER = (
    "time", "recv_time", "lat", "lon", "accuracy_m",
    "speed_mps", "motion", "beacon", "provider", "trace_id",
)  # fmt: skip


def as_csv(rows: Sequence[ReportedFix]) -> bytes:
    """Return a table; without rows, its header."""
    names = [name for name in HEADER if name != "trace_id" or any(row.trace for row in rows)]
    text = io.StringIO()
    table = csv.DictWriter(text, names, lineterminator="\n", extrasaction="ignore")
    table.writeheader()
    for row in rows:
        table.writerow(_cells(row))
    return text.getvalue().encode()


def _cells(row: ReportedFix) -> dict[str, str]:
    cells = {
        "time": _instant(row.observed_at),
        "recv_time": _instant(row.received) if row.received else "",
        "lat": repr(row.point[0]),
        "lon": repr(row.point[1]),
        "accuracy_m": row.accuracy_m,
        "speed_mps": row.speed_mps,
        "motion": row.motion,
        "beacon": row.beacon,
        "provider": row.provider,
        "trace_id": row.trace,
    }
    return cells | dict(row.cells)


def as_owntracks(rows: Sequence[ReportedFix]) -> bytes:
    """Return a recorder's lines: receipt, kind, message; speed in kilometres an hour."""
    return "".join(
        f"{_instant(row.received or row.observed_at)}\t*\t{json.dumps(_owntracks(row))}\n"
        for row in rows
    ).encode()


def _owntracks(row: ReportedFix) -> dict[str, Any]:
    motion = {"true": ["walking"], "false": ["stationary"]}.get(row.motion)
    details = {
        "acc": _number(row.accuracy_m),
        "vel": _number(row.speed_mps, KMPH_PER_MPS),
        "motionactivities": motion,
        "source": row.provider or None,
        "t": "p" if row.sent_as == "ping" else None,
    }
    place = {"_type": "location", "lat": row.point[0], "lon": row.point[1]}
    return place | {"tst": int(row.observed_at.timestamp())} | _known(details)


def as_traccar(rows: Sequence[ReportedFix]) -> bytes:
    """Return forwarded positions; speed in knots."""
    return "".join(json.dumps(_traccar(row)) + "\n" for row in rows).encode()


def _traccar(row: ReportedFix) -> dict[str, Any]:
    position = {
        "fixTime": _instant(row.observed_at),
        "serverTime": _instant(row.received or row.observed_at),
        "valid": True,
        "outdated": False,
        "latitude": row.point[0],
        "longitude": row.point[1],
        "accuracy": _number(row.accuracy_m) or 0.0,
        "speed": _number(row.speed_mps, KNOTS_PER_MPS),
        "attributes": _known({"motion": {"true": True, "false": False}.get(row.motion)}),
    }
    return {"position": _known(position), "device": {"uniqueId": "D-1"}}


def _number(written: str, per_unit_ratio: float = 1.0) -> float | None:
    return float(written) * per_unit_ratio if written else None


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}


def _instant(when: datetime) -> str:
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


FORMATS: dict[str, tuple[str, Callable[[Sequence[ReportedFix]], bytes]]] = {
    "csv": ("fixes.csv", as_csv),
    "owntracks": ("fixes.rec", as_owntracks),
    "traccar": ("fixes.jsonl", as_traccar),
}
