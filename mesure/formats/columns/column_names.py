"""Column names: the one schema of fixes, by which every file is written and read.

A column is known by its meaning, which is its name in what this program writes. Loggers and other
programs have their own names for the same things; those whose meaning is documented are read, and
every other column is named to the caller, because what is left out in silence is taken for
perfect.

Why `accuracy` and the like are at the confidence of their device: Android calls accuracy a radius
of 68 %, and loggers, OwnTracks and dawarich pass that number on; a tag's circle is one of 95 %.
HDOP describes the geometry of the satellites, and is no length. Bare `speed` is not read: some
write metres a second, some kilometres an hour and some knots.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

TIMES: Final = ("time", "recv_time", "still_since")
NUMBERS: Final = ("lat", "lon", "accuracy_m", "radius95_m", "hdop", "sats", "speed_mps")
FLAGS: Final = ("motion", "beacon")
WANTED: Final = (*TIMES, *NUMBERS, *FLAGS, "provider", "trace_id", "used", "device_class")
NEEDED: Final = ("time", "lat", "lon")


class TimeFormat(Enum):
    """How a time is written."""

    TEXT = "text"  # With an offset, or as an instant.
    COUNT = "count"  # The same, or a count of seconds or milliseconds since 1970.
    MICROSECONDS = "microseconds"  # Since 1970.


_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "time": ("time", "tracked_at", "isotst", "timestamp", "tst", "observed", "observed_at"),
    "recv_time": ("recv_time", "received", "received_at"),
    "lat": ("lat", "lat_deg"),
    "lon": ("lon", "lon_deg"),
    "accuracy_m": (
        "accuracy_m",
        "accuracy",
        "acc",
        "horizontal_accuracy",
        "horizontal_accuracy_m",
        "horizontalaccuracy",
        "h_accuracy",
        "hacc",
        "h_acc",
        "gps_accuracy",
        "gps_accuracy_m",
        "accuracymeters",
        "accuracy_meters",
        "confidence_circle",
        "confidence_circle_m",
    ),
    "sats": ("sats", "sat", "satellites"),
    "motion": ("motion", "moving", "is_moving"),
    "provider": ("provider", "source"),
    "trace_id": ("trace_id", "user_id"),
}
"""Names of each meaning, the first before the next; without an entry, the meaning alone."""

_UNITS: Final = {
    "m": "m", "meter": "m", "meters": "m", "metre": "m", "metres": "m",
    "m/s": "mps", "deg": "deg", "degrees": "deg", "°": "deg",
}  # fmt: skip
"""Units that a name may end with in brackets, as names of this program end with them."""

_UNIT: Final = re.compile(rf"(.*\S)\s*[(\[]\s*({'|'.join(_UNITS)})\s*[)\]]")

_CLOCKS: Final = {
    "timestamp": TimeFormat.COUNT,
    "tst": TimeFormat.COUNT,
    "observed": TimeFormat.MICROSECONDS,
    "received": TimeFormat.MICROSECONDS,
    "still_since": TimeFormat.MICROSECONDS,
}

_OF_BUNDLE: Final = frozenset({"sequence", "row", "used"})  # Its fixes.csv, with their reasons.
_OF_EXPORT: Final = frozenset({"person", "order"})  # Everybody's fixes, order by order.


_ROUTE: Final = "route_fid"  # GDAL writes a GPX file's points so, in GeoJSON and in tables,
_TRACK: Final = "track_fid"
_SAVED: Final = "sym"  # and saved places and points of tracks with the symbol of a map.


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which columns of a file are read, and as what."""

    column: Mapping[str, str]  # Meaning -> name in the file.
    unread: tuple[str, ...]  # In their order.
    is_planned: bool  # Its points are saved places or a planned route, and nobody was there.

    def clock(self, meaning: str) -> TimeFormat:
        """Return how the times of a column are written."""
        return _CLOCKS.get(plain(self.column.get(meaning, "")), TimeFormat.TEXT)


def plain(name: str) -> str:
    """Return a name as names are compared.

    >>> plain(" CONFIDENCE CIRCLE"), plain("Accuracy-m"), plain("Horizontal Accuracy (m)")
    ('confidence_circle', 'accuracy_m', 'horizontal_accuracy_m')
    >>> plain("Accuracy (ft)"), plain("speed [m/s]")
    ('accuracy_(ft)', 'speed_mps')
    """
    written = name.strip().lower()
    unit = _UNIT.fullmatch(written)
    if unit:
        written = f"{unit[1]}_{_UNITS[unit[2]]}"
    return written.replace(" ", "_").replace("-", "_")


@lru_cache(maxsize=256)
def sheet(names: tuple[str, ...]) -> ColumnMapping:
    """Return what the columns of these names mean; of several for one meaning, one is read.

    >>> found = sheet(("time", "LAT", "lon", "accuracy", "battery"))
    >>> found.column["accuracy_m"], found.column["lat"], found.unread
    ('accuracy', 'LAT', ('battery',))
    >>> sheet(("time", "route_fid")).is_planned, sheet(("time", "sym", "track_fid")).is_planned
    (True, False)
    """
    written = {plain(name): name for name in reversed(names)}
    column: dict[str, str] = {}
    for meaning in WANTED:
        known = [alias for alias in _known_as(meaning, written) if alias in written]
        if known:
            column[meaning] = written[known[0]]
    read = set(column.values())
    unread = tuple(dict.fromkeys(name for name in names if name not in read))
    return ColumnMapping(column, unread, _is_planned(written))


def _known_as(meaning: str, written: Iterable[str]) -> tuple[str, ...]:
    if meaning == "used":
        return ("used",) if set(written) >= _OF_BUNDLE else ()
    known = _ALIASES.get(meaning, (meaning,))
    is_of_export = meaning == "trace_id" and set(written) >= _OF_EXPORT
    return (*known, "order") if is_of_export else known


def _is_planned(written: Iterable[str]) -> bool:
    known = frozenset(written)
    return _ROUTE in known or (_SAVED in known and _TRACK not in known)
