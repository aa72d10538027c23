"""Tables as SQLAlchemy names them: the columns of `values.tables`, with their types.

The tables themselves are made by the migrations; nothing here makes or changes one.
"""

from types import SimpleNamespace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from mesure.store.values import tables

_NUMBERS: Final = frozenset(
    {
        "administered", "batch", "batches", "bound", "change", "changed", "commitments", "count",
        "counter", "entry", "epoch", "first", "first_counter", "last_counter", "level", "live",
        "number", "one", "part", "pinned", "place", "revision", "sequence", "share", "size",
        "times", "until",
    }
)  # fmt: skip


def type_of(table: str, name: str) -> TypeEngine[Any]:
    """Return the type of a column; PostgreSQL takes a large number for a small one."""
    if name in tables.FLAGS:
        return sa.Boolean()
    if name in tables.BYTES:
        return sa.LargeBinary()
    if name == "p_outside_max":
        return sa.Double()
    if name.endswith("_us") or name in _NUMBERS or (table, name) == ("change_edge", "incident"):
        return sa.BigInteger()
    return sa.Text()


def _table(name: str) -> sa.Table:
    names = tables.columns(name, numbered=True)
    return sa.Table(name, _METADATA, *(sa.Column(each, type_of(name, each)) for each in names))


_METADATA: Final = sa.MetaData()
TABLES: Final = {name: _table(name) for name in tables.TABLES}
T: Final = SimpleNamespace(**TABLES)
"""The tables by their names: `T.message.c.part`."""


def split(names: str) -> list[str]:
    """Return the names of columns, as `values` writes them: with commas between."""
    return names.split(", ")


def columns(table: sa.FromClause, names: str) -> list[sa.ColumnElement[Any]]:
    """Return columns of a table by their names.

    >>> [str(column) for column in columns(T.log_end, "part, sequence")]
    ['log_end.part', 'log_end.sequence']
    """
    return [table.c[name] for name in split(names)]
