"""Verify rows: check every row that is evidence against its commitment, and those against the log.

Everything is read from one moment, once. What should be there waits in a private database that
spills to a temporary file, so a store may be larger than memory.
"""

import sqlite3
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any, Final, NamedTuple

import msgspec

from mesure.store.commitments import row_digests
from mesure.store.commitments.row_commitments import CommitmentRecord
from mesure.store.commitments.row_digests import EVIDENCE, ChangeHeader, CommitmentEdge, NumberRange
from mesure.store.interface.store import ReadTransaction
from mesure.store.values.mismatches import MismatchKind, RowMismatch

AT_ONCE: Final = 1_000  # Leaves that are noted together.
TOLD_EVERY: Final = 1_000

_REVISION: Final = EVIDENCE["register"].columns.index("revision")

Tell = Callable[[str, int], None]  # The table, and how many of its rows were held so far.

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


class _Known(NamedTuple):
    """What a header says of a segment."""

    batch: int
    table: str
    size: int
    digest: bytes


class LoggedCommitments:
    """What the log has of rows: digests by batch, and which numbers are gone."""

    def __init__(self, pins: Iterable[CommitmentRecord]) -> None:
        self.digests: dict[int, bytes] = {}
        self.until = 0  # The number after that of the last batch.
        gone: list[NumberRange] = []
        for pin in pins:
            if pin.first == 0:
                self.digests, gone = {}, []
            self.digests.update(enumerate(pin.digests, start=pin.first))
            self.until = pin.first + len(pin.digests)
            gone += pin.gone
        self._keep(gone)

    def let_go(self, more: Iterable[NumberRange]) -> None:
        """Know of further numbers that are gone."""
        self._keep([*self.gone, *more])

    def _keep(self, gone: list[NumberRange]) -> None:
        self.gone = row_digests.merge(gone)
        self._starts = [span.first for span in self.gone]

    def is_gone(self, number: int) -> bool:
        """Tell whether a number is gone."""
        return self.are_gone(number, number + 1)

    def count_gone(self, start: int, until: int) -> int:
        """Return how many of these numbers are gone."""
        count, place = 0, max(bisect_right(self._starts, start) - 1, 0)
        for span in self.gone[place:]:
            if span.first >= until:
                break
            count += max(0, min(span.last + 1, until) - max(span.first, start))
        return count

    def are_gone(self, start: int, until: int) -> bool:
        """Tell whether all of these numbers are gone."""
        place = bisect_right(self._starts, start) - 1
        return start >= until or (place >= 0 and until - 1 <= self.gone[place].last)


class RowComparison:
    """One pass over a store; `rows` counts what was held, after `mismatches` was gone through."""

    def __init__(
        self,
        reading: ReadTransaction,
        pins: Iterable[CommitmentRecord],
        tell: Tell,
        *,
        is_log_whole: bool = True,
    ) -> None:
        """`is_log_whole`: whether nothing was found in the log, so that no record is missing."""
        self._reading, self._tell, self._is_log_whole = reading, tell, is_log_whole
        self.bound = LoggedCommitments(pins)
        self.rows = 0
        self.open_batches = 0  # Which the log does not have yet.
        self._lost: list[NumberRange] = []  # Numbers of which nobody knows any more what they were.

    def mismatches(self) -> Iterator[RowMismatch]:
        """Yield every row that is not as the program left it."""
        with closing(sqlite3.connect("")) as expected:
            expected.executescript(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
                "CREATE TABLE live (number INTEGER PRIMARY KEY, tbl TEXT, key BLOB, hash BLOB, "
                "one INTEGER, two INTEGER, salt BLOB, seen INTEGER DEFAULT 0)"
            )
            yield from self._what_was_bound(expected)
            expected.execute("CREATE INDEX by_key ON live (tbl, key)")
            for table in EVIDENCE:
                yield from self._rows_of(table, expected)
            for table, key in expected.execute("SELECT tbl, key FROM live WHERE NOT seen"):
                yield RowMismatch(table, tuple(_decode(key)), MismatchKind.MISSING)

    # --- What was bound ------------------------------------------------------------------------

    def _what_was_bound(self, expected: sqlite3.Connection) -> Iterator[RowMismatch]:
        rows = list(self._reading.rows("binding_edge"))
        if len(rows) != 1:
            yield RowMismatch(
                "binding_edge", (), MismatchKind.ADDED if rows else MismatchKind.MISSING
            )
            rows = rows or [(1, 0, 0, 0, True)]
        edge, is_whole = CommitmentEdge(*rows[0][1:4]), rows[0][4]
        self.open_batches = max(0, edge.batches - self.bound.until)
        if edge.pinned != self.bound.until and (
            self._is_log_whole or edge.pinned < self.bound.until
        ):
            yield RowMismatch("binding_edge", (1,), MismatchKind.ALTERED, "pinned")
        if is_whole is not True:
            yield RowMismatch("binding_edge", (1,), MismatchKind.ALTERED, "whole")
        headers: dict[int, _Known] = {}
        yield from self._headers(edge, headers)
        yield from self._segments(headers, expected)

    def _headers(self, edge: CommitmentEdge, segments: dict[int, _Known]) -> Iterator[RowMismatch]:
        """Read the headers, and yield what is wrong with them; a segment is found by its number."""
        there: set[int] = set()
        spans: list[NumberRange] = []
        gone: list[NumberRange] = []
        for number, first, until, body in self._reading.rows("binding"):
            there.add(number)
            header = self._header(number, body)
            if header is None:
                yield RowMismatch("binding", (number,), MismatchKind.ALTERED, "header")
                self._lost.append(NumberRange(first, until - 1))
                spans.append(NumberRange(first, until - 1))
                continue
            if (header.first, header.until) != (first, until):
                column = "first" if header.first != first else "until"
                yield RowMismatch("binding", (number,), MismatchKind.ALTERED, column)
            if number >= edge.batches:
                yield RowMismatch("binding", (number,), MismatchKind.ADDED)
            spans.append(NumberRange(header.first, header.until - 1))
            start = header.first
            for table, size, digest in header.segments:
                segments[start] = _Known(header.number, table, size, digest)
                start += size
            if header.gone and number not in self.bound.digests:
                gone += header.gone
        self.bound.let_go(gone)
        for gap in _gaps(self.bound.until, edge.batches, there):
            named = gap.first if gap.first == gap.last else f"{gap.first}-{gap.last}"
            yield RowMismatch("binding", (named,), MismatchKind.MISSING)
        yield from self._holes(edge, spans)

    def _header(self, number: int, body: bytes) -> ChangeHeader | None:
        try:
            header = row_digests.decode_header(body)
        except ValueError:
            return None
        known = self.bound.digests.get(number)
        if header.number != number or known not in {None, row_digests.batch_digest(body)}:
            return None
        return header

    def _holes(self, edge: CommitmentEdge, spans: list[NumberRange]) -> Iterator[RowMismatch]:
        """Yield numbers that no batch has, and that are not gone."""
        start = 0
        for span in [*row_digests.merge(spans), NumberRange(edge.commitments, edge.commitments)]:
            if start < span.first and not self.bound.are_gone(start, span.first):
                yield RowMismatch("binding", (f"{start}-{span.first - 1}",), MismatchKind.MISSING)
                self._lost.append(NumberRange(start, span.first - 1))
            start = max(start, span.last + 1)
        if start > edge.commitments + 1:
            yield RowMismatch("binding_edge", (1,), MismatchKind.ALTERED, "commitments")

    def _segments(
        self, headers: dict[int, _Known], expected: sqlite3.Connection
    ) -> Iterator[RowMismatch]:
        waiting: list[tuple[Any, ...]] = []
        there: set[int] = set()
        for first, batch, _, size, live, body in self._reading.rows("bound"):
            there.add(first)
            wrong = list(self._segment(first, (batch, size, live), body, headers.get(first)))
            yield from wrong
            if any(one.column == "leaves" for one in wrong):
                self._lost.append(NumberRange(first, first + size - 1))
                continue
            waiting += self._live(first, body)
            if len(waiting) >= AT_ONCE:
                _note(expected, waiting)
                waiting = []
        _note(expected, waiting)
        for first, known in headers.items():
            if first not in there and not self.bound.are_gone(first, first + known.size):
                yield RowMismatch("bound", (first, known.table), MismatchKind.MISSING)
                self._lost.append(NumberRange(first, first + known.size - 1))

    def _segment(
        self, first: int, row: tuple[int, int, int], body: bytes, known: _Known | None
    ) -> Iterator[RowMismatch]:
        batch, size, live = row
        if known is None:
            if not self._is_lost(first):
                yield RowMismatch("bound", (first,), MismatchKind.ADDED)
            return
        if row_digests.segment_digest(body) != known.digest:
            yield RowMismatch("bound", (first,), MismatchKind.ALTERED, "leaves")
            return
        left = known.size - self.bound.count_gone(first, first + known.size)
        for column, actual, right in (
            ("batch", batch, known.batch), ("count", size, known.size), ("live", live, left),
        ):  # fmt: skip
            if actual != right:
                yield RowMismatch("bound", (first,), MismatchKind.ALTERED, column)

    def _live(self, first: int, body: bytes) -> Iterator[tuple[Any, ...]]:
        try:
            salt, table, leaves = row_digests.decode_segment(body)
        except ValueError:
            return
        for number, leaf in enumerate(leaves, start=first):
            if not self.bound.is_gone(number):
                yield number, table, _encode(leaf.key), leaf.hash, *leaf.sums, salt

    def _is_lost(self, number: int) -> bool:
        return any(span.first <= number <= span.last for span in self._lost)

    # --- Rows ----------------------------------------------------------------------------------

    def _rows_of(self, table: str, expected: sqlite3.Connection) -> Iterator[RowMismatch]:
        evidence = EVIDENCE[table]
        moved: list[tuple[list[Any], int]] = []
        for count, (*values, number) in enumerate(self._reading.evidence(table), start=1):
            if count % TOLD_EVERY == 0:
                self._tell(table, count)
            self.rows += 1
            key = evidence.key_of(values)
            leaf = _waiting(expected, "number = ? AND tbl = ?", number, table)
            if leaf is not None and leaf[-1] != _encode(key):
                moved.append((values, number))  # Its own row may come yet, and have this number.
                continue
            fault = self._row(table, values, number, leaf, expected)
            if fault is not None:
                yield RowMismatch(table, key, *fault)
        for values, number in moved:
            leaf = _waiting(expected, "number = ? AND tbl = ?", number, table)
            fault = self._row(table, values, number, leaf, expected)
            if fault is not None:
                yield RowMismatch(table, evidence.key_of(values), *fault)
        self._tell(table, self.rows)

    def _row(
        self,
        table: str,
        values: Sequence[Any],
        number: int | None,
        leaf: Any,  # noqa: ANN401
        expected: sqlite3.Connection,
    ) -> tuple[MismatchKind, str | None] | None:
        """Return what is wrong with a row; None where it is as it was bound."""
        if leaf is not None:
            return _held(expected, table, values, leaf)
        if number is not None and self._is_lost(number):
            return None  # That it was bound is all that can be said; what is lost is reported.
        key = _encode(EVIDENCE[table].key_of(values))
        other = _waiting(expected, "tbl = ? AND key = ?", table, key)
        if table == "register" and values[_REVISION] == 0:
            # Keys alone; their row is reported.
            return None if other else (MismatchKind.ADDED, None)
        was_gone = number is not None and self.bound.is_gone(number)
        if other is None:
            return (MismatchKind.BACK if was_gone else MismatchKind.ADDED), None
        fault = _held(expected, table, values, other)
        if fault is None:
            return MismatchKind.ALTERED, "bound"
        return (MismatchKind.BACK, None) if was_gone else fault


def _gaps(start: int, until: int, there: Iterable[int]) -> Iterator[NumberRange]:
    """Yield the numbers of a span that are not there; a span may be as long as somebody wrote.

    >>> list(_gaps(0, 9, {1, 2, 5}))
    [NumberRange(first=0, last=0), NumberRange(first=3, last=4), NumberRange(first=6, last=8)]
    """
    for number in [*sorted(number for number in there if start <= number < until), until]:
        if start < number:
            yield NumberRange(start, number - 1)
        start = number + 1


def _note(expected: sqlite3.Connection, leaves: list[tuple[Any, ...]]) -> None:
    statement = "INSERT OR IGNORE INTO live (number, tbl, key, hash, one, two, salt) VALUES"
    expected.executemany(f"{statement} (?, ?, ?, ?, ?, ?, ?)", leaves)


def _waiting(expected: sqlite3.Connection, which: str, *parameters: object) -> Any:  # noqa: ANN401
    statement = "SELECT number, hash, one, two, salt, key FROM live WHERE NOT seen AND"
    return expected.execute(f"{statement} {which} LIMIT 1", parameters).fetchone()


def _held(
    expected: sqlite3.Connection,
    table: str,
    values: Sequence[Any],
    leaf: Any,  # noqa: ANN401
) -> tuple[MismatchKind, str | None] | None:
    number, hash_, first_sum, second_sum, salt, _ = leaf
    expected.execute("UPDATE live SET seen = 1 WHERE number = ?", (number,))
    if row_digests.row_hash(salt, table, values) == hash_:
        return None
    return MismatchKind.ALTERED, row_digests.find_altered_column(
        table, (first_sum, second_sum), values
    )
