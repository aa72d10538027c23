"""Incident counts: what statistics are counted from: incidents, their review, judged time.

This is read by the program itself, in one pass, with a row in hand at a time. Only numbers leave
it, and persons are distinguished by a name that holds for one count only.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from mesure import instants
from mesure.actions.devices import device_classes
from mesure.actions.framework.context import Context
from mesure.actions.orders import binding_order
from mesure.actions.records import case_deadlines, incident_records
from mesure.actions.records.record_types import RegisterReader
from mesure.actions.refusals import lost_keys
from mesure.incidents.finding import Review
from mesure.instants import US_PER_S, to_datetime, to_us
from mesure.reports.statistics.incident_counting import (
    Breakdown,
    CountedIncident,
    IncidentTally,
    Table,
)
from mesure.store.interface.store import ReadTransaction
from mesure.store.values import partitions
from mesure.store.values.effects import StoredIncident

PAGE: Final = 500
_UTC: Final = ZoneInfo("UTC")
_DAY: Final = timedelta(days=1)


class _About(NamedTuple):
    """What is known of an order: by which clock it goes, and in which groups it counts."""

    zone: ZoneInfo
    groups: dict[Breakdown, str]


class IncidentCount(NamedTuple):
    """What was counted, and how many persons are in none of it, or not in all."""

    table: Table
    unreadable: int


def count_incidents(context: Context, time_since: int) -> IncidentCount:
    """Count every incident, and the time that was judged from this year on."""
    with context.store.read() as reading:
        counter = _Counter(reading, RegisterReader(reading, context.keyring), context)
        for incident in _incidents(reading):
            with counter.pass_over(incident.person):
                counter.add(incident)
        for person in reading.persons_in(range(partitions.PARTITIONS)):
            with counter.pass_over(person):
                counter.add_time(person, time_since)
    return IncidentCount(counter.tally.table, len(counter.unreadable))


def _incidents(reading: ReadTransaction) -> Iterator[StoredIncident]:
    after = 0
    while incidents := reading.incidents_since(after, PAGE):
        yield from incidents
        after = incidents[-1].change


class _Counter:
    """Counts what it is given, and remembers what it has read of each order."""

    def __init__(self, reading: ReadTransaction, rows: RegisterReader, context: Context) -> None:
        self.tally = IncidentTally()
        self._reading, self._rows, self._keyring = reading, rows, context.keyring
        self._procedure = context.procedure
        self._orders: dict[str, _About] = {}
        self.unreadable: set[str] = set()

    @contextmanager
    def pass_over(self, person: str) -> Iterator[None]:
        """Go on with the others where something of a person cannot be read, and remember who."""
        with lost_keys.skip_unopened() as opening:
            yield
        if opening.is_shut and not self._keyring.is_erased(person):
            self.unreadable.add(person)

    def add(self, incident: StoredIncident) -> None:
        """Count an incident, unless the person was erased a moment ago."""
        if self._is_gone(incident.person):
            return
        about = self._about(incident.order, incident.person)
        review = self._rows.get(incident_records.REVIEW, incident.id)
        opened_at = to_datetime(incident.opened_us)
        self.tally.add(
            CountedIncident(
                person=incident.person,
                opened=opened_at.astimezone(about.zone),
                start=to_datetime(incident.start_us),
                groups={Breakdown.KIND: incident.kind, **about.groups},
                p_outside_max=incident.p_outside_max,
                is_withdrawn=incident.withdrawn_us is not None,
                is_after_hours=not case_deadlines.is_open(self._procedure, opened_at),
                review=Review() if review is None else review.value,
            )
        )

    def add_time(self, person: str, since: int) -> None:
        """Count what was judged of a person from this year on."""
        if self._is_gone(person):
            return
        start = datetime(since, 1, 1, tzinfo=UTC) - _DAY  # On no clock has the year begun yet.
        sums: dict[tuple[str, date, str], int] = {}
        for assessment in self._reading.assessments(person, to_us(start), instants.MAX_US):
            zone = self._about(assessment.order, person).zone
            day = to_datetime(assessment.start_us).astimezone(zone).date().replace(day=1)
            if day.year >= since:
                name = (assessment.order, day, assessment.status)
                sums[name] = (
                    sums.get(name, 0) + (assessment.end_us - assessment.start_us) // US_PER_S
                )
        for (order, day, status), length_s in sums.items():
            groups = self._about(order, person).groups
            self.tally.add_time(person, day, groups, status, length_s)

    def _is_gone(self, person: str) -> bool:
        return self._keyring.find_key(person) is None and self._keyring.is_erased(person)

    def _about(self, order: str, person: str) -> _About:
        order_facts = self._orders.get(order)
        if order_facts is None:
            order_facts = self._orders[order] = self._read(order, person)
        return order_facts

    def _read(self, order: str, person: str) -> _About:
        confirmed = [one for one in self._reading.versions(order) if one.confirmed_by is not None]
        device = self._device_class(order, person)
        if not confirmed:
            return _About(_UTC, {Breakdown.DEVICE: device, Breakdown.COURT: ""})
        version = binding_order.read(confirmed[-1], person, self._keyring)
        return _About(version.zone, {Breakdown.DEVICE: device, Breakdown.COURT: version.court[:60]})

    def _device_class(self, order: str, person: str) -> str:
        """Return the class of the device that was carried first; by it the order is judged."""
        carried = [one for one in self._reading.assignments_of(person) if one.order == order]
        return device_classes.class_of(self._rows, carried[0].device)[0].value if carried else ""
