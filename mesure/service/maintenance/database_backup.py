"""Backup of an installation while it works: the data to one place, the keys to another.

A backup is a new folder with a list of what is in it; a restore checks the files against that
list. No backup of the data has a key, and no backup of the keys has the master key.
"""

import json
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final

from mesure.machine.service_error import ServiceError
from mesure.service.installation import data_folder, key_files, stores
from mesure.service.installation.data_folder import DataFolder
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.store import backup
from mesure.store.keyring.interface import Keyring
from mesure.version import VERSION

LIST: Final = "backup.json"
KEYRING: Final = "keys.db"
ERASURES: Final = "erasures.txt"
WHY: Final = "nothing was backed up"


def data(installation: Installation, out: Path, now: datetime) -> list[Path]:
    """Write the data as it is at one moment into a new folder."""
    return data_of(installation.settings, installation.folder, installation.keyring, out, now)


def data_of(
    settings: Settings, folder: DataFolder, keyring: Keyring, out: Path, now: datetime
) -> list[Path]:
    """Write the data of a store that need not be open, nor of the present schema."""
    _new_folder(out)
    stores.back_up(settings, folder, out)
    # After the data: a person erased in between is in both, and erased again.
    backup.write_erasures(keyring, out / ERASURES)
    return _listed(out, "data", now)


def keys(installation: Installation, out: Path, now: datetime) -> list[Path]:
    """Write the keyring, still wrapped, and the signing keys into a new folder."""
    _new_folder(out)
    backup.back_up_keyring(installation.keyring, out / KEYRING)
    backup.write_erasures(installation.keyring, out / ERASURES)
    for name in (key_files.DEVICES, key_files.LOG):
        data_folder.write_private(out / name, (installation.folder.keys / name).read_bytes())
    return _listed(out, "keys", now)


def _new_folder(out: Path) -> None:
    data_folder.make_private(out)
    if any(out.iterdir()):
        what, remedy = "there is something in this folder", "name a new one for each backup"
        raise ServiceError(out, what, WHY, remedy)


def _listed(out: Path, kind: str, now: datetime) -> list[Path]:
    """Write the list last: a folder without one is a backup that was broken off."""
    paths = sorted(out.iterdir())
    for path in paths:
        path.chmod(data_folder.PRIVATE_FILE)
    document = {
        "kind": kind,
        "made_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "version": VERSION,
        "sha256": {path.name: _sha256(path) for path in paths},
    }
    text = json.dumps(document, indent=1, sort_keys=True) + "\n"
    data_folder.write_private(out / LIST, text.encode())
    return [*paths, out / LIST]


def check(folder: Path, kind: str) -> dict[str, Any]:
    """Return the list of a backup whose files are what they were; refuse any other."""
    why, remedy = "nothing was restored", "name another backup"
    try:
        document: dict[str, Any] = json.loads((folder / LIST).read_bytes())
        digest_by_name = {name: _sha256(folder / name) for name in document["sha256"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise ServiceError(folder, "this is no whole backup", why, remedy) from None
    wrong = [name for name, digest in document["sha256"].items() if digest_by_name[name] != digest]
    if wrong:
        raise ServiceError(folder / wrong[0], "it is not what was backed up", why, remedy)
    if document.get("kind") != kind:
        raise ServiceError(folder, f"this is no backup of the {kind}", why, remedy)
    return document


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
