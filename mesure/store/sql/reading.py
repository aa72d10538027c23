"""Statements that read: people, orders and devices, messages, and the audit log."""

from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Final

from sqlalchemy import BigInteger, bindparam, cast, func, literal_column, select

from mesure.audit import tree
from mesure.audit.log_file import RecordOpening
from mesure.audit.tree import Frontier
from mesure.devices.assignment import Assignments
from mesure.devices.enrolment import Enrolment
from mesure.instants import US_PER_DAY
from mesure.store.sql.binding import BindingReading
from mesure.store.sql.composing import ZERO, Among, Each, at_most, rows_of, same
from mesure.store.sql.effects import EffectsReading
from mesure.store.sql.layout import T, columns
from mesure.store.sql.lists import ListsReading
from mesure.store.sql.outgoing import OutgoingReading
from mesure.store.sql.retention import RetentionReading
from mesure.store.sql.transfer import TransferReading
from mesure.store.values import rows
from mesure.store.values.records import (
    Device,
    LogPosition,
    LogRecord,
    Order,
    Person,
    QuarantinedMessage,
    ReceivedDay,
    StoredOrderVersion,
)
from mesure.store.writing import audit_append

_PERSON: Final = rows_of(T.person, rows.PERSON, same(T.person, "id"))
_ORDER: Final = rows_of(T.court_order, rows.ORDER, same(T.court_order, "id"))
_ORDERS: Final = rows_of(T.court_order, rows.ORDER, same(T.court_order, "person")).order_by("id")
_VERSIONS: Final = rows_of(
    T.order_version, rows.VERSION, Among(T.order_version.c.court_order, "orders")
).order_by("court_order", "number")
_DEVICE: Final = rows_of(T.device, rows.DEVICE, same(T.device, "id"))
_DEVICES: Final = at_most(
    rows_of(T.device, rows.DEVICE, T.device.c.id > bindparam("after")).order_by("id")
)
_WITH_KEYS: Final = select(
    *columns(T.enrolment, rows.ENROLMENT), *columns(T.device_key, rows.KEY)
).join_from(T.enrolment, T.device_key, T.enrolment.c.device == T.device_key.c.device)
_ENROLMENTS: Final = _WITH_KEYS.order_by(T.enrolment.c.device, T.device_key.c.number)
_named = T.device_key.alias("named")
_ENROLLED: Final = Each(
    columns(T.device_key, "key_name"),
    lambda row: (
        _WITH_KEYS.join(_named, _named.c.device == T.enrolment.c.device)
        .where(same(_named, "key_name", row))
        .order_by(T.device_key.c.number)
    ),
)
_ASSIGNMENTS: Final = rows_of(
    T.assignment, rows.ASSIGNMENT, Among(T.assignment.c.device, "devices")
).order_by("device", "start_us")
_CARRIED: Final = rows_of(T.assignment, rows.ASSIGNMENT, same(T.assignment, "person")).order_by(
    "start_us", "device"
)
_STANDINGS: Final = rows_of(
    T.device, "id, standing", Among(T.device.c.id, "devices"), T.device.c.standing.is_not(None)
)
_DIGESTS: Final = Each(
    columns(T.message, "device, counter"),
    lambda row: rows_of(
        T.message,
        "device, counter, digest",
        same(T.message, "device, counter", row),
        T.message.c.share == ZERO,
    ),
)
_LOGS: Final = Each(
    columns(T.message, "part, sequence"),
    lambda row: at_most(
        rows_of(
            T.message,
            rows.LOGGED,
            same(T.message, "part", row),
            T.message.c.sequence > row["sequence"],
        ).order_by(T.message.c.sequence)
    ),
)
_END: Final = rows_of(T.log_end, "sequence", same(T.log_end, "part"))
_day = T.message.c.received_us // literal_column(str(US_PER_DAY), BigInteger)
_DAYS: Final = (
    select(
        T.message.c.person,
        _day.label("day"),
        func.count(),
        cast(func.coalesce(func.sum(T.message.c.bound), ZERO), BigInteger),
        func.min(T.message.c.sequence),
        func.max(T.message.c.sequence),
    )
    .where(same(T.message, "part"), T.message.c.person.is_not(None))
    .group_by(T.message.c.person, "day")
    .order_by("day", T.message.c.person)
)
_ENDS: Final = rows_of(T.log_end, "part, sequence")
_MESSAGES: Final = rows_of(
    T.message,
    rows.LOGGED,
    same(T.message, "person"),
    T.message.c.last_us >= bindparam("start_us"),
    T.message.c.first_us < bindparam("until_us"),
    T.message.c.sequence > bindparam("after"),
).order_by("first_us", "sequence")
_QUARANTINE: Final = at_most(
    rows_of(T.quarantine, rows.QUARANTINED, T.quarantine.c.number > bindparam("after")).order_by(
        "number"
    )
)
_QUARANTINE_FOR: Final = at_most(
    rows_of(
        T.quarantine,
        rows.QUARANTINED,
        T.quarantine.c.reason == bindparam("reason"),
        T.quarantine.c.number > bindparam("after"),
    ).order_by("number")
)
_REFUSED_LATEST: Final = at_most(
    rows_of(T.quarantine, rows.QUARANTINED).order_by(T.quarantine.c.number.desc())
)
_EDGE: Final = rows_of(T.audit_edge, "size, peaks")
_LINES: Final = at_most(
    rows_of(T.audit_entry, "line", T.audit_entry.c.entry >= bindparam("start")).order_by("entry")
)
_LINE: Final = rows_of(T.audit_entry, "line", same(T.audit_entry, "entry"))
_OPENING: Final = rows_of(T.audit_record, "salt, record", same(T.audit_record, "entry"))
_NODE: Final = rows_of(T.audit_node, "hash", same(T.audit_node, "level, place"))


class ReadTransaction(
    ListsReading, EffectsReading, OutgoingReading, BindingReading, RetentionReading, TransferReading
):
    """One moment of the database, within the transaction that is open on the connection."""

    # --- People, orders, devices -----------------------------------------------------------

    def person(self, person: str) -> Person | None:
        """Return a person."""
        row = self._one(_PERSON, id=person)
        return row and rows.person(row)

    def order(self, order: str) -> Order | None:
        """Return an order."""
        row = self._one(_ORDER, id=order)
        return row and rows.order(row)

    def orders_of(self, person: str) -> tuple[Order, ...]:
        """Return the orders about a person, by their ids."""
        return tuple(map(rows.order, self._all(_ORDERS, person=person)))

    def versions(self, *orders: str) -> tuple[StoredOrderVersion, ...]:
        """Return the versions of these orders, by order and number."""
        return tuple(map(rows.version, self._all(_VERSIONS, orders=list(orders))))

    def device(self, device: str) -> Device | None:
        """Return a device."""
        row = self._one(_DEVICE, id=device)
        return row and rows.device(row)

    def devices(self, after: str, count: int) -> tuple[Device, ...]:
        """Return the devices behind this one, in order of their names, at most `count`."""
        return tuple(map(rows.device, self._all(_DEVICES, after=after, count=count)))

    def enrolments(self) -> dict[str, Enrolment]:
        """Return every enrolment by its device, with all keys, present and past."""
        return rows.enrolments(self._ask(_ENROLMENTS))

    def enrolments_with_keys(self, key_names: Iterable[bytes]) -> dict[str, Enrolment]:
        """Return the enrolments that have a key, present or past, with one of these names."""
        answer = self._ask_for_each(_ENROLLED, ((name,) for name in key_names))
        return rows.enrolments(dict.fromkeys(answer))  # Each row once, of whichever key it came.

    def assignments(self, *devices: str) -> Assignments:
        """Return who carried these devices when, by device and in order of time."""
        return tuple(map(rows.assignment, self._all(_ASSIGNMENTS, devices=list(devices))))

    def assignments_of(self, person: str) -> Assignments:
        """Return what a person carried when, in order of time."""
        return tuple(map(rows.assignment, self._all(_CARRIED, person=person)))

    def standings(self, devices: Iterable[str]) -> dict[str, bytes]:
        """Return what is known of devices from the messages before, of those that have it."""
        return dict(self._all(_STANDINGS, devices=list(devices)))

    # --- Messages ------------------------------------------------------------------------------

    def digests(self, counted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], bytes]:
        """Return the digests of what is kept under (device, counter), where something is."""
        answer = self._ask_for_each(_DIGESTS, counted)
        return {(device, counter): digest for device, counter, digest in answer}

    def log(self, after: LogPosition, count: int) -> tuple[LogRecord, ...]:
        """Return the next records of a partition, at most `count`."""
        which = {"part": after.partition, "sequence": after.sequence}
        return tuple(map(rows.log_record, self._all(_LOGS.for_one, **which, count=count)))

    def logs(self, after: Mapping[int, int], count: int) -> tuple[LogRecord, ...]:
        """Return what `log` does of each of some partitions, by how far each was read."""
        answer = self._ask_for_each(_LOGS, after.items(), count=count)
        return tuple(map(rows.log_record, sorted(answer, key=itemgetter(0, 1))))

    def last(self, partition: int) -> int:
        """Return the sequence number of the last record of a partition; 0 where there is none."""
        row = self._one(_END, part=partition)
        return row[0] if row else 0

    def ends(self) -> dict[int, int]:
        """Return the sequence number of the last record of each partition that has one."""
        return dict(self._all(_ENDS))

    def messages(
        self, person: str, start_us: int, until_us: int, after: int = 0
    ) -> Iterator[LogRecord]:
        """Yield a person's messages with anything in a half-open span, by their beginning."""
        which = {"person": person, "start_us": start_us, "until_us": until_us, "after": after}
        return map(rows.log_record, self._streamed(_MESSAGES, **which))

    def days_of_receipt(self, partition: int) -> tuple[ReceivedDay, ...]:
        """Return what is there of each person on each day of receipt, by day and by person."""
        return tuple(ReceivedDay(*row) for row in self._all(_DAYS, part=partition))

    def quarantine(self, after: int, count: int) -> tuple[QuarantinedMessage, ...]:
        """Return what was refused, from the number after this one on, at most so much."""
        answer = self._all(_QUARANTINE, after=after, count=count)
        return tuple(map(rows.message_in_quarantine, answer))

    def quarantine_for(self, reason: str, after: int, count: int) -> tuple[QuarantinedMessage, ...]:
        """Return what was refused for a reason, from the number after this one on, at most so much.

        The reason has no index: the whole quarantine is looked through.
        """
        asked = {"reason": reason, "after": after, "count": count}
        return tuple(map(rows.message_in_quarantine, self._all(_QUARANTINE_FOR, **asked)))

    def latest_refused(self, count: int) -> tuple[QuarantinedMessage, ...]:
        """Return what was refused for the first time last, the latest first, at most so much."""
        return tuple(map(rows.message_in_quarantine, self._all(_REFUSED_LATEST, count=count)))

    # --- The audit log -------------------------------------------------------------------------

    def frontier(self) -> Frontier:
        """Return the right edge of the tree: its size, and its root."""
        return audit_append.unpack_peaks(*self._one(_EDGE))

    def entries(self, start: int, count: int) -> tuple[bytes, ...]:
        """Return the lines of entries from this one on, at most `count`."""
        return tuple(line for (line,) in self._all(_LINES, start=start, count=count))

    def record_opening(self, entry: int) -> RecordOpening | None:
        """Return the record of an entry with its salt, while both exist."""
        row = self._one(_OPENING, entry=entry)
        return row and RecordOpening(entry, *row)

    def node(self, level: int, index: int) -> bytes:
        """Return the hash of a complete node of the tree, as proofs ask for it."""
        if level == 0:
            return tree.leaf_hash(self._one(_LINE, entry=index)[0])
        node: bytes = self._one(_NODE, level=level, place=index)[0]
        return node
