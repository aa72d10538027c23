"""Statements that write: people, orders and devices, messages, the audit log, and erasure."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Final

from sqlalchemy import bindparam, case, delete, func, select

from mesure.devices.assignment import Assignment
from mesure.devices.enrolment import Enrolment
from mesure.devices.message import public_keys
from mesure.instants import to_us, to_us_or_none
from mesure.store.sql.composing import (
    ONE,
    ZERO,
    Among,
    Change,
    Each,
    Into,
    change,
    into,
    rows_of,
    same,
    write_over,
)
from mesure.store.sql.effects import LIVING, EffectsWork
from mesure.store.sql.layout import T, columns, split
from mesure.store.sql.outgoing import OutgoingWork
from mesure.store.sql.reading import ReadTransaction
from mesure.store.sql.retention import RetentionWork
from mesure.store.sql.transfer import TransferWork
from mesure.store.values import rows
from mesure.store.values.partitions import partition_of
from mesure.store.values.records import (
    AppendResult,
    Device,
    LogPosition,
    Order,
    Person,
    ReceivedMessage,
    RefusedMessage,
    StoredOrderVersion,
)
from mesure.store.writing import append_plan, audit_append, checks
from mesure.store.writing.append_plan import AppendPlan, ExistingMessage, Identity, PartitionEnd
from mesure.store.writing.audit_append import Salts

_PERSON: Final = into(T.person, "id, part, entered_us, entered_by")
_ORDER: Final = into(T.court_order, rows.ORDER)
_VERSION: Final = into(T.order_version, rows.VERSION)
_CONFIRM: Final = change(
    T.order_version, "confirmed_us, confirmed_by", same(T.order_version, "court_order, number")
)
_DEVICE: Final = into(T.device, rows.DEVICE)
_ENROLMENT: Final = into(T.enrolment, rows.ENROLMENT)
_KEY_NAMES: Final = rows_of(T.device_key, "key_name", same(T.device_key, "device"))
_KEY: Final = Into(
    T.device_key,
    "device, number, public_key, key_name, first_counter, last_counter",
    write_over("device, number", "last_counter"),
)
_ASSIGNMENT: Final = write_over("device, start_us", "until_us")(into(T.assignment, rows.ASSIGNMENT))
_STANDING: Final = Change(T.device, "standing", "id")

_DEVICES: Final = rows_of(T.device, "id", Among(T.device.c.id, "devices"))
_ENDS: Final = rows_of(T.log_end, "part, sequence, received_us", Among(T.log_end.c.part, "parts"))
# What is kept under the counter of a message; or the same bytes, where a format has no counters.
_COUNTED: Final = Each(
    columns(T.message, "device, counter"),
    lambda row: rows_of(
        T.message,
        "device, counter, digest, part, sequence",
        same(T.message, "device, counter", row),
    ).order_by(T.message.c.share),
)
_UNCOUNTED: Final = Each(
    columns(T.message, "device, digest"),
    lambda row: (
        select(
            T.message.c.device,
            T.message.c.digest.label("same"),
            *columns(T.message, "digest, part, sequence"),
        )
        .where(same(T.message, "device, digest", row), T.message.c.counter.is_(None))
        .order_by(T.message.c.share)
    ),
)
_MESSAGE: Final = Into(T.message, f"{append_plan.COLUMNS}, bound")
_END: Final = Into(
    T.log_end, "part, sequence, received_us", write_over("part", "sequence, received_us")
)

_refused = into(T.quarantine, rows.REFUSED).values(
    number=select(func.coalesce(func.max(T.quarantine.c.number), ZERO) + ONE).scalar_subquery(),
    times=ONE,
    last_received_us=bindparam("received_us"),
)
_new, _last = _refused.excluded.last_received_us, T.quarantine.c.last_received_us
_REFUSE: Final = _refused.on_conflict_do_update(
    index_elements=["form", "digest", "reason"],
    set_={
        "times": T.quarantine.c.times + ONE,
        "last_received_us": case((_new > _last, _new), else_=_last),
    },
).returning(T.quarantine.c.number, T.quarantine.c.bound)
_FORGET_REFUSED: Final = (
    delete(T.quarantine)
    .where(T.quarantine.c.last_received_us < bindparam("until_us"))
    .returning(T.quarantine.c.bound)
)
_UNREFUSE: Final = (
    delete(T.quarantine).where(same(T.quarantine, "number")).returning(T.quarantine.c.bound)
)


class WriteTransaction(ReadTransaction, RetentionWork, EffectsWork, OutgoingWork, TransferWork):
    """A change, within the transaction that is open on the connection."""

    _salts: Salts

    # --- People, orders, devices -----------------------------------------------------------

    def add_person(self, person: Person) -> None:
        """Keep a person."""
        if checks.is_new(self.person(person.id), person, person.id):
            self._put(
                _PERSON,
                id=person.id,
                part=partition_of(person.id),
                entered_us=to_us(person.entered_at),
                entered_by=person.entered_by,
            )
            self._touch(person.id)
            self._written("person", person.id)

    def add_order(self, order: Order) -> None:
        """Keep an order about a person who is kept."""
        if checks.is_new(self.order(order.id), order, order.id):
            self._touch(order.person)
            self._put(
                _ORDER,
                id=order.id,
                person=order.person,
                entered_us=to_us(order.entered_at),
                entered_by=order.entered_by,
            )
            self._written("court_order", order.id)

    def add_version(self, version: StoredOrderVersion) -> None:
        """Keep the next version of an order, unconfirmed or confirmed."""
        person = self._ordered(version.order)
        if checks.is_next_version(self.versions(version.order), version):
            row = rows.version_row(version)
            self._put(_VERSION, **dict(zip(split(rows.VERSION), row, strict=True)))
            self._touch(person)
            self._written("order_version", version.order, version.number)

    def _ordered(self, order: str) -> str:
        """Return whom an order is about."""
        entered = self.order(order)
        checks.there(entered, order)
        return entered.person if entered else ""

    def confirm(self, order: str, number: int, at: datetime, by: str) -> None:
        """Keep who confirmed a version; only once."""
        if checks.is_to_confirm(self.versions(order), order, number, at, by):
            row = {"court_order": order, "number": number}
            self._put(_CONFIRM, confirmed_us=to_us(at), confirmed_by=by, **row)
            self._touch(self._ordered(order))
            self._written("order_version", order, number)

    def add_device(self, device: Device) -> None:
        """Keep a device."""
        if checks.is_new(self.device(device.id), device, device.id):
            self._put(
                _DEVICE,
                id=device.id,
                entered_us=to_us(device.entered_at),
                entered_by=device.entered_by,
            )
            self._written("device", device.id)

    def keep_enrolment(self, enrolment: Enrolment) -> None:
        """Keep the enrolment of a device: a new one, or one with further keys."""
        device = enrolment.device
        checks.there(self.device(device), device)
        if not checks.new_keys(self._with_keys_of(enrolment), enrolment):
            self._put(
                _ENROLMENT,
                device=device,
                device_class=enrolment.device_class,
                enrolled_us=to_us(enrolment.enrolled_at),
            )
            self._written("enrolment", device)
        self._put_each(
            _KEY,
            [
                (
                    device,
                    number,
                    key.public_key,
                    public_keys.name(key.public_key),
                    key.first,
                    key.last,
                )
                for number, key in enumerate(enrolment.keys)
            ],
        )
        for number in range(len(enrolment.keys)):
            self._written("device_key", device, number)

    def _with_keys_of(self, enrolment: Enrolment) -> dict[str, Enrolment]:
        """Return the device's own enrolment, and others with a key of the same name."""
        own = (name for (name,) in self._all(_KEY_NAMES, device=enrolment.device))
        return self.enrolments_with_keys(
            [*own, *(public_keys.name(key.public_key) for key in enrolment.keys)]
        )

    def keep_assignment(self, assignment: Assignment) -> None:
        """Keep who carries a device: a new assignment, or the end of one that had none.

        What an erased person carried may still end: the device is somebody else's next.
        """
        device, start_us = assignment.device, to_us(assignment.start)
        checks.there(self.device(device), device)
        known = self.assignments(device)
        if replace(assignment, until=None) in known:
            self._mark(assignment.person)
        else:
            self._touch(assignment.person)
        checks.there(self.order(assignment.order), assignment.order)
        checks.is_to_assign(known, assignment)
        self._put(
            _ASSIGNMENT,
            device=device,
            start_us=start_us,
            until_us=to_us_or_none(assignment.until),
            person=assignment.person,
            court_order=assignment.order,
        )
        self._written("assignment", device, start_us)

    def mark_carriers(self, device: str) -> None:
        """Note for those who carry or carried a device that something about it changed.

        What the register has about a device is no person's row, and yet they are judged by it.
        """
        for assignment in self.assignments(device):
            self._mark(assignment.person)

    def keep_standings(self, standings: Mapping[str, bytes]) -> None:
        """Keep what is known of devices; the bytes are the caller's own."""
        new = [(standing, device) for device, standing in standings.items()]
        if self._put_each(_STANDING, new) != len(new):
            known = {device for (device,) in self._all(_DEVICES, devices=list(standings))}
            for device in sorted(standings.keys() - known):
                checks.there(None, device)

    # --- Messages ------------------------------------------------------------------------------

    def append(self, messages: Sequence[ReceivedMessage]) -> tuple[AppendResult, ...]:
        """Keep messages in the log, in this order, each once; a share is a record.

        A receipt before that of the last record of its partition is set to that one.
        """
        if not messages:
            return ()
        with self._together():
            plan = self._plan(messages)
            numbers = self._bind_all("message", None, plan.rows)
            new = zip(plan.rows, numbers, strict=True)
            self._put_each(_MESSAGE, [(*row, number) for row, number in new])
            self._put_each(_END, [(part, *end) for part, end in plan.ends.items()])
        return plan.appended

    def _plan(self, messages: Sequence[ReceivedMessage]) -> AppendPlan:
        """Return what is to be kept of messages, given what the log has."""
        devices = {message.device for message in messages}
        shares = [share for message in messages for share in message.shares]
        persons = {share.person for share in shares if share.person is not None}
        identities = dict.fromkeys(map(append_plan.identity, messages))
        known = self._ask_ahead(_DEVICES, devices=list(devices))
        living = self._ask_ahead(LIVING, persons=list(persons))
        ends = self._ask_ahead(_ENDS, parts=list(append_plan.parts(messages)))
        counted = [row for row in identities if isinstance(row[1], int)]
        others = [row for row in identities if isinstance(row[1], bytes)]
        alike = self._ask_for_each(_COUNTED, counted), self._ask_for_each(_UNCOUNTED, others)
        for name in sorted(devices - {name for (name,) in known}):
            checks.there(None, name)
        for name in sorted(persons - {name for (name,) in living}):
            checks.require_living(self.person(name), name)
        last = {part: PartitionEnd(*end) for part, *end in ends}
        return append_plan.plan(messages, _kept(chain(*alike)), last)

    def refuse(self, refused: RefusedMessage) -> None:
        """Keep bytes that were not taken, with the reason."""
        row = zip(split(rows.REFUSED), rows.row_of_refused(refused), strict=True)
        number, bound = self._one(_REFUSE, **dict(row))
        if bound is None:
            self._written("quarantine", number)

    def forget_refused(self, until_us: int) -> int:
        """Take away refused bytes that last came before this; return how many."""
        return self._gone(self._all(_FORGET_REFUSED, until_us=until_us))

    def unrefuse(self, number: int) -> bool:
        """Take away refused bytes that are kept elsewhere now; tell whether they were there."""
        return self._gone(self._all(_UNREFUSE, number=number)) == 1

    # --- The audit log -------------------------------------------------------------------------

    def record(self, records: Sequence[bytes], person: str | None = None) -> range:
        """Keep records for the audit log, each under a salt of its own; return their entries.

        `person`: whom they are about, and with whom records and salts are erased; the entries stay.
        """
        edge = self._grown_edge()
        start = edge.size
        self._grow(audit_append.grow(edge, records, self._salts), person)
        return range(start, edge.size)

    def pin(self, at: str) -> range:
        """Enter in the audit log what was bound and let go since the last time; return entries."""
        from mesure.store.commitments import row_commitments  # No judge pins.

        edge, headers = self._to_pin()
        last = self.checkpoint()
        signed = last.size if last else 0
        entries = self.record(list(row_commitments.records(edge, headers, at, signed)))
        self._pinned(edge)
        return entries

    @abstractmethod
    def touch(self) -> None:
        """Have the disk written, though nothing is changed: can it be, just now?"""


def _kept(answer: Iterable[rows.Row]) -> dict[Identity, ExistingMessage]:
    """Return what is kept, by what makes messages the same."""
    existing: dict[Identity, ExistingMessage] = {}
    for device, which, digest, part, sequence in answer:
        before = existing.get((device, which))
        places = (*(before.places if before else ()), LogPosition(part, sequence))
        existing[device, which] = ExistingMessage(digest, places)
    return existing
