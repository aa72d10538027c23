"""Backups of the data and of the keys, each apart with a life of its own, and the way back.

A backup of the data is noise without the keyring. A backup of the keyring opens, with the master
key, every backup of the data there ever was, and brings back the key of everyone erased since it
was made. So few of them are kept, and not beside the data; with them a list of the erasures, which
tells nobody who was erased, and by which a restore erases again what was erased since.

PostgreSQL is backed up and restored by its own programs (docs/specs/store.md).
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from mesure.audit.tree import HASH_BYTES
from mesure.instants import to_datetime
from mesure.store.interface.store import Store
from mesure.store.keyring import sealing
from mesure.store.keyring.file import FileKeyring
from mesure.store.keyring.interface import KeyErasure, Keyring
from mesure.store.sqlite import store as sqlite
from mesure.store.values import partitions
from mesure.store.values.faults import KeyringError, LostKeyError, UnavailableError
from mesure.store.values.register import RegisterRow
from mesure.store.writing.fsync import settle

_HEAD: Final = "mesure erasures 1"
_ALL: Final = range(partitions.PARTITIONS)


def back_up_sqlite(source: Path, target: Path) -> None:
    """Write the data as it is at one moment into a new file, while the service works; check it."""
    sqlite.copy(source, target)
    sqlite.check(target)


def restore_sqlite(backup: Path, target: Path) -> None:
    """Check a backup of the data, and write it into a new file to be opened."""
    sqlite.check(backup)
    sqlite.copy(backup, target)


def back_up_keyring(keyring: FileKeyring, target: Path) -> None:
    """Write the keys into a new file, still under the master key, while the service works."""
    keyring.copy_to(target)
    settle(target)


def restore_keyring(backup: Path, target: Path, master: bytes) -> int:
    """Check every key of a backup, write it into a new file, and return how many there are."""
    with FileKeyring(backup, master) as file_keyring:
        count = file_keyring.check()
        file_keyring.copy_to(target)
    settle(target)
    return count


def write_erasures(keyring: Keyring, target: Path) -> None:
    """Write which keys were forgotten and when into a file, in the place of an older list."""
    lines = [_HEAD, *(f"{one.blinded} {one.at_us}" for one in keyring.erasures())]
    half = target.with_name(target.name + ".half")
    try:
        half.write_text("\n".join(lines) + "\n", encoding="ascii")
        settle(half)
        os.replace(half, target)
        settle(target)
    except OSError as error:
        raise UnavailableError(f"The erasures cannot be written to {target}: {error}.") from error


def read_erasures(path: Path) -> tuple[KeyErasure, ...]:
    """Return the erasures in a file."""
    try:
        head, *lines = path.read_text(encoding="ascii").splitlines()
        erasures = tuple(_erasure(*line.split(" ")) for line in lines)
    except OSError as error:
        raise UnavailableError(f"The erasures in {path} cannot be read: {error}.") from error
    except (ValueError, TypeError):
        head, erasures = "", ()
    if head != _HEAD:
        raise KeyringError(
            f"{path} is no list of erasures, or is damaged. Name the newest list there is; without "
            "it, everyone erased since the backup would come back."
        )
    return erasures


def _erasure(blinded: str, at_us: str) -> KeyErasure:
    hash_, at = bytes.fromhex(blinded), int(at_us)
    if len(hash_) != HASH_BYTES or not 0 <= at < 1 << 63:
        raise ValueError("no hash with a time")
    return KeyErasure(hash_.hex(), at)


def erase_again(
    store: Store, keyring: Keyring, erasures: Iterable[KeyErasure] = ()
) -> tuple[str, ...]:
    """Erase again those erased after a backup that was restored; return whom.

    `erasures` is the newest list there is, where the keyring too comes from a backup.
    """
    keyring.forget_again(erasures)
    at_us = {one.blinded: one.at_us for one in keyring.erasures()}
    with store.read() as reading:
        persons = reading.persons_in(_ALL)
    back = tuple(person for person in persons if keyring.blind(person) in at_us)
    for person in back:
        at = to_datetime(at_us[keyring.blind(person)])
        store.write(lambda work, person=person, at=at: work.erase(person, at))  # type: ignore[misc]
    return back


def without_key(store: Store, keyring: Keyring) -> tuple[str, ...]:
    """Return whose rows nobody can read: the keyring is older than the data, or another one.

    There may be a key all the same: one that was made for what came after the other was lost.
    """
    with store.read() as reading:
        return tuple(
            person
            for person in reading.persons_in(_ALL)
            if not all(_is_open(keyring, entry) for entry in reading.entries_about(person))
        )


def _is_open(keyring: Keyring, entry: RegisterRow) -> bool:
    """Tell whether the key of the person opens a row about them."""
    person = entry.person or ""
    bound = sealing.entry_seal_context(person, entry.kind, entry.id, entry.revision)
    try:
        sealing.unseal(keyring.find_key(person), entry.body, bound)
    except LostKeyError:
        return False
    return True
