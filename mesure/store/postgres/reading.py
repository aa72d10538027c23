"""What is read from PostgreSQL, in its own SQL."""

from collections.abc import Iterable, Iterator, Mapping
from typing import LiteralString

from mesure.audit import tree
from mesure.audit.log_file import Opening
from mesure.audit.tree import Frontier
from mesure.devices.assignment import Assignments
from mesure.devices.enrolment import Enrolment
from mesure.store.postgres.binding import PostgresBindingReading
from mesure.store.postgres.effects import PostgresEffectsReading
from mesure.store.postgres.lists import PostgresListsReading
from mesure.store.postgres.outgoing import PostgresOutgoingReading
from mesure.store.postgres.retention import PostgresRetentionReading
from mesure.store.postgres.transfer import PostgresTransferReading
from mesure.store.values import rows
from mesure.store.values.records import Device, Logged, Order, Person, Place, Quarantined, Version
from mesure.store.writing import audit_append


class PostgresReading(
    PostgresListsReading,
    PostgresEffectsReading,
    PostgresOutgoingReading,
    PostgresRetentionReading,
    PostgresTransferReading,
    PostgresBindingReading,
):
    """One moment of the database, within the transaction that is open on the connection."""

    # --- People, orders, devices -----------------------------------------------------------

    def person(self, person: str) -> Person | None:
        """Return a person."""
        row = self._one(f"SELECT {rows.PERSON} FROM person WHERE id = %s", person)
        return row and rows.person(row)

    def order(self, order: str) -> Order | None:
        """Return an order."""
        row = self._one(f"SELECT {rows.ORDER} FROM court_order WHERE id = %s", order)
        return row and rows.order(row)

    def orders_of(self, person: str) -> tuple[Order, ...]:
        """Return the orders about a person, by their ids."""
        found = self._all(
            f"SELECT {rows.ORDER} FROM court_order WHERE person = %s ORDER BY id", person
        )
        return tuple(map(rows.order, found))

    def versions(self, order: str) -> tuple[Version, ...]:
        """Return the versions of an order, by their numbers."""
        found = self._all(
            f"SELECT {rows.VERSION} FROM order_version WHERE court_order = %s ORDER BY number",
            order,
        )
        return tuple(map(rows.version, found))

    def device(self, device: str) -> Device | None:
        """Return a device."""
        row = self._one(f"SELECT {rows.DEVICE} FROM device WHERE id = %s", device)
        return row and rows.device(row)

    def enrolments(self) -> dict[str, Enrolment]:
        """Return every enrolment by its device, with all keys, present and past."""
        return rows.enrolments(
            self._all(
                f"SELECT {rows.ENROLLED} FROM enrolment JOIN device_key USING (device) "
                "ORDER BY device, number"
            )
        )

    def enrolled(self, key_names: Iterable[bytes]) -> dict[str, Enrolment]:
        """Return the enrolments that have a key, present or past, with one of these names."""
        return rows.enrolments(
            self._all(
                f"SELECT {rows.ENROLLED} FROM enrolment JOIN device_key USING (device) "
                "WHERE device IN (SELECT device FROM device_key "
                "WHERE key_name = ANY(%b::bytea[])) ORDER BY device, number",
                list(key_names),
            )
        )

    def assignments(self, *devices: str) -> Assignments:
        """Return who carried these devices when, by device and in order of time."""
        found = self._all(
            f"SELECT {rows.ASSIGNMENT} FROM assignment "
            "WHERE device = ANY(%s::text[]) ORDER BY device, start_us",
            list(devices),
        )
        return tuple(map(rows.assignment, found))

    def assignments_of(self, person: str) -> Assignments:
        """Return what a person carried when, in order of time."""
        found = self._all(
            f"SELECT {rows.ASSIGNMENT} FROM assignment WHERE person = %s ORDER BY start_us, device",
            person,
        )
        return tuple(map(rows.assignment, found))

    def standings(self, devices: Iterable[str]) -> dict[str, bytes]:
        """Return what is known of devices from the messages before, of those that have it."""
        statement: LiteralString = (
            "SELECT id, standing FROM device WHERE id = ANY(%s::text[]) AND standing IS NOT NULL"
        )
        return dict(self._all(statement, list(devices)))

    # --- Messages ------------------------------------------------------------------------------

    def digests(self, counted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], bytes]:
        """Return the digests of what is kept under (device, counter), where something is."""
        asked = list(counted)
        found = self._all(
            "SELECT device, counter, its.digest "
            "FROM unnest(%s::text[], %s::bigint[]) AS asked (device, counter), LATERAL ("
            "SELECT digest FROM message AS m WHERE m.device = asked.device "
            "AND m.counter = asked.counter AND share = 0 OFFSET 0) AS its",
            [device for device, _ in asked],
            [counter for _, counter in asked],
        )
        return {(device, counter): digest for device, counter, digest in found}

    def log(self, after: Place, count: int) -> tuple[Logged, ...]:
        """Return the next records of a partition, at most so many."""
        found = self._all(
            f"SELECT {rows.LOGGED} FROM message "
            "WHERE part = %s AND sequence > %s ORDER BY sequence LIMIT %s",
            after.partition,
            after.sequence,
            count,
        )
        return tuple(map(rows.logged, found))

    def logs(self, after: Mapping[int, int], count: int) -> tuple[Logged, ...]:
        """Return what `log` does of each of some partitions, by how far each was read."""
        found = self._all(
            "SELECT its.* FROM unnest(%s::smallint[], %s::bigint[]) AS asked (part, after), "
            f"LATERAL (SELECT {rows.LOGGED} FROM message AS m WHERE m.part = asked.part "
            "AND m.sequence > asked.after ORDER BY m.sequence LIMIT %s) AS its "
            "ORDER BY its.part, its.sequence",
            list(after),
            list(after.values()),
            count,
        )
        return tuple(map(rows.logged, found))

    def last(self, partition: int) -> int:
        """Return the sequence number of the last record of a partition; 0 where there is none."""
        row = self._one("SELECT sequence FROM log_end WHERE part = %s", partition)
        return row[0] if row else 0

    def ends(self) -> dict[int, int]:
        """Return the sequence number of the last record of each partition that has one."""
        return dict(self._all("SELECT part, sequence FROM log_end"))

    def messages(self, person: str, start_us: int, until_us: int) -> Iterator[Logged]:
        """Yield the person's messages with anything in this half-open span, by their beginning."""
        found = self._streamed(
            "messages",
            f"SELECT {rows.LOGGED} FROM message WHERE person = %s AND last_us >= %s "
            "AND first_us < %s ORDER BY first_us, sequence",
            (person, start_us, until_us),
        )
        return map(rows.logged, found)

    def quarantine(self, after: int, count: int) -> tuple[Quarantined, ...]:
        """Return what was refused, from the number after this one on, at most so much."""
        found = self._all(
            f"SELECT {rows.QUARANTINED} FROM quarantine WHERE number > %s ORDER BY number LIMIT %s",
            after,
            count,
        )
        return tuple(map(rows.quarantined, found))

    # --- The audit log -------------------------------------------------------------------------

    def frontier(self) -> Frontier:
        """Return the right edge of the tree: its size, and its root."""
        return audit_append.unpacked(*self._one("SELECT size, peaks FROM audit_edge"))

    def entries(self, start: int, count: int) -> tuple[bytes, ...]:
        """Return the lines of entries from this one on, at most so many."""
        found = self._all(
            "SELECT line FROM audit_entry WHERE entry >= %s ORDER BY entry LIMIT %s", start, count
        )
        return tuple(row[0] for row in found)

    def opening(self, entry: int) -> Opening | None:
        """Return the record of an entry with its salt, while both exist."""
        row = self._one("SELECT salt, record FROM audit_record WHERE entry = %s", entry)
        return row and Opening(entry, *row)

    def node(self, level: int, index: int) -> bytes:
        """Return the hash of a complete node of the tree, as proofs ask for it."""
        if level == 0:
            [line] = self._one("SELECT line FROM audit_entry WHERE entry = %s", index)
            return tree.leaf_hash(line)
        statement: LiteralString = "SELECT hash FROM audit_node WHERE level = %s AND place = %s"
        node: bytes = self._one(statement, level, index)[0]
        return node
