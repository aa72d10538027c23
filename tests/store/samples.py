"""Made-up people, orders, devices and messages to keep."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from mesure.devices.assignment import Assignment
from mesure.devices.enrolment import EnrolledKey, Enrolment
from mesure.orders.values.span import Span
from mesure.store.interface.store import Store, WriteTransaction
from mesure.store.values import partitions
from mesure.store.values.records import (
    Device,
    LogPosition,
    MessageShare,
    Order,
    Person,
    ReceivedMessage,
    StoredOrderVersion,
)

AT = datetime(2026, 2, 10, 8, 30, 0, 123_456, tzinfo=UTC)
DAY = timedelta(days=1)
US = 1_000_000


def digest(plain: bytes) -> bytes:
    return sha256(plain).digest()


def person(number: int = 1) -> Person:
    return Person(f"P-{number}", AT, "O-Қ1")


def order(number: int = 1) -> Order:
    return Order(f"ALM-{number}", f"P-{number}", AT, "O-1")


def version(number: int = 1) -> StoredOrderVersion:
    digests = (digest(b"text"), digest(b"text and maps"))
    return StoredOrderVersion("ALM-1", number, *digests, b"sealed", Span(AT, AT + DAY), AT, "O-1")


def device(number: int = 1) -> Device:
    return Device(f"D-{number}", AT, "O-1")


def enrolment(number: int = 1) -> Enrolment:
    return Enrolment(f"D-{number}", "phone", AT, (EnrolledKey(bytes([number]) * 32, 2, None),))


def assignment(number: int = 1) -> Assignment:
    return Assignment(f"D-{number}", f"P-{number}", f"ALM-{number}", AT, None)


def message(
    counter: int | None = 2,
    *,
    device: int = 1,
    person: int | None = 1,
    received_us: int = 100,
    body: bytes = b"body",
    first_us: int = 0,
    last_us: int = 10,
) -> ReceivedMessage:
    share = MessageShare(None if person is None else f"P-{person}", first_us, last_us, body)
    return ReceivedMessage(f"D-{device}", counter, "mesure1", received_us, digest(body), (share,))


def enter(work: WriteTransaction, count: int = 3) -> None:
    """Enter some people with an order and a device each."""
    for number in range(1, count + 1):
        work.add_person(person(number))
        work.add_order(order(number))
        work.add_device(device(number))


def ready(store: Store) -> Store:
    store.write(enter)
    return store


def void(_: object) -> None:
    """Throw a value away."""


def everything(store: Store) -> tuple[object, ...]:
    with store.read() as reading:
        return (
            [(reading.person(f"P-{n}"), reading.orders_of(f"P-{n}")) for n in range(4)],
            reading.versions("ALM-1"),
            reading.enrolments(),
            [(reading.device(f"D-{n}"), reading.assignments(f"D-{n}")) for n in range(4)],
            reading.standings(["D-1", "D-2"]),
            reading.log(LogPosition(partitions.partition_of("P-1"), 0), 100),
        )
