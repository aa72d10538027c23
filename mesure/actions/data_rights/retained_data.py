"""Retained data: what is kept about a person and for how long, read from the store.

For erasure and for the person who asks: both get it from `privacy.retention`.

Nothing here opens a sealed body but to find out when an order ends before its time, how far
incidents have come, and by which fix those were decided that were raised when they were over.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from mesure import instants
from mesure.actions.framework import action as acting
from mesure.actions.framework.action import ACTIONS
from mesure.actions.incidents import contests
from mesure.actions.orders import binding_order
from mesure.actions.records import incident_extent, incident_records
from mesure.actions.records.named_persons import DEED
from mesure.actions.records.procedure import STANDARD
from mesure.actions.records.record_types import RegisterReader
from mesure.incidents import contest as contest_steps
from mesure.incidents.finding import Review
from mesure.instants import MAX_US, MIN_US, to_us
from mesure.privacy.retention import retention_schedule
from mesure.privacy.retention.retention_policy import RetentionFile
from mesure.privacy.retention.retention_schedule import (
    Disposition,
    RetainedItem,
    RetentionHold,
    RetentionKind,
)
from mesure.store.commitments import row_commitments
from mesure.store.interface.store import ReadTransaction
from mesure.store.values.effects import StoredIncidentHead
from mesure.store.values.records import LogRecord

EVER_US: Final = (MIN_US, MAX_US)
PAGE: Final = 500


class IncidentClosure(NamedTuple):
    """How far an incident has come."""

    closed_us: int | None
    is_contested: bool


# How far each incident about a person has come; what is kept about them is read at once for it.
ClosureReader = Callable[[RegisterReader, str], Callable[[StoredIncidentHead], IncidentClosure]]


@dataclass(frozen=True, slots=True)
class RetentionContext:
    """What is asked with: the rules, how far incidents have come, and what time it is."""

    rules: RetentionFile
    standings: ClosureReader
    now: datetime

    @property
    def now_us(self) -> int:
        """Return the moment as a store counts."""
        return to_us(self.now)


def incident_closures(
    rows: RegisterReader, person: str
) -> Callable[[StoredIncidentHead], IncidentClosure]:
    """Return how far each incident has come: closed is what was decided, not contested in time."""
    reviews = {kept.id: kept.value for kept in rows.about(incident_records.REVIEW, person)}
    all_contests = contests.all_contests(rows, person)

    def closure(incident: StoredIncidentHead) -> IncidentClosure:
        contested = all_contests.get(incident.id, [])
        review = reviews.get(incident.id, Review())
        closed_at = contest_steps.closes_at(review, contested, STANDARD.contest_within)
        closed_us = None if closed_at is None else to_us(closed_at)
        return IncidentClosure(closed_us, any(one.is_open for one in contested))

    return closure


def holds(
    reading: ReadTransaction, rows: RegisterReader, means: RetentionContext, person: str
) -> tuple[RetentionHold, ...]:
    """Return what the incidents about a person hold."""
    all_holds = []
    standing = means.standings(rows, person)
    for incident in _heads(reading, person):
        closed_us, is_contested = standing(incident)
        if incident.withdrawn_us is not None and not is_contested:
            closed_us = incident.withdrawn_us if closed_us is None else closed_us
        span_us = incident.start_us, _over_us(reading, rows, incident)
        which = incident.id, span_us, closed_us, is_contested
        all_holds.append(retention_schedule.hold_of(*which, means.rules, means.now_us))
    return tuple(hold for hold in all_holds if hold is not None)


def _over_us(
    reading: ReadTransaction, rows: RegisterReader, head: StoredIncidentHead
) -> int | None:
    """Return when an incident was over, and the fix taken by which it was decided."""
    over_us = head.over_us
    if over_us is None or head.opened_us <= over_us:
        return over_us
    incident = reading.incident(head.id)
    assert incident is not None, "its head is there"
    return max(over_us, incident_extent.extent(rows.keyring, incident).decided_us)


def _heads(reading: ReadTransaction, person: str) -> Iterator[StoredIncidentHead]:
    before: tuple[int, str] | None = None
    while page := reading.heads_of(person, PAGE, before):
        yield from page
        before = page[-1].start_us, page[-1].id


def trails(
    messages: Iterable[LogRecord], means: RetentionContext, holds: tuple[RetentionHold, ...]
) -> Iterator[tuple[LogRecord, Disposition]]:
    """Yield messages about a person with what becomes of each."""
    for logged in messages:
        # By a clock that is ahead it is of its receipt: what happens later does not hold it.
        span_us = logged.share.first_us, min(logged.share.last_us, logged.received_us)
        collected_us = retention_schedule.collection_us(span_us[0], logged.received_us)
        item = RetainedItem(RetentionKind.TRAIL, "", collected_us, span_us)
        [fate] = retention_schedule.fates(means.rules, [item], holds, means.now_us)
        yield logged, fate


def old_messages(
    reading: ReadTransaction, means: RetentionContext, person: str
) -> Iterator[LogRecord]:
    """Yield those of a person's messages that may be due."""
    today = retention_schedule.day_of(means.now_us)
    shortest = min(days for _, days in means.rules.values[RetentionKind.TRAIL.rule])
    shortest = min(shortest, means.rules.days(RetentionKind.TRAIL.rule, today, today))
    before_us = means.now_us - shortest * instants.US_PER_DAY
    yield from reading.messages(person, EVER_US[0], before_us + 1)
    # Of a device whose clock is ahead: its days count from the receipt.
    for logged in reading.messages(person, means.now_us, EVER_US[1]):
        if logged.share.first_us > before_us:
            yield logged


def record(
    reading: ReadTransaction,
    rows: RegisterReader,
    means: RetentionContext,
    person: str,
    holds: tuple[RetentionHold, ...],
) -> Disposition:
    """Return what becomes of a person's record as a whole."""
    things = reading.things_about(person)
    ended_us = ends_us(reading, rows, person)
    return retention_schedule.record(means.rules, ended_us, holds, means.now_us, things)


def ends_us(reading: ReadTransaction, rows: RegisterReader, person: str) -> int:
    """Return when the last order about a person ends; when they were entered, if there is none.

    A version that nobody confirmed counts as well: somebody may be about to.
    """
    stored_person = reading.person(person)
    assert stored_person is not None, "the caller has found the person"
    ends = [to_us(stored_person.entered_at)]
    orders = reading.orders_of(person)
    early_ends = binding_order.early_ends(rows, [order.id for order in orders])
    for order in orders:
        last = max((to_us(one.in_force.end) for one in reading.versions(order.id)), default=0)
        early = early_ends.get(order.id)
        ends.append(last if early is None else min(last, to_us(early)))
    return max(ends)


def last_devices(reading: ReadTransaction, person: str) -> list[str]:
    """Return the devices that a person carried last: their state is about this person."""
    carried = sorted({one.device for one in reading.assignments_of(person)})
    last = {one.device: one.person for one in reading.assignments(*carried)}
    return [device for device in carried if last[device] == person]


def looks(reading: ReadTransaction, means: RetentionContext, person: str) -> Iterator[Disposition]:
    """Yield what becomes of looks at a person's data, those of one action and one day together.

    They are counted by what was done and not opened: under its name an action is a look for ever,
    or never. What is due of one day is due by its last look. What else was done goes with the rest.
    """
    old: dict[str, None] = {}
    for tally in reading.tally(DEED, "person", person, "action"):
        action = ACTIONS.get(tally.value)
        if action is None:
            old[tally.value] = None
        elif action.sort is acting.ActionType.LOOK:
            at_us = tally.last_us, (tally.first_us, tally.last_us)
            item = RetainedItem(RetentionKind.LOOK, tally.value, *at_us, tally.things)
            yield from retention_schedule.fates(means.rules, [item], (), means.now_us)
    for name in old:
        yield from _opened_looks(reading, means, person, name)


def _opened_looks(
    reading: ReadTransaction, means: RetentionContext, person: str, action: str
) -> Iterator[Disposition]:
    """Yield what becomes of each look by an action that this version has not; each is opened."""
    before = None
    while entries := reading.latest(DEED, "person", person, before, PAGE, ("action", action)):
        at_us = {entry_of(deed.id): deed.changed_us for deed in entries}
        for opening in reading.openings_of(list(at_us)):
            if sort_of(opening.record) is RetentionKind.LOOK:
                looked_us = at_us[opening.entry]
                item = RetainedItem(RetentionKind.LOOK, action, looked_us, (looked_us, looked_us))
                yield from retention_schedule.fates(means.rules, [item], (), means.now_us)
        before = entries[-1].id


def entry_of(deed: str) -> int:
    """Return the entry of the audit log that a row of deeds leads to.

    >>> entry_of("000000000012.001")
    12
    """
    return int(deed.partition(".")[0])


class _Said(msgspec.Struct, frozen=True):
    """What a record of the audit log says of itself that decides how long it is kept."""

    sort: str = ""
    persons: tuple[str, ...] = ()


def sort_of(record: bytes) -> RetentionKind:
    """Return which kind a record of the audit log is; what binds rows stays as they do."""
    if row_commitments.is_pin(record):
        return RetentionKind.RECORD
    header = msgspec.json.decode(record, type=_Said)
    if header.sort == "look":
        return RetentionKind.LOOK
    return RetentionKind.RECORD if header.persons else RetentionKind.DEED


def persons_of(record: bytes) -> tuple[str, ...]:
    """Return whom a record of the audit log names."""
    return msgspec.json.decode(record, type=_Said).persons


def account(
    reading: ReadTransaction, rows: RegisterReader, means: RetentionContext, person: str
) -> Iterator[Disposition]:
    """Yield everything that is kept about a person, with what becomes of it."""
    all_holds = holds(reading, rows, means, person)
    for _, fate in trails(reading.messages(person, *EVER_US), means, all_holds):
        yield fate
    yield from looks(reading, means, person)
    yield record(reading, rows, means, person, all_holds)
