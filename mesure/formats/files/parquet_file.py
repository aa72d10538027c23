"""Apache Parquet, with the columns of docs/specs/fixes_files.md."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from mesure.formats.columns import arrow_columns, column_names, file_limits
from mesure.formats.columns.arrow_columns import ArrowColumns
from mesure.formats.columns.column_names import ColumnMapping
from mesure.formats.columns.file_faults import FixesError, excerpt
from mesure.formats.columns.file_rows import FileRows, finish

MAGIC: Final = b"PAR1"
_BATCH_ROWS: Final = 1 << 16
_BROKEN = (pa.ArrowException, OSError, ValueError, KeyError, OverflowError)


def read(file: str, data: bytes) -> FileRows:
    """Return every row of a Parquet file; what it claims is checked before it is unpacked."""
    try:
        source = pq.ParquetFile(pa.BufferReader(data))
        sheet = arrow_columns.sheet(file, list(source.schema_arrow.names))
        wanted = _wanted(file, source.schema_arrow, sheet)
        _check_claims(file, source.metadata, len(data))
        opened = _with_texts(source, data, list(wanted))
        rows = _rows(_Table(file, data, sheet, wanted), opened)
    except MemoryError as too_little:
        what = "reading it takes more memory than there is"
        remedy = "check that the file is whole, or judge a shorter time at once"
        raise FixesError(file, what, "its rows can't be unpacked", remedy) from too_little
    except _BROKEN as broken:
        what, why = "the Parquet file is damaged or cut short", "its rows can't be unpacked"
        raise FixesError(file, what, why, "copy or export it again") from broken
    read = set(wanted)
    return finish(
        file,
        rows.raw_columns(),
        rows.traces(),
        time_key=sheet.column["time"],
        receipt_key=sheet.column.get("recv_time", "recv_time"),
        unread=[name for name in source.schema_arrow.names if name not in read],
    )


class _Table(NamedTuple):
    """A file, and which of its columns are unpacked, by name, and as what."""

    file: str
    data: bytes
    sheet: ColumnMapping
    wanted: Mapping[str, str]


def _wanted(file: str, schema: pa.Schema, sheet: ColumnMapping) -> dict[str, str]:
    """Return the columns to unpack: those that mean something, of a kind that can.

    A list is not even unpacked: one row of it may hold a billion numbers in a few bytes.
    """
    meaning_by_name = {}
    for meaning, name in sheet.column.items():
        kind = schema.field(name).type
        if arrow_columns.is_readable(meaning, kind, sheet.clock(meaning)):
            meaning_by_name[name] = meaning
        elif meaning in (*column_names.NEEDED, *column_names.TIMES):
            raise _wrong_kind(file, meaning, name, str(kind))
    return meaning_by_name


def _wrong_kind(file: str, meaning: str, name: str, kind: str) -> FixesError:
    remedy = "a timestamp with a zone, such as UTC" if meaning in column_names.TIMES else "a number"
    return FixesError(
        file,
        f"the column {excerpt(name)} is of type {excerpt(kind)}",
        "nobody can say when and where the person was",
        f"write it as {remedy}",
    )


def _with_texts(source: pq.ParquetFile, data: bytes, wanted: list[str]) -> pq.ParquetFile:
    """Return a reader that reads texts as a table of values and indices.

    A long text that is in many rows is then held once.
    """
    leaves = [source.schema.column(index) for index in range(len(source.schema))]
    texts = [
        leaf.path
        for leaf in leaves
        if leaf.path in wanted
        and leaf.physical_type == "BYTE_ARRAY"
        and leaf.logical_type.type != "DECIMAL"
    ]
    return pq.ParquetFile(pa.BufferReader(data), read_dictionary=texts) if texts else source


def _check_claims(file: str, metadata: pq.FileMetaData, size: int) -> None:
    # Not column by column: pyarrow 26 ends the process when a damaged file is asked for those.
    file_limits.check_rows(file, metadata.num_rows, file_limits.rows_packed(size))
    groups = range(metadata.num_row_groups)
    unpacked = sum(metadata.row_group(group).total_byte_size for group in groups)
    file_limits.check_unpacked(file, unpacked, size)


def _rows(table: _Table, source: pq.ParquetFile) -> ArrowColumns:
    honest = file_limits.rows_packed(len(table.data))
    rows = ArrowColumns(table.file, table.sheet, source.metadata.num_rows, honest)
    for batch in source.iter_batches(batch_size=_BATCH_ROWS, columns=list(table.wanted)):
        meanings = [table.wanted[name] for name in batch.schema.names]
        rows.append(batch.rename_columns(meanings))
    return rows
