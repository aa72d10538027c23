"""Composing statements: one that is written once becomes the text for each database.

SQLAlchemy writes the text, once for each statement and database. The driver is given text and
values: nothing of SQLAlchemy runs when something is asked.

Where many rows are asked or written at once the databases differ most: in SQLite a statement is
quick, and is made for one row after the other; in PostgreSQL each is a round trip, and all rows go
in one, as arrays. `Each` is written for one row, and becomes either.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, Final, NamedTuple, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import Insert, insert, psycopg
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import BindTyping
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import UpdateBase
from sqlalchemy.types import TypeEngine

from mesure.store.sql import layout
from mesure.store.sql.layout import split

Statement: TypeAlias = sa.Select[Any] | sa.CompoundSelect[Any] | UpdateBase
Row: TypeAlias = Mapping[str, sa.ColumnElement[Any]]
"""The values that a statement is made with, by the names of their columns."""

ZERO: Final[sa.ColumnElement[int]] = sa.literal_column("0")
ONE: Final[sa.ColumnElement[int]] = sa.literal_column("1")


def _dialect(dialect: Dialect) -> Dialect:
    dialect.supports_native_boolean = True  # As the indexes were made: NOT is_done.
    dialect.bind_typing = BindTyping.NONE  # The columns say what a value is.
    return dialect


class SqlText(NamedTuple):
    """What a database is asked, the names of the values in their order, and which are lists."""

    text: str
    names: tuple[str, ...]
    lists: frozenset[str]


class SqlTexts(dict[Statement, SqlText]):
    """The texts of statements for one database; each is written when it is first asked."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__()
        self._dialect = _dialect(dialect)

    def __missing__(self, statement: Statement) -> SqlText:
        compiled = statement.compile(dialect=self._dialect)
        assert isinstance(compiled, SQLCompiler), "a statement, and no definition"
        values = compiled.binds.values()
        assert all(value.required for value in values), "values come with the question"
        lists = frozenset(value.key for value in values if isinstance(value.type, sa.ARRAY))
        # As numbers: psycopg would write bytes of a list as text, twice as long.
        text = str(compiled).replace("CAST(%s AS BYTEA[])", "CAST(%b AS BYTEA[])")
        names = tuple(compiled.positiontup or ())
        self[statement] = SqlText(" ".join(text.split()), names, lists)
        return self[statement]


SQLITE: Final = SqlTexts(sqlite.dialect(paramstyle="qmark"))
POSTGRES: Final = SqlTexts(psycopg.dialect(paramstyle="format"))  # type: ignore[no-untyped-call]


def rows_of(table: sa.FromClause, names: str, *which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Return a statement that asks for these columns of rows."""
    return sa.select(*layout.columns(table, names)).where(*which)


def same(table: sa.FromClause, names: str, row: Row | None = None) -> sa.ColumnElement[bool]:
    """Return that columns have the values of the same names, or those of a row.

    >>> print(same(layout.T.log_end, "part, sequence"))
    log_end.part = :part AND log_end.sequence = :sequence
    """
    return sa.and_(
        *(
            table.c[name] == (sa.bindparam(name) if row is None else row[name])
            for name in split(names)
        )
    )


def change(
    table: sa.Table, names: str, *which: sa.ColumnElement[bool], row: Row | None = None
) -> sa.Update:
    """Return a statement that writes the values of these names into the columns of rows."""
    new = {name: sa.bindparam(name) if row is None else row[name] for name in split(names)}
    return sa.update(table).values(new).where(*which)


def into(table: sa.Table, names: str) -> Insert:
    """Return a statement that keeps a row with the values of these names."""
    return insert(table).values({name: sa.bindparam(name) for name in split(names)})


def at_most(statement: sa.Select[Any]) -> sa.Select[Any]:
    """Return a statement that asks for the first rows alone: as many as the value `count`."""
    return statement.limit(sa.bindparam("count")).offset(ZERO)  # SQLite has no limit without both.


# --- Many values, many rows ----------------------------------------------------------------------


class Among(sa.ColumnElement[bool]):
    """That a column has any of the values of a list, which is one value of the statement."""

    inherit_cache = False

    def __init__(self, of: sa.ColumnElement[Any], names: str) -> None:
        self.of: sa.ColumnElement[Any] = of
        self.names: sa.BindParameter[Any] = sa.bindparam(names, type_=sa.ARRAY(of.type))


@compiles(Among)
def _in_sqlite(among: Among, compiler: SQLCompiler, **options: object) -> str:
    of, names = (compiler.process(part, **options) for part in (among.of, among.names))
    return f"{of} IN (SELECT value FROM json_each({names}))"


@compiles(Among, "postgresql")
def _in_postgres(among: Among, compiler: SQLCompiler, **options: object) -> str:
    return f"{compiler.process(among.of, **options)} = ANY({_array(among, compiler, **options)})"


class _Values(sa.ColumnElement[Any]):
    """The values that many rows have in one column, as an array of PostgreSQL."""

    inherit_cache = False

    def __init__(self, name: str, type_: TypeEngine[Any]) -> None:
        self.of: sa.ColumnElement[Any] = sa.column(name, type_)
        self.names: sa.BindParameter[Any] = sa.bindparam(name, type_=sa.ARRAY(type_))


@compiles(_Values, "postgresql")
def _array(values: _Values | Among, compiler: SQLCompiler, **options: object) -> str:
    type_ = values.names.type.compile(compiler.dialect)
    return f"CAST({compiler.process(values.names, **options)} AS {type_})"


class Each:
    """A statement for one row of values, that is made for many rows at once.

    `columns` are what a row of values has, in this order. What `make` gives may have values of
    other names, too, which are the same for all rows.
    """

    def __init__(
        self, columns: Iterable[sa.ColumnElement[Any]], make: Callable[[Row], Statement]
    ) -> None:
        self.columns, self._make = tuple(columns), make
        self.names = tuple(str(each.key) for each in self.columns)

    @cached_property
    def for_one(self) -> Statement:
        """Return the statement for one row."""
        return self._make({name: sa.bindparam(name) for name in self.names})

    @cached_property
    def for_all(self) -> Statement:
        """Return the statement of PostgreSQL for all rows."""
        rows = self._rows()
        statement = self._make({name: rows.c[name] for name in self.names})
        if not isinstance(statement, sa.Select):
            return statement
        # One row after the other, each by an index: OFFSET keeps it from becoming a join.
        each = statement.offset(ZERO).lateral("its")
        return sa.select(each).select_from(rows.join(each, sa.true()))

    def _rows(self) -> sa.TableValuedAlias:
        """Return the rows as a table, made of an array for each column."""
        types = [(name, each.type) for name, each in zip(self.names, self.columns, strict=True)]
        arrays = sa.func.unnest(*(_Values(*each) for each in types))
        return arrays.table_valued(*(sa.column(*each) for each in types)).render_derived("asked")


class Into(Each):
    """Rows that are kept in a table; `finish` says what becomes of those that are there."""

    def __init__(
        self,
        table: sa.Table,
        names: str,
        finish: Callable[[Insert], UpdateBase] = lambda insertion: insertion,
    ) -> None:
        super().__init__(layout.columns(table, names), lambda row: finish(self._into.values(row)))
        self._into, self._finish = insert(table), finish

    @cached_property
    def for_all(self) -> Statement:
        """Return the statement of PostgreSQL for all rows."""
        return self._finish(self._into.from_select(self.names, sa.select(self._rows())))


class Change(Each):
    """Rows of a key into which the values of other columns are written."""

    def __init__(self, table: sa.Table, names: str, key: str = "") -> None:
        super().__init__(
            layout.columns(table, f"{names}, {key}" if key else names),
            lambda row: change(table, names, *([same(table, key, row)] if key else ()), row=row),
        )


def write_over(key: str, names: str) -> Callable[[Insert], Insert]:
    """Have these columns of rows that are there written over."""

    def finish(insertion: Insert) -> Insert:
        new = {name: insertion.excluded[name] for name in split(names)}
        return insertion.on_conflict_do_update(index_elements=split(key), set_=new)

    return finish


class Pairs(sa.FunctionElement[str]):
    """All pairs of two columns, as one text of JSON; none where there is no row."""

    inherit_cache = True


@compiles(Pairs)
def _pairs_in_sqlite(pairs: Pairs, compiler: SQLCompiler, **options: object) -> str:
    return f"json_group_array(json_array({compiler.process(pairs.clauses, **options)}))"


@compiles(Pairs, "postgresql")
def _pairs_in_postgres(pairs: Pairs, compiler: SQLCompiler, **options: object) -> str:
    pair = f"json_build_array({compiler.process(pairs.clauses, **options)})"
    return f"CAST(json_agg({pair}) AS TEXT)"
