"""Data folder of an installation: what lies in it, and that one service at a time uses it.

Keys lie in a folder of their own, so that a backup of the data never takes them along: someone with
only the one can read nothing. Decision: docs/decisions/0034-one-service-in-one-folder.md
"""

import fcntl
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mesure.machine.service_error import ServiceError, TransientServiceError
from mesure.store.writing.fsync import settle

PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600
WHY: Final = "nothing was started"


@dataclass(frozen=True, slots=True)
class DataFolder:
    """A folder of data, and the folder of its keys."""

    path: Path
    keys: Path

    @property
    def database(self) -> Path:
        """Return the embedded store."""
        return self.path / "mesure.db"

    @property
    def basemap(self) -> Path:
        """Return the map of streets, which need not be there."""
        return self.path / "basemap.pmtiles"

    @property
    def addresses(self) -> Path:
        """Return the book of addresses, which need not be there."""
        return self.path / "addresses.db"

    @property
    def backups(self) -> Path:
        """Return where the backups lie that are made before a migration."""
        return self.path / "backups"

    @property
    def lock(self) -> Path:
        """Return the file that the running process holds."""
        return self.path / "serve.lock"

    @property
    def overwriting(self) -> Path:
        """Return the mark that an erasure leaves until what it let go is overwritten."""
        return self.path / "erase.unfinished"

    @property
    def unfinished(self) -> Path:
        """Return the mark that a restore leaves until it is done."""
        return self.path / "restore.unfinished"

    @property
    def keyring(self) -> Path:
        """Return the file of the persons' keys."""
        return self.keys / "keys.db"

    @property
    def master_key(self) -> Path:
        """Return the file of the key that wraps them."""
        return self.keys / "master.key"

    @property
    def is_used(self) -> bool:
        """Tell whether anything was kept here before."""
        return any(path.exists() for path in (self.database, self.keyring))

    def make(self) -> None:
        """Make both folders for their owner alone."""
        for folder in (self.path, self.keys):
            make_private(folder)
        refuse_unusable(self)


def make_private(folder: Path) -> None:
    """Make a folder for its owner alone, or refuse one that others may look into."""
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        others = folder.stat().st_mode & 0o077
    except OSError as error:
        what = (error.strerror or "it cannot be made").lower()
        raise ServiceError(folder, what, WHY, "name another folder, or give the right") from None
    if others:
        what, remedy = "others may look into this folder", f"make it private: chmod 700 {folder}"
        raise ServiceError(folder, what, WHY, remedy)
    refuse_root_of_another(folder)


def refuse_root_of_another(folder: Path) -> None:
    """Refuse root in a folder of somebody else: the service could not read what root leaves."""
    if os.geteuid() != 0 or not folder.exists():
        return
    owner = folder.stat().st_uid
    if owner == 0:
        return
    name = _name_of(owner)
    what = f"this folder belongs to {name}, and the command runs as root"
    why = f"what root writes there the service of {name} cannot read"
    remedy = f"run it as {name}, with the settings of the service: mesurectl, or runuser -u {name}"
    raise ServiceError(folder, what, why, remedy)


def refuse_unusable(folder: DataFolder) -> None:
    """Refuse what the user that runs this may not use: put back by root, it belongs to root.

    A database that can be read and not written would be opened, and lose what comes.
    """
    for path in (folder.path, folder.keys):
        _refuse_unless(path, os.R_OK | os.W_OK | os.X_OK)
    for file in (folder.database, folder.keyring):
        for path in sorted(file.parent.glob(f"{file.name}*")):
            _refuse_unless(path, os.R_OK | os.W_OK)
    for path in sorted(folder.keys.glob("*.key*")):
        _refuse_unless(path, os.R_OK)


def _refuse_unless(path: Path, right: int) -> None:
    if not os.access(path, os.F_OK) or os.access(path, right, effective_ids=True):
        return
    name, owner = _name_of(os.geteuid()), _name_of(path.stat().st_uid)
    what = f"{name} may not {'write' if right & os.W_OK else 'read'} this, which belongs to {owner}"
    remedy = f"give it back: chown {name}: {path}" if name != owner else "give the right"
    raise ServiceError(path, what, WHY, remedy)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"#{uid}"


@contextmanager
def hold_folder(folder: DataFolder) -> Iterator[None]:
    """Hold the folder while this lasts; it is let go of by itself if the process is killed."""
    try:
        handle = os.open(folder.lock, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    except OSError as error:
        what = (error.strerror or "it cannot be written").lower()
        raise ServiceError(folder.lock, what, WHY, "give the right to write there") from None
    try:
        _lock(handle, folder)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: DataFolder) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        who = os.pread(handle, 20, 0).decode(errors="replace").strip()
        what = f"a service is running here already{f' (process {who})' if who.isdigit() else ''}"
        remedy = "stop that one first, or name another folder with --data"
        raise TransientServiceError(folder.path, what, WHY, remedy) from None


def write_private(path: Path, data: bytes) -> None:
    """Write a new file for its owner alone, and have it on the disk; never over another."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        settle(path)
    except OSError as error:
        what = (error.strerror or "it cannot be written").lower()
        raise ServiceError(
            path, what, WHY, "make room, and give the right to write there"
        ) from None
