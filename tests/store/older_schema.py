"""Stores brought back to an older schema: each migration has a way back."""

from collections.abc import Iterator
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.runtime.migration import MigrationStep
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from mesure.store.postgres import store as postgres
from mesure.store.schema import versions
from mesure.store.sqlite import store as sqlite


def revert_file(path: Path, to: str) -> None:
    """Bring a file of SQLite back."""
    with sqlite.migration_connection(path) as migrated:
        _revert(migrated, str(path), to)


def revert_database(dsn: str, to: str) -> None:
    """Bring a database of PostgreSQL back."""
    with postgres.migration_connection(dsn) as migrated:
        _revert(migrated, postgres.where(dsn), to)


def _revert(connection: Connection, where: str, to: str) -> None:
    script = ScriptDirectory(str(versions.FOLDER))

    def steps(heads: tuple[str, ...], _: MigrationContext) -> Iterator[MigrationStep]:
        versions._refuse_newer(heads, where)
        for revision in script.iterate_revisions(heads, to):
            yield MigrationStep.downgrade_from_script(script.revision_map, revision)

    versions._carry_out(connection, steps)
