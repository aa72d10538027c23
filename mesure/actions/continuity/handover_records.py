"""Hand-over records: what an officer wrote for whoever takes over, and who confirmed reading it."""

from datetime import datetime
from typing import Final

import msgspec

from mesure.actions.framework import case_access
from mesure.actions.framework.action import ActionContext
from mesure.actions.records.record_types import Key, RecordType


class HandoverItem(msgspec.Struct, frozen=True):
    """Something that stood open when a note was written."""

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


WAITS: Final = ("handover", "waits")  # The key of a note that nobody has confirmed yet.


def _keys(record: HandoverRecord) -> list[Key]:
    return [WAITS] if record.waits else []


HANDOVER: Final = RecordType("handover", HandoverRecord, _keys)


def holders_of(doing: ActionContext, person: str, record: HandoverRecord) -> tuple[str, ...]:
    """Return who has a case now by their list or by cover, but for whoever wrote the note."""
    file = case_access.file_of(doing.rows, person)
    barred = case_access.accounts_barred_from(file, doing.staff)
    covers = (
        cover.by
        for cover in doing.staff.covers
        if cover.covers == file.officer and doing.now in cover.span
    )
    accounts = [account for account in (file.officer, *covers) if account is not None]
    return tuple(
        account
        for account in dict.fromkeys(accounts)
        if account != record.written_by and account not in barred
    )
