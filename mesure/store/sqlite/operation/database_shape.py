"""Shape of a SQLite database: what it is made of, and what its migrations make."""

import sqlite3
from contextlib import closing
from functools import cache
from typing import Final

from sqlalchemy import StaticPool, create_engine

from mesure.store.schema import shape, versions
from mesure.store.schema.shape import Parts

# What SQLite itself writes to choose a way to the rows: it changes none.
_OF_ITSELF: Final = "name LIKE 'sqlite_stat%'"
_PARTS: Final = f"SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE NOT ({_OF_ITSELF})"


def parts(connection: sqlite3.Connection) -> Parts:
    """Return what a database is made of."""
    return {
        f"{kind} {name}": f"{table}: {shape.plain(text)}"
        for kind, name, table, text in connection.execute(_PARTS)
    }


@cache
def meant() -> Parts:
    """Return what the migrations make of an empty database."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as empty:
        engine = create_engine("sqlite://", creator=lambda: empty, poolclass=StaticPool)
        with engine.connect() as migrated:
            versions.migrate(migrated, "in memory")
        return parts(empty)
