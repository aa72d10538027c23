"""Continuity records: what is handed over with a case, and what was left past its deadline."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from mesure.actions.records.record_types import Key, RecordType, Stored

# --- Hand-over notes ---------------------------------------------------------------------------


class HandoverItem(msgspec.Struct, frozen=True):
    """An open matter at the time when a note was written."""

    what: str  # As a list of work calls it.
    item: str
    kind: str
    condition: str
    since_at: datetime
    due_at: datetime | None
    is_contested: bool


class HandoverAbsence(msgspec.Struct, frozen=True):
    """An absence that was granted and not over yet."""

    absence: str
    how: str
    start_at: datetime
    until_at: datetime


class HandoverDevice(msgspec.Struct, frozen=True):
    """A device that the person carried; None: it never said."""

    device: str
    heard_at: datetime | None
    battery_percent: int | None
    is_charging: bool | None
    is_strap_closed: bool | None


class HandoverEdge(msgspec.Struct, frozen=True):
    """When a condition was next to begin or end to bind the person."""

    at: datetime
    condition: str
    begins: bool


class HandoverFacts(msgspec.Struct, frozen=True):
    """What the record said of a case at an instant; nobody types it."""

    at: datetime
    items: tuple[HandoverItem, ...] = ()
    absences: tuple[HandoverAbsence, ...] = ()
    devices: tuple[HandoverDevice, ...] = ()
    next_edge: HandoverEdge | None = None


class HandoverVersion(msgspec.Struct, frozen=True):
    """A note as it read from one moment on, with the facts of that moment."""

    text: str
    facts: HandoverFacts
    written_at: datetime
    written_by: str


class HandoverReceipt(msgspec.Struct, frozen=True):
    """That somebody in charge read a note as it was then."""

    by: str
    at: datetime
    versions: int  # How many there were; who read fewer than there are has not read the latest.


class HandoverRecord(msgspec.Struct, frozen=True):
    """A note with its versions, the latest last, and its receipts."""

    versions: tuple[HandoverVersion, ...]
    receipts: tuple[HandoverReceipt, ...] = ()
    taken_back_at: datetime | None = None  # Then no version is kept.
    taken_back_by: str = ""

    @property
    def waits(self) -> bool:
        """Tell whether nobody has confirmed the latest version yet."""
        count = len(self.versions)
        return count > 0 and not any(receipt.versions == count for receipt in self.receipts)

    @property
    def written_by(self) -> str:
        """Return who wrote the latest version; nobody, where the note was taken back."""
        return self.versions[-1].written_by if self.versions else ""


HANDOVER_WAITS: Final = ("handover", "waits")  # The key of a note that nobody has confirmed yet.


def _handover_keys(record: HandoverRecord) -> list[Key]:
    return [HANDOVER_WAITS] if record.waits else []


HANDOVER: Final = RecordType("handover", HandoverRecord, _handover_keys)


# --- What was left past its deadline -----------------------------------------------------------


class OverdueRecord(msgspec.Struct, frozen=True):
    """That something was left past its deadline, and to which supervisors it was brought."""

    what: str  # As a list of work calls it.
    item: str  # Of a contest, the incident that it is about.
    kind: str  # Of an incident; of an absence, how it came in.
    officer: str | None  # On whose list of cases it was; None: on none.
    due_at: datetime
    brought_at: datetime
    brought_to: tuple[str, ...]
    ended_at: datetime | None = None  # When it was seen that it no longer waits; None: it does.


OVERDUE_STANDS: Final = ("overdue", "stands")  # The key of what still waits.


def _overdue_keys(record: OverdueRecord) -> list[Key]:
    return [] if record.ended_at is not None else [OVERDUE_STANDS]


OVERDUE: Final = RecordType("overdue", OverdueRecord, _overdue_keys)


def times_by_item(records: Iterable[Stored[OverdueRecord]]) -> dict[tuple[str, str], datetime]:
    """Return by what and id since when supervisors have known of what still waits."""
    return {
        (record.value.what, record.value.item): record.value.brought_at
        for record in records
        if record.value.ended_at is None
    }
