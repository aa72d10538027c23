"""Column types and kinds of tables as each database spells them; a migration is written once."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from alembic import op

# By the name that SQLAlchemy gives the database. A name is sorted by its bytes in both.
SPELLINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "sqlite": {
        "NAME": "TEXT",
        "NUMBER": "INTEGER",
        "SMALL": "INTEGER",
        "FLAG": "INTEGER",
        "REAL": "REAL",
        "BYTES": "BLOB",
        "EMPTY": "x''",
        "NO": "0",
        "ROWS": "STRICT",
        "KEYED": "STRICT, WITHOUT ROWID",
    },
    "postgresql": {
        "NAME": 'TEXT COLLATE "C"',
        "NUMBER": "BIGINT",
        "SMALL": "SMALLINT",
        "FLAG": "BOOLEAN",
        "REAL": "DOUBLE PRECISION",
        "BYTES": "BYTEA",
        "EMPTY": "''",
        "NO": "false",
        "ROWS": "",
        "KEYED": "",
    },
}


class Only(NamedTuple):
    """Statements in whose place each database has its own."""

    sqlite: tuple[str, ...]
    postgresql: tuple[str, ...]


def carry_out(statements: Iterable[str | Only]) -> None:
    """Carry out the statements of a migration as the database spells them."""
    name = op.get_context().dialect.name
    for statement in statements:
        own = (statement,) if isinstance(statement, str) else getattr(statement, name)
        for text in own:
            op.execute(text.format_map(SPELLINGS[name]))
