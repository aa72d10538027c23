"""What is changed in SQLite, in its own SQL.

A statement is quick here and the commit is what costs, so one row at a time is asked for.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from sqlite3 import Connection
from typing import Final

from mesure.devices.assignment import Assignment
from mesure.devices.enrolment import Enrolment
from mesure.devices.message import public_keys
from mesure.instants import to_us, to_us_or_none
from mesure.store.commitments import row_commitments
from mesure.store.commitments.row_digests import EVIDENCE, Binder
from mesure.store.sqlite.binding import SqliteBindingWork
from mesure.store.sqlite.connection import LIVING, listed, marks
from mesure.store.sqlite.effects import SqliteEffectsWork
from mesure.store.sqlite.outgoing import SqliteOutgoingWork
from mesure.store.sqlite.reading import SqliteReading
from mesure.store.sqlite.register import SqliteRegisterWork
from mesure.store.sqlite.retention import SqliteRetentionWork
from mesure.store.sqlite.transfer import SqliteTransferWork
from mesure.store.values import rows
from mesure.store.values.partitions import partition_of
from mesure.store.values.records import (
    Appended,
    Device,
    Order,
    Person,
    Place,
    Received,
    Refused,
    Version,
)
from mesure.store.writing import append_plan, audit_append, checks
from mesure.store.writing.append_plan import End, Identity, Kept
from mesure.store.writing.audit_append import Salts

_KEY: Final = "device, number, public_key, key_name, first_counter, last_counter"
_ASSIGNMENT: Final = "device, start_us, until_us, person, court_order"
_DEVICES: Final = (
    "SELECT device.id FROM json_each(?) AS asked CROSS JOIN device ON device.id = asked.value"
)
_ENDS: Final = (
    "SELECT part, sequence, received_us FROM json_each(?) AS asked CROSS JOIN log_end "
    "ON part = asked.value"
)
_COUNTED: Final = (
    "SELECT device, counter, digest, part, sequence FROM json_each(?) AS asked CROSS JOIN message "
    "ON device = json_extract(asked.value, '$[0]') AND counter = json_extract(asked.value, '$[1]') "
    "ORDER BY share"
)
_UNCOUNTED: Final = (
    "SELECT device, digest, digest, part, sequence FROM message "
    "WHERE device = ? AND digest = ? AND counter IS NULL ORDER BY share"
)


class SqliteWork(
    SqliteReading,
    SqliteRegisterWork,
    SqliteEffectsWork,
    SqliteOutgoingWork,
    SqliteRetentionWork,
    SqliteTransferWork,
    SqliteBindingWork,
):
    """A change, within the transaction that is open on the connection."""

    def __init__(self, connection: Connection, salts: Salts) -> None:
        super().__init__(connection)
        self._salts = salts
        self._binder = Binder(salts)

    # --- People, orders, devices -----------------------------------------------------------

    def add_person(self, person: Person) -> None:
        """Keep a person."""
        if checks.is_new(self.person(person.id), person, person.id):
            self._put(
                f"INSERT INTO person (id, part, entered_us, entered_by) VALUES {marks(4)}",
                person.id,
                partition_of(person.id),
                to_us(person.entered_at),
                person.entered_by,
            )
            self._touch(person.id)
            self._written("person", person.id)

    def add_order(self, order: Order) -> None:
        """Keep an order about a person who is kept."""
        if checks.is_new(self.order(order.id), order, order.id):
            self._touch(order.person)
            entered = (to_us(order.entered_at), order.entered_by)
            self._put(
                f"INSERT INTO court_order ({rows.ORDER}) VALUES {marks(4)}",
                order.id,
                order.person,
                *entered,
            )
            self._written("court_order", order.id)

    def add_version(self, version: Version) -> None:
        """Keep the next version of an order, unconfirmed or confirmed."""
        person = self._ordered(version.order)
        if checks.is_next_version(self.versions(version.order), version):
            self._put(
                f"INSERT INTO order_version ({rows.VERSION}) VALUES {marks(11)}",
                *rows.version_row(version),
            )
            self._touch(person)
            self._written("order_version", version.order, version.number)

    def _ordered(self, order: str) -> str:
        """Return whom an order is about."""
        kept = self.order(order)
        checks.there(kept, order)
        return kept.person if kept else ""

    def confirm(self, order: str, number: int, at: datetime, by: str) -> None:
        """Keep who confirmed a version; only once."""
        if checks.is_to_confirm(self.versions(order), order, number, at, by):
            self._put(
                "UPDATE order_version SET confirmed_us = ?, confirmed_by = ? "
                "WHERE court_order = ? AND number = ?",
                to_us(at),
                by,
                order,
                number,
            )
            self._touch(self._ordered(order))
            self._written("order_version", order, number)

    def add_device(self, device: Device) -> None:
        """Keep a device."""
        if checks.is_new(self.device(device.id), device, device.id):
            self._put(
                "INSERT INTO device (id, entered_us, entered_by) VALUES (?, ?, ?)",
                device.id,
                to_us(device.entered_at),
                device.entered_by,
            )
            self._written("device", device.id)

    def keep_enrolment(self, enrolment: Enrolment) -> None:
        """Keep the enrolment of a device: a new one, or one with further keys."""
        device = enrolment.device
        checks.there(self.device(device), device)
        kept = checks.new_keys(self._with_keys_of(enrolment), enrolment)
        if not kept:
            enrolled_us = to_us(enrolment.enrolled_at)
            self._put(
                "INSERT INTO enrolment (device, device_class, enrolled_us) VALUES (?, ?, ?)",
                device,
                enrolment.device_class,
                enrolled_us,
            )
            self._written("enrolment", device)
        for number, key in enumerate(enrolment.keys):
            if number < kept:
                self._put(
                    "UPDATE device_key SET last_counter = ? WHERE device = ? AND number = ?",
                    key.last,
                    device,
                    number,
                )
            else:
                public = (key.public_key, public_keys.name(key.public_key))
                row = (device, number, *public, key.first, key.last)
                self._put(f"INSERT INTO device_key ({_KEY}) VALUES {marks(6)}", *row)
            self._written("device_key", device, number)

    def _with_keys_of(self, enrolment: Enrolment) -> dict[str, Enrolment]:
        """Return the device's own enrolment, and others with a key of the same name."""
        statement = "SELECT key_name FROM device_key WHERE device = ?"
        own = [row[0] for row in self._all(statement, enrolment.device)]
        return self.enrolled([*own, *(public_keys.name(key.public_key) for key in enrolment.keys)])

    def keep_assignment(self, assignment: Assignment) -> None:
        """Keep who carries a device: a new assignment, or the end of one that had none."""
        device, order = assignment.device, self.order(assignment.order)
        checks.there(self.device(device), device)
        self._touch(assignment.person)
        checks.there(order, assignment.order)
        start_us, until_us = to_us(assignment.start), to_us_or_none(assignment.until)
        if checks.is_to_assign(self.assignments(device), assignment):
            row = (device, start_us, until_us, assignment.person, assignment.order)
            self._put(f"INSERT INTO assignment ({_ASSIGNMENT}) VALUES {marks(5)}", *row)
        else:
            self._put(
                "UPDATE assignment SET until_us = ? WHERE device = ? AND start_us = ?",
                until_us,
                device,
                start_us,
            )
        self._written("assignment", device, start_us)

    def mark_carriers(self, device: str) -> None:
        """Note for whoever carries or carried a device that something about it changed."""
        for assignment in self.assignments(device):
            self._mark(assignment.person)

    def keep_standings(self, standings: Mapping[str, bytes]) -> None:
        """Keep what is known of devices; the bytes are the caller's own."""
        found = [(standing, device) for device, standing in standings.items()]
        if self._each("UPDATE device SET standing = ? WHERE id = ?", found) != len(found):
            for device in sorted(standings.keys() - self._known(_DEVICES, list(standings))):
                checks.there(None, device)

    # --- Messages ------------------------------------------------------------------------------

    def append(self, messages: Sequence[Received]) -> tuple[Appended, ...]:
        """Keep messages in the log, in this order, each once; a share is a record."""
        devices = {message.device for message in messages}
        shares = [share for message in messages for share in message.shares]
        persons = {share.person for share in shares if share.person is not None}
        for name in devices - self._known(_DEVICES, devices):
            checks.there(None, name)
        for name in persons - self._known(LIVING, persons):
            found = self._one(f"SELECT {rows.PERSON} FROM person WHERE id = ?", name)
            checks.living(found and rows.person(found), name)
        ends = self._all(_ENDS, listed(append_plan.parts(messages)))
        plan = append_plan.plan(
            messages, self._kept(messages), {part: End(*row) for part, *row in ends}
        )
        self._connection.executemany(
            f"INSERT INTO message ({append_plan.COLUMNS}, bound) VALUES {marks(13)}",
            [
                (*row, number)
                for row, number in zip(
                    plan.rows, self._bind_all("message", None, plan.rows), strict=True
                )
            ],
        )
        self._connection.executemany(
            "INSERT OR REPLACE INTO log_end VALUES (?, ?, ?)",
            [(part, *end) for part, end in plan.ends.items()],
        )
        return plan.appended

    def _known(self, statement: str, names: Collection[str]) -> set[str]:
        return {row[0] for row in self._all(statement, listed(names))}

    def _kept(self, messages: Iterable[Received]) -> dict[Identity, Kept]:
        """Return what is kept under the identities of messages."""
        asked = dict.fromkeys(map(append_plan.identity, messages))
        found = self._all(_COUNTED, listed([one for one in asked if isinstance(one[1], int)]))
        for device, same in asked:
            if isinstance(same, bytes):
                found += self._all(_UNCOUNTED, device, same)
        kept: dict[Identity, Kept] = {}
        for device, same, digest, part, sequence in found:
            before = kept.get((device, same))
            places = (*(before.places if before else ()), Place(part, sequence))
            kept[device, same] = Kept(digest, places)
        return kept

    def refuse(self, refused: Refused) -> None:
        """Keep bytes that were not taken, with the reason."""
        number, bound = self._one(
            f"INSERT INTO quarantine ({rows.REFUSED}, times, last_received_us) VALUES {marks(9)} "
            "ON CONFLICT (form, digest, reason) DO UPDATE SET times = times + 1, "
            "last_received_us = max(last_received_us, excluded.last_received_us) "
            "RETURNING number, bound",
            *rows.refused_row(refused),
            1,
            refused.received_us,
        )
        if bound is None:
            self._written("quarantine", number)

    def forget_refused(self, until_us: int) -> int:
        """Take away refused bytes that last came before this; return how many."""
        statement = "DELETE FROM quarantine WHERE last_received_us < ? RETURNING bound"
        return self._gone(self._all(statement, until_us))

    # --- The audit log -------------------------------------------------------------------------

    def record(self, records: Sequence[bytes], person: str | None = None) -> range:
        """Keep records for the audit log, each under a salt of its own; return their entries."""
        edge = self.frontier()
        start = edge.size
        grown = audit_append.grow(edge, records, self._salts)
        run = self._connection.executemany
        run("INSERT INTO audit_entry VALUES (?, ?)", grown.lines)
        run(
            f"INSERT INTO audit_record (entry, salt, record, person) VALUES {marks(4)}",
            [(one.entry, one.salt, one.record, person) for one in grown.openings],
        )
        run("INSERT INTO audit_node VALUES (?, ?, ?)", grown.nodes)
        self._put("UPDATE audit_edge SET size = ?, peaks = ?", edge.size, audit_append.packed(edge))
        return range(start, edge.size)

    def pin(self, at: str) -> range:
        """Enter in the audit log what was bound and let go since the last time."""
        edge, headers = self._to_pin()
        last = self.checkpoint()
        signed = last.size if last else 0
        entries = self.record(list(row_commitments.records(edge, headers, at, signed)))
        self._pinned(edge)
        return entries

    # --- Erasure -------------------------------------------------------------------------------

    def touch(self) -> None:
        """Have the disk written, though nothing is changed: can it be, just now?

        Setting a number of the file to what it is writes its first page.
        """
        [number] = self._one("PRAGMA user_version")
        self._put(f"PRAGMA user_version = {number}")

    def erase(self, person: str, at: datetime) -> bool:
        """Take away whatever is kept about a person; False where that was done before."""
        kept = self.person(person)
        checks.there(kept, person)
        if kept is None or kept.erased_at is not None:
            return False
        self._mark(person)
        self._put("UPDATE person SET erased_us = ? WHERE id = ?", to_us(at), person)
        self._written("person", person)
        for table in rows.ABOUT_A_PERSON:
            back = " RETURNING bound" if table in EVIDENCE else ""
            self._gone(self._all(f"DELETE FROM {table} WHERE person = ?{back}", person))
        found = self._all(
            "DELETE FROM order_version WHERE court_order IN "
            "(SELECT id FROM court_order WHERE person = ?) RETURNING bound",
            person,
        )
        self._gone(found)
        return True
