"""What every store does. SQLite and PostgreSQL keep to it, and one suite of tests holds both to it.

A change is a function from `Work` to a value. Everything that it does is kept, or nothing is, and
`write` returns only when it is on the disk: what was returned was kept. Changes that come at the
same time share one commit, so a change may be run a second time, after everything it did was taken
back. It therefore has no effect but through `Work`, and reads what it decides on from `Work`.

Adding what is there already, equal in every field, changes nothing. Adding something else under the
same name raises `ConflictError`.
Decision: docs/decisions/0013-two-native-stores-one-contract.md
Decision: docs/decisions/0027-one-writer-and-shared-commits.md
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, TypeVar

from mesure.audit.log_file import Opening
from mesure.audit.tree import Frontier
from mesure.devices.assignment import Assignment, Assignments
from mesure.devices.enrolment import Enrolment
from mesure.store.interface.binding import BindingReading, BindingWork
from mesure.store.interface.effects import EffectsReading, EffectsWork
from mesure.store.interface.lists import ListsReading
from mesure.store.interface.register import (
    OutgoingReading,
    OutgoingWork,
    RegisterReading,
    RegisterWork,
)
from mesure.store.interface.retention import RetentionReading, RetentionWork
from mesure.store.interface.transfer import TransferReading, TransferWork
from mesure.store.values.mismatches import Found
from mesure.store.values.records import (
    Appended,
    Device,
    Logged,
    Order,
    Person,
    Place,
    Quarantined,
    Received,
    Refused,
    Version,
)

T = TypeVar("T")


class Reading(
    RegisterReading,
    EffectsReading,
    ListsReading,
    OutgoingReading,
    RetentionReading,
    TransferReading,
    BindingReading,
    Protocol,
):
    """What can be read, all as it was at one moment."""

    # --- People, orders, devices -----------------------------------------------------------

    def person(self, person: str) -> Person | None:
        """Return a person."""
        ...

    def order(self, order: str) -> Order | None:
        """Return an order."""
        ...

    def orders_of(self, person: str) -> tuple[Order, ...]:
        """Return the orders about a person, by their ids."""
        ...

    def versions(self, order: str) -> tuple[Version, ...]:
        """Return the versions of an order, by their numbers."""
        ...

    def device(self, device: str) -> Device | None:
        """Return a device."""
        ...

    def enrolments(self) -> dict[str, Enrolment]:
        """Return every enrolment by its device, with all keys, present and past."""
        ...

    def enrolled(self, key_names: Iterable[bytes]) -> dict[str, Enrolment]:
        """Return the enrolments that have a key, present or past, with one of these names."""
        ...

    def assignments(self, *devices: str) -> Assignments:
        """Return who carried these devices when, by device and in order of time."""
        ...

    def assignments_of(self, person: str) -> Assignments:
        """Return what a person carried when, in order of time."""
        ...

    def standings(self, devices: Iterable[str]) -> dict[str, bytes]:
        """Return what is known of devices from the messages before, of those that have it."""
        ...

    # --- Messages ------------------------------------------------------------------------------

    def digests(self, counted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], bytes]:
        """Return the digests of what is kept under (device, counter), where something is."""
        ...

    def log(self, after: Place, count: int) -> tuple[Logged, ...]:
        """Return the next records of a partition, at most so many."""
        ...

    def logs(self, after: Mapping[int, int], count: int) -> tuple[Logged, ...]:
        """Return what `log` does of each of some partitions, by how far each was read."""
        ...

    def last(self, partition: int) -> int:
        """Return the sequence number of the last record of a partition; 0 where there is none."""
        ...

    def ends(self) -> dict[int, int]:
        """Return the sequence number of the last record of each partition that has one."""
        ...

    def messages(self, person: str, start_us: int, until_us: int) -> Iterator[Logged]:
        """Yield the person's messages with anything in this half-open span, by their beginning."""
        ...

    def quarantine(self, after: int, count: int) -> tuple[Quarantined, ...]:
        """Return what was refused, from the number after this one on, at most so much."""
        ...

    # --- The audit log -------------------------------------------------------------------------

    def frontier(self) -> Frontier:
        """Return the right edge of the tree: its size, and its root."""
        ...

    def entries(self, start: int, count: int) -> tuple[bytes, ...]:
        """Return the lines of entries from this one on, at most so many."""
        ...

    def opening(self, entry: int) -> Opening | None:
        """Return the record of an entry with its salt, while both exist."""
        ...

    def node(self, level: int, index: int) -> bytes:
        """Return the hash of a complete node of the tree, as proofs ask for it."""
        ...


class Work(
    Reading,
    RegisterWork,
    EffectsWork,
    OutgoingWork,
    RetentionWork,
    TransferWork,
    BindingWork,
    Protocol,
):
    """What can be changed, within one transaction; what was changed is read at once."""

    def add_person(self, person: Person) -> None:
        """Keep a person."""
        ...

    def add_order(self, order: Order) -> None:
        """Keep an order about a person who is kept."""
        ...

    def add_version(self, version: Version) -> None:
        """Keep the next version of an order, unconfirmed or confirmed."""
        ...

    def confirm(self, order: str, number: int, at: datetime, by: str) -> None:
        """Keep who confirmed a version; only once."""
        ...

    def add_device(self, device: Device) -> None:
        """Keep a device."""
        ...

    def keep_enrolment(self, enrolment: Enrolment) -> None:
        """Keep the enrolment of a device: a new one, or one with further keys."""
        ...

    def keep_assignment(self, assignment: Assignment) -> None:
        """Keep who carries a device: a new assignment, or the end of one that had none."""
        ...

    def mark_carriers(self, device: str) -> None:
        """Note for whoever carries or carried a device that something about it changed.

        What the register has about a device is nobody's row, and yet they are judged by it.
        """
        ...

    def keep_standings(self, standings: Mapping[str, bytes]) -> None:
        """Keep what is known of devices; the bytes are the caller's own."""
        ...

    def append(self, messages: Sequence[Received]) -> tuple[Appended, ...]:
        """Keep messages in the log, in this order, each once; a share is a record.

        A receipt before that of the last record of its partition is set to that one.
        """
        ...

    def refuse(self, refused: Refused) -> None:
        """Keep bytes that were not taken, with the reason."""
        ...

    def forget_refused(self, until_us: int) -> int:
        """Take away refused bytes that last came before this; return how many."""
        ...

    def record(self, records: Sequence[bytes], person: str | None = None) -> range:
        """Keep records for the audit log, each under a salt of its own; return their entries.

        `person`: whom they are about, and with whom records and salts are erased; the entries stay.
        """
        ...

    def touch(self) -> None:
        """Have the disk written, though nothing is changed: can it be, just now?"""
        ...

    # --- Erasure -------------------------------------------------------------------------------

    def erase(self, person: str, at: datetime) -> bool:
        """Take away whatever is kept about a person; False where that was done before.

        Messages, what was judged, versions of orders, register rows, what was to be sent, records
        of the audit log with their salts. The ids stay, of person, orders and assignments: by them
        a late message is known to be the erased person's, and is refused. What the store cannot
        reach (backups) is erased with the key: forget that first (`Keyring.forget`). An outsider
        who checks the audit log is told by `forget_records` of what is `recorded`, before this.
        """
        ...


class Store(Protocol):
    """A store that is open."""

    def submit(self, change: Callable[[Work], T]) -> "Future[T]":
        """Make a change soon; the future has its value once it is on the disk."""
        ...

    def write(self, change: Callable[[Work], T]) -> T:
        """Make a change, and return its value once it is on the disk."""
        ...

    def read(self) -> AbstractContextManager[Reading]:
        """Read, from as many threads as like, without waiting for changes."""
        ...

    def scrub(self) -> bool:
        """Overwrite in the files of the store what was let go.

        False where somebody reads an older moment, for whom it has to stay: call again later.
        """
        ...

    def misshapen(self) -> tuple[Found, ...]:
        """Return what the database is made of that its migrations do not make, or otherwise."""
        ...

    def close(self) -> None:
        """Finish the changes that were submitted, and let go of the database."""
        ...
