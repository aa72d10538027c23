"""Judging term: who may claim partitions, the service that leads or a cluster beside it.

Each time that a cluster begins to judge, or a service judges again after one, a term with a higher
number begins. Executors of a cluster claim under the number of their term; those of an older one
can claim nothing, however late they wake up.
"""

from collections.abc import Collection
from typing import Final, NamedTuple

import msgspec

from mesure.store.interface.store import ReadTransaction, WriteTransaction
from mesure.store.values.effects import JudgingPlace, PartitionOwner
from mesure.store.values.faults import FencedError
from mesure.store.values.register import RegisterRow

KIND: Final = "judging_term"
ID: Final = "judging"


class JudgingTerm(NamedTuple):
    """Who judges, and the number of the term; 0: only the service has ever judged."""

    number: int
    place: JudgingPlace


class _Body(msgspec.Struct, frozen=True):
    place: JudgingPlace


def read(reading: ReadTransaction) -> JudgingTerm:
    """Return the term that goes on now."""
    row = reading.entry(KIND, ID)
    if row is None:
        return JudgingTerm(0, JudgingPlace.SERVICE)
    return JudgingTerm(row.revision, msgspec.json.decode(row.body, type=_Body).place)


def begin(work: WriteTransaction, place: JudgingPlace, now_us: int) -> int:
    """Begin a term, and return its number; a claimant under another can claim no more."""
    number = read(work).number + 1
    work.put(RegisterRow(KIND, ID, number, None, msgspec.json.encode(_Body(place)), now_us))
    return number


def claim(
    work: WriteTransaction, number: int, partitions: Collection[int], holder: str
) -> PartitionOwner:
    """Own partitions under a term; raises `FencedError` where another one has begun."""
    term = read(work)
    if term.number != number:
        raise FencedError(
            f"{holder} was told to judge in term {number}, and term {term.number} has begun "
            f"({term.place}); nothing was claimed. Let the newer one judge."
        )
    return work.claim(partitions, holder)
