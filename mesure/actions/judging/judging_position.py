"""Judging position: how far partitions were worked through, stored with the results.

A process that starts again goes on from there, whatever groups the partitions were in before.
"""

from collections.abc import Collection
from typing import Final

import msgspec

from mesure.store.interface.store import ReadTransaction, WriteTransaction
from mesure.store.values.partitions import partition_of
from mesure.store.values.register import RegisterRow

POSITION: Final = "judging_position"


class JudgingPosition(msgspec.Struct, frozen=True):
    """How far a group of partitions was worked through."""

    changed: int  # Changes of what is administered.
    after: dict[int, int]  # By partition, the records of the log.
    again: tuple[str, ...] = ()  # Who could not be judged, and is to be tried again,
    since_us: dict[str, int] = {}  # and since when.


def read(reading: ReadTransaction, partitions: Collection[int]) -> JudgingPosition:
    """Return how far some partitions were worked through, whatever groups they were in."""
    after, changed = dict[int, int](), list[int]()
    for position in _kept(reading).values():
        mine = {part: end for part, end in position.after.items() if part in partitions}
        if mine:
            changed.append(position.changed)
        for part, end in mine.items():
            after[part] = max(end, after.get(part, 0))
    again = {p: us for p, us in not_judged(reading).items() if partition_of(p) in partitions}
    return JudgingPosition(min(changed, default=0), after, tuple(sorted(again)), again)


def _kept(reading: ReadTransaction) -> dict[str, JudgingPosition]:
    """Return what is kept, by group."""
    rows = reading.entries_of_kind(POSITION)
    return {row.id: msgspec.json.decode(row.body, type=JudgingPosition) for row in rows}


def not_judged(reading: ReadTransaction) -> dict[str, int]:
    """Return who could not be judged at the last try, and since when; 0: that is not known."""
    since_us_by_person: dict[str, int] = {}
    for position in _kept(reading).values():
        for person in position.again:
            since_us = position.since_us.get(person, 0)
            since_us_by_person[person] = min(since_us, since_us_by_person.get(person, since_us))
    return since_us_by_person


def keep(work: WriteTransaction, group: str, position: JudgingPosition, now_us: int) -> None:
    """Keep how far a group of partitions was worked through."""
    entry = work.entry(POSITION, group)
    revision = 1 if entry is None else entry.revision + 1
    work.put(RegisterRow(POSITION, group, revision, None, msgspec.json.encode(position), now_us))


def take_over(work: WriteTransaction, group: str, partitions: Collection[int], now_us: int) -> None:
    """Let only this group say who of its partitions cannot be judged.

    Earlier groups, with other shares, no longer say so.
    """
    for name, position in _kept(work).items():
        others = tuple(
            person for person in position.again if partition_of(person) not in partitions
        )
        if name != group and others != position.again:
            since_us = {person: us for person, us in position.since_us.items() if person in others}
            keep(
                work,
                name,
                msgspec.structs.replace(position, again=others, since_us=since_us),
                now_us,
            )
