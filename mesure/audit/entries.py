"""Entries of the log, and the one line that each is.

There are two kinds. A *record* is the commitment to something that happened: a look, a change, a
finding. An *erasure* says which earlier records were destroyed, on which day and under which rule.
The line itself, without its line feed, is what the tree hashes, so that anybody can check it with
tools that every computer has.

Invariant: there is one way to write an entry; no line that is read is written otherwise.
Decision: docs/decisions/0011-the-audit-log-holds-no-personal-data.md
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from mesure.audit.tree import HASH_BYTES, SIZE_MAX

SPANS_MAX: Final = 1_000  # Of one erasure, so that a line stays short; further ones take another.

# The last sign of 32 bytes in base64 has two bits to spare, and both must be zero.
RECORD_LINE: Final = re.compile(rb"record [A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")
_ERASURE: Final = re.compile(rb"erasure (\d{4}-\d\d-\d\d) ([a-z][a-z0-9_]{0,31}) ([0-9,-]+)")
_RULE: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
_SPAN: Final = re.compile(r"(0|[1-9]\d{0,15})(?:-([1-9]\d{0,15}))?")


class MalformedError(ValueError):
    """A line or a text that is not written as the specification says."""


class EntryRange(NamedTuple):
    """Neighbouring entries, counted from 0: from the first to the last, both included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class RecordEntry:
    """Something happened; what it was is kept elsewhere, as long as it is kept."""

    commitment: bytes

    def __post_init__(self) -> None:
        if len(self.commitment) != HASH_BYTES:
            raise ValueError(f"A commitment has {HASH_BYTES} bytes, not {len(self.commitment)}.")


@dataclass(frozen=True, slots=True)
class ErasureEntry:
    """Records and their salts were destroyed, as the law asks.

    The rule is the short name of a rule of retention, never a text: nothing here may say anything
    about anybody.
    """

    day: date
    rule: str
    erased: tuple[EntryRange, ...]

    def __post_init__(self) -> None:
        if not _RULE.fullmatch(self.rule):
            raise ValueError(
                f"{self.rule!r} is no name of a rule: an erasure takes small letters, digits and "
                "underscores, at most 32, so that nobody is described in it."
            )
        if not 1 <= len(self.erased) <= SPANS_MAX:
            raise ValueError(f"An erasure names 1 to {SPANS_MAX} spans, not {len(self.erased)}.")
        before = -2
        for span in self.erased:
            if not before + 1 < span.first <= span.last <= SIZE_MAX:
                raise ValueError("The spans of an erasure are sorted and do not touch each other.")
            before = span.last


Entry = RecordEntry | ErasureEntry


def encode(entry: Entry) -> bytes:
    """Return the line of an entry, without a line feed.

    >>> encode(ErasureEntry(date(2026, 2, 11), "two_months", (EntryRange(4, 4), EntryRange(7, 12))))
    b'erasure 2026-02-11 two_months 4,7-12'
    """
    if isinstance(entry, RecordEntry):
        return b"record " + b64encode(entry.commitment)
    spans = ",".join(
        str(span.first) if span.first == span.last else f"{span.first}-{span.last}"
        for span in entry.erased
    )
    return f"erasure {entry.day.isoformat()} {entry.rule} {spans}".encode()


def read(line: bytes) -> Entry:
    """Return the entry of a line; raises `MalformedError` where it is written in no such way.

    >>> read(b"erasure 2026-02-11 two_months 4,7-12").erased[-1]
    EntryRange(first=7, last=12)
    """
    if RECORD_LINE.fullmatch(line):
        return RecordEntry(b64decode(line[7:]))
    match = _ERASURE.fullmatch(line)
    if match is None:
        raise MalformedError("neither a record nor an erasure")
    day, rule, spans = (part.decode() for part in match.groups())
    try:
        return ErasureEntry(date.fromisoformat(day), rule, tuple(_spans(spans)))
    except ValueError as error:
        raise MalformedError(str(error)) from None


def _spans(text: str) -> Iterator[EntryRange]:
    for part in text.split(","):
        match = _SPAN.fullmatch(part)
        if match is None or match[1] == match[2]:
            raise ValueError("a span is a number, or two with a hyphen between them")
        first = int(match[1])
        yield EntryRange(first, first if match[2] is None else int(match[2]))


def erasures(entries: Iterable[int], day: date, rule: str) -> Iterator[ErasureEntry]:
    """Yield the entries that tell the erasure of these records; more than one where there are many.

    >>> [erasure.erased for erasure in erasures([5, 3, 4, 9], date(2026, 2, 11), "two_months")]
    [(EntryRange(first=3, last=5), EntryRange(first=9, last=9))]
    """
    spans: list[EntryRange] = []
    for entry in sorted(set(entries)):
        if spans and spans[-1].last == entry - 1:
            spans[-1] = EntryRange(spans[-1].first, entry)
        else:
            spans.append(EntryRange(entry, entry))
    for start in range(0, len(spans), SPANS_MAX):
        yield ErasureEntry(day, rule, tuple(spans[start : start + SPANS_MAX]))
