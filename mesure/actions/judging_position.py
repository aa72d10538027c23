"""How far a group of partitions was worked through, kept in the change that keeps what came of it.

Whoever starts again goes on from there, whatever groups the partitions were in before.
"""

from collections.abc import Collection
from typing import Final

import msgspec

from mesure.store.contract import Reading, Work
from mesure.store.partitions import partition_of
from mesure.store.register import Entry

POSITION: Final = "judging_position"


class Position(msgspec.Struct, frozen=True):
    """How far a group of partitions was worked through."""

    changed: int  # Changes of what is administered.
    after: dict[int, int]  # By partition, the records of the log.
    again: tuple[str, ...] = ()  # Who could not be judged, and is to be tried again.


def read(reading: Reading, partitions: Collection[int]) -> Position:
    """Return how far some partitions were worked through, whatever groups they were in."""
    after, changed, again = dict[int, int](), list[int](), set[str]()
    for kept in reading.listed(POSITION):
        found = msgspec.json.decode(kept.body, type=Position)
        mine = {part: end for part, end in found.after.items() if part in partitions}
        if mine:
            changed.append(found.changed)
            again |= {p for p in found.again if partition_of(p) in partitions}
        for part, end in mine.items():
            after[part] = max(end, after.get(part, 0))
    return Position(min(changed, default=0), after, tuple(sorted(again)))


def keep(work: Work, group: str, position: Position, now_us: int) -> None:
    """Keep how far a group of partitions was worked through."""
    kept = work.entry(POSITION, group)
    revision = 1 if kept is None else kept.revision + 1
    work.put(Entry(POSITION, group, revision, None, msgspec.json.encode(position), now_us))
