"""Rows of a database as values; both stores select the same columns in the same order."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

from mesure.devices.assignment import Assignment
from mesure.devices.enrolment import Enrolment, Key
from mesure.orders.span import Span
from mesure.store.instants import instant, instant_or_none
from mesure.store.records import (
    Device,
    Logged,
    Order,
    Person,
    Place,
    Quarantined,
    Refused,
    Share,
    Version,
)

Row: TypeAlias = tuple[Any, ...]

PERSON: Final = "id, name, entered_us, entered_by"
ORDER: Final = "id, person, entered_us, entered_by"
VERSION: Final = (
    "court_order, number, body, start_us, until_us, entered_us, entered_by, confirmed_us, "
    "confirmed_by"
)
DEVICE: Final = "id, entered_us, entered_by"
ENROLLED: Final = "device, device_class, enrolled_us, public_key, first_counter, last_counter"
ASSIGNMENT: Final = "device, person, court_order, start_us, until_us"
LOGGED: Final = (
    "part, sequence, person, first_us, last_us, device, counter, form, received_us, digest, body"
)
QUARANTINED: Final = (
    "number, form, claimed, reason, said, received_us, body, times, last_received_us"
)


def person(row: Row) -> Person:
    """Return a person."""
    return Person(row[0], row[1], instant(row[2]), row[3])


def order(row: Row) -> Order:
    """Return an order."""
    return Order(row[0], row[1], instant(row[2]), row[3])


def version(row: Row, files: Mapping[str, bytes]) -> Version:
    """Return a version of an order with its maps."""
    in_force = Span(instant(row[3]), instant(row[4]))
    confirmed_at = instant_or_none(row[7])
    return Version(
        row[0], row[1], row[2], files, in_force, instant(row[5]), row[6], confirmed_at, row[8]
    )


def device(row: Row) -> Device:
    """Return a device."""
    return Device(row[0], instant(row[1]), row[2])


def assignment(row: Row) -> Assignment:
    """Return who carried a device when."""
    return Assignment(row[0], row[1], row[2], instant(row[3]), instant_or_none(row[4]))


def enrolments(found: Iterable[Row]) -> dict[str, Enrolment]:
    """Return enrolments from rows of device, class, time and a key, sorted by device and key."""
    enrolled: dict[str, Enrolment] = {}
    for name, device_class, enrolled_us, public_key, first, last in found:
        before = enrolled[name].keys if name in enrolled else ()
        keys = (*before, Key(public_key, first, last))
        enrolled[name] = Enrolment(name, device_class, instant(enrolled_us), keys)
    return enrolled


def logged(row: Row) -> Logged:
    """Return a record of the log."""
    return Logged(Place(row[0], row[1]), Share(row[2], row[3], row[4]), *row[5:])


def quarantined(row: Row) -> Quarantined:
    """Return what was refused."""
    return Quarantined(row[0], Refused(*row[1:7]), row[7], row[8])
