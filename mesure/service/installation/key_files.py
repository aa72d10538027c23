"""Key files: the keys with which an installation signs device commands and its audit log.

They are made when a service first starts in an empty folder, and never again: where there is data
and a key is missing, a new one would sign nothing that anybody believes, and would hide that the
old one is lost. The master key has a module of its own (`store.keyring.master_key`).
"""

import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mesure.audit.signing.signer_keys import KeyPurpose, PublicKey
from mesure.machine.service_error import ServiceError
from mesure.machine.signatures import SEED_BYTES, SecretKey
from mesure.service.installation import data_folder

DEVICES: Final = "devices.key"
LOG: Final = "log.key"

Salts = Callable[[int], bytes]  # Returns this many random bytes; `secrets.token_bytes`.


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """The keys with which an installation signs; they never show in a text."""

    devices: SecretKey  # Signs what is sent to devices.
    log: SecretKey  # Signs the checkpoints of the audit log.

    def log_key(self, origin: str) -> PublicKey:
        """Return the key under which an outsider checks the audit log."""
        return PublicKey(origin, KeyPurpose.NOTE, self.log.key)


def make_one(path: Path, salts: Salts) -> None:
    """Make a key in a new file."""
    data_folder.write_private(path, salts(SEED_BYTES).hex().encode() + b"\n")


def read(folder: Path) -> SigningKeys:
    """Return the keys in a folder."""
    return SigningKeys(one(folder / DEVICES), one(folder / LOG))


def one(path: Path) -> SecretKey:
    """Return the key in a file, which only its owner may read."""
    why = "nothing can be signed without this key"
    try:
        mode, text = path.stat().st_mode, path.read_bytes()[: 4 * SEED_BYTES]
    except OSError as error:
        what = (error.strerror or "it cannot be read").lower()
        raise ServiceError(path, what, why, "restore it from where you keep the keys") from None
    if stat.S_IMODE(mode) & 0o077:
        remedy = f"make it private: chmod 600 {path}, and think of who may have read it"
        raise ServiceError(path, "others may read this key", "they could sign with it", remedy)
    try:
        seed = bytes.fromhex(text.decode())
    except ValueError:
        seed = b""
    if len(seed) != SEED_BYTES:
        what = f"this is no key of {2 * SEED_BYTES} hexadecimal digits"
        raise ServiceError(path, what, why, "restore it from where you keep the keys")
    return SecretKey.from_seed(seed)
