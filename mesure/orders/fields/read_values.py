"""Single values of an order file: dates, times of day, numbers."""

import math
import re
from datetime import date, datetime, time, timedelta
from typing import Final

from mesure.orders.clock.wall_clock import WallClockSpan
from mesure.orders.text.file_entries import FileEntry
from mesure.orders.text.order_faults import RefusedValueError, quote
from mesure.orders.text.sayings import translatable
from mesure.orders.text.strings_yaml import Node, TextNode
from mesure.orders.values.timetable import DAY_S

YEAR_MIN: Final = 1900  # Everyone under an order was born later.
YEAR_MAX: Final = 2199
LONG_CHARS_MAX: Final = 2_000  # A reason, the name of a court, a legal basis.

_DATE: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T(.+))?", re.ASCII)
_CLOCK: Final = re.compile(r"(\d{2}):(\d{2})(?::(\d{2}))?", re.ASCII)
_OFFSET: Final = re.compile(r"T.*(Z|[+-]\d{2}:?\d{2})", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_NUMBER_CHARS_MAX: Final = 60

# The times an order may name; also stands in for a time in force that cannot be read.
EVER: Final = WallClockSpan(
    datetime.combine(date(YEAR_MIN, 1, 1), time()), datetime.combine(date(YEAR_MAX, 12, 31), time())
)


def wall_time(entry: FileEntry) -> datetime:
    """Return a date, or a date with a time, as the clock on the wall shows it (naive)."""
    text = entry.text()
    moment = as_wall_time(text or "")
    if text is None or moment is not None:
        return moment or EVER.start
    what = translatable(
        "{text} is no date between the years {first} and {last}",
        text=quote(text),
        first=YEAR_MIN,
        last=YEAR_MAX,
    )
    remedy = translatable("write it as 2026-01-31 or 2026-01-31T22:00")
    if _OFFSET.search(text):
        what = translatable("{text} has an offset from UTC", text=quote(text))
        remedy = translatable("leave the offset out: dates of an order are in its time_zone")
    entry.refuse(what, translatable("from when until when cannot be told"), remedy)
    return EVER.start


def as_wall_time(text: str) -> datetime | None:
    """Return the date that a text is, with a time if there is one; None where it is not one."""
    match = _DATE.fullmatch(text)
    second = as_clock_s(match[4] or "00:00") if match else None
    if match is None or second is None or not YEAR_MIN <= int(match[1]) <= YEAR_MAX:
        return None
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
    return datetime.combine(day, time()) + timedelta(seconds=second)


def clock_s(entry: FileEntry) -> int:
    """Return a time of day in seconds; 24:00 is 86400."""
    text = entry.text()
    second = as_clock_s(text or "")
    if text is None or second is not None:
        return second or 0
    what = translatable("{text} is no time of day", text=quote(text))
    remedy = translatable("write two digits each, as 06:00 or 22:30:15, from 00:00 to 24:00")
    entry.refuse(what, translatable("the hours cannot be told"), remedy)
    return 0


def as_clock_s(text: str) -> int | None:
    """Return the time of day that a text is, in seconds, or None where it is not one."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    total = hour * 3600 + minute * 60 + second
    return total if minute < 60 and second < 60 and total <= DAY_S else None


def number(
    entry: FileEntry, limits: tuple[float, float], unit: str, *, from_zero: bool = False
) -> float:
    """Return a number above the lower limit, up to the upper one, or a zero that makes sense."""
    lower, upper = limits
    value = as_number(entry.node)
    if value is not None and (lower < value <= upper or (from_zero and value == 0)):
        return value
    what = translatable(
        "{text} is no number of {unit} above {lowest}, up to {highest}",
        text=_written(entry.node),
        unit=unit,
        lowest=f"{lower:g}",
        highest=f"{upper:g}",
    )
    entry.refuse(
        what,
        translatable("the condition cannot be judged by it"),
        translatable("write a number such as 50 or 12.5"),
    )
    return upper


def as_number(node: Node) -> float | None:
    """Return the number that is written, or None where none is."""
    if not isinstance(node, TextNode) or len(node.text) > _NUMBER_CHARS_MAX:
        return None
    value = float(node.text) if _NUMBER.fullmatch(node.text) else math.nan
    return value if math.isfinite(value) else None


def degrees(nodes: list[Node]) -> tuple[float, float]:
    """Return latitude and longitude; raises `RefusedValueError` where the two are no point."""
    lat_deg, lon_deg = (as_number(node) for node in nodes)
    if lat_deg is None or not -90 <= lat_deg <= 90:
        what = translatable("{text} is no latitude from -90 to 90 degrees", text=_written(nodes[0]))
    elif lon_deg is None or not -180 <= lon_deg <= 180:
        what = translatable(
            "{text} is no longitude from -180 to 180 degrees", text=_written(nodes[1])
        )
    else:
        return lat_deg, lon_deg
    remedy = translatable(
        "write decimal degrees with a point, latitude first, as 43.25654, 76.92848"
    )
    raise RefusedValueError(what, translatable("the place cannot be drawn"), remedy)


def _written(node: Node) -> str:
    return quote(node.text) if isinstance(node, TextNode) else translatable("what stands here")
