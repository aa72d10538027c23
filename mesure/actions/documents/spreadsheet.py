"""Spreadsheet: a table as CSV, in which no cell is a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def encode(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> bytes:
    r"""Return a table as a file; persons, courts and devices are named from outside.

    >>> encode(("name", "lat_deg", "radius95_m"), [("=HYPERLINK()", -33.9, None)])
    b"name,lat_deg,radius95_m\r\n'=HYPERLINK(),-33.9,\r\n"
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(map(_cell, row) for row in rows)
    return out.getvalue().encode()


def _cell(value: object) -> object:
    """Return a value that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
