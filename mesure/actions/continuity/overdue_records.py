"""Overdue records: that something was left past its deadline, and who was told of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from mesure.actions.records.record_types import Key, RecordType, Stored


class OverdueRecord(msgspec.Struct, frozen=True):
    """That something was left past its deadline, and to which supervisors it was brought."""

    what: str  # As a list of work calls it.
    item: str  # Of a contest, the incident that it is about.
    kind: str  # Of an incident; of an absence, how it came in.
    officer: str | None  # On whose list of cases it was; None: on nobody's.
    due_at: datetime
    brought_at: datetime
    brought_to: tuple[str, ...]
    ended_at: datetime | None = None  # When it was seen that it no longer waits; None: it does.


STANDS: Final = ("overdue", "stands")  # The key of what still waits.


def _keys(record: OverdueRecord) -> list[Key]:
    return [] if record.ended_at is not None else [STANDS]


OVERDUE: Final = RecordType("overdue", OverdueRecord, _keys)


def brought_at_by_item(
    records: Iterable[Stored[OverdueRecord]],
) -> dict[tuple[str, str], datetime]:
    """Return by what and id since when supervisors have known of what still waits."""
    return {
        (record.value.what, record.value.item): record.value.brought_at
        for record in records
        if record.value.ended_at is None
    }
