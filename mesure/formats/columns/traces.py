"""Traces: whose rows a file holds; one run judges one person."""

from collections.abc import Sequence

import numpy as np

from mesure.formats.columns import file_limits
from mesure.formats.columns.file_faults import FixesError, excerpt, join_names
from mesure.formats.columns.file_rows import BLANK_TRACE, COLUMNS, I32, NO_TRACE, Bools, FileRows
from mesure.formats.columns.row_builder import RowBuilder


def join(records: Sequence[FileRows]) -> FileRows:
    """Return the rows of several files as one record, in the order given."""
    if len(records) == 1:
        return records[0]
    if not records:
        return RowBuilder("", 0).record("time", "recv_time")
    file = ", ".join(dict.fromkeys(record.file for record in records))
    total = sum(len(record) for record in records)
    file_limits.check_rows(file, total, total)
    names: dict[str, int] = {}
    codes = [_shared_codes(record, names) for record in records]
    columns = {
        name: np.concatenate([getattr(record, name) for record in records])
        for name in COLUMNS
        if name != "trace"
    }
    notes = tuple(note for record in records for note in record.notes)
    trace = np.concatenate(codes)
    return FileRows(file=file, traces=tuple(names), trace=trace, notes=notes, **columns)


def _shared_codes(record: FileRows, names: dict[str, int]) -> I32:
    known = [names.setdefault(name, len(names)) for name in record.traces]
    # Python counts from the end: index -1 is NO_TRACE, index -2 is BLANK_TRACE.
    table = np.array([*known, BLANK_TRACE, NO_TRACE], np.int32)
    codes: I32 = table[record.trace]
    return codes


def of_one_person(record: FileRows, trace: str | None) -> Bools:
    """Say which rows are the person's; refuse to guess whose trace is meant.

    A row that leaves its name empty in files that name several belongs to nobody: it is not held
    against the person. A file that has no place for names is the person's.
    """
    # A dictionary column may name traces of which it has no row.
    present = np.unique(record.trace)
    names = sorted(record.traces[index] for index in present.tolist() if index >= 0)
    if trace is None and len(names) > 1:
        what = f"trace_id has {len(names)} values: {join_names(names)}"
        why = "they may be several people, and one run judges one"
        raise FixesError(record.file, what, why, "say which is meant with --trace ID")
    if trace is not None and trace not in names:
        raise FixesError(
            record.file,
            f"no row has the trace_id “{excerpt(trace)}” (there are: {join_names(names)})",
            "there is nothing to judge",
            "give --trace one of these" if names else "leave --trace out",
        )
    if len(names) < 2:
        return np.ones(len(record), np.bool_)
    chosen = record.traces.index(str(trace))
    mine: Bools = (record.trace == chosen) | (record.trace == NO_TRACE)
    return mine
