"""Raw rows: what a store contains, read from outside by SQL and not through the program."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from mesure.service.installation.settings import Settings

Rows = Callable[..., list[tuple[Any, ...]]]
"""From a statement, with `?` where a value goes, and the values."""

ERASED_FROM: Final = (
    "message", "register", "incident", "assessment", "superseded", "judged", "outgoing",
    "audit_record",
)  # fmt: skip
NAMED: Final = (
    "SELECT count(*) FROM register WHERE id = ?",
    "SELECT count(*) FROM register_key WHERE value = ?",
)
NAME: Final = "mesure_whole_{seed}"


def of_settings(settings: Settings, database: Path) -> Rows:
    """Return what reads the store of an installation."""
    if settings.database_url is None:
        return of_file(database)
    return of_server(settings.database_url.get_secret_value())


def of_file(database: Path) -> Rows:
    """Return what reads a file of SQLite."""

    def rows(statement: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.Connection(database)) as raw:
            return raw.execute(statement, values).fetchall()

    return rows


def of_server(dsn: str) -> Rows:
    """Return what reads a database of PostgreSQL."""
    import psycopg  # Only who asks for it has to have it.

    def rows(statement: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(dsn) as raw:
            return raw.execute(statement.replace("?", "%s").encode(), values).fetchall()

    return rows


def rows_about(rows: Rows, person: str) -> Iterator[str]:
    """Yield the tables of a store that have something about a person."""
    for table in ERASED_FROM:
        [(count,)] = rows(f"SELECT count(*) FROM {table} WHERE person = ?", person)  # noqa: S608
        if count:
            yield f"{count} rows about {person} in {table}"
    for statement in NAMED:
        [(count,)] = rows(statement, person)
        if count:
            yield f"{count} rows that name {person}, by {statement}"


@contextmanager
def own_database(server: str, seed: int) -> Iterator[str]:
    """Have a database on a server while a seed runs; `server` names any database there."""
    import psycopg
    from psycopg import conninfo, sql

    name = NAME.format(seed=seed)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(server, autocommit=True) as raw:
        raw.execute(drop)
        raw.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield conninfo.make_conninfo(server, dbname=name)
        finally:
            raw.execute(drop)
