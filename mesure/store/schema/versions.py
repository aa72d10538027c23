"""Schema versions: which one a database has, and how it is brought to the present one.

Alembic carries the migrations out and nothing else here uses it. Each is written once, and spelled
as the database does (`spelling`). Numbers of schemas grow, so that a database from a newer program
is distinguished from an older one.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeAlias

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.runtime.migration import MigrationStep
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from mesure.store.values.faults import OtherVersionError

FOLDER: Final = Path(__file__).parent / "migrations"
VERSION_TABLE: Final = "mesure_schema"

Steps: TypeAlias = Callable[[tuple[str, ...], MigrationContext], Iterator[MigrationStep]]


def newest() -> str:
    """Return the number of the schema that this program works with."""
    return max(path.name[1:5] for path in (FOLDER / "versions").glob("v[0-9]*.py"))


def check(stamp: str | None, has_tables: bool, where: str) -> None:
    """Refuse a database that this program cannot work with; `stamp` is the number of its schema."""
    own = newest()
    if stamp == own:
        return
    if stamp is None and has_tables:
        why = "holds tables of something else. Name an empty database, or the right one."
    elif stamp is None:
        why = "is empty. Prepare it first."
    elif stamp > own:
        why = (
            f"was last used by a newer version of Mesure (schema {stamp}; this one knows schemas "
            f"up to {own}). Start that version, or restore the backup made before it."
        )
    else:
        why = (
            f"has schema {stamp}, and this version of Mesure needs {own}. Back it up, then migrate."
        )
    raise OtherVersionError(f"The database {where} {why}")


def migrate(connection: Connection, where: str) -> None:
    """Bring a database to the present schema, from an empty one or an older one, in one step."""
    script = ScriptDirectory(str(FOLDER))

    def steps(heads: tuple[str, ...], _: MigrationContext) -> Iterator[MigrationStep]:
        _refuse_newer(heads, where)
        ahead = script.iterate_revisions("heads", heads or "base")
        for revision in reversed(list(ahead)):
            yield MigrationStep.upgrade_from_script(script.revision_map, revision)

    _carry_out(connection, steps)


def refuse_filled(connection: Connection) -> None:
    """Refuse a step that would have to seal or unseal what is kept, and cannot."""
    for table in ("person", "message", "quarantine"):
        if connection.exec_driver_sql(f"SELECT 1 FROM {table} LIMIT 1").first():
            raise OtherVersionError(
                "The database holds records, and their bodies are sealed in one of these schemas "
                "and not in the other: it cannot be carried over. Restore the backup that was "
                "made with the version you want, or name an empty database."
            )


def _refuse_newer(heads: tuple[str, ...], where: str) -> None:
    for head in heads:
        if head > newest():
            check(head, True, where)


def _carry_out(connection: Connection, steps: Steps) -> None:
    options = {"fn": steps, "version_table": VERSION_TABLE, "transactional_ddl": True}
    context = MigrationContext.configure(connection=connection, opts=options)
    with Operations.context(context), context.begin_transaction():
        context.run_migrations()
