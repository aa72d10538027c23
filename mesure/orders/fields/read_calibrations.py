"""Read calibrations: a dated point close to the address, where a device shows a home.

The limits are those of the format, so that no programme can let a home wander: a calibration
corrects an address by what geocoding and a device's own bias explain, and moves nobody next door.
Decision: docs/decisions/0024-home-is-calibrated-in-the-open.md
"""

from itertools import pairwise
from typing import Final

from mesure.orders.clock import wall_clock
from mesure.orders.fields import read_values
from mesure.orders.fields.order_context import OrderContext
from mesure.orders.text.file_entries import STAND_IN, EntryGroup, FileEntry
from mesure.orders.text.order_faults import RefusedValueError, quote
from mesure.orders.text.sayings import either, translatable
from mesure.orders.text.strings_yaml import ListNode
from mesure.orders.values import calibration_limits
from mesure.orders.values.places import Calibration, Circle
from mesure.orders.values.span import Span

CALIBRATIONS_MAX: Final = 100
FIXES_MAX: Final = 10_000_000
DURING: Final = ("enrolment", "beacon")

_WHY: Final = translatable("a point of which that is not known cannot be checked by anybody")


def read(
    entry: FileEntry, circle: Circle | None, book: OrderContext, in_force: Span
) -> tuple[Calibration, ...]:
    """Return the calibrations of a place by when they start; a single one needs no list."""
    if circle is None:
        what = translatable("“calibrated” stands at a place that is no circle")
        why = translatable("only a circle round an address is measured again")
        entry.refuse(what, why, translatable("leave it out, or draw the home as a circle"))
        return ()
    several = isinstance(entry.node, ListNode)
    noted = len(entry.faults)
    items = entry.items(CALIBRATIONS_MAX) if several else [entry]
    calibrations = sorted(
        (_calibration(item, circle, book, in_force) for item in items),
        key=lambda calibration: calibration.start,
    )
    if len(entry.faults) == noted and any(a.start == b.start for a, b in pairwise(calibrations)):
        what = translatable("two calibrations count from the same time")
        entry.refuse(
            what,
            translatable("which of them counts cannot be told"),
            translatable("keep the later measurement"),
        )
    return tuple(calibrations)


def _calibration(
    entry: FileEntry, circle: Circle, book: OrderContext, in_force: Span
) -> Calibration:
    keys = entry.group()
    lat_deg, lon_deg = _point(keys, circle)
    since, by = keys.need("from", _WHY, "2026-01-06"), keys.need("by", _WHY, "officer O-7")
    wall = read_values.wall_time(since) if since else read_values.EVER.start
    start = wall_clock.freedom(wall, wall, book.zone).start
    if since and start >= in_force.end:
        what = translatable(
            "{time} is not within the time in force of this version", time=wall.isoformat()
        )
        since.refuse(
            what,
            translatable("the point would never count"),
            translatable("write a date before its “until”"),
        )
    officer = (by.text() if by else None) or STAND_IN
    visit = _confirmed_by(keys), _during(keys), _fixes(keys), _spread_m(keys)
    calibration = Calibration(lat_deg, lon_deg, start, officer, *visit)
    if calibration.by == calibration.confirmed_by:
        what = translatable(
            "{officer} entered the point and confirmed it", officer=quote(calibration.by)
        )
        why = translatable("four eyes are asked for, since the point decides where home is")
        entry.refuse(
            what, why, translatable("let another officer confirm it, or leave “confirmed_by” out")
        )
    keys.refuse_rest()
    return calibration


def _point(keys: EntryGroup, circle: Circle) -> tuple[float, float]:
    """Return the point; the address stands in for one that cannot be read or is too far off."""
    address = circle.lat_deg, circle.lon_deg
    lat, lon = keys.need("lat_deg", _WHY, "43.25667"), keys.need("lon_deg", _WHY, "76.92846")
    if lat is None or lon is None:
        return address
    try:
        point = read_values.degrees([lat.node, lon.node])
    except RefusedValueError as refused:
        lat.refuse_as(refused)
        return address
    away_m = calibration_limits.away_m(circle, point)
    limit_m = calibration_limits.away_m_max(circle.radius_m)
    if away_m > limit_m + calibration_limits.SLACK_M:
        what = translatable(
            "the point lies {distance_m} m from the address, more than {most_m} m",
            distance_m=f"{away_m:.0f}",
            most_m=f"{limit_m:.0f}",
        )
        why = translatable(
            "so far off the address itself may be wrong, or the device was elsewhere"
        )
        lat.refuse(what, why, translatable("let an officer check the address, and measure again"))
        return address
    return point


def _confirmed_by(keys: EntryGroup) -> str:
    entry = keys.find("confirmed_by", may_be_empty=True)
    return (entry.text() if entry else None) or ""


def _during(keys: EntryGroup) -> str:
    entry = keys.find("during")
    during = (entry.text() if entry else None) or ""
    if entry and during and during not in DURING:
        what = translatable(
            "{name} does not say when a device is known to be at home", name=quote(during)
        )
        why = translatable("a home is measured only while that is confirmed")
        entry.refuse(
            what, why, translatable("write {names}, or leave it out", names=either(DURING))
        )
    return during


def _fixes(keys: EntryGroup) -> int:
    entry = keys.need("fixes", _WHY, "240")
    if entry is None:
        return 0
    value = read_values.as_number(entry.node)
    if value is None or value != int(value) or not 1 <= value <= FIXES_MAX:
        what = translatable(
            "what stands here is no whole number of fixes from 1 to {most}", most=FIXES_MAX
        )
        entry.refuse(what, _WHY, translatable("write how many fixes were used, as 240"))
        return 0
    return int(value)


def _spread_m(keys: EntryGroup) -> float:
    entry = keys.need("spread_m", _WHY, "9")
    limits = (0.0, calibration_limits.AWAY_M_MAX)
    return (
        read_values.number(entry, limits, translatable("metres"), from_zero=True) if entry else 0.0
    )
