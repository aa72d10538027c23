"""Stores brought back to an older schema: each migration has a way back."""

from pathlib import Path

from mesure.store.postgres import store as postgres
from mesure.store.schema import versions
from mesure.store.sqlite import store as sqlite


def revert_file(path: Path, to: str) -> None:
    """Bring a file of SQLite back."""
    with sqlite.migration_connection(path) as migrated:
        versions.revert(migrated, str(path), to)


def revert_database(dsn: str, to: str) -> None:
    """Bring a database of PostgreSQL back."""
    with postgres.migration_connection(dsn) as migrated:
        versions.revert(migrated, postgres.where(dsn), to)
