"""Key maintenance: checks that the keys, or a backup of them, open the data; a new master key."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mesure.machine.service_error import ServiceError
from mesure.service.installation import key_files
from mesure.service.installation.installation import KIND, Installation
from mesure.service.maintenance import database_backup
from mesure.store import backup
from mesure.store.keyring import master_key
from mesure.store.keyring.file import FileKeyring
from mesure.store.values import partitions

_ALL: Final = range(partitions.PARTITIONS)
SHOWN_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class KeyCheckResult:
    """What a keyring opens."""

    keys: int
    persons: int
    without_key: tuple[str, ...]
    log_key: str
    without_data: bool = False  # A drill: these are the keys of another installation.


def check(installation: Installation) -> KeyCheckResult:
    """Open every key, and say of whom there is data that none opens."""
    return _found(installation, installation.keyring, key_files.read(installation.folder.keys))


def _found(
    installation: Installation, keyring: FileKeyring, signing: key_files.SigningKeys
) -> KeyCheckResult:
    with installation.store.read() as reading:
        persons = reading.persons_in(_ALL)
    return KeyCheckResult(
        keyring.check(),
        len(persons),
        backup.without_key(installation.store, keyring),
        str(signing.log_key(installation.settings.name)),
        keyring.blind(KIND) != installation.keyring.blind(KIND) or signing != installation.signing,
    )


def drill(installation: Installation, source: Path, master_path: Path | None) -> KeyCheckResult:
    """Open a backup of the keys elsewhere, and say what of the data it would open."""
    database_backup.check(source, "keys")
    if master_path is not None:
        master = master_key.read(master_path)
    elif installation.settings.master_key is not None:
        master = bytes.fromhex(installation.settings.master_key.get_secret_value())
    else:
        master = master_key.read(installation.folder.master_key)
    with tempfile.TemporaryDirectory(prefix="mesure.") as aside:
        copy = Path(aside) / database_backup.KEYRING
        backup.restore_keyring(source / database_backup.KEYRING, copy, master)
        with FileKeyring(copy, master) as keyring:
            return _found(installation, keyring, key_files.read(source))


def rotate(installation: Installation) -> Path:
    """Put every key under a new master key in the place of the old one; return its file."""
    if installation.settings.master_key is not None:
        what = "the master key does not stand in a file of the installation"
        why, remedy = "it cannot be replaced from here", "write it into the folder of keys first"
        raise ServiceError("master_key", what, why, remedy)
    master_key.change(installation.keyring, installation.folder.master_key)
    return installation.folder.master_key


def result_text(result: KeyCheckResult) -> str:
    """Return what was found, in sentences."""
    lines = [f"{result.keys} keys open. There is data about {result.persons} persons."]
    if result.without_data:
        lines.append("These are not the keys of this data: they are another installation's.")
    elif result.without_key:
        names = ", ".join(result.without_key[:SHOWN_MAX])
        lines.append(f"No key opens what is kept about {len(result.without_key)} of them: {names}.")
    else:
        lines.append("What is kept about each of them can be read.")
    lines.append(f"The audit log is checked with this key: {result.log_key}")
    return "\n".join(lines) + "\n"
