"""One statement becomes the text of each database: for one row, for all rows, with lists."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from sqlalchemy import bindparam, column, delete, select

from mesure.store import sql
from mesure.store.sql.composing import (
    POSTGRES,
    SQLITE,
    ZERO,
    Among,
    Each,
    Into,
    Statement,
    at_most,
    change,
    into,
    rows_of,
    same,
    write_over,
)
from mesure.store.sql.layout import TABLES, T, columns


def texts(sqlite: Statement, postgres: Statement | None = None) -> tuple[str, str]:
    return SQLITE[sqlite].text, POSTGRES[postgres if postgres is not None else sqlite].text


def test_values_stand_in_the_order_of_the_text() -> None:
    statement = at_most(rows_of(T.log_end, "part", T.log_end.c.sequence > bindparam("after")))
    assert SQLITE[statement].names == POSTGRES[statement].names == ("after", "count")
    assert texts(statement) == (
        "SELECT log_end.part FROM log_end WHERE log_end.sequence > ? LIMIT ? OFFSET 0",
        "SELECT log_end.part FROM log_end WHERE log_end.sequence > %s LIMIT %s OFFSET 0",
    )


def test_a_list_is_one_value_whatever_is_in_it() -> None:
    statement = rows_of(T.log_end, "sequence", Among(T.log_end.c.part, "parts"))
    before = "SELECT log_end.sequence FROM log_end WHERE log_end.part"
    assert texts(statement) == (
        f"{before} IN (SELECT value FROM json_each(?))",
        f"{before} = ANY(CAST(%s AS BIGINT[]))",
    )
    assert SQLITE[statement].lists == {"parts"}


def test_a_flag_is_asked_as_the_indexes_were_made() -> None:
    statement = rows_of(T.outgoing, "key", ~T.outgoing.c.is_done)
    assert all(text.endswith("WHERE NOT outgoing.is_done") for text in texts(statement))


def test_rows_are_kept_one_by_one_or_as_arrays() -> None:
    each = Into(T.message, "part, body", write_over("part", "body"))
    over = "ON CONFLICT (part) DO UPDATE SET body = excluded.body"
    assert texts(each.for_one, each.for_all) == (
        f"INSERT INTO message (part, body) VALUES (?, ?) {over}",
        (
            "INSERT INTO message (part, body) SELECT asked.part, asked.body FROM "
            f"unnest(CAST(%s AS BIGINT[]), CAST(%b AS BYTEA[])) AS asked(part, body) {over}"
        ),
    )


def test_rows_are_changed_and_taken_away_one_by_one_or_all() -> None:
    key = same(T.log_end, "part")
    changing = Each(
        columns(T.log_end, "sequence, part"),
        lambda row: change(T.log_end, "sequence", same(T.log_end, "part", row), row=row),
    )
    taking = Each(
        columns(T.log_end, "part"),
        lambda row: delete(T.log_end).where(same(T.log_end, "part", row)),
    )
    arrays = "unnest(CAST(%s AS BIGINT[]), CAST(%s AS BIGINT[])) AS asked(sequence, part)"
    assert SQLITE[changing.for_one].text == SQLITE[change(T.log_end, "sequence", key)].text
    assert POSTGRES[changing.for_all].text == (
        f"UPDATE log_end SET sequence=asked.sequence FROM {arrays} WHERE log_end.part = asked.part"
    )
    assert texts(taking.for_one, taking.for_all) == (
        "DELETE FROM log_end WHERE log_end.part = ?",
        (
            "DELETE FROM log_end USING unnest(CAST(%s AS BIGINT[])) AS asked(part) "
            "WHERE log_end.part = asked.part"
        ),
    )


def test_rows_are_asked_for_one_by_one_each_by_an_index() -> None:
    each = Each(
        [T.log_end.c.part, column("least", T.log_end.c.sequence.type)],
        lambda row: select(T.log_end.c.sequence).where(
            same(T.log_end, "part", row), T.log_end.c.sequence > row["least"]
        ),
    )
    which = (
        "SELECT log_end.sequence{} FROM log_end WHERE log_end.part = {} AND log_end.sequence > {}"
    )
    inner = which.format(" AS sequence", "asked.part", "asked.least")
    assert texts(each.for_one, each.for_all) == (
        which.format("", "?", "?"),
        (
            "SELECT its.sequence FROM unnest(CAST(%s AS BIGINT[]), CAST(%s AS BIGINT[])) "
            f"AS asked(part, least) JOIN LATERAL ({inner} LIMIT ALL OFFSET 0) AS its ON true"
        ),
    )


def bulk_statements() -> Iterator[tuple[str, str]]:
    """Yield each statement of the store that is asked for many rows: its name, its text."""
    for module_info in pkgutil.iter_modules(sql.__path__):
        module = importlib.import_module(f"{sql.__name__}.{module_info.name}")
        for name, value in vars(module).items():
            by_table = value if isinstance(value, dict) else {"": value}
            for statement in by_table.values():
                if isinstance(statement, Each):
                    yield f"{module_info.name}.{name}", POSTGRES[statement.for_all].text


def test_nothing_is_sorted_by_what_was_asked() -> None:
    """A column named by a text is that of the question where both have one of the name."""
    statements = list(bulk_statements())
    assert {"reading._LOGS", "binding._KEYS_OF"} <= {name for name, _ in statements}
    assert not [name for name, text in statements if "ORDER BY asked." in text]


def test_a_value_that_is_in_the_statement_is_refused() -> None:
    with pytest.raises(AssertionError, match="come with the question"):
        SQLITE[rows_of(T.log_end, "part", T.log_end.c.sequence == 7)]
    assert SQLITE[rows_of(T.log_end, "part", T.log_end.c.sequence == ZERO)].names == ()


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_known_to_both(table: str) -> None:
    names = ", ".join(column.name for column in TABLES[table].columns)
    assert len(SQLITE[into(TABLES[table], names)].names) == len(names.split(", "))
    assert POSTGRES[into(TABLES[table], names)].names == SQLITE[into(TABLES[table], names)].names
