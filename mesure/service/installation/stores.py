"""Choice of store: SQLite in the installation's folder, or PostgreSQL, and how it is opened."""

import sqlite3
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final

from mesure.machine.service_error import ServiceError
from mesure.service.installation.data_folder import DataFolder
from mesure.service.installation.settings import Settings
from mesure.store.interface.store import Store
from mesure.store.schema import versions
from mesure.store.sqlite import store as sqlite
from mesure.version import VERSION

if TYPE_CHECKING:
    from mesure.store.postgres.operation.channel import PostgresChannel
    from mesure.store.postgres.operation.lease import PostgresLease
    from mesure.store.postgres.operation.server_clock import PostgresClock

EXTRA: Final = "postgres"
EMBEDDED: Final = "mesure.db"  # In a backup.


def is_embedded(settings: Settings) -> bool:
    """Tell whether the store lies in the data folder."""
    return settings.database_url is None


def prepare(settings: Settings, folder: DataFolder) -> None:
    """Make the tables of an empty store, or bring an older one to the present schema.

    What an older one holds is bound to the audit log from now on.
    """
    if settings.database_url is None:
        sqlite.prepare(folder.database)
    else:
        _postgres().prepare(settings.database_url.get_secret_value())
    from mesure.store.interface import bind_existing  # No judge does this.

    store = open_store(settings, folder)
    try:
        bind_existing.adopt_once(store)
    finally:
        store.close()


def open_store(settings: Settings, folder: DataFolder) -> Store:
    """Return the store, which must have been prepared."""
    if settings.database_url is None:
        return sqlite.SqliteStore(folder.database)
    store: Store = _postgres().PostgresStore(settings.database_url.get_secret_value())
    return store


def lease(settings: Settings) -> "PostgresLease | None":
    """Return the lease of a database; an embedded store has a lock of its folder instead."""
    if settings.database_url is None:
        return None
    _postgres()
    from mesure.store.postgres.operation.lease import PostgresLease

    return PostgresLease(settings.database_url.get_secret_value(), VERSION)


def country_lease(settings: Settings) -> "PostgresLease":
    """Return the lease of the process that has a cluster judge; an embedded store has none."""
    assert settings.database_url is not None, "an embedded store is one machine's own"
    _postgres()
    from mesure.store.postgres.operation.lease import JUDGING, PostgresLease

    return PostgresLease(settings.database_url.get_secret_value(), VERSION, JUDGING)


def server_clock(settings: Settings) -> "PostgresClock | None":
    """Return the clock of a database; None: the store is on this machine."""
    if settings.database_url is None:
        return None
    from mesure.store.postgres.operation.server_clock import PostgresClock

    return PostgresClock(settings.database_url.get_secret_value())


def node_channel(settings: Settings) -> "PostgresChannel":
    """Return the channel by which the nodes of a cluster speak to each other."""
    assert settings.database_url is not None, "an embedded store has no nodes"
    from mesure.store.postgres.operation.channel import PostgresChannel

    return PostgresChannel(settings.database_url.get_secret_value(), "mesure_nodes")


def back_up(settings: Settings, folder: DataFolder, out: Path) -> None:
    """Write the data as it is at one moment into a folder, while the service works."""
    if settings.database_url is None:
        is_present = schema_of(folder.database) == versions.newest()
        from mesure.store import backup  # Nor this.

        copy = backup.back_up_sqlite if is_present else sqlite.copy  # An older one is not checked.
        copy(folder.database, out / EMBEDDED)
    else:
        _postgres_backup().back_up(settings.database_url.get_secret_value(), out)


def refuse_restore(settings: Settings, source: Path) -> None:
    """Refuse a backup that this store cannot be filled from, before anything is changed."""
    embedded = (source / EMBEDDED).exists()
    if embedded is not is_embedded(settings):
        kind = "an embedded store" if embedded else "PostgreSQL"
        what, remedy = f"this is a backup of {kind}", "set database_url, or leave it out"
        raise ServiceError(source, what, "nothing was restored", remedy)
    if settings.database_url is not None:
        _postgres_backup().refuse_restore(source, settings.database_url.get_secret_value())


def restore(settings: Settings, folder: DataFolder, source: Path) -> None:
    """Fill an empty store from a backup of one of its own kind."""
    if settings.database_url is None:
        from mesure.store import backup

        backup.restore_sqlite(source / EMBEDDED, folder.database)
    else:
        _postgres_backup().restore(source, settings.database_url.get_secret_value())


def store_name(settings: Settings, folder: DataFolder) -> str:
    """Return where the data is, as a person may read it; never a password."""
    return str(folder.database) if is_embedded(settings) else "PostgreSQL, as configured"


def _postgres_backup() -> ModuleType:
    _postgres()
    from mesure.store.postgres.operation import backup as postgres_backup

    return postgres_backup


def _postgres() -> ModuleType:
    try:
        from mesure.store.postgres import store as postgres
    except ImportError:
        what, why = "the driver of PostgreSQL is not installed", "the store cannot be opened"
        raise ServiceError("database_url", what, why, f"install mesure[{EXTRA}]") from None
    return postgres


def is_there(path: Path) -> bool:
    """Tell whether an embedded store was begun here: a file with anything in it."""
    return path.is_file() and path.stat().st_size > 0


def schema_found(settings: Settings, folder: DataFolder) -> str | None:
    """Return the number of the store's schema; None where there is none yet."""
    if settings.database_url is None:
        return schema_of(folder.database)
    schema: str | None = _postgres().schema_at(settings.database_url.get_secret_value())
    return schema


def schema_of(path: Path) -> str | None:
    """Return the number of an embedded store's schema; None where there is none yet."""
    if not is_there(path):
        return None
    address = f"{path.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            row = connection.execute(f"SELECT version_num FROM {versions.VERSION_TABLE}").fetchone()  # noqa: S608
    except sqlite3.Error:
        return None  # It is none of ours; opening it says so.
    return None if row is None else str(row[0])
