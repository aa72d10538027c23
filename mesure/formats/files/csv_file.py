"""CSV: comma-, semicolon- or tab-separated text with a header, UTF-8 with or without its mark.

A row is a line that isn't empty. A row with too few or too many values, or with a quotation mark
that is not closed, is kept: nothing can be read from it, so it is out of range.
"""

import csv
import re
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import numpy as np
import pyarrow as pa
from pyarrow.csv import ConvertOptions, CSVStreamingReader, ParseOptions, ReadOptions, open_csv

from mesure.formats.columns import arrow_columns, file_limits
from mesure.formats.columns import column_names as names
from mesure.formats.columns.arrow_columns import ArrowColumns
from mesure.formats.columns.column_names import ColumnMapping
from mesure.formats.columns.file_faults import FixesError
from mesure.formats.columns.file_rows import FileRows, finish

_MARK: Final = b"\xef\xbb\xbf"
_DELIMITERS: Final = ",;\t"
_TEXT: Final = re.compile(rb"[^\r\n]")
_PIECE: Final = 1 << 22


def read(file: str, data: bytes) -> FileRows:
    """Return every row of a CSV file."""
    start = len(_MARK) if data.startswith(_MARK) else 0
    delimiter, header, end = _header(file, data, start)
    sheet = arrow_columns.sheet(file, header, line=1)
    table = _Table(file, header, sheet, delimiter, file_limits.rows_of_text(len(data)))
    rows = _rows(table, data, end)
    if rows is None:
        file_limits.check_rows(file, _count_lines(data, end), table.honest)
        rows = _rows(table, _even(table, data, end), 0)
    if rows is None:
        what, why = "its quotation marks don't match", "nobody can tell where a row ends"
        raise FixesError(file, what, why, "write the table without quotation marks")
    return finish(
        file,
        rows.raw_columns(),
        rows.traces(),
        time_key=sheet.column["time"],
        receipt_key=sheet.column.get("recv_time", "recv_time"),
        unread=sheet.unread,
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """What the first line says of the lines below it."""

    file: str
    names: list[str]
    sheet: ColumnMapping
    delimiter: str
    honest: int  # How many rows a file of this size can have.

    def column_meaning(self, number: int) -> str:
        """Return what the column of a number means; nothing, where it isn't read."""
        read = {name: meaning for meaning, name in self.sheet.column.items()}
        return read.get(self.names[number], "")


def _rows(table: _Table, data: bytes, start: int) -> ArrowColumns | None:
    """Return the rows below `start`; None if a line can't be taken apart or runs into the next."""
    ends = data.count(b"\n", start) + data.count(b"\r", start)
    is_comma = table.delimiter != ","
    rows = ArrowColumns(table.file, table.sheet, ends, table.honest, decimal_comma=is_comma)
    if not _TEXT.search(data, start):
        return rows
    try:
        with _opened(table, pa.py_buffer(data).slice(start)) as batches:
            for batch in batches:
                named = [table.column_meaning(int(number)) for number in batch.schema.names]
                rows.append(batch.rename_columns(named))
    except pa.ArrowInvalid:
        return None
    # An open quotation mark swallows lines without complaint, if the values happen to be as many.
    swallowed = data.find(b'"', start) >= 0 and len(rows) != _count_lines(data, start)
    return None if swallowed else rows


def _count_lines(data: bytes, start: int) -> int:
    """Return how many lines are not empty; `start` is where the line before them ends."""
    characters = np.frombuffer(data, np.uint8)[start:]
    count = 0
    for first in range(0, len(characters), _PIECE):
        piece = characters[first : first + _PIECE + 1]  # One more: a line may begin with it.
        is_end = (piece == ord("\n")) | (piece == ord("\r"))
        count += int(np.count_nonzero(is_end[:-1] & ~is_end[1:]))
    return count


def _opened(table: _Table, body: pa.Buffer) -> CSVStreamingReader:
    # Columns are asked for by number, since a file may name several alike that we don't read.
    numbers = [str(number) for number in range(len(table.names))]
    wanted = [number for number in numbers if table.column_meaning(int(number))]
    return open_csv(
        pa.BufferReader(body),
        ReadOptions(column_names=numbers, block_size=file_limits.LINE_BYTES_MAX),
        ParseOptions(delimiter=table.delimiter),
        ConvertOptions(
            column_types=dict.fromkeys(wanted, pa.string()),
            include_columns=wanted,
            check_utf8=False,
            strings_can_be_null=False,
        ),
    )


def _even(table: _Table, data: bytes, start: int) -> bytes:
    """Return the lines with an empty row in place of each that can't be taken apart."""
    comma = table.delimiter.encode()
    commas = len(table.names) - 1
    file, even = BytesIO(data), BytesIO()
    file.seek(start)
    even.write(b"\n")
    for line in file:
        # The first question alone settles nearly every line, and quickly.
        if line.count(comma) == commas and _is_plain(line):
            even.write(line)
            continue
        for part in filter(None, line.splitlines()):
            even.write((part if _is_whole(table, part) else comma * commas) + b"\n")
    return even.getvalue()


def _is_plain(line: bytes) -> bool:
    """Say whether a line is one row of as many values as it has delimiters, and one more."""
    within = line.rstrip(b"\r\n")
    return b'"' not in within and b"\r" not in within and len(line) < file_limits.LINE_BYTES_MAX


def _is_whole(table: _Table, line: bytes) -> bool:
    if len(line) >= file_limits.LINE_BYTES_MAX:
        return False
    text = line.decode("utf-8", "replace")
    try:
        cells = next(csv.reader([text], delimiter=table.delimiter, strict=True))
    except csv.Error:
        return False
    return len(cells) == len(table.names)


def _header(file: str, data: bytes, start: int) -> tuple[str, list[str], int]:
    """Return the delimiter, the names of the columns and where the first row begins."""
    head = data[start : start + file_limits.LINE_BYTES_MAX]
    end = min(place if place >= 0 else len(head) for place in (head.find(b"\n"), head.find(b"\r")))
    line = head[:end].decode("utf-8", "replace")
    split = {delimiter: _names(line, delimiter) for delimiter in _DELIMITERS}
    delimiter = max(split, key=lambda d: len(names.sheet(tuple(split[d])).column))
    header = split[delimiter]
    if len(header) > file_limits.COLUMNS_MAX:
        raise FixesError(
            file,
            f"the first line names {len(header)} columns, and {file_limits.COLUMNS_MAX} are read",
            "it is no table of fixes",
            "keep the columns of docs/specs/fixes_files.md",
            line=1,
        )
    return delimiter, header, start + end


def _names(line: str, delimiter: str) -> list[str]:
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:  # A name of more than 128 kB.
        cells = [line]
    return [cell.strip() for cell in cells]
