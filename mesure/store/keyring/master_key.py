"""The master key: 32 random bytes in a file that only its owner reads, as 64 hexadecimal digits.

A line that can be printed and locked away, because without it nothing that was sealed can be read.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from mesure.store.keyring.file import FileKeyring
from mesure.store.keyring.interface import KEY_BYTES
from mesure.store.values.faults import KeyringError, UnavailableError
from mesure.store.writing.audit_append import Salts
from mesure.store.writing.fsync import settle

_OTHERS: Final = 0o077


def read(path: Path) -> bytes:
    """Return the master key in a file."""
    try:
        if path.stat().st_mode & _OTHERS:
            raise KeyringError(
                f"Others than its owner can read {path}, which holds the master key. Take that "
                f"away: chmod 600 {path}. If somebody may have read it, change the master key."
            )
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        raise KeyringError(
            f"There is no master key {path}. Without it nothing that was sealed can be read: put "
            "the line that was printed and locked away into a file of this name."
        ) from None
    except PermissionError:
        raise KeyringError(
            f"The master key {path} cannot be read by whoever runs this. Give it to the user that "
            "the service runs as, and to nobody else."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise KeyringError(f"The master key {path} cannot be read: {error}.") from error
    return from_text(text, str(path))


def from_text(text: str, where: str) -> bytes:
    """Return the master key that is written so; `where` says where, for one who mistyped it."""
    try:
        master = bytes.fromhex(text.strip())
    except ValueError:
        master = b""
    if len(master) != KEY_BYTES:
        raise KeyringError(
            f"What stands in {where} is no master key: it is a line of {KEY_BYTES * 2} "
            "hexadecimal digits."
        )
    return master


def make(path: Path, salts: Salts = secrets.token_bytes) -> bytes:
    """Make a new master key in a new file, and return it."""
    master = salts(KEY_BYTES)
    _write(path, master)
    return master


def open_keyring(path: Path, master_path: Path, salts: Salts = secrets.token_bytes) -> FileKeyring:
    """Open a keyring with the master key in a file, or the one a change of it left beside."""
    new = _new(master_path)
    if not os.path.exists(new):  # False as well where nobody may look.
        return FileKeyring(path, read(master_path), salts)
    try:
        opened = FileKeyring(path, read(new), salts)
    except KeyringError:  # The change ended before the keys were under the new one.
        opened = FileKeyring(path, read(master_path), salts)
        new.unlink(missing_ok=True)
        return opened
    opened.scrub()  # It may have ended before that.
    with suppress(FileNotFoundError):  # Who changed it has put it in its place meanwhile.
        os.replace(new, master_path)
    return opened


def change(keyring: FileKeyring, master_path: Path, salts: Salts = secrets.token_bytes) -> None:
    """Put a keyring under a new master key in the place of the old one.

    Wherever this ends, one of the two files opens the keyring. Copies of the keyring under the old
    master key are noise as soon as every copy of that is destroyed.
    """
    new, whole = _new(master_path), master_path.with_name(master_path.name + ".whole")
    for left in (new, whole):
        left.unlink(missing_ok=True)
    master = make(new, salts)
    _write(whole, master)  # Who opens the keyring meanwhile takes `new` for one left behind.
    keyring.rewrap(master)
    os.replace(whole, master_path)
    settle(master_path)
    new.unlink(missing_ok=True)


def _new(path: Path) -> Path:
    return path.with_name(path.name + ".new")


def _write(path: Path, master: bytes) -> None:
    try:
        opened = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise KeyringError(
            f"{path} is there already, and a master key is never written over. Name another file."
        ) from None
    except OSError as error:
        raise UnavailableError(f"No master key can be written to {path}: {error}.") from error
    with os.fdopen(opened, "w", encoding="ascii") as file:
        file.write(master.hex() + "\n")
    settle(path)
