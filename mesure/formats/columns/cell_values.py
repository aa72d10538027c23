"""Cell values: the meaning of one value in a file, where a whole column cannot be converted.

Every function takes any value a file may hold and never raises: what can't be read is NO_TIME, NaN
or NOT_KNOWN. A text means the same whichever way it was read.
"""

import re
from datetime import date
from typing import Any, Final

from mesure.evaluation.policy import DeviceClass
from mesure.formats.columns.file_rows import CLASSES, NO_OFFSET, NO_TIME, NOT_GIVEN, ClaimedProvider
from mesure.geo.fixes import NOT_KNOWN
from mesure.instants import US_PER_MS, US_PER_S

NOTHING: Final = ("", "null", "NULL", "None", "NaN", "nan", "NaT", "NA", "N/A")

_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
# From here on a count is one of milliseconds: as seconds it would be after 2038.
EPOCH_MS_FROM: Final = float((1 << 31) - 1)
EPOCH_MS_END: Final = 1e15
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# ISO 8601 as devices write it: hours at least, any fraction, an offset at the end.
_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ]"
    r"(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?)?"
    r"\s*(?:[Zz]|UTC|GMT|([+-])(\d\d):?(\d\d)?)",
    re.ASCII,
)
# Looks like a date, a wall clock or a count of seconds: a time, but nobody can say in which zone.
_UNZONED = re.compile(r"[+-]?\d[\d\s.,:/T-]*([APap]\.?[Mm]\.?)?", re.ASCII)
# The same for a whole column at once, in the words of Arrow's matcher: a part of what that finds.
PLAINLY_UNZONED: Final = r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?$|^\d+(\.\d+)?$"

_TRUE: Final = frozenset({"true", "1", "t", "yes", "1.0"})
_FALSE: Final = frozenset({"false", "0", "f", "no", "0.0"})
_SAID: Final = {
    "gps": ClaimedProvider.GNSS,
    "gnss": ClaimedProvider.GNSS,
    "wifi": ClaimedProvider.WIFI,
    "wi-fi": ClaimedProvider.WIFI,
    "wlan": ClaimedProvider.WIFI,
    "cell": ClaimedProvider.CELL,
    "cellular": ClaimedProvider.CELL,
    "lbs": ClaimedProvider.CELL,
    "network": ClaimedProvider.NETWORK,
}


def time_us(value: Any) -> int:  # noqa: ANN401
    """Return the instant that a value names, or why there is none.

    >>> time_us("1970-01-01T05:00:01.5+05:00"), time_us("2026-01-05 22:00") == NO_OFFSET
    (1500000, True)
    """
    if value is None:
        return NOT_GIVEN
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return NO_TIME
    if not isinstance(value, str):
        return NO_OFFSET
    text = value.strip()
    if text in NOTHING:
        return NOT_GIVEN
    match = _TIME.fullmatch(text)
    if match:
        return _instant_us(*match.groups())
    return NO_OFFSET if _UNZONED.fullmatch(text) else NO_TIME


def _instant_us(
    year: str,
    month: str,
    day: str,
    hour: str,
    minute: str | None,
    second: str | None,
    fraction: str | None,
    sign: str | None,
    offset_hour: str | None,
    offset_minute: str | None,
) -> int:
    hours, minutes, seconds = int(hour), int(minute or 0), int(second or 0)
    ahead_h, ahead_min = int(offset_hour or 0), int(offset_minute or 0)
    if max(hours, ahead_h) > 23 or max(minutes, seconds, ahead_min) > 59:
        return NO_TIME
    try:
        days = date(int(year), int(month), int(day)).toordinal() - _EPOCH_ORDINAL
    except ValueError:
        return NO_TIME
    ahead_s = (ahead_h * 60 + ahead_min) * (-60 if sign == "-" else 60)
    whole_s = days * 86_400 + hours * 3_600 + minutes * 60 + seconds - ahead_s
    return whole_s * US_PER_S + int(f"{fraction or 0:0<6}"[:6])


def epoch_us(value: Any) -> int:  # noqa: ANN401
    """Return the instant of a count of seconds since 1970, where a format says that it is one.

    >>> epoch_us(1500), epoch_us("1.25"), epoch_us(None) == NOT_GIVEN
    (1500000000, 1250000, True)
    """
    if value is None:
        return NOT_GIVEN
    count_s = number(value)
    return int(count_s * US_PER_S) if -1e12 < count_s < 1e12 else NO_TIME


def stamp_us(value: Any) -> int:  # noqa: ANN401
    """Return the instant of a time stamp: a text with an offset, or a count since 1970.

    >>> stamp_us(1736161169), stamp_us("1736161169000"), stamp_us("1970-01-01T00:01Z")
    (1736161169000000, 1736161169000000, 60000000)
    """
    count = number(value)
    if count != count:
        return time_us(value)
    return int(count) * US_PER_MS if EPOCH_MS_FROM <= count < EPOCH_MS_END else epoch_us(count)


def microseconds(value: Any) -> int:  # noqa: ANN401
    """Return the instant of a count of microseconds since 1970, or of a text with an offset.

    >>> microseconds("1736161169000001"), microseconds("") == NOT_GIVEN
    (1736161169000001, True)
    >>> microseconds("1970-01-01T00:01Z")
    60000000
    """
    count = number(value)
    if count != count:
        return time_us(value)
    return int(count) if -1e18 < count < 1e18 else NO_TIME


def number(value: Any) -> float:  # noqa: ANN401
    """Return the number that a value is; NaN if it is none.

    >>> number(" 43.25 "), number("43,25"), number(True), number(10**400)
    (43.25, nan, nan, nan)
    """
    if isinstance(value, str):
        text = value.strip()
        return float(text) if _NUMBER.fullmatch(text) else float("nan")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return float("nan")
    try:
        return float(value)
    except OverflowError:
        return float("nan")


def flag(value: Any) -> int:  # noqa: ANN401
    """Return 1 for true, 0 for false, NOT_KNOWN for anything else.

    >>> flag(True), flag("0"), flag(""), flag("perhaps")
    (1, 0, -1, -1)
    """
    text = str(value).strip().lower() if isinstance(value, str | bool | int | float) else ""
    if text in _TRUE:
        return 1
    return 0 if text in _FALSE else NOT_KNOWN


def read_provider(value: Any) -> ClaimedProvider:  # noqa: ANN401
    """Return where a device said its position came from.

    >>> read_provider("gps").name, read_provider("fused").name
    ('GNSS', 'NOTHING')
    """
    word = value.strip().lower() if isinstance(value, str) else ""
    return _SAID.get(word, ClaimedProvider.NOTHING)


def device_class(value: Any) -> int:  # noqa: ANN401
    """Return the place in `CLASSES` of the class of device that a value names, or NOT_KNOWN.

    >>> device_class("gnss_tag"), device_class("smartwatch"), device_class(None)
    (1, -1, -1)
    """
    word = name(value)
    return CLASSES.index(DeviceClass(word)) if word in CLASSES else NOT_KNOWN


def name(value: Any) -> str:  # noqa: ANN401
    """Return the name that a value is; nothing, if it is none.

    >>> name(" p1 "), name(17), name(None)
    ('p1', '17', '')
    """
    text = str(value).strip() if isinstance(value, str | int | float) else ""
    return "" if text in NOTHING else text
