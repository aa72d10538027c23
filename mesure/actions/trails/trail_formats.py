"""Trail formats: a part of a trail for other programs: CSV, or GPX 1.1.

The same fixes give the same bytes, so that the hash of a file says which fixes it held. Numbers are
written whole, for a file that is handed on must not be coarser than what was judged. CSV has a row
without a place for each sign that a device lay still; GPX has no room for one.
Paper: RFC 4180, the CSV format; the GPX 1.1 schema of Topografix
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

COLUMNS: Final = (
    "time", "lat", "lon", "radius95_m", "provider", "device", "received", "signed", "beacon",
    "ahead_s",
    "speed_mps", "moving", "still_since",
)  # fmt: skip


class TrailPoint(NamedTuple):
    """A fix as a file tells it."""

    observed_at: datetime
    received_at: datetime
    lat_deg: float
    lon_deg: float
    radius95_m: float | None  # None: the device did not say.
    provider: str
    device: str
    signed: bool
    beacon: bool | None  # None: the device did not say.
    ahead_s: float = 0.0  # So much later the device's clock said it was.
    speed_mps: float | None = None
    moving: bool | None = None


class TrailSign(NamedTuple):
    """A sign that a device lies still, as a file tells it."""

    observed_at: datetime
    received_at: datetime
    still_since: int  # Microseconds since 1970; 0: since its last fix; 2^59: it moves.
    device: str
    signed: bool
    ahead_s: float = 0.0


class TrailFormat(StrEnum):
    """The formats a trail is handed out in."""

    CSV = "csv"
    GPX = "gpx"

    @property
    def media_type(self) -> str:
        """Return what the file calls itself."""
        return {TrailFormat.CSV: "text/csv; charset=utf-8", TrailFormat.GPX: "application/gpx+xml"}[
            self
        ]


def write_trail(
    form: TrailFormat, points: Sequence[TrailPoint], signs: Sequence[TrailSign] = ()
) -> bytes:
    """Return a trail as a file."""
    return (_csv(points, signs) if form is TrailFormat.CSV else _gpx(points)).encode()


def _csv(points: Iterable[TrailPoint], signs: Iterable[TrailSign]) -> str:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    rows.writerows(_row(one) for one in points)
    rows.writerows(_sign_row(one) for one in signs)
    return out.getvalue()


def _row(fix: TrailPoint) -> tuple[str, ...]:
    radius = "" if fix.radius95_m is None else repr(fix.radius95_m)
    beacon = "" if fix.beacon is None else str(int(fix.beacon))
    speed = "" if fix.speed_mps is None else repr(fix.speed_mps)
    moving = "" if fix.moving is None else str(int(fix.moving))
    return (
        _instant(fix.observed_at), repr(fix.lat_deg), repr(fix.lon_deg), radius, fix.provider,
        _guarded(fix.device), _instant(fix.received_at), str(int(fix.signed)), beacon,
        repr(fix.ahead_s),
        speed, moving, "",
    )  # fmt: skip


def _sign_row(sign: TrailSign) -> tuple[str, ...]:
    return (
        _instant(sign.observed_at), "", "", "", "",
        _guarded(sign.device), _instant(sign.received_at), str(int(sign.signed)), "",
        repr(sign.ahead_s),
        "", "", str(sign.still_since),
    )  # fmt: skip


def _gpx(points: Iterable[TrailPoint]) -> str:
    return "\n".join(_gpx_lines(points)) + "\n"


def _gpx_lines(points: Iterable[TrailPoint]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<gpx version="1.1" creator="Mesure" xmlns="http://www.topografix.com/GPX/1/1">'
    yield "<trk><trkseg>"
    for fix in points:
        accuracy = ""
        if fix.radius95_m is not None:
            accuracy = f"<extensions><radius95_m>{fix.radius95_m!r}</radius95_m></extensions>"
        yield (
            f'<trkpt lat="{fix.lat_deg!r}" lon="{fix.lon_deg!r}">'
            f"<time>{_instant(fix.observed_at)}</time><src>{escape(fix.device)}</src>"
            f"{accuracy}</trkpt>"
        )
    yield "</trkseg></trk>"
    yield "</gpx>"


def _instant(instant: datetime) -> str:
    """Return an instant in UTC, with its zone said.

    >>> _instant(datetime(2026, 1, 1, tzinfo=UTC))
    '2026-01-01T00:00:00Z'
    """
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _guarded(name: str) -> str:
    """Return a name that no spreadsheet takes for a formula; devices are named from outside."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r")) else name
