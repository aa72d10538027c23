"""Bring an older store to the present schema: a backup first, then whole or not at all.

The way back is the program of that schema and the backup.
"""

from datetime import datetime
from pathlib import Path
from typing import Final

from mesure.runtime import data_folder, stores
from mesure.runtime.data_folder import DataFolder
from mesure.runtime.settings import Settings
from mesure.store import schema, sqlite

SQLITE: Final = "sqlite"


def upgrade(settings: Settings, folder: DataFolder, now: datetime) -> Path | None:
    """Prepare the store; return the backup that was made first, or None where none was needed.

    PostgreSQL is backed up by its own programs; there the migration itself is the one transaction.
    """
    made = None
    if stores.is_embedded(settings):
        found = stores.schema_of(folder.database)
        if found is not None and found < schema.newest(SQLITE):
            made = _backed_up(folder, found, now)
    stores.prepare(settings, folder)
    return made


def _backed_up(folder: DataFolder, found: str, now: datetime) -> Path:
    data_folder.make_private(folder.backups)
    target = folder.backups / f"schema_{found}_{now:%Y%m%dT%H%M%SZ}.db"
    sqlite.copy(folder.database, target)
    return target
