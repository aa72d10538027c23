"""What is changed in PostgreSQL, in its own SQL.

A round trip is what costs here, so many rows go in one statement, as arrays, and statements that do
not wait for each other's answers are sent together.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import LiteralString, TypeAlias

from psycopg import Connection

from mesure.audit.tree import Frontier
from mesure.devices.assignment import Assignment
from mesure.devices.enrolment import Enrolment
from mesure.devices.message import public_keys
from mesure.instants import to_us, to_us_or_none
from mesure.store.commitments import row_commitments
from mesure.store.commitments.row_digests import EVIDENCE, Binder, Edge
from mesure.store.postgres.binding import PostgresBindingWork
from mesure.store.postgres.effects import PostgresEffectsWork
from mesure.store.postgres.outgoing import PostgresOutgoingWork
from mesure.store.postgres.reading import PostgresReading
from mesure.store.postgres.register import PostgresRegisterWork
from mesure.store.postgres.retention import PostgresRetentionWork
from mesure.store.postgres.transfer import PostgresTransferWork
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
from mesure.store.writing.append_plan import End, Identity, Kept, Plan
from mesure.store.writing.audit_append import Salts


class PostgresWork(
    PostgresReading,
    PostgresRegisterWork,
    PostgresEffectsWork,
    PostgresOutgoingWork,
    PostgresRetentionWork,
    PostgresTransferWork,
    PostgresBindingWork,
):
    """A change, within the transaction that is open on the connection."""

    def __init__(
        self, connection: Connection, salts: Salts, edge: tuple[int, int, int] | None = None
    ) -> None:
        super().__init__(connection)
        self._salts = salts
        self._binder = Binder(salts)
        if edge is not None:
            self._binder.begin(Edge(*edge))
        # The edge of the tree as this transaction leaves it: one round trip less for each record.
        self._edge: Frontier | None = None

    # --- People, orders, devices -----------------------------------------------------------

    def add_person(self, person: Person) -> None:
        """Keep a person."""
        if checks.is_new(self.person(person.id), person, person.id):
            self._put(
                "INSERT INTO person (id, part, entered_us, entered_by) VALUES (%s, %s, %s, %s)",
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
                "INSERT INTO court_order VALUES (%s, %s, %s, %s)", order.id, order.person, *entered
            )
            self._written("court_order", order.id)

    def add_version(self, version: Version) -> None:
        """Keep the next version of an order, unconfirmed or confirmed."""
        person = self._ordered(version.order)
        if checks.is_next_version(self.versions(version.order), version):
            self._put(
                f"INSERT INTO order_version ({rows.VERSION}) "
                "VALUES (%s, %s, %b, %b, %b, %s, %s, %s, %s, %s, %s)",
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
                "UPDATE order_version SET confirmed_us = %s, confirmed_by = %s "
                "WHERE court_order = %s AND number = %s",
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
                "INSERT INTO device (id, entered_us, entered_by) VALUES (%s, %s, %s)",
                device.id,
                to_us(device.entered_at),
                device.entered_by,
            )
            self._written("device", device.id)

    def keep_enrolment(self, enrolment: Enrolment) -> None:
        """Keep the enrolment of a device: a new one, or one with further keys."""
        device = enrolment.device
        checks.there(self.device(device), device)
        checks.new_keys(self._with_keys_of(enrolment), enrolment)
        self._put(
            "INSERT INTO enrolment VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            device,
            enrolment.device_class,
            to_us(enrolment.enrolled_at),
        )
        self._put(
            "INSERT INTO device_key SELECT %s, * FROM "
            "unnest(%s::integer[], %b::bytea[], %b::bytea[], %s::bigint[], %s::bigint[]) "
            "ON CONFLICT (device, number) DO UPDATE SET last_counter = excluded.last_counter",
            device,
            list(range(len(enrolment.keys))),
            [key.public_key for key in enrolment.keys],
            [public_keys.name(key.public_key) for key in enrolment.keys],
            [key.first for key in enrolment.keys],
            [key.last for key in enrolment.keys],
        )
        self._written("enrolment", device)
        for number in range(len(enrolment.keys)):
            self._written("device_key", device, number)

    def _with_keys_of(self, enrolment: Enrolment) -> dict[str, Enrolment]:
        """Return the device's own enrolment, and others with a key of the same name."""
        found = self._all("SELECT key_name FROM device_key WHERE device = %s", enrolment.device)
        new = [public_keys.name(key.public_key) for key in enrolment.keys]
        return self.enrolled([*(row[0] for row in found), *new])

    def keep_assignment(self, assignment: Assignment) -> None:
        """Keep who carries a device: a new assignment, or the end of one that had none."""
        device = assignment.device
        checks.there(self.device(device), device)
        self._touch(assignment.person)
        checks.there(self.order(assignment.order), assignment.order)
        checks.is_to_assign(self.assignments(device), assignment)
        self._put(
            "INSERT INTO assignment VALUES (%s, %s, %s, %s, %s) "
            "ON CONFLICT (device, start_us) DO UPDATE SET until_us = excluded.until_us",
            device,
            to_us(assignment.start),
            to_us_or_none(assignment.until),
            assignment.person,
            assignment.order,
        )
        self._written("assignment", device, to_us(assignment.start))

    def mark_carriers(self, device: str) -> None:
        """Note for whoever carries or carried a device that something about it changed."""
        for assignment in self.assignments(device):
            self._mark(assignment.person)

    def keep_standings(self, standings: Mapping[str, bytes]) -> None:
        """Keep what is known of devices; the bytes are the caller's own."""
        found = self._all(
            "UPDATE device SET standing = known.standing "
            "FROM unnest(%s::text[], %b::bytea[]) AS known (device, standing) "
            "WHERE id = known.device RETURNING id",
            list(standings),
            list(standings.values()),
        )
        for device in standings.keys() - {row[0] for row in found}:
            checks.there(None, device)

    # --- Messages ------------------------------------------------------------------------------

    def append(self, messages: Sequence[Received]) -> tuple[Appended, ...]:
        """Keep messages in the log, in this order, each once; a share is a record."""
        if not messages:
            return ()
        plan = self._plan(messages)
        if plan.rows:
            self._put(
                "WITH ended AS (INSERT INTO log_end "
                "SELECT * FROM unnest(%s::smallint[], %s::bigint[], %s::bigint[]) "
                "ON CONFLICT (part) DO UPDATE SET sequence = excluded.sequence, "
                "received_us = excluded.received_us) "
                f"INSERT INTO message ({append_plan.COLUMNS}, bound) SELECT * FROM unnest("
                "%s::smallint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], "
                "%s::bigint[], %s::text[], %s::bigint[], %s::smallint[], %s::text[], "
                "%b::bytea[], %b::bytea[], %s::bigint[])",
                list(plan.ends),
                [end.sequence for end in plan.ends.values()],
                [end.received_us for end in plan.ends.values()],
                *map(list, zip(*plan.rows, strict=True)),
                list(self._bind_all("message", None, plan.rows)),
            )
        return plan.appended

    def _plan(self, messages: Sequence[Received]) -> Plan:
        devices = {message.device for message in messages}
        persons = {share.person for message in messages for share in message.shares} - {None}
        run = self._connection.execute
        with self._connection.pipeline():
            known = run(
                "SELECT true, id FROM device WHERE id = ANY(%s::text[]) UNION ALL "
                "SELECT false, id FROM person WHERE id = ANY(%s::text[]) AND erased_us IS NULL",
                (list(devices), list(persons)),
            )
            ends = run(
                "SELECT part, sequence, received_us FROM log_end WHERE part = ANY(%s::smallint[])",
                (list(append_plan.parts(messages)),),
            )
            same = [run(*asked) for asked in (*_counted(messages), *_uncounted(messages))]
            asked = {(True, name) for name in devices} | {(False, name) for name in persons}
            for _, name in asked - set(known):
                checks.there(None, str(name))
            kept: dict[Identity, Kept] = {}
            for device, which, digest, part, sequence in chain(*same):
                before = kept.get((device, which))
                places = (*(before.places if before else ()), Place(part, sequence))
                kept[device, which] = Kept(digest, places)
            return append_plan.plan(messages, kept, {row[0]: End(*row[1:]) for row in ends})

    def refuse(self, refused: Refused) -> None:
        """Keep bytes that were not taken, with the reason."""
        number, bound = self._one(
            f"INSERT INTO quarantine ({rows.REFUSED}, number, times, last_received_us) "
            "SELECT %s, %s, %s, %s, %s, %b, %b, number, 1, %s FROM "
            "(SELECT coalesce(max(number), 0) + 1 AS number FROM quarantine) AS next "
            "ON CONFLICT (form, digest, reason) DO UPDATE "
            "SET times = quarantine.times + 1, last_received_us = "
            "greatest(quarantine.last_received_us, excluded.last_received_us) "
            "RETURNING number, bound",
            *rows.refused_row(refused),
            refused.received_us,
        )
        if bound is None:
            self._written("quarantine", number)

    def forget_refused(self, until_us: int) -> int:
        """Take away refused bytes that last came before this; return how many."""
        statement: LiteralString = (
            "DELETE FROM quarantine WHERE last_received_us < %s RETURNING bound"
        )
        return self._gone(self._all(statement, until_us))

    # --- The audit log -------------------------------------------------------------------------

    def record(self, records: Sequence[bytes], person: str | None = None) -> range:
        """Keep records for the audit log, each under a salt of its own; return their entries."""
        edge = self._edge = self._edge or self.frontier()
        start = edge.size
        grown = audit_append.grow(edge, records, self._salts)
        self._put(
            "WITH entries AS (INSERT INTO audit_entry "
            "SELECT * FROM unnest(%s::bigint[], %b::bytea[]) RETURNING entry), "
            "nodes AS (INSERT INTO audit_node "
            "SELECT * FROM unnest(%s::smallint[], %s::bigint[], %b::bytea[])), "
            "edge AS (UPDATE audit_edge SET size = %s, peaks = %b) "
            "INSERT INTO audit_record (entry, salt, record, person) "
            "SELECT *, %s FROM unnest(%s::bigint[], %b::bytea[], %b::bytea[])",
            [entry for entry, _ in grown.lines],
            [line for _, line in grown.lines],
            [level for level, _, _ in grown.nodes],
            [place for _, place, _ in grown.nodes],
            [node for _, _, node in grown.nodes],
            edge.size,
            audit_append.packed(edge),
            person,
            [one.entry for one in grown.openings],
            [one.salt for one in grown.openings],
            [one.record for one in grown.openings],
        )
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
        """Have the disk written, though nothing is changed: can it be, just now?"""
        self._put("SELECT pg_logical_emit_message(true, 'mesure', 'touch')")

    def erase(self, person: str, at: datetime) -> bool:
        """Take away whatever is kept about a person; False where that was done before."""
        kept = self.person(person)
        checks.there(kept, person)
        if kept is None or kept.erased_at is not None:
            return False
        self._mark(person)
        self._put("UPDATE person SET erased_us = %s WHERE id = %s", to_us(at), person)
        self._written("person", person)
        for table in rows.ABOUT_A_PERSON:
            if table in EVIDENCE:
                self._gone(
                    self._all(f"DELETE FROM {table} WHERE person = %s RETURNING bound", person)
                )
            else:
                self._put(f"DELETE FROM {table} WHERE person = %s", person)
        found = self._all(
            "DELETE FROM order_version WHERE court_order IN "
            "(SELECT id FROM court_order WHERE person = %s) RETURNING bound",
            person,
        )
        self._gone(found)
        return True


Asked: TypeAlias = tuple[LiteralString, tuple[object, ...]]


def _counted(messages: Sequence[Received]) -> Iterator[Asked]:
    """Ask for what is kept under the counters of messages, if they have any."""
    asked = {(one.device, one.counter) for one in messages if one.counter is not None}
    if asked:
        yield (
            (
                "SELECT device, counter, its.digest, part, sequence "
                "FROM unnest(%s::text[], %s::bigint[]) AS asked (device, counter), LATERAL ("
                "SELECT share, digest, part, sequence FROM message AS m "
                "WHERE m.device = asked.device AND m.counter = asked.counter OFFSET 0) AS its "
                "ORDER BY share"
            ),
            ([device for device, _ in asked], [counter for _, counter in asked]),
        )


def _uncounted(messages: Sequence[Received]) -> Iterator[Asked]:
    """Ask for the same bytes, where a format has no counters."""
    asked = {(one.device, one.digest) for one in messages if one.counter is None}
    if asked:
        yield (
            (
                "SELECT device, digest, digest, part, sequence "
                "FROM unnest(%s::text[], %b::bytea[]) AS asked (device, digest), LATERAL ("
                "SELECT share, part, sequence FROM message AS m WHERE m.device = asked.device "
                "AND m.digest = asked.digest AND counter IS NULL OFFSET 0) AS its ORDER BY share"
            ),
            ([device for device, _ in asked], [digest for _, digest in asked]),
        )
