"""Wall clock: local times as instants, also in the nights when the clocks are changed.

In such a night a wall-clock time is skipped, or happens twice. Doubt about it is not held against
the person: a restriction starts at the later reading and ends at the earlier one, a freedom starts
at the earlier and ends at the later.

Where that reading would leave nothing of a restriction, the clock itself decides: hours that were
never on the clock did not happen; of hours that were on it twice, the second time counts, since
nobody can be blamed for waiting for it.
Decision: docs/decisions/0007-clock-changes-are-read-in-the-persons-favour.md
"""

from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from mesure.orders.values.span import Span


class WallClockSpan(NamedTuple):
    """From when until when, as the clock on the wall shows it; both naive."""

    start: datetime
    end: datetime


_SECOND = timedelta(seconds=1)


def instants_at(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return when the clock shows a time: once, or never where it is skipped, or twice."""
    shown = dict.fromkeys(_readings(wall, zone))
    return [at for at in shown if at.astimezone(zone).replace(tzinfo=None, fold=0) == wall]


def which_of_two(instant: datetime, zone: ZoneInfo) -> str:
    """Return the offset from UTC of a time of day that happens twice, "" for any other."""
    local = instant.astimezone(zone)
    is_twice = len(instants_at(local.replace(tzinfo=None, fold=0), zone)) > 1
    return local.isoformat()[-len("+00:00") :] if is_twice else ""


def clock(instant: datetime, zone: ZoneInfo, to: str = "minutes", *, is_end: bool = False) -> str:
    """Return a time of day, with its offset where it happens twice; an end at midnight is 24:00."""
    at, which = instant.astimezone(zone).time(), which_of_two(instant, zone)
    written = "24:00" if is_end and at == time() else at.isoformat(to)
    return written + (f" (UTC{which})" if which else "")


def restriction(start: datetime, end: datetime, zone: ZoneInfo) -> Span | None:
    """Return the span in which a duty binds from one wall-clock time until another.

    None means that the clock never showed any of it.

    >>> paris = ZoneInfo("Europe/Paris")  # 02:00 to 03:00 is skipped on 29 March 2026.
    >>> night = restriction(datetime(2026, 3, 28, 22), datetime(2026, 3, 29, 6), paris)
    >>> night.end - night.start == timedelta(hours=7)
    True
    >>> restriction(datetime(2026, 3, 29, 2, 10), datetime(2026, 3, 29, 2, 40), paris) is None
    True
    """
    first, last = max(_readings(start, zone)), min(_readings(end, zone))
    if first >= last:
        first, last = _last_showing(start, zone), _last_showing(end, zone)
    return Span(first, last) if first < last else None


def freedom(start: datetime, end: datetime, zone: ZoneInfo) -> Span:
    """Return the span of an authorised absence: as long as the clock can be read to mean."""
    return Span(min(_readings(start, zone)), max(_readings(end, zone)))


def _readings(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return both instants a wall-clock time can mean; mostly they are the same."""
    first, second = zone.utcoffset(wall), zone.utcoffset(wall.replace(fold=1))
    assert first is not None
    assert second is not None, "each zone has an offset at any time"
    as_utc = wall.replace(tzinfo=UTC)
    earlier = as_utc - first
    return earlier, earlier if first == second else as_utc - second


def _last_showing(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the last instant at which the clock shows this time, or jumps over it."""
    with_old_offset, with_new_offset = _readings(wall, zone)
    if with_old_offset <= with_new_offset:
        return with_new_offset
    return change_between(with_new_offset, with_old_offset, zone)


def change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant with the offset that holds at `after` and not at `before`."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + max((after - before) // _SECOND // 2, 1) * _SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after
