"""Deadlines: until when what was raised is looked at, and until when somebody decides about it.

Two clocks run from the moment an incident is raised. Looking stops the first and never the second.
The file is strings-only YAML with a reason for each value, by date. A clock counts every hour, or
only office hours; what counts every hour cannot wait, and outside office hours goes to the officer
on call as well. What a person was promised, an answer within days, is no part of it.
Decision: docs/decisions/0052-separate-clocks-for-looking-and-deciding.md
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from mesure.incidents import incident, office_hours
from mesure.incidents.device_problems import DeviceProblemKind
from mesure.incidents.office_hours import OpenSpan
from mesure.orders.text import dated_file
from mesure.orders.text.dated_file import CountRange, DatedFile, DatedFileForm, FileReasons
from mesure.orders.text.order_faults import FileFaults, quote
from mesure.orders.text.strings_yaml import MappingNode

_MINUTES: Final = CountRange("minutes", 1, 30 * 24 * 60)
OPEN_A_WEEK_MIN: Final = timedelta(hours=1)  # So that every deadline comes.
DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
BRING_OVERDUE: Final = "bring_overdue"
OFFICE_HOURS: Final = "office_hours"
CLOSED_DAYS: Final = "closed_days"
NONE_CLOSED: Final = "none"


class CountedHours(StrEnum):
    """Which hours a clock counts."""

    ALL = "all_hours"
    OFFICE = "office_hours"


@dataclass(frozen=True, slots=True)
class Deadline:
    """How long something may take, and which hours count."""

    length: timedelta
    counts: CountedHours


@dataclass(frozen=True, slots=True)
class OfficeWeek:
    """What is open on each day of the week, Monday first."""

    days: tuple[tuple[OpenSpan, ...], ...]


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """Days on which the office is closed though the week says otherwise."""

    days: frozenset[date]


DeadlineValue: TypeAlias = Deadline | OfficeWeek | ClosedDays


@dataclass(frozen=True, slots=True)
class IncidentDeadlines:
    """Until when an incident is looked at, and until when it is decided."""

    look_by: datetime
    decide_by: datetime

    def due_at(self, *, is_looked_at: bool) -> datetime:
        """Return when the first of the clocks runs out that still run; looking stops one."""
        return self.decide_by if is_looked_at else min(self.look_by, self.decide_by)


class IncidentGroup(StrEnum):
    """What deadlines tell apart."""

    PLACE = "place"  # A possible breach.
    DEVICE = "device"  # A silence, or what a device says of itself.
    HELP = "help"  # Somebody calls for help.


@dataclass(frozen=True, slots=True)
class DeadlineFile(DatedFile[DeadlineValue]):
    """The deadlines of a programme as they were read, with their values by date."""

    # What was already worked out from the values: thousands of deadlines ask for the same days.
    _known_days: dict[date, tuple[OpenSpan, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def of(self, kind: str, at: datetime, zone: ZoneInfo) -> IncidentDeadlines:
        """Return when what is raised now must be looked at and decided, by the values of now."""
        group = group_of(kind)
        return IncidentDeadlines(
            self._by(self._deadline(f"look_{group}", at, zone), at, zone),
            self._by(self._deadline(f"decide_{group}", at, zone), at, zone),
        )

    def is_overdue(
        self, kind: str, at: datetime, zone: ZoneInfo, now: datetime, *, is_looked_at: bool
    ) -> bool:
        """Tell whether the first of the clocks has run out that still run; looking stops one.

        It says the same as `of`, for thousands at once: no clock runs out before its length.
        """
        group = group_of(kind)
        for clock in ("decide",) if is_looked_at else ("look", "decide"):
            deadline = self._deadline(f"{clock}_{group}", at, zone)
            if at + deadline.length <= now and self._by(deadline, at, zone) <= now:
                return True
        return False

    def can_wait(self, kind: str, at: datetime, zone: ZoneInfo) -> bool:
        """Tell whether looking at an incident waits for the office to open."""
        look = self._deadline(f"look_{group_of(kind)}", at, zone)
        return look.counts is CountedHours.OFFICE

    def bring_at(self, due_at: datetime, zone: ZoneInfo) -> datetime:
        """Return when what was due is brought to a supervisor, if it still waits then."""
        return self._by(self._deadline(BRING_OVERDUE, due_at, zone), due_at, zone)

    def is_open(self, at: datetime, zone: ZoneInfo) -> bool:
        """Tell whether the office is open."""
        return office_hours.is_open(self._openings, zone, at)

    def next_open(self, at: datetime, zone: ZoneInfo) -> datetime:
        """Return when the office is open: now, or next."""
        return office_hours.next_open(self._openings, zone, at)

    def _by(self, deadline: Deadline, at: datetime, zone: ZoneInfo) -> datetime:
        if deadline.counts is CountedHours.ALL:
            return at + deadline.length
        return office_hours.after(self._openings, zone, at, deadline.length)

    def _deadline(self, name: str, at: datetime, zone: ZoneInfo) -> Deadline:
        value = dated_file.in_force(self.values[name], at.astimezone(zone).date())
        assert isinstance(value, Deadline), "the form reads these names so"
        return value

    def _openings(self, day: date) -> tuple[OpenSpan, ...]:
        known = self._known_days.get(day)
        if known is None:
            known = self._known_days[day] = self._opened_on(day)
        return known

    def _opened_on(self, day: date) -> tuple[OpenSpan, ...]:
        week = dated_file.in_force(self.values[OFFICE_HOURS], day)
        closed = dated_file.in_force(self.values[CLOSED_DAYS], day)
        assert isinstance(week, OfficeWeek), "the form reads these names so"
        assert isinstance(closed, ClosedDays), "the form reads these names so"
        return () if day in closed.days else week.days[day.weekday()]


def group_of(kind: str) -> IncidentGroup:
    """Return which deadlines an incident of a kind has."""
    if kind == DeviceProblemKind.HELP:
        return IncidentGroup.HELP
    return IncidentGroup.PLACE if incident.is_of_place(kind) else IncidentGroup.DEVICE


def read(name: str, data: bytes, base: DeadlineFile | None = None) -> DeadlineFile:
    """Return the deadlines of a file; those that it leaves out are those of `base`.

    Raises `OrderError` with everything that is wrong with the file.
    """
    parsed = dated_file.read(name, data, _FORM, base)
    return DeadlineFile(parsed.version, parsed.values, parsed.reasons)


def _value(name: str, row: MappingNode, faults: FileFaults) -> DeadlineValue:
    _refuse_foreign(name, row, faults)
    if name == OFFICE_HOURS:
        return _week(row, faults)
    if name == CLOSED_DAYS:
        return _closed(row, faults)
    minutes = dated_file.count(name, row, faults, _WHYS.said, _MINUTES)
    counts = dated_file.text(row, "counts", name, _WHYS.said, faults)
    if counts and counts not in set(CountedHours):
        why, remedy = "a clock counts every hour or office hours", "write all_hours or office_hours"
        faults.add(row.line_of("counts"), name, f"{quote(counts)} is neither", why, remedy)
        counts = ""
    return Deadline(timedelta(minutes=minutes), CountedHours(counts or CountedHours.ALL))


def _refuse_foreign(name: str, row: MappingNode, faults: FileFaults) -> None:
    """Refuse keys that other entries have, and that would do nothing here."""
    own = {OFFICE_HOURS: DAYS, CLOSED_DAYS: ("value",)}.get(name, ("value", "counts"))
    for key in row.values:
        if key in _FORM.value_keys and key not in own:
            what, remedy = f"{quote(key)} says nothing here", "leave it out"
            faults.add(row.line_of(key), name, what, _WHYS.known, remedy)


def _week(row: MappingNode, faults: FileFaults) -> OfficeWeek:
    days = tuple(_spans(day, row, faults) if day in row.values else () for day in DAYS)
    opened = sum((span.end - span.start for spans in days for span in spans), timedelta())
    if opened < OPEN_A_WEEK_MIN:
        what, why = "the office is never open", "what counts office hours would never be due"
        remedy = "write hours of an hour or more in a week: {from: DATE, monday: 09:00-17:00}"
        faults.add(row.line, OFFICE_HOURS, what, why, remedy)
    return OfficeWeek(days)


def _spans(day: str, row: MappingNode, faults: FileFaults) -> tuple[OpenSpan, ...]:
    """Return what is open on a day: `09:00-12:00 13:00-17:00`."""
    written = dated_file.text(row, day, OFFICE_HOURS, _WHYS.said, faults)
    try:
        spans = tuple(_open_span(part) for part in written.split())
        is_in_order = all(span.start < span.end for span in spans) and all(
            earlier.end <= later.start for earlier, later in pairwise(spans)
        )
    except ValueError:
        is_in_order = False
    if not is_in_order:
        why, remedy = "an hour counts once", "write 09:00-17:00, or 09:00-12:00 13:00-17:00"
        what = f"{quote(written)} are no hours of a day in order"
        faults.add(row.line_of(day), f"{OFFICE_HOURS}, {day}", what, why, remedy)
        return ()
    return spans


def _open_span(written: str) -> OpenSpan:
    start, _, end = written.partition("-")
    return OpenSpan(_since_midnight(start), _since_midnight(end))


def _since_midnight(written: str) -> timedelta:
    """Return a time of day; raises `ValueError` where it is not one. 24:00 is the next midnight."""
    if written == "24:00":
        return timedelta(days=1)
    clock = datetime.strptime(written, "%H:%M")  # noqa: DTZ007  a wall clock has no zone
    return timedelta(hours=clock.hour, minutes=clock.minute)


def _closed(row: MappingNode, faults: FileFaults) -> ClosedDays:
    written = dated_file.text(row, "value", CLOSED_DAYS, _WHYS.said, faults)
    if written == NONE_CLOSED:
        return ClosedDays(frozenset())
    try:
        return ClosedDays(frozenset(date.fromisoformat(day) for day in written.split()))
    except ValueError:
        why, remedy = "a closed day is a date", "write 2026-12-16 2027-01-01, or none"
        what = f"{quote(written)} are no dates"
        faults.add(row.line_of("value"), CLOSED_DAYS, what, why, remedy)
        return ClosedDays(frozenset())


NAMES: Final = (
    *(f"{clock}_{group}" for clock in ("look", "decide") for group in IncidentGroup),
    BRING_OVERDUE,
    OFFICE_HOURS,
    CLOSED_DAYS,
)
_WHYS: Final = FileReasons(
    known="a deadline under another name would be left as it was",
    said="who is late must be able to read by which rule",
    reasoned="a deadline needs a reason and dated values",
    valued="without a value nothing is ever late",
    complete="without a value nothing is ever late",
)
_FORM: Final[DatedFileForm[DeadlineValue]] = DatedFileForm(
    title="deadlines",
    group="rules",
    names=NAMES,
    value_keys=("value", "counts", *DAYS),
    value=_value,
    nothing=Deadline(timedelta(), CountedHours.ALL),
    written="{from: DATE, value: MINUTES, counts: all_hours}",
    whys=_WHYS,
)
