"""Kept documents: files as they came, sealed in parts under a person's key, never analysed.

Only the first bytes are looked at, which say whether it is a PDF, a JPEG or a PNG: nothing else is
taken. A row of the register holds a mebibyte, so a document is kept in parts.
Decision: docs/decisions/0002-what-we-will-never-build.md
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Protocol

import msgspec

from mesure.actions.documents import document_types
from mesure.actions.records.record_types import RecordType, Register, RegisterReader
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import InvalidInputError

NAME_CHARS_MAX: Final = 120
DOCUMENT_BYTES_MAX: Final = 10 << 20
PART_BYTES: Final = 1 << 20

PART: Final = RecordType("attachment_part", bytes)


class Document(msgspec.Struct, frozen=True):
    """A document as it came."""

    name: str
    media_type: str
    content: bytes


def media_type(name: str, content: bytes) -> str:
    """Return what a document is; refuse one that is not taken, too large, or without a name."""
    if not (0 < len(name.strip()) <= NAME_CHARS_MAX and name.isprintable()):
        raise InvalidInputError(ActionRefusal.NAME)
    if len(content) > DOCUMENT_BYTES_MAX:
        raise InvalidInputError(ActionRefusal.TOO_LARGE)
    recognised = document_types.media_type_of(content)
    if recognised is None:
        raise InvalidInputError(ActionRefusal.DOCUMENT)
    return recognised


class SizedRecord(Protocol):
    """What is kept about a document."""

    @property
    def size(self) -> int:
        """Return how many bytes it has."""

    @property
    def taken_back_at(self) -> datetime | None:
        """Return when its bytes went; None: they are kept."""


def has_room(beside: Iterable[SizedRecord], size: int, bytes_max: int) -> bool:
    """Tell whether a document of `size` bytes fits beside those that were not taken back."""
    kept_bytes = sum(record.size for record in beside if record.taken_back_at is None)
    return kept_bytes + size <= bytes_max


def part_count(size: int) -> int:
    """Return in how many parts a document of `size` bytes is kept."""
    return -(-size // PART_BYTES)


def keep(rows: Register, document: str, content: bytes, person: str) -> None:
    """Keep the bytes of a document."""
    for number in range(part_count(len(content))):
        part = content[number * PART_BYTES : (number + 1) * PART_BYTES]
        rows.add(PART, _part(document, number), part, person)


def content(rows: RegisterReader, document: str, parts: int) -> bytes | None:
    """Return the bytes of a document as it came; None where a part of it is kept no more."""
    rows_kept = [rows.get(PART, _part(document, number)) for number in range(parts)]
    if None in rows_kept:
        return None
    return b"".join(part.value for part in rows_kept if part is not None)


def drop(rows: Register, document: str, parts: int) -> None:
    """Let the bytes of a document go."""
    for number in range(parts):
        rows.drop(PART, _part(document, number))


def _part(document: str, number: int) -> str:
    return f"{document}.{number:03}"
