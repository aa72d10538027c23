"""Tables of a store with all their columns, for exporting and importing a whole programme.

Derived numbers (rows of the tree, edges, places in partitions) are tables like the others: what is
taken in is what was, to the last number. A row is a value for each column, in this order.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final, LiteralString, TypeAlias

Row: TypeAlias = tuple[Any, ...]

# By table, in an order in which whatever refers to something comes after it: its columns, and how
# many of them, from the first, tell its rows apart.
TABLES: Final[Mapping[str, tuple[int, tuple[str, ...]]]] = {
    "person": (1, ("id", "part", "changed", "entered_us", "entered_by", "erased_us")),
    "court_order": (1, ("id", "person", "entered_us", "entered_by")),
    "order_version": (
        2,
        (
            "court_order", "number", "sha256", "digest", "body", "start_us", "until_us",
            "entered_us", "entered_by", "confirmed_us", "confirmed_by",
        ),
    ),
    "device": (1, ("id", "entered_us", "entered_by", "standing")),
    "enrolment": (1, ("device", "device_class", "enrolled_us")),
    "device_key": (
        2, ("device", "number", "public_key", "key_name", "first_counter", "last_counter"),
    ),
    "assignment": (2, ("device", "start_us", "until_us", "person", "court_order")),
    "log_end": (1, ("part", "sequence", "received_us")),
    "message": (
        2,
        (
            "part", "sequence", "received_us", "person", "first_us", "last_us", "device",
            "counter", "share", "form", "digest", "body",
        ),
    ),
    "quarantine": (
        1,
        (
            "number", "form", "digest", "reason", "claimed", "said", "body", "received_us",
            "times", "last_received_us",
        ),
    ),
    "audit_edge": (1, ("one", "size", "peaks")),
    "audit_entry": (1, ("entry", "line")),
    "audit_record": (1, ("entry", "salt", "record", "person")),
    "audit_node": (2, ("level", "place", "hash")),
    "checkpoint": (1, ("size", "text")),
    "change_edge": (1, ("one", "administered", "incident", "epoch")),
    "register": (2, ("kind", "id", "revision", "person", "body", "changed_us")),
    "register_key": (4, ("kind", "key", "value", "id")),
    "assessment": (
        4,
        (
            "person", "court_order", "condition", "start_us", "end_us", "status",
            "version_sha256", "policy_version", "engine_version", "unsigned",
        ),
    ),
    "superseded": (
        7,
        (
            "person", "court_order", "condition", "start_us", "stood_from_us",
            "stood_until_us", "end_us", "status", "version_sha256", "policy_version",
            "engine_version", "unsigned",
        ),
    ),
    "incident": (
        1,
        (
            "id", "person", "court_order", "condition", "kind", "opened_us", "start_us",
            "end_us", "p_outside_max", "withdrawn_us", "body", "revision", "change",
        ),
    ),
    "judged": (
        1,
        (
            "person", "part", "until_us", "sequence", "policy_version", "engine_version",
            "unsigned", "due_us",
        ),
    ),
    "partition_owner": (1, ("part", "epoch", "holder")),
    "outgoing": (
        2,
        (
            "kind", "key", "due_us", "recipient", "person", "times", "said", "is_done", "body",
        ),
    ),
    "binding_edge": (1, ("one", "batches", "commitments", "pinned", "whole")),
    "binding": (1, ("number", "first", "until", "header")),
    "bound": (1, ("first", "batch", "about", "count", "live", "leaves")),
}  # fmt: skip
# By what rows are bound to the audit log. Exports of the first form do not have it.
BETWEEN: Final = ("binding_edge", "binding", "bound")
HANDED: Final = tuple(TABLES)
# The tables whose rows are evidence: each row has its number in a column of its own.
NUMBERED: Final = (
    "person", "court_order", "order_version", "device", "enrolment", "device_key", "assignment",
    "message", "quarantine", "register", "assessment", "superseded", "incident",
)  # fmt: skip
NUMBER: Final = "bound"

_OWN: Final = "person = {who}"
_NAMED: Final = (
    "(kind, id) IN (SELECT kind, id FROM register_key WHERE key = 'person' AND value = {who})"
)
# Which rows of a table are about a person, in SQL that both databases read; `{who}` is the id.
ABOUT: Final[Mapping[str, LiteralString]] = {
    "person": "id = {who}",
    "court_order": _OWN,
    "order_version": "court_order IN (SELECT id FROM court_order WHERE person = {who})",
    "assignment": _OWN,
    "message": _OWN,
    "register": f"{_OWN} OR (person IS NULL AND id = {{who}}) OR {_NAMED}",
    "register_key": (
        f"(kind, id) IN (SELECT kind, id FROM register WHERE {_OWN}) OR id = {{who}} OR {_NAMED}"
    ),
    "audit_record": (
        f"{_OWN} OR entry IN (SELECT CAST(substr(id, 1, 12) AS BIGINT) FROM register_key "
        "WHERE kind = 'deed' AND key = 'person' AND value = {who})"
    ),
    "assessment": _OWN,
    "superseded": _OWN,
    "incident": _OWN,
    "judged": _OWN,
    "outgoing": _OWN,
    "bound": "about = {who}",
}

# A new database has a row.
ALREADY_THERE: Final = frozenset({"audit_edge", "change_edge", "binding_edge"})
FLAGS: Final = frozenset({"unsigned", "is_done", "whole"})
BYTES: Final = frozenset(
    {
        "sha256", "digest", "body", "standing", "public_key", "key_name", "peaks", "line", "salt",
        "record", "hash", "text", "version_sha256", "header", "leaves",
    }
)  # fmt: skip


def columns(table: str, *, numbered: bool = False) -> tuple[str, ...]:
    """Return the columns of a table; that of the number of each row behind them, if asked for."""
    more = (NUMBER,) if numbered and table in NUMBERED else ()
    return (*TABLES[table][1], *more)


def order(table: str) -> str:
    """Return the columns by which the rows of a table are sorted.

    >>> order("register_key")
    'kind, key, value, id'
    """
    count, names = TABLES[table]
    return ", ".join(names[:count])


def names_of(table: str, row: Row) -> tuple[str, ...]:
    """Return the columns of a row, which may have its number behind it."""
    return columns(table, numbered=len(row) > len(TABLES[table][1]))


def with_flags(table: str, row: Row) -> Row:
    """Return a row with flags as flags: one database has none of its own."""
    return convert_flags(names_of(table, row), row)


def convert_flags(names: Sequence[str], row: Row) -> Row:
    """Return values of these columns with flags as flags."""
    return tuple(
        bool(value) if name in FLAGS and value in {0, 1} else value
        for name, value in zip(names, row, strict=True)
    )


def sort_keys(rows: Iterable[Row]) -> list[list[str]]:
    """Return the keys of a row of the register, of rows of kind, id, key and value."""
    return sorted([row[2], row[3]] for row in rows)


def with_keys(rows: Iterable[tuple[Row, int | None]], keys: Iterable[Row]) -> Iterator[Row]:
    """Yield rows of the register with their keys and number; both come by kind and id.

    Keys of no row come as a row of their own that nobody bound: nothing here writes such.
    """
    of_rows = groupby(keys, key=lambda row: tuple(row[:2]))
    whose, row_keys = _next(of_rows)
    for values, number in rows:
        while whose is not None and whose < values[:2]:
            yield (*whose, 0, None, b"", 0, row_keys, None)
            whose, row_keys = _next(of_rows)
        own_keys: list[list[str]] = []
        if whose == values[:2]:
            own_keys = row_keys
            whose, row_keys = _next(of_rows)
        yield (*values, own_keys, number)
    while whose is not None:
        yield (*whose, 0, None, b"", 0, row_keys, None)
        whose, row_keys = _next(of_rows)


def _next(of_rows: Iterator[tuple[Row, Iterable[Row]]]) -> tuple[Row | None, list[list[str]]]:
    whose, rows = next(of_rows, (None, ()))
    return whose, sort_keys(rows)
