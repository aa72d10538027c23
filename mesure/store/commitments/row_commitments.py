"""Row commitments in the audit log: digests of bound batches, and numbers that are gone.

One record, and where there is much several, covers whatever was bound since the last. It says
nothing about anybody: hashes of salted hashes, and numbers.
Specification: docs/specs/store.md, Binding
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from mesure.audit import commitments
from mesure.store.commitments import row_digests
from mesure.store.commitments.row_digests import CommitmentEdge, NumberRange

ACTION: Final = "rows.bound"
BATCHES_MAX: Final = 4_000  # Of one record, so that it is no longer than a record may be.
RANGES_MAX: Final = 8_000


@dataclass(frozen=True, slots=True)
class CommitmentRecord:
    """A record of the audit log about rows."""

    first: int  # The number of the first batch; 0 begins anew.
    digests: tuple[bytes, ...]
    gone: tuple[NumberRange, ...]
    at: str
    signed: int = 0  # Of how many entries the checkpoint before was; 0: there was none.


def records(
    edge: CommitmentEdge, headers: Mapping[int, bytes], at: str, signed: int
) -> Iterator[bytes]:
    """Yield the records for the batches that the log does not have, by their numbers."""
    first = edge.pinned
    digests: list[bytes] = []
    ranges: list[NumberRange] = []
    for number in range(edge.pinned, edge.batches):
        header = headers.get(number, b"")  # One that somebody took away or spoilt is found later.
        digests.append(row_digests.batch_digest(header))
        with suppress(ValueError):
            ranges += row_digests.decode_header(header).gone
    gone = row_digests.merge(ranges)
    while digests or gone:
        part = tuple(digests[:BATCHES_MAX]), tuple(gone[:RANGES_MAX])
        yield _record(CommitmentRecord(first, *part, at, signed))
        first += len(digests[:BATCHES_MAX])
        digests, gone = digests[BATCHES_MAX:], gone[RANGES_MAX:]


def _record(pin: CommitmentRecord) -> bytes:
    return commitments.canonical(
        {
            "action": ACTION,
            "at": pin.at,
            "batches": [b64encode(digest).decode() for digest in pin.digests],
            "first": pin.first,
            "gone": ",".join(f"{span.first}-{span.last}" for span in pin.gone),
            "signed": pin.signed,
        }
    )


def is_pin(record: bytes) -> bool:
    """Tell whether a record of the audit log is about rows.

    >>> is_pin(b'{"action":"rows.bound","at":"","batches":[],"first":0,"gone":"","signed":0}')
    True
    """
    return record.startswith(b'{"action":"' + ACTION.encode() + b'"')


def read(record: bytes) -> CommitmentRecord:
    """Return what a record about rows says; raises `ValueError` where it is none."""
    try:
        document: Any = json.loads(record)
        digests = tuple(b64decode(one, validate=True) for one in document["batches"])
        gone = tuple(_range(one) for one in document["gone"].split(",") if one)
        numbers = int(document["first"]), int(document["signed"])
        if min(numbers) < 0 or any(span.first > span.last for span in gone):
            raise ValueError("numbers are counted from 0 on")
        return CommitmentRecord(numbers[0], digests, gone, str(document["at"]), numbers[1])
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise ValueError("this record says nothing about rows") from error


def _range(written: str) -> NumberRange:
    first, _, last = written.partition("-")
    return NumberRange(int(first), int(last))
