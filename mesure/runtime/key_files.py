"""The keys of an installation: what wraps every person's key, what signs to devices and the log.

They are made when a service first starts in an empty folder, and never again: where there is data
and a key is missing, a new one would open nothing, and would hide that the old one is lost.
"""

import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from mesure.audit.keys import PublicKey, Purpose
from mesure.runtime import data_folder
from mesure.runtime.service_error import ServiceError
from mesure.runtime.signatures import SEED_BYTES, SecretKey

MASTER: Final = "master.key"
DEVICES: Final = "devices.key"
LOG: Final = "log.key"
KEY_BYTES: Final = 32

Salts = Callable[[int], bytes]  # So many random bytes; `secrets.token_bytes`.

assert KEY_BYTES == SEED_BYTES


@dataclass(frozen=True, slots=True)
class InstallationKeys:
    """The keys of an installation; secrets never show in a text."""

    master: bytes = field(repr=False)
    devices: SecretKey  # Signs what devices are told.
    log: SecretKey  # Signs the checkpoints of the audit log.

    def log_key(self, origin: str) -> PublicKey:
        """Return the key under which an outsider checks the audit log."""
        return PublicKey(origin, Purpose.NOTE, self.log.key)


def make(folder: Path, salts: Salts, *, has_master: bool = False) -> None:
    """Make the keys that a new installation needs; `has_master`: that one is given otherwise."""
    names = (DEVICES, LOG) if has_master else (MASTER, DEVICES, LOG)
    for name in names:
        if not (folder / name).exists():
            data_folder.write_private(folder / name, salts(KEY_BYTES).hex().encode() + b"\n")


def read(folder: Path, master: bytes | None = None) -> InstallationKeys:
    """Return the keys in a folder; `master` stands for the file of that name."""
    return InstallationKeys(
        one(folder / MASTER) if master is None else master,
        SecretKey.from_seed(one(folder / DEVICES)),
        SecretKey.from_seed(one(folder / LOG)),
    )


def one(path: Path) -> bytes:
    """Return the key in a file, which only its owner may read."""
    why = "nothing can be read or signed without this key"
    try:
        mode, text = path.stat().st_mode, path.read_bytes()[: 4 * KEY_BYTES]
    except OSError as error:
        what = (error.strerror or "it cannot be read").lower()
        raise ServiceError(path, what, why, "restore it from where you keep the keys") from None
    if stat.S_IMODE(mode) & 0o077:
        remedy = f"make it private: chmod 600 {path}, and think of who may have read it"
        raise ServiceError(path, "others may read this key", "they could read or sign", remedy)
    try:
        key = bytes.fromhex(text.decode())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        what = f"this is no key of {2 * KEY_BYTES} hexadecimal digits"
        raise ServiceError(path, what, why, "restore it from where you keep the keys")
    return key
