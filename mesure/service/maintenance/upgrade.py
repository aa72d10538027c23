"""Upgrade an older store to the present schema: a backup first, then whole or not at all.

The way back is the program of that schema and the backup.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from mesure.service.installation import data_folder, installation, stores
from mesure.service.installation.data_folder import DataFolder
from mesure.service.installation.settings import Settings
from mesure.service.maintenance import database_backup
from mesure.store.schema import versions

_WHEN: Final = "%Y%m%dT%H%M%SZ"


def backups(folder: DataFolder) -> Iterator[tuple[Path, datetime]]:
    """Yield the backups that were made before migrations, and when."""
    for path in sorted(folder.backups.glob("schema_*_*")):
        with suppress(ValueError):
            at = datetime.strptime(path.name.rpartition("_")[2], _WHEN).replace(tzinfo=UTC)
            yield path, at


def upgrade(settings: Settings, folder: DataFolder, now: datetime) -> Path | None:
    """Prepare the store; return the backup that was made first, or None where none was needed."""
    backup_path = None
    schema = stores.schema_found(settings, folder)
    if schema is not None and schema < versions.newest():
        backup_path = _backed_up(settings, folder, schema, now)
    stores.prepare(settings, folder)
    return backup_path


def _backed_up(settings: Settings, folder: DataFolder, schema: str, now: datetime) -> Path:
    data_folder.make_private(folder.backups)
    target = folder.backups / f"schema_{schema}_{now:{_WHEN}}"
    with installation.open_keyring(settings, folder) as keyring:
        database_backup.data_of(settings, folder, keyring, target, now)
    return target
