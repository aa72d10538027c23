"""Restore an installation into a new folder: keys, data, every erasure since; then it may serve.

Everyone erased since the backup is erased again, with what others did that names them, and so is
whatever has come due since.

A restore that is broken off leaves a mark, and no service starts there until it was done again.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mesure.machine.service_error import ServiceError
from mesure.service.archive import trail_archive
from mesure.service.installation import (
    data_folder,
    installation,
    key_files,
    last_checkpoint,
    log_signing,
    stores,
)
from mesure.service.installation.data_folder import DataFolder
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.service.maintenance import database_backup, erase
from mesure.store import backup
from mesure.store.keyring import master_key

WHY: Final = "nothing was restored"


@dataclass(frozen=True, slots=True)
class RestoreResult:
    """What came of it."""

    made_at: str | None  # When the backup of the data was made.
    erased_again: tuple[str, ...]
    without_key: tuple[str, ...]  # Persons whom nobody can read: the keys are older than the data.


def restore(settings: Settings, data: Path | None, keys: Path | None) -> RestoreResult:
    """Restore backups into the folder of these settings.

    `keys` None: the keys are in their place. `data` None: the data is, in PostgreSQL, where it was
    restored by that server's own programs.
    """
    folder = installation.folder_of(settings)
    made_at = None if data is None else str(database_backup.check(data, "data")["made_at"])
    if keys is not None:
        database_backup.check(keys, "keys")
    folder.make()
    with data_folder.hold_folder(folder):
        _refuse_used(settings, folder, data, keys)
        if data is not None:
            stores.refuse_restore(settings, data)
        master = None if keys is None else _master_key(settings, folder)
        folder.unfinished.touch(data_folder.PRIVATE_FILE)
        if keys is not None and master is not None:
            _keys(folder, keys, master)
        if data is not None:
            stores.restore(settings, folder, data)
        with installation.open_installation(settings, is_restoring=True) as instance:
            done = _erase_again(instance, data, keys, made_at)
            if last_checkpoint.accept(instance):  # It is meant to be older, and says so.
                log_signing.checkpoint(instance)
        folder.unfinished.unlink()
    return done


def _refuse_used(
    settings: Settings, folder: DataFolder, data: Path | None, keys: Path | None
) -> None:
    remedy = "name a new folder with --data"
    if data is None and stores.is_embedded(settings):
        raise ServiceError("--from", "it is missing", WHY, "name a backup of the data")
    if data is not None and stores.is_embedded(settings) and stores.is_there(folder.database):
        raise ServiceError(folder.path, "there is data in this folder", WHY, remedy)
    if keys is not None and folder.keyring.exists():
        raise ServiceError(folder.keys, "there are keys in this folder", WHY, "leave out --keys")
    if keys is None and not folder.keyring.exists():
        what = "there are no keys in this folder"
        raise ServiceError(folder.keys, what, WHY, "name a backup of the keys with --keys")


def _master_key(settings: Settings, folder: DataFolder) -> bytes:
    if settings.master_key is None:
        return master_key.read(folder.master_key)
    return bytes.fromhex(settings.master_key.get_secret_value())


def _keys(folder: DataFolder, keys: Path, master: bytes) -> None:
    backup.restore_keyring(keys / database_backup.KEYRING, folder.keyring, master)
    for name in (key_files.DEVICES, key_files.LOG):
        data_folder.write_private(folder.keys / name, (keys / name).read_bytes())


def _erase_again(
    instance: Installation, data: Path | None, keys: Path | None, made_at: str | None
) -> RestoreResult:
    lists = [one / database_backup.ERASURES for one in (data, keys) if one is not None]
    newest = {one.blinded: one for path in lists for one in backup.read_erasures(path)}
    again = backup.erase_again(instance.store, instance.keyring, newest.values())
    # What others did names them too, and whatever came of age since the backup is due as well.
    erase.finish(instance, again)
    trail_archive.clear(instance)  # Numbers are given again after it, for other messages perhaps.
    return RestoreResult(made_at, again, backup.without_key(instance.store, instance.keyring))
