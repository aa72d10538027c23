"""Row digests: bind each row that is evidence to the audit log, so that no change is unseen.

Each version of a row has a number, and a hash under a salt; what a change binds is a batch of them.
The audit log has the digests of batches, and which numbers are gone: a row that was replaced,
reduced or erased by the program is named there, and one that was altered, added or taken away by
anything else is found. Salts and hashes of a row go with the row.

Two sums beside the hash tell which column it was, where one was altered; they prove nothing.
Specification: docs/specs/store.md, Binding
Decision: docs/decisions/0039-every-row-is-bound-to-the-log.md
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from operator import itemgetter, mul
from typing import Any, Final, NamedTuple
from zlib import crc32

import msgspec

from mesure.store.values import tables
from mesure.store.writing import append_plan
from mesure.store.writing.audit_append import Salts

SALT_BYTES: Final = 16
LEAVES_MAX: Final = 256  # Of one segment.
ROW_DOMAIN: Final = b"mesure row 1\n"
SEGMENT_DOMAIN: Final = b"mesure segment 1\n"
BATCH_DOMAIN: Final = b"mesure batch 1\n"
PRIME: Final = (1 << 31) - 1
PARTS_MAX: Final = 1 << 16
# The parts of texts, which come often: ids, the names of formats and conditions.
_PARTS: Final[dict[str, int]] = {}
_PLACES: Final = range(1, 100)  # More than any table has columns.

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


class BoundTable(NamedTuple):
    """A table whose rows are bound: its columns as they are hashed, and which tell rows apart."""

    columns: tuple[str, ...]
    key: tuple[str, ...]
    places: tuple[int, ...]  # Of the columns of the key among all.

    def key_of(self, values: Sequence[Any]) -> tuple[Any, ...]:
        """Return what tells a row from the others."""
        return tuple(values[place] for place in self.places)


# The state of a device, a counter for followers and a count of repeats are no evidence.
_WITHOUT: Final = {
    "person": {"changed"},
    "device": {"standing"},
    "quarantine": {"times", "last_received_us"},
}
KEYS_OF_ROW: Final = "keys"  # Of a row of the register: all its keys, sorted, as one column.
TOGETHER: Final = frozenset({"message", "assessment", "superseded"})  # Share a segment and a salt.


def _evidence(table: str) -> BoundTable:
    count, names = tables.TABLES[table]
    columns = tuple(name for name in names if name not in _WITHOUT.get(table, ()))
    more = (KEYS_OF_ROW,) if table == "register" else ()
    key = names[:count]
    return BoundTable((*columns, *more), key, tuple(map(columns.index, key)))


EVIDENCE: Final[Mapping[str, BoundTable]] = {table: _evidence(table) for table in tables.NUMBERED}
_KEY_OF: Final = {table: itemgetter(*evidence.places) for table, evidence in EVIDENCE.items()}
assert ", ".join(EVIDENCE["message"].columns) == append_plan.COLUMNS


def columns_of(table: str) -> tuple[str, ...]:
    """Return the columns of the table itself: keys of the register have one of their own."""
    return tuple(name for name in EVIDENCE[table].columns if name != KEYS_OF_ROW)


class CommitmentEdge(NamedTuple):
    """How far rows are bound: batches, numbers of rows, and the batches that the log has."""

    batches: int = 0
    commitments: int = 0
    pinned: int = 0


class NumberRange(NamedTuple):
    """Numbers from the first to the last, both included."""

    first: int
    last: int


class RowLeaf(NamedTuple):
    """One version of a row, as it was bound."""

    key: tuple[Any, ...]
    hash: bytes
    sums: tuple[int, int]


class LeafSegment(NamedTuple):
    """Neighbouring leaves of one table that share a salt."""

    first: int
    batch: int
    about: str | None  # The person, or the name of a row that belongs to nobody.
    size: int
    body: bytes


class ChangeHeader(NamedTuple):
    """What one change bound, and which numbers it let go."""

    number: int
    first: int
    segments: tuple[tuple[str, int, bytes], ...]  # Table, leaves, digest.
    gone: tuple[NumberRange, ...]

    @property
    def until(self) -> int:
        """Return the number after the last that it bound."""
        return self.first + sum(count for _, count, _ in self.segments)


class CommitmentBatch(NamedTuple):
    """What is to be kept of a change that bound something."""

    number: int
    first: int
    until: int
    header: bytes
    segments: list[LeafSegment]
    gone: list[NumberRange]
    edge: CommitmentEdge


def row_hash(salt: bytes, table: str, values: Sequence[Any]) -> bytes:
    """Return the hash of a row under the salt of its segment."""
    return sha256(ROW_DOMAIN + salt + _encode((table, *values))).digest()


def sums(values: Iterable[Any]) -> tuple[int, int]:
    """Return two sums over the columns, which identify one column that was altered.

    >>> sums([7, b"x"]) == sums([8, b"x"])
    False
    """
    known = _PARTS.get
    parts = [
        value if value.__class__ is int
        else (known(value) or _part(value)) if value.__class__ is str
        else _part(value)
        for value in values
    ]  # fmt: skip
    return sum(parts) % PRIME, sum(map(mul, parts, _PLACES)) % PRIME


def _part(value: Any) -> int:  # noqa: ANN401  A value of a column.
    if value.__class__ is bytes:
        return crc32(value)
    part = crc32(_encode(value))
    if value.__class__ is str:
        if len(_PARTS) >= PARTS_MAX:
            _PARTS.clear()
        _PARTS[value] = part
    return part


def find_altered_column(table: str, then: tuple[int, int], values: Sequence[Any]) -> str | None:
    """Return which column was altered, where it was one.

    >>> find_altered_column("device", sums(["D-1", 5, "O-1"]), ["D-1", 6, "O-1"])
    'entered_us'
    """
    now = sums(values)
    plain, weighted = (now[0] - then[0]) % PRIME, (now[1] - then[1]) % PRIME
    if plain == 0:
        return None
    place = weighted * pow(plain, -1, PRIME) % PRIME
    columns = EVIDENCE[table].columns
    return columns[place - 1] if 1 <= place <= len(columns) else None


def segment_digest(body: bytes) -> bytes:
    """Return the digest of a segment, by which its header names it."""
    return sha256(SEGMENT_DOMAIN + body).digest()


def batch_digest(header: bytes) -> bytes:
    """Return the digest of a batch, which the audit log has."""
    return sha256(BATCH_DOMAIN + header).digest()


def decode_segment(body: bytes) -> tuple[bytes, str, list[RowLeaf]]:
    """Return salt, table and leaves of a segment; raises `ValueError` where it is none."""
    try:
        salt, table, entries = _decode(body)
        leaves = [RowLeaf(tuple(key), bytes(hash_), (int(first_sum), int(second_sum)))
                  for *key, hash_, first_sum, second_sum in entries]  # fmt: skip
        return bytes(salt), str(table), leaves
    except (msgspec.DecodeError, TypeError, ValueError) as error:
        raise ValueError("this is no segment") from error


def decode_header(body: bytes) -> ChangeHeader:
    """Return what a header says; raises `ValueError` where it is none."""
    try:
        number, first, segments, gone = _decode(body)
        digests = tuple(
            (str(table), int(count), bytes(digest)) for table, count, digest in segments
        )
        return ChangeHeader(
            int(number), int(first), digests, tuple(NumberRange(*span) for span in gone)
        )
    except (msgspec.DecodeError, TypeError, ValueError) as error:
        raise ValueError("this is no header") from error


def ranges(numbers: Iterable[int]) -> list[NumberRange]:
    """Return numbers as sorted ranges.

    >>> ranges([5, 3, 4, 9, 9])
    [NumberRange(first=3, last=5), NumberRange(first=9, last=9)]
    """
    return merge(NumberRange(number, number) for number in numbers)


def merge(spans: Iterable[NumberRange]) -> list[NumberRange]:
    """Return ranges sorted, and neighbouring ones as one."""
    whole: list[NumberRange] = []
    for span in sorted(spans):
        if whole and span.first <= whole[-1].last + 1:
            whole[-1] = NumberRange(whole[-1].first, max(span.last, whole[-1].last))
        else:
            whole.append(span)
    return whole


@dataclass(slots=True)
class _Open:
    """A segment that still takes leaves."""

    first: int
    table: str
    about: str | None
    salt: bytes
    leaves: list[tuple[Any, ...]] = field(default_factory=list)


class RowBinder:
    """Gathers what a change binds and lets go, until it is settled or taken back."""

    def __init__(self, salts: Salts) -> None:
        self._salts = salts
        self.edge: CommitmentEdge | None = None  # None: it was not read in this transaction yet.
        self.touched: dict[tuple[str, tuple[Any, ...]], None] = {}
        self.gone: list[int] = []
        self._segments: list[_Open] = []
        self._next = 0

    @property
    def is_idle(self) -> bool:
        """Tell whether there is nothing to settle."""
        return not (self.touched or self.gone or self._segments)

    def begin(self, edge: CommitmentEdge) -> None:
        """Bind from here on."""
        self.edge, self._next = edge, edge.commitments

    def bind(self, table: str, about: str | None, values: Sequence[Any]) -> int:
        """Bind a version of a row, and return its number."""
        return self.bind_all(table, about, [values])[0]

    def bind_all(self, table: str, about: str | None, rows: Sequence[Sequence[Any]]) -> range:
        """Bind versions of rows of one table, and return their numbers."""
        first, done = self._next, 0
        key_of = _KEY_OF[table]
        while done < len(rows):
            segment = self._taking(table, about)
            add, salt = segment.leaves.append, segment.salt
            for values in rows[done : done + LEAVES_MAX - len(segment.leaves)]:
                key = key_of(values)
                leaf = (row_hash(salt, table, values), *sums(values))
                add((*key, *leaf) if key.__class__ is tuple else (key, *leaf))
                done += 1
            self._next = first + done
        return range(first, self._next)

    def _taking(self, table: str, about: str | None) -> _Open:
        """Return the segment that takes the next leaf."""
        last = self._segments[-1] if self._segments else None
        if (
            last is None
            or table not in TOGETHER
            or (last.table, last.about) != (table, about)
            or len(last.leaves) >= LEAVES_MAX
        ):
            last = _Open(self._next, table, about, self._salts(SALT_BYTES))
            self._segments.append(last)
        return last

    def mark_pinned(self, batches: int) -> None:
        """Know that the log has `batches` batches."""
        if self.edge is not None:
            self.edge = self.edge._replace(pinned=batches)

    def take_back(self) -> None:
        """Forget what a change gathered that was taken back; the edge is read anew."""
        self._clear()
        self.edge = None

    def _clear(self) -> None:
        self.touched.clear()
        self.gone.clear()
        self._segments.clear()

    def batch(self) -> CommitmentBatch:
        """Return what is to be kept of the change, and begin the next."""
        assert self.edge is not None, "the edge is read before anything is settled"
        number, first = self.edge.batches, self.edge.commitments
        segments = list(self._made(number))
        digests = [(part.table, len(part.leaves), segment_digest(segment.body))
                for part, segment in zip(self._segments, segments, strict=True)]  # fmt: skip
        gone = ranges(self.gone)
        header = _encode((number, first, digests, gone))
        edge = CommitmentEdge(number + 1, self._next, self.edge.pinned)
        batch = CommitmentBatch(number, first, self._next, header, segments, gone, edge)
        self.edge = edge
        self._clear()
        return batch

    def _made(self, number: int) -> Iterator[LeafSegment]:
        for segment in self._segments:
            body = _encode((segment.salt, segment.table, segment.leaves))
            yield LeafSegment(segment.first, number, segment.about, len(segment.leaves), body)


class ReleasedSegments(NamedTuple):
    """What becomes of segments of which numbers were let go."""

    left: list[tuple[int, int]]  # How many are left of which one.
    ended: list[int]
    batches: list[int]  # Of those that ended.


def let_go(rows: Iterable[tuple[int, int, int, int, int, int]]) -> ReleasedSegments:
    """Return what becomes of segments, given ranges of numbers that are gone with what they touch.

    `rows` are rows of a range, its first and last, and a segment: first, count, how many are left,
    batch. One that only ends before a range begins is not touched by it.

    >>> let_go([(2, 5, 0, 4, 4, 7), (2, 5, 4, 2, 2, 8), (30, 31, 20, 9, 9, 8)])
    ReleasedSegments(left=[(2, 0)], ended=[4], batches=[8])
    """
    lives: dict[int, int] = {}
    of: dict[int, int] = {}
    for start, end, first, size, live, batch in rows:
        gone = min(end + 1, first + size) - max(start, first)
        if gone > 0:
            lives[first] = lives.get(first, live) - gone
            of[first] = batch
    left = [(live, first) for first, live in lives.items() if live > 0]
    ended = [first for first, live in lives.items() if live <= 0]
    return ReleasedSegments(left, ended, sorted({of[first] for first in ended}))


def about(table: str, values: Sequence[Any]) -> str | None:
    """Return whom a row is about, or by what a row is named that may be named after somebody."""
    names = EVIDENCE[table].columns
    fields = dict(zip(names, values, strict=True))
    if table == "person":
        return str(fields["id"])
    if table == "register":
        return str(fields["id"] if fields["person"] is None else fields["person"])
    return fields.get("person")
