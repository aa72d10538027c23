"""Database shape: all that a database consists of besides its rows, compared with its migrations.

Someone who can change the schema need change no row: a trigger keeps incidents from arising, a view
or a rule shows others than there are, a row policy hides some, and without an index one row may be
there twice. So all of it is read, and held against the same steps carried out in an empty place.
"""

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from mesure.store.schema import versions
from mesure.store.values.mismatches import MismatchKind, RowMismatch

Parts: TypeAlias = Mapping[str, str]  # By kind and name: how it is defined.

TABLE: Final = "schema"  # The name under which parts are reported.
# Its text is of the library that carries migrations out, and another with each version of it.
_UNTOLD: Final = frozenset({f"table {versions.VERSION_TABLE}"})


def faults(there: Parts, meant: Parts) -> Iterator[RowMismatch]:
    """Yield each part that is missing, too much, or defined otherwise.

    >>> list(faults({"trigger t": "x"}, {}))[0].wrong.value
    'added'
    """
    for name in sorted({*there, *meant}):
        if name not in meant:
            yield RowMismatch(TABLE, (name,), MismatchKind.ADDED)
        elif name not in there:
            yield RowMismatch(TABLE, (name,), MismatchKind.MISSING)
        elif there[name] != meant[name] and name not in _UNTOLD:
            yield RowMismatch(TABLE, (name,), MismatchKind.ALTERED)


def plain(text: str | None) -> str:
    """Return a definition with one space between its words."""
    return " ".join((text or "").split())
