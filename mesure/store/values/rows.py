"""Rows of a database as values; both stores select the same columns in the same order."""

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

from mesure.devices.assignment import Assignment
from mesure.devices.enrolment import EnrolledKey, Enrolment
from mesure.instants import to_datetime, to_datetime_or_none, to_us, to_us_or_none
from mesure.orders.values.span import Span
from mesure.store.values.effects import JudgingProgress
from mesure.store.values.outgoing import Outgoing, SendStatus
from mesure.store.values.records import (
    Device,
    LogPosition,
    LogRecord,
    MessageShare,
    Order,
    Person,
    QuarantinedMessage,
    RefusedMessage,
    StoredOrderVersion,
)
from mesure.store.values.register import KeyValue, RegisterRow

Row: TypeAlias = tuple[Any, ...]

PERSON: Final = "id, entered_us, entered_by, erased_us"
ORDER: Final = "id, person, entered_us, entered_by"
VERSION: Final = (
    "court_order, number, sha256, digest, body, start_us, until_us, entered_us, entered_by, "
    "confirmed_us, confirmed_by"
)
DEVICE: Final = "id, entered_us, entered_by"
ENROLMENT: Final = "device, device_class, enrolled_us"
KEY: Final = "public_key, first_counter, last_counter"
ASSIGNMENT: Final = "device, person, court_order, start_us, until_us"
LOGGED: Final = (
    "part, sequence, person, first_us, last_us, body, device, counter, form, received_us, digest"
)
REFUSED: Final = "form, claimed, reason, said, received_us, digest, body"
QUARANTINED: Final = f"number, {REFUSED}, times, last_received_us"
# What is deleted when a person is erased, besides the versions of orders.
ABOUT_A_PERSON: Final = (
    "message",
    "register",
    "assessment",
    "superseded",
    "incident",
    "judged",
    "outgoing",
    "audit_record",
)
ENTRY: Final = "kind, id, revision, person, body, changed_us"
OUTGOING: Final = "kind, key, due_us, body, recipient, person"
SENT: Final = f"{OUTGOING}, times, said, is_done"


def person(row: Row) -> Person:
    """Return a person."""
    return Person(row[0], to_datetime(row[1]), row[2], to_datetime_or_none(row[3]))


def order(row: Row) -> Order:
    """Return an order."""
    return Order(row[0], row[1], to_datetime(row[2]), row[3])


def version(row: Row) -> StoredOrderVersion:
    """Return a version of an order."""
    order, number, sha256, digest, body, start_us, until_us, *entered = row
    in_force = Span(to_datetime(start_us), to_datetime(until_us))
    confirmed = (to_datetime_or_none(entered[2]), entered[3])
    at, by = to_datetime(entered[0]), entered[1]
    return StoredOrderVersion(order, number, sha256, digest, body, in_force, at, by, *confirmed)


def version_row(version: StoredOrderVersion) -> Row:
    """Return a version of an order as a row."""
    return (
        version.order,
        version.number,
        version.sha256,
        version.digest,
        version.body,
        to_us(version.in_force.start),
        to_us(version.in_force.end),
        to_us(version.entered_at),
        version.entered_by,
        to_us_or_none(version.confirmed_at),
        version.confirmed_by,
    )


def device(row: Row) -> Device:
    """Return a device."""
    return Device(row[0], to_datetime(row[1]), row[2])


def assignment(row: Row) -> Assignment:
    """Return who carried a device when."""
    return Assignment(row[0], row[1], row[2], to_datetime(row[3]), to_datetime_or_none(row[4]))


def enrolments(rows: Iterable[Row]) -> dict[str, Enrolment]:
    """Return enrolments from rows of device, class, time and a key, sorted by device and key."""
    enrolled: dict[str, Enrolment] = {}
    for name, device_class, enrolled_us, public_key, first, last in rows:
        before = enrolled[name].keys if name in enrolled else ()
        keys = (*before, EnrolledKey(public_key, first, last))
        enrolled[name] = Enrolment(name, device_class, to_datetime(enrolled_us), keys)
    return enrolled


def log_record(row: Row) -> LogRecord:
    """Return a record of the log."""
    return LogRecord(LogPosition(row[0], row[1]), MessageShare(*row[2:6]), *row[6:])


def message_in_quarantine(row: Row) -> QuarantinedMessage:
    """Return what was refused."""
    return QuarantinedMessage(row[0], RefusedMessage(*row[1:8]), row[8], row[9])


def row_of_refused(refused: RefusedMessage) -> Row:
    """Return refused bytes as a row."""
    why = refused.form, refused.claimed, refused.reason, refused.said
    return *why, refused.received_us, refused.digest, refused.body


def entry(row: Row, keys: Iterable[KeyValue]) -> RegisterRow:
    """Return a row of the register with its keys."""
    kind, name, revision, person, body, changed_us = row
    return RegisterRow(kind, name, revision, person, body, changed_us, frozenset(keys))


def row_of_entry(entry: RegisterRow) -> Row:
    """Return a row of the register, its keys apart."""
    return entry.kind, entry.id, entry.revision, entry.person, entry.body, entry.changed_us


def row_of_outgoing(outgoing: Outgoing) -> Row:
    """Return what is to be sent as a row."""
    return (
        outgoing.kind,
        outgoing.key,
        outgoing.due_us,
        outgoing.body,
        outgoing.to,
        outgoing.person,
    )


def send_status(row: Row) -> SendStatus:
    """Return what became of something to send."""
    return SendStatus(Outgoing(*row[:6]), row[6], row[7], bool(row[8]))


def progress(row: Row) -> JudgingProgress:
    """Return how far a person was judged."""
    person, until_us, sequence, policy_version, engine_version, unsigned, due_us, _ = row
    versions = (policy_version, engine_version)
    return JudgingProgress(person, until_us, sequence, *versions, bool(unsigned), due_us)


def row_of_progress(judged: JudgingProgress) -> Row:
    """Return how far a person was judged as a row."""
    return (
        judged.person,
        judged.until_us,
        judged.sequence,
        judged.policy_version,
        judged.engine_version,
        judged.unsigned,
        judged.due_us,
        judged.partition,
    )
