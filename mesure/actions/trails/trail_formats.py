"""Trail formats: a part of a trail for other programs: CSV, or GPX 1.1.

The same fixes give the same bytes, so that the hash of a file says which fixes it held. Numbers are
written in full, for a file that is handed on must not be coarser than what was judged. CSV has a
row without a place for each sign that a device lay still; GPX has no room for one.
Paper: RFC 4180, the CSV format; the GPX 1.1 schema of Topografix
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from itertools import chain
from typing import Final
from xml.sax.saxutils import escape

from mesure.actions.documents import spreadsheet
from mesure.formats.stored.trail_fix import TrailFix, TrailRest

COLUMNS: Final = (
    "time", "lat", "lon", "radius95_m", "provider", "device", "received", "signed", "beacon",
    "ahead_s",
    "speed_mps", "moving", "still_since", "device_class",
)  # fmt: skip


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
    form: TrailFormat, fixes: Sequence[TrailFix], rest_claims: Sequence[TrailRest] = ()
) -> bytes:
    """Return a trail as a file."""
    if form is TrailFormat.GPX:
        return _gpx(fixes).encode()
    return spreadsheet.encode(COLUMNS, chain(map(_row, fixes), map(_rest_row, rest_claims)))


def _row(fix: TrailFix) -> tuple[object, ...]:
    return (
        _instant(fix.observed_at), fix.lat_deg, fix.lon_deg, fix.radius95_m, fix.provider,
        fix.device, _instant(fix.received_at), int(fix.signed), _digit(fix.beacon), fix.ahead_s,
        fix.speed_mps, _digit(fix.moving), "", fix.device_class,
    )  # fmt: skip


def _rest_row(claim: TrailRest) -> tuple[object, ...]:
    return (
        _instant(claim.observed_at), "", "", "", "",
        claim.device, _instant(claim.received_at), int(claim.signed), "", claim.ahead_s,
        "", "", claim.still_since, claim.device_class,
    )  # fmt: skip


def _digit(is_so: bool | None) -> int | None:
    return None if is_so is None else int(is_so)


def _gpx(fixes: Iterable[TrailFix]) -> str:
    return "\n".join(_gpx_lines(fixes)) + "\n"


def _gpx_lines(fixes: Iterable[TrailFix]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<gpx version="1.1" creator="Mesure" xmlns="http://www.topografix.com/GPX/1/1">'
    yield "<trk><trkseg>"
    for fix in fixes:
        columns = ""
        if fix.radius95_m is not None:
            columns = f"<radius95_m>{fix.radius95_m!r}</radius95_m>"
        if fix.device_class:
            columns += f"<device_class>{fix.device_class}</device_class>"
        extensions = f"<extensions>{columns}</extensions>" if columns else ""
        yield (
            f'<trkpt lat="{fix.lat_deg!r}" lon="{fix.lon_deg!r}">'
            f"<time>{_instant(fix.observed_at)}</time><src>{escape(fix.device)}</src>"
            f"{extensions}</trkpt>"
        )
    yield "</trkseg></trk>"
    yield "</gpx>"


def _instant(instant: datetime) -> str:
    """Return an instant in UTC, with its zone said.

    >>> _instant(datetime(2026, 1, 1, tzinfo=UTC))
    '2026-01-01T00:00:00Z'
    """
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
