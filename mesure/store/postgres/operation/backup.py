"""PostgreSQL backup and restore: the data as it is at one moment, a file for each table.

Everything is read in one transaction that sees one moment, so the service goes on meanwhile; and
written in one transaction, so half a restore is none. Both need nothing but the driver. The files
are PostgreSQL's own binary copies: whole numbers, texts and bytes have had the same form in every
version that Mesure knows, so a backup moves to a newer server.
"""

import json
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, Final, LiteralString

import psycopg
from psycopg import Connection, IsolationLevel, sql

from mesure.store.postgres import store as postgres
from mesure.store.schema import versions
from mesure.store.values.faults import OtherVersionError, UnavailableError
from mesure.store.writing.fsync import settle

HEAD: Final = "postgres.json"
SUFFIX: Final = ".copy"
_FORM: Final = 1
_BLOCK_BYTES: Final = 1 << 20

_COLUMNS: Final = """
    SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
        AND a.attnum > 0 AND NOT a.attisdropped AND c.relname <> %s
    GROUP BY c.relname
    """
_REFERENCES: Final = """
    SELECT c.conrelid::regclass::text, c.confrelid::regclass::text FROM pg_constraint c
    WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace
    """


def back_up(dsn: str, target: Path) -> None:
    """Write every table as it is at one moment into new files in a folder."""
    with postgres.own_connection(dsn) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        found = postgres.schema_in(connection, dsn)
        tables = _columns(connection)
        try:
            for table, columns in tables.items():
                _write(connection, table, columns, target / f"{table}{SUFFIX}")
            head = {"form": _FORM, "schema": found, "tables": tables}
            (target / HEAD).write_text(json.dumps(head, indent=1, sort_keys=True) + "\n")
            settle(target / HEAD)
        except OSError as error:
            what = f"The backup cannot be written to {target}: {error.strerror or error}."
            raise UnavailableError(what) from error


def refuse_restore(source: Path, dsn: str) -> None:
    """Refuse a backup of another version, and a database in which something is."""
    _head(source)
    with postgres.own_connection(dsn) as connection:
        _refuse_filled(connection, dsn)


def _refuse_filled(connection: Connection, dsn: str) -> None:
    if postgres.has_tables(connection):
        raise OtherVersionError(
            f"The database {postgres.where(dsn)} is not empty. Nothing is written over: name an "
            "empty one."
        )


def restore(source: Path, dsn: str) -> None:
    """Make the tables of a backup in an empty database, and fill them, all or nothing."""
    head = _head(source)
    with postgres.migration_connection(dsn) as migrated:
        connection = migrated.connection.driver_connection
        assert isinstance(connection, Connection), "SQLAlchemy goes through our own driver"
        _refuse_filled(connection, dsn)
        versions.migrate(migrated, postgres.where(dsn))
        for table in _in_order(connection, head["tables"]):
            path = source / f"{table}{SUFFIX}"
            try:
                _fill(connection, table, head["tables"][table], path)
            except (psycopg.DataError, psycopg.IntegrityError) as error:
                what = f"{path} is damaged. Nothing was restored; take another backup."
                raise OtherVersionError(what) from error


def _head(source: Path) -> dict[str, Any]:
    try:
        head: dict[str, Any] = json.loads((source / HEAD).read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise UnavailableError(f"The backup in {source} cannot be read: {error}.") from error
    if head.get("form") != _FORM or head.get("schema") != versions.newest():
        raise OtherVersionError(
            f"The backup in {source} was made by another version of Mesure (schema "
            f"{head.get('schema')}). Restore it with that version, and upgrade then."
        )
    return head


def _columns(connection: Connection) -> dict[str, list[str]]:
    rows = connection.execute(_COLUMNS, (versions.VERSION_TABLE,)).fetchall()
    return {table: list(columns) for table, columns in sorted(rows)}


def _in_order(connection: Connection, tables: dict[str, list[str]]) -> list[str]:
    """Return tables so that whatever refers to something comes after it."""
    before: dict[str, set[str]] = {table: set() for table in tables}
    for table, other in connection.execute(_REFERENCES).fetchall():
        before[table] |= {other} - {table}
    return list(TopologicalSorter(before).static_order())


def _write(connection: Connection, table: str, columns: list[str], path: Path) -> None:
    with (
        path.open("xb") as file,
        connection.cursor() as cursor,
        cursor.copy(_copy("COPY {} ({}) TO STDOUT (FORMAT binary)", table, columns)) as copy,
    ):
        for block in copy:
            file.write(block)
    settle(path)


def _fill(connection: Connection, table: str, columns: list[str], path: Path) -> None:
    # A new database has rows of its own in the tables of edges.
    connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    with (
        path.open("rb") as file,
        connection.cursor() as cursor,
        cursor.copy(_copy("COPY {} ({}) FROM STDIN (FORMAT binary)", table, columns)) as copy,
    ):
        while block := file.read(_BLOCK_BYTES):
            copy.write(block)


def _copy(statement: LiteralString, table: str, columns: list[str]) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL(statement).format(sql.Identifier(table), names)
