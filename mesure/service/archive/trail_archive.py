"""Trail archive: what the store holds of trails, as sealed files that are brought up to date.

    archive/part-007/2026-11-29.parquet     what came on that day of the persons of partition 7

A row holds the messages of one person as they came, with their numbers in the log, so that they
are read by the same parsers as those of the store. Its head says which state of the store it shows
(`ReceivedDay`): a file in which anything is another than in the store is written anew, and one of
which nothing is left there is taken away. So erasure, retention and the reduction of homes hold
here without a rule of their own.
"""

import fcntl
import heapq
import os
import secrets
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import msgspec

from mesure.formats.stored.stored_messages import StoredMessage
from mesure.live import load_person
from mesure.machine.service_error import ServiceError
from mesure.service.archive import sealed_rows
from mesure.service.archive.sealed_rows import SealedRow
from mesure.service.installation import data_folder
from mesure.service.installation.data_folder import PRIVATE_FILE
from mesure.service.installation.installation import Installation
from mesure.store.interface.store import ReadTransaction
from mesure.store.keyring import sealing
from mesure.store.keyring.interface import Keyring
from mesure.store.values import partitions
from mesure.store.values.faults import LostKeyError
from mesure.store.values.records import LogPosition, LogRecord, ReceivedDay

ALL: Final = range(partitions.PARTITIONS)
PURPOSE: Final = "archive"  # Of the key of the programme by which heads are sealed.
FORM: Final = "mesure archive 1"
LEVEL: Final = 1  # Of compression: signatures and ciphertext do not shrink; the rest is quick.
PAGE: Final = 1_000
SHOWN_MAX: Final = 20  # Of those who cannot be archived.
UNFINISHED: Final = "unfinished"  # In the folder of a partition while its files are changed.
UNREADABLE: Final = b""  # In place of what came of a person that cannot be opened in the store.
_DAY_ZERO: Final = date(1970, 1, 1)


class ArchiveNote(msgspec.Struct, frozen=True):
    """What a file says of itself in the clear: nothing about anybody."""

    form: str
    partition: int
    day: int
    last: int  # The highest number in the log of what is in it.
    digest: str  # Of its heads, by a key: which state it shows, and not what of.


ShutRows: TypeAlias = dict[str, set[date]]
"""Of which persons rows stay shut, and of which days of receipt: a row has one person's day."""


@dataclass(slots=True)
class ArchiveChange:
    """What bringing the archive up to date did."""

    written: int = 0
    removed: int = 0
    unreadable: ShutRows = field(default_factory=dict)

    def name(self, states: Iterable[ReceivedDay]) -> None:
        """Name of whom rows stay shut."""
        for state in states:
            self.unreadable.setdefault(state.person, set()).add(date_of(state.day))


def shut_text(shut: ShutRows) -> str:
    """Return how many rows stay shut and of which persons and days, of the first of them."""
    rows = sum(len(days) for days in shut.values())
    what = (
        "Rows of the archive that cannot be opened (see `mesure keys check`, `mesure verify-store`)"
    )
    lines = [f"{what}: {rows:,}, of persons: {len(shut):,}."]
    for person in sorted(shut)[:SHOWN_MAX]:
        days = sorted(shut[person])
        more = f" and {len(days) - SHOWN_MAX:,} more" if len(days) > SHOWN_MAX else ""
        lines.append(f"{person}: {', '.join(map(str, days[:SHOWN_MAX]))}{more}")
    return "\n".join(lines)


def date_of(day: int) -> date:
    """Return the date of a day of receipt, in UTC."""
    return _DAY_ZERO + timedelta(day)


def folder_of(installation: Installation) -> Path | None:
    """Return the folder of the archive; None where the programme keeps none."""
    return installation.settings.archive


def partition_folder(archive: Path, partition: int) -> Path:
    """Return the folder of one partition."""
    return archive / f"part-{partition:03}"


def files(archive: Path, partition: int) -> list[Path]:
    """Return the files of a partition, the oldest first."""
    return sorted(partition_folder(archive, partition).glob("????-??-??.parquet"))


def whole_files(archive: Path, partition: int) -> list[Path]:
    """Return the files of a partition where it has all; raises `TransientServiceError` if not."""
    paths = files(archive, partition)
    unfinished = partition_folder(archive, partition) / UNFINISHED
    if unfinished.exists() or files(archive, partition) != paths:
        raise sealed_rows.change_error(unfinished.parent)
    return paths


# --- Bringing it up to date ----------------------------------------------------------------------


def sync(
    installation: Installation,
    numbers: Iterable[int] = ALL,
    reach: Callable[[int, int], object] = lambda _done, _total: None,
    is_ending: Callable[[], bool] = lambda: False,
    *,
    opens_all: bool = False,
) -> ArchiveChange:
    """Make the archive show what the store holds, where the programme keeps one.

    `reach` receives how many partitions are done, and of how many. `opens_all`: files that show the
    store as it is are read, too, and what does not open there is written anew.
    """
    archive, change = folder_of(installation), ArchiveChange()
    if archive is None:
        return change
    data_folder.make_private(archive)
    with hold(archive):
        chosen = tuple(numbers)
        for done, partition in enumerate(chosen, 1):
            _sync_partition(installation, archive, partition, change, opens_all)
            reach(done, len(chosen))
            if is_ending():
                break
    return change


def clear(installation: Installation) -> None:
    """Take all of it away: another store was put in the place of the one that it shows."""
    archive = folder_of(installation)
    if archive is None or not archive.exists():
        return
    with hold(archive):
        for partition in ALL:
            for path in files(archive, partition):
                sealed_rows.remove(path)
            sealed_rows.finish(partition_folder(archive, partition))


@contextmanager
def hold(archive: Path) -> Iterator[None]:
    """Wait until nobody else writes here, and keep others waiting."""
    try:
        handle = os.open(archive / "archive.lock", os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    except OSError as error:
        what = (error.strerror or "it cannot be written").lower()
        raise ServiceError(archive, what, "nothing was archived", "give the right") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sync_partition(
    installation: Installation,
    archive: Path,
    partition: int,
    change: ArchiveChange,
    opens_all: bool,
) -> None:
    folder = partition_folder(archive, partition)
    with installation.store.read() as reading:
        days: dict[int, list[ReceivedDay]] = {}
        all_states = reading.days_of_receipt(partition)
        for state in _readable(installation.keyring, all_states, change):
            days.setdefault(state.day, []).append(state)
        if not days and not folder.exists():
            return
        data_folder.make_private(folder)
        sealed_rows.finish(folder)
        for path in files(archive, partition):  # What is to go goes first.
            if _day_of(path) not in days:
                sealed_rows.remove(path)
                change.removed += 1
        for day, states in sorted(days.items()):
            scribe = _DayWriter(installation.keyring, folder, partition, day)
            is_written, shut = scribe.bring_up_to_date(reading, states, opens_all)
            change.written += is_written
            change.name(shut)
        (folder / UNFINISHED).unlink(missing_ok=True)


def _readable(
    keyring: Keyring, states: Iterable[ReceivedDay], change: ArchiveChange
) -> list[ReceivedDay]:
    """Return the states of those who have a key, by their ids; name whose key is lost."""
    by_person = sorted(states)
    people = {state.person for state in by_person}
    known = keyring.find_keys(people)
    lost = {one for one in people - known.keys() if not keyring.is_erased(one)}
    change.name(state for state in by_person if state.person in lost)
    return [state for state in by_person if state.person in known]


def _day_of(path: Path) -> int:
    return (date.fromisoformat(path.stem) - _DAY_ZERO).days


class _DayWriter:
    """Writes the file of one day of a partition."""

    def __init__(self, keyring: Keyring, folder: Path, partition: int, day: int) -> None:
        self._keyring, self._partition, self._day = keyring, partition, day
        self._path = folder / f"{date_of(day)}.parquet"

    def bring_up_to_date(
        self, reading: ReadTransaction, states: list[ReceivedDay], opens_all: bool
    ) -> tuple[bool, list[ReceivedDay]]:
        """Write the file anew if it shows another state; tell whether, and what stays shut.

        The digest tells that apart: it is tried again each time, for the key may be back.
        """
        before = sealed_rows.read_note(self._path, ArchiveNote)
        is_current = before == self._note(states, set())
        if is_current and not opens_all:
            return False, []
        known = self._known()
        if is_current and known.keys() >= set(states):
            return False, []
        new = [state for state in states if state not in known]
        messages = self._messages(reading, new)
        rows = known | {state: self._sealed(state, messages[state.person]) for state in new}
        shut = [state for state in new if rows[state].body == UNREADABLE]
        note = self._note(states, {state.person for state in shut})
        if before == note and shut == new:
            return False, shut
        sealed_rows.mark(self._path.with_name(UNFINISHED))
        sealed_rows.write(self._path, (rows[state] for state in states), msgspec.json.encode(note))
        return True, shut

    def _note(self, states: list[ReceivedDay], shut: set[str]) -> ArchiveNote:
        digest, last = _digest(self._keyring, states, shut), max(state.last for state in states)
        return ArchiveNote(FORM, self._partition, self._day, last, digest)

    def _known(self) -> dict[ReceivedDay, SealedRow]:
        """Return the rows that open, by the state that they show; none of a damaged file."""
        note = sealed_rows.read_note(self._path, ArchiveNote)
        if note is None:
            return {}
        try:
            return {
                _head(self._keyring, row.head, self._partition, self._day): row
                for row in sealed_rows.rows(self._path)
                if _open(self._keyring, row, note)[1] is not None
            }
        except (ServiceError, LostKeyError):
            return {}

    def _messages(
        self, reading: ReadTransaction, states: Iterable[ReceivedDay]
    ) -> Mapping[str, list[LogRecord]]:
        """Return what came of persons that day, in its order."""
        by_person: dict[str, list[LogRecord]] = {state.person: [] for state in states}
        last = max((state.last for state in states), default=0)
        after = min((state.first for state in states), default=1) - 1
        while after < last and (page := reading.log(LogPosition(self._partition, after), PAGE)):
            for record in page:
                if record.place.sequence <= last and record.share.person in by_person:
                    by_person[record.share.person].append(record)
            after = page[-1].place.sequence
        return by_person

    def _sealed(self, state: ReceivedDay, records: Iterable[LogRecord]) -> SealedRow:
        head = sealing.seal(
            self._keyring.programme_key(PURPOSE),
            msgspec.msgpack.encode(state),
            _head_context(self._partition, self._day),
            secrets.token_bytes,
        )
        return SealedRow(head, self._body(state.person, records))

    def _body(self, person: str, records: Iterable[LogRecord]) -> bytes:
        key = self._keyring.find_key(person)
        assert key is not None, "a person without a key is not archived"
        try:
            plain = msgspec.msgpack.encode(load_person.open_messages(key, records))
        except LostKeyError:  # The others are archived all the same.
            return UNREADABLE
        where = _body_context(person, self._partition, self._day)
        return sealing.seal(key, zlib.compress(plain, LEVEL), where, secrets.token_bytes)


def _digest(keyring: Keyring, states: list[ReceivedDay], shut: set[str]) -> str:
    shown = (states, sorted(shut)) if shut else states
    return sealing.digest(keyring.programme_key(PURPOSE), msgspec.msgpack.encode(shown)).hex()


def _head_context(partition: int, day: int) -> bytes:
    return sealing.seal_context("archive head", partition, day)


def _body_context(person: str, partition: int, day: int) -> bytes:
    return sealing.seal_context("archive", person, partition, day)


def _head(keyring: Keyring, head: bytes, partition: int, day: int) -> ReceivedDay:
    key = keyring.programme_key(PURPOSE)
    plain = sealing.unseal(key, head, _head_context(partition, day))
    return msgspec.msgpack.decode(plain, type=ReceivedDay)


# --- Reading it ----------------------------------------------------------------------------------


ArchivedMessages: TypeAlias = list[StoredMessage] | None
"""What came of a person, in order; None where some of it cannot be opened."""


class ArchivedTrail(NamedTuple):
    """What came of a person, and of which days it cannot be opened in the archive."""

    messages: ArchivedMessages
    shut: tuple[date, ...] = ()


def read_day(keyring: Keyring, path: Path) -> Iterator[tuple[str, ArchivedMessages]]:
    """Yield the persons of a file by their ids, each with what came; nobody who was erased."""
    note = sealed_rows.read_note(path, ArchiveNote)
    if note is None:
        raise sealed_rows.change_error(path)
    for row in sealed_rows.rows(path):
        try:
            person, messages = _open(keyring, row, note)
        except (LostKeyError, msgspec.MsgspecError):  # Nobody can tell whose it is.
            raise sealed_rows.change_error(path) from None
        if messages is not None or keyring.find_key(person) is not None:
            yield person, messages


def _open(keyring: Keyring, row: SealedRow, note: ArchiveNote) -> tuple[str, ArchivedMessages]:
    """Return whose row it is, and what came; None where there is no key, or it does not open."""
    person = _head(keyring, row.head, note.partition, note.day).person
    where = _body_context(person, note.partition, note.day)
    try:
        plain = zlib.decompress(sealing.unseal(keyring.find_key(person), row.body, where))
        return person, msgspec.msgpack.decode(plain, type=list[StoredMessage])
    except (LostKeyError, zlib.error, msgspec.MsgspecError):
        return person, None


def read_partition(keyring: Keyring, paths: Iterable[Path]) -> Iterator[tuple[str, ArchivedTrail]]:
    """Yield the persons of all days of a partition by their ids, each with what came, in order.

    In memory are one person, and a small group of rows of each file.
    """
    days = [_dated(date.fromisoformat(path.stem), read_day(keyring, path)) for path in paths]
    merged = heapq.merge(*days, key=itemgetter(0, 1))
    for person, rows in groupby(merged, key=itemgetter(0)):
        whole, shut = list[StoredMessage](), list[date]()
        for _, day, messages in rows:
            whole += messages or ()
            shut += [day] if messages is None else []
        yield person, ArchivedTrail(None if shut else whole, tuple(shut))


def _dated(
    day: date, rows: Iterable[tuple[str, ArchivedMessages]]
) -> Iterator[tuple[str, date, ArchivedMessages]]:
    return ((person, day, messages) for person, messages in rows)
