"""What is read from SQLite, in its own SQL."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from mesure.audit import tree
from mesure.audit.log_file import Opening
from mesure.audit.tree import Frontier
from mesure.devices.assignment import Assignments
from mesure.devices.enrolment import Enrolment
from mesure.store.sqlite.binding import SqliteBindingReading
from mesure.store.sqlite.effects import SqliteEffectsReading
from mesure.store.sqlite.lists import SqliteListsReading
from mesure.store.sqlite.outgoing import SqliteOutgoingReading
from mesure.store.sqlite.retention import SqliteRetentionReading
from mesure.store.sqlite.transfer import SqliteTransferReading
from mesure.store.values import rows
from mesure.store.values.records import Device, Logged, Order, Person, Place, Quarantined, Version
from mesure.store.writing import audit_append


class SqliteReading(
    SqliteListsReading,
    SqliteEffectsReading,
    SqliteOutgoingReading,
    SqliteRetentionReading,
    SqliteTransferReading,
    SqliteBindingReading,
):
    """One moment of the database, within the transaction that is open on the connection."""

    # --- People, orders, devices -----------------------------------------------------------

    def person(self, person: str) -> Person | None:
        """Return a person."""
        row = self._one(f"SELECT {rows.PERSON} FROM person WHERE id = ?", person)
        return row and rows.person(row)

    def order(self, order: str) -> Order | None:
        """Return an order."""
        row = self._one(f"SELECT {rows.ORDER} FROM court_order WHERE id = ?", order)
        return row and rows.order(row)

    def orders_of(self, person: str) -> tuple[Order, ...]:
        """Return the orders about a person, by their ids."""
        found = self._all(
            f"SELECT {rows.ORDER} FROM court_order WHERE person = ? ORDER BY id",
            person,
        )
        return tuple(map(rows.order, found))

    def versions(self, order: str) -> tuple[Version, ...]:
        """Return the versions of an order, by their numbers."""
        found = self._all(
            f"SELECT {rows.VERSION} FROM order_version WHERE court_order = ? ORDER BY number",
            order,
        )
        return tuple(map(rows.version, found))

    def device(self, device: str) -> Device | None:
        """Return a device."""
        row = self._one(f"SELECT {rows.DEVICE} FROM device WHERE id = ?", device)
        return row and rows.device(row)

    def enrolments(self) -> dict[str, Enrolment]:
        """Return every enrolment by its device, with all keys, present and past."""
        return rows.enrolments(
            self._connection.execute(
                f"SELECT {rows.ENROLLED} FROM enrolment JOIN device_key USING (device) "
                "ORDER BY device, number"
            )
        )

    def enrolled(self, key_names: Iterable[bytes]) -> dict[str, Enrolment]:
        """Return the enrolments that have a key, present or past, with one of these names."""
        found: dict[str, Enrolment] = {}
        for key_name in set(key_names):
            found |= rows.enrolments(
                self._connection.execute(
                    f"SELECT {rows.ENROLLED} FROM enrolment JOIN device_key USING (device) "
                    "WHERE device = (SELECT device FROM device_key WHERE key_name = ?) "
                    "ORDER BY number",
                    (key_name,),
                )
            )
        return found

    def assignments(self, *devices: str) -> Assignments:
        """Return who carried these devices when, by device and in order of time."""
        statement = f"SELECT {rows.ASSIGNMENT} FROM assignment WHERE device = ? ORDER BY start_us"
        found = (row for device in sorted(set(devices)) for row in self._all(statement, device))
        return tuple(map(rows.assignment, found))

    def assignments_of(self, person: str) -> Assignments:
        """Return what a person carried when, in order of time."""
        found = self._all(
            f"SELECT {rows.ASSIGNMENT} FROM assignment WHERE person = ? ORDER BY start_us, device",
            person,
        )
        return tuple(map(rows.assignment, found))

    def standings(self, devices: Iterable[str]) -> dict[str, bytes]:
        """Return what is known of devices from the messages before, of those that have it."""
        statement = "SELECT standing FROM device WHERE id = ?"
        found = {device: self._one(statement, device) for device in devices}
        return {device: row[0] for device, row in found.items() if row and row[0] is not None}

    # --- Messages ------------------------------------------------------------------------------

    def digests(self, counted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], bytes]:
        """Return the digests of what is kept under (device, counter), where something is."""
        statement = "SELECT digest FROM message WHERE device = ? AND counter = ? AND share = 0"
        found = {one: self._one(statement, *one) for one in counted}
        return {one: row[0] for one, row in found.items() if row}

    def log(self, after: Place, count: int) -> tuple[Logged, ...]:
        """Return the next records of a partition, at most so many."""
        found = self._all(
            f"SELECT {rows.LOGGED} FROM message "
            "WHERE part = ? AND sequence > ? ORDER BY sequence LIMIT ?",
            after.partition,
            after.sequence,
            count,
        )
        return tuple(map(rows.logged, found))

    def logs(self, after: Mapping[int, int], count: int) -> tuple[Logged, ...]:
        """Return what `log` does of each of some partitions, by how far each was read."""
        found = (self.log(Place(part, after[part]), count) for part in sorted(after))
        return tuple(chain.from_iterable(found))

    def last(self, partition: int) -> int:
        """Return the sequence number of the last record of a partition; 0 where there is none."""
        row = self._one("SELECT sequence FROM log_end WHERE part = ?", partition)
        return row[0] if row else 0

    def ends(self) -> dict[int, int]:
        """Return the sequence number of the last record of each partition that has one."""
        return dict(self._all("SELECT part, sequence FROM log_end"))

    def messages(self, person: str, start_us: int, until_us: int) -> Iterator[Logged]:
        """Yield the person's messages with anything in this half-open span, by their beginning."""
        found = self._connection.execute(
            f"SELECT {rows.LOGGED} FROM message "
            "WHERE person = ? AND last_us >= ? AND first_us < ? ORDER BY first_us, sequence",
            (person, start_us, until_us),
        )
        return map(rows.logged, found)

    def quarantine(self, after: int, count: int) -> tuple[Quarantined, ...]:
        """Return what was refused, from the number after this one on, at most so much."""
        found = self._all(
            f"SELECT {rows.QUARANTINED} FROM quarantine WHERE number > ? ORDER BY number LIMIT ?",
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
            "SELECT line FROM audit_entry WHERE entry >= ? ORDER BY entry LIMIT ?", start, count
        )
        return tuple(row[0] for row in found)

    def opening(self, entry: int) -> Opening | None:
        """Return the record of an entry with its salt, while both exist."""
        row = self._one("SELECT salt, record FROM audit_record WHERE entry = ?", entry)
        return row and Opening(entry, *row)

    def node(self, level: int, index: int) -> bytes:
        """Return the hash of a complete node of the tree, as proofs ask for it."""
        if level == 0:
            [line] = self._one("SELECT line FROM audit_entry WHERE entry = ?", index)
            return tree.leaf_hash(line)
        statement = "SELECT hash FROM audit_node WHERE level = ? AND place = ?"
        node: bytes = self._one(statement, level, index)[0]
        return node
