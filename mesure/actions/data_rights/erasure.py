"""Erasure of what is due: trails, looks, unassigned messages, and records of ended orders.

Each step is one transaction, and what it did is found by looking: the next run continues one that
was broken off. Of a person's record the key goes first, so that every copy is noise before the
first row is gone. The audit log says how much of what was erased, under which rule, and has a hash
over the hashes; nothing that is left says about whom.
Decision: docs/decisions/0035-retention-and-reduction.md
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final, TypeVar

import msgspec

from mesure.actions.data_rights import erase_homes, erase_traces, retained_data
from mesure.actions.data_rights.retained_data import PAGE, RetentionContext
from mesure.actions.framework import idempotency
from mesure.actions.framework.action import Action, ActionContext, action, perform
from mesure.actions.framework.case_access import CASE
from mesure.actions.framework.context import PROGRAM, Context
from mesure.actions.records.record_types import RegisterReader
from mesure.actions.refusals import lost_keys
from mesure.instants import to_us
from mesure.privacy.retention import retention_schedule
from mesure.privacy.retention.retention_schedule import Disposition, RetainedItem, RetentionKind
from mesure.privacy.roles import Role
from mesure.store.interface.store import ReadTransaction, WriteTransaction
from mesure.store.values import partitions
from mesure.store.values.records import LogPosition, LogRecord
from mesure.store.values.register import RegisterRow

T = TypeVar("T")

CURSOR: Final = "erasure"  # Rows that say up to which entry of the log one kind was gone through.
PERSONS_AT_ONCE: Final = 100
YOUNG_MAX: Final = 10_000
"""Records of the audit log that look too young, after which no older ones are looked for."""
_ALL: Final = range(partitions.PARTITIONS)


@dataclass(frozen=True, slots=True)
class ErasureStep:
    """What one step let go, or would."""

    sort: RetentionKind
    things: int
    persons: int = 0  # Of how many persons; 0 where it is about nobody.
    left: int = 0  # What was due and is still needed.
    unreadable: tuple[str, ...] = ()  # Who was passed over: something cannot be opened.


class DueMessages(msgspec.Struct, frozen=True):
    """Messages that are due, by partition and number, and under which rule."""

    places: tuple[tuple[int, int], ...]
    digests: str  # SHA-256 over their digests, so a holder of one can show that it was here.
    rule: str
    persons: int


class DuePersons(msgspec.Struct, frozen=True):
    """Persons whose whole record is due, or is to go by somebody's decision."""

    persons: tuple[str, ...]
    rule: str


class EraseUntil(msgspec.Struct, frozen=True):
    """Up to when, in microseconds, and under which rule."""

    until_us: int
    rule: str


class DueRecords(msgspec.Struct, frozen=True):
    """Records of the audit log that are due, and up to which entry they were looked through."""

    entries: tuple[int, ...]
    sort: RetentionKind
    cursor: int


# --- What the program does -----------------------------------------------------------------------


@action("erasure.messages", {Role.PROGRAM})
def erase_messages(doing: ActionContext, request: DueMessages) -> int:
    """Take messages out of the log whose days are over."""
    gone = doing.work.cut([LogPosition(*place) for place in request.places])
    doing.note(
        rule=request.rule, messages=gone, of_persons=request.persons, digests=request.digests
    )
    return gone


@action("erasure.refused", {Role.PROGRAM})
def erase_refused(doing: ActionContext, request: EraseUntil) -> int:
    """Take away refused bytes whose days are over."""
    gone = doing.work.forget_refused(request.until_us)
    doing.note(rule=request.rule, refused=gone)
    return gone


@action("erasure.sent", {Role.PROGRAM})
def erase_sent(doing: ActionContext, request: EraseUntil) -> int:
    """Take away that something was sent, when the days are over."""
    gone = doing.work.forget_sent(request.until_us)
    doing.note(rule=request.rule, sent=gone)
    return gone


@action("erasure.records", {Role.PROGRAM})
def erase_records(doing: ActionContext, request: DueRecords) -> int:
    """Destroy records of the audit log with their salts, when the days are over."""
    rule = request.sort.rule
    doing.work.forget_records(request.entries, doing.now.date(), rule)
    for entry in request.entries:
        erase_traces.forget_rows(doing.work, entry)
    _set_cursor(doing.work, request.sort, request.cursor, to_us(doing.now))
    doing.note(rule=rule, records=len(request.entries))
    return len(request.entries)


@action("erasure.persons", {Role.PROGRAM})
def erase_persons(doing: ActionContext, request: DuePersons) -> int:
    """Erase whole records of persons; their keys are gone already."""
    work, gone = doing.work, 0
    entries: list[int] = []
    for person in request.persons:
        entries += work.record_entries(person)
        work.drop(CASE.name, person)
        work.drop(erase_homes.CURSOR, person)
        erase_traces.forget_accounts(work, person)
        idempotency.forget_about(doing.rows, person)
        erase_traces.forget_health(work, person)
        gone += work.erase(person, doing.now)
    for person in request.persons:
        entries += erase_traces.entries_that_name(work, person)
    work.forget_records(entries, doing.now.date(), request.rule)
    for entry in entries:
        erase_traces.forget_rows(work, entry)
    doing.note(rule=request.rule, of_persons=gone, records=len(set(entries)))
    return gone


# --- A run ---------------------------------------------------------------------------------------


def nothing(_person: str) -> None:
    """Export nothing."""


def no_homes(_person: str) -> Iterator[ErasureStep]:
    """Reduce no home: this process cannot read messages."""
    return iter(())


class ErasureRun:
    """One run over everything that may be due; `is_dry`: nothing is changed.

    A person whose record cannot be opened is passed over and named, since nobody knows what holds
    it. `export` is called for each person before their record goes; what it raises stops the run.
    `homes` reduces one person's home (`erase_homes`).
    """

    def __init__(
        self,
        context: Context,
        means: RetentionContext,
        *,
        is_dry: bool = False,
        export: Callable[[str], None] = nothing,
        homes: Callable[[str], Iterator[ErasureStep]] = no_homes,
    ) -> None:
        self._context, self._means, self._is_dry = context, means, is_dry
        self._export, self._homes = export, homes
        self._unreadable: dict[str, None] = {}
        assert context.actor is PROGRAM, "no person decides a moment that was due"

    def steps(self, only: Sequence[str] | None = None) -> Iterator[ErasureStep]:
        """Do it all, or what is about some persons only, and yield what each step let go."""
        names = self._persons(only)
        due = [name for name in names if self._is_over(name)]
        yield from self.of_persons(due, RetentionKind.RECORD.rule)
        others = [name for name in names if name not in set(due)]
        yield from self._of_trails(others)
        for name in others:
            yield from self._of_home(name)
        if only is None:
            yield from self._of_nobody()
            for sort in (RetentionKind.LOOK, RetentionKind.DEED):
                yield from self._of_log(sort)
        if self._unreadable:
            yield ErasureStep(RetentionKind.RECORD, 0, unreadable=tuple(self._unreadable))

    def _of_home(self, person: str) -> Iterator[ErasureStep]:
        if person not in self._unreadable:
            with self._naming(person):
                yield from self._homes(person)

    @contextmanager
    def _naming(self, person: str) -> Iterator[None]:
        """Go on with the others where something about a person cannot be opened."""
        with lost_keys.skip_unopened() as opening:
            yield
        if opening.is_shut:
            self._unreadable[person] = None

    def _persons(self, only: Sequence[str] | None) -> Sequence[str]:
        with self._context.store.read() as reading:
            return reading.persons_in(_ALL) if only is None else only

    def _is_over(self, person: str) -> bool:
        """Tell whether a whole record is due; a key that is gone took it along."""
        if self._context.keyring.is_erased(person):
            return True
        fates: list[Disposition] = []
        with self._naming(person), self._context.store.read() as reading:
            rows = RegisterReader(reading, self._context.keyring)
            if retained_data.ends_us(reading, rows, person) <= self._means.now_us:
                holds = retained_data.holds(reading, rows, self._means, person)
                fates.append(retained_data.record(reading, rows, self._means, person, holds))
        return any(fate.is_due(self._means.now_us) for fate in fates)

    def of_persons(self, due: Sequence[str], rule: str) -> Iterator[ErasureStep]:
        """Erase whole records, the keys first."""
        for start in range(0, len(due), PERSONS_AT_ONCE):
            batch = tuple(due[start : start + PERSONS_AT_ONCE])
            if not self._is_dry:
                for person in batch:
                    if not self._context.keyring.is_erased(person):
                        self._export(person)
                    # Also where it is gone: a run cut off may have left copies in the file.
                    self._context.keyring.forget(person, self._means.now_us)
                self._perform(erase_persons, DuePersons(batch, rule))
            yield ErasureStep(RetentionKind.RECORD, len(batch), len(batch))

    # --- Trails --------------------------------------------------------------------------------

    def _of_trails(self, names: Sequence[str]) -> Iterator[ErasureStep]:
        """Take messages in steps; a person counts in the first step that takes any of theirs."""
        waiting: list[tuple[str, LogRecord]] = []
        counted = None
        for person in [*names, None]:
            if person is not None and person not in self._unreadable:
                with self._naming(person), self._context.store.read() as reading:
                    waiting += [(person, one) for one in self._due_trails(reading, person)]
            while len(waiting) >= PAGE or (waiting and person is None):
                batch, waiting = waiting[:PAGE], waiting[PAGE:]
                whose = {name for name, _ in batch} - {counted}
                counted = batch[-1][0]
                yield self._cut([one for _, one in batch], RetentionKind.TRAIL, len(whose))

    def _due_trails(self, reading: ReadTransaction, person: str) -> list[LogRecord]:
        messages = [*map(_bare, retained_data.old_messages(reading, self._means, person))]
        if not messages:  # Then nobody need look for what is held.
            return []
        rows = RegisterReader(reading, self._context.keyring)
        holds = retained_data.holds(reading, rows, self._means, person)
        fates = retained_data.trails(messages, self._means, holds)
        return [logged for logged, fate in fates if fate.is_due(self._means.now_us)]

    def _cut(self, batch: Sequence[LogRecord], sort: RetentionKind, of_persons: int) -> ErasureStep:
        if not self._is_dry:
            places = tuple((one.place.partition, one.place.sequence) for one in batch)
            digests = sha256(b"".join(sorted(one.digest for one in batch))).hexdigest()
            self._perform(erase_messages, DueMessages(places, digests, sort.rule, of_persons))
        return ErasureStep(sort, len(batch), of_persons)

    # --- What belongs to nobody ----------------------------------------------------------------

    def _of_nobody(self) -> Iterator[ErasureStep]:
        if self._is_dry:
            yield from self._counted()
            return
        while batch := self._nobodys(self._before_us(RetentionKind.NOBODYS)):
            yield self._cut(batch, RetentionKind.NOBODYS, 0)
        for sort, carried_out in (
            (RetentionKind.REFUSED, erase_refused),
            (RetentionKind.SENT, erase_sent),
        ):
            until = EraseUntil(self._before_us(sort), sort.rule)
            yield ErasureStep(sort, self._perform(carried_out, until))

    def _counted(self) -> Iterator[ErasureStep]:
        """Yield how much a run would take of what nobody owns, was refused, or was sent."""
        with self._context.store.read() as reading:
            for sort, count in (
                (RetentionKind.NOBODYS, reading.count_nobodys_before),
                (RetentionKind.REFUSED, reading.count_refused_before),
                (RetentionKind.SENT, reading.count_sent_before),
            ):
                yield ErasureStep(sort, count(self._before_us(sort)))

    def _nobodys(self, before_us: int) -> tuple[LogRecord, ...]:
        with self._context.store.read() as reading:
            return tuple(map(_bare, reading.nobodys(before_us, PAGE)))

    def _before_us(self, sort: RetentionKind) -> int:
        means = self._means
        return retention_schedule.due_before_us(means.rules, sort, means.now_us) + 1

    # --- The audit log -------------------------------------------------------------------------

    def _of_log(self, sort: RetentionKind) -> Iterator[ErasureStep]:
        """Go through the records in their order, up to those that are too young."""
        while True:
            with self._context.store.read() as reading:
                due_records = self._due_records(reading, sort)
            if not due_records.entries:
                return
            yield ErasureStep(sort, len(due_records.entries))
            if self._is_dry:
                return
            self._perform(erase_records, due_records)

    def _due_records(self, reading: ReadTransaction, sort: RetentionKind) -> DueRecords:
        """Return what is due among the next records, some of it where there is much.

        A record is as old as its date says; or, where more records after it are due than it and
        its like are young, as old as those: a clock that was ahead, or behind, dated the fewer.
        """
        at = start = cursor(reading, sort)
        due: list[int] = []
        passed: list[int] = []
        balance = 0  # How much younger the records that were passed are, by their number.
        while openings := reading.openings(at, PAGE):
            for opening in openings:
                at = opening.entry + 1
                if retained_data.sort_of(opening.record) is sort:
                    passed.append(opening.entry)
                is_due = self._is_due(sort, _at_us(opening.record))
                balance = max(balance - 1, 0) if is_due else max(balance, 1) + 1
                if balance == 0:
                    due, passed, start = due + passed, [], at
                if len(due) >= PAGE and not self._is_dry:
                    return DueRecords(tuple(due[:PAGE]), sort, due[PAGE - 1] + 1)
                if balance > YOUNG_MAX:
                    return DueRecords(tuple(due), sort, start)
        return DueRecords(tuple(due), sort, start)

    def _is_due(self, sort: RetentionKind, at_us: int) -> bool:
        item = RetainedItem(sort, "", at_us, (at_us, at_us))
        [fate] = retention_schedule.fates(self._means.rules, [item], (), self._means.now_us)
        return fate.is_due(self._means.now_us)

    def _perform(self, what: Action[T, int], request: T) -> int:
        return perform(self._context, what, request)


def _bare(logged: LogRecord) -> LogRecord:
    """Return a record without its body: what is due is not read."""
    return replace(logged, share=replace(logged.share, body=b""))


class _When(msgspec.Struct, frozen=True):
    at: datetime | None = None
    at_us: int = 0


def _at_us(record: bytes) -> int:
    """Return when a record of the audit log was entered."""
    when = msgspec.json.decode(record, type=_When)
    return when.at_us if when.at is None else to_us(when.at)


def cursor(reading: ReadTransaction, sort: RetentionKind) -> int:
    """Return from which entry on the log is to be gone through for one kind."""
    entry = reading.entry(CURSOR, sort.value)
    return 0 if entry is None else int(entry.body)


def _set_cursor(work: WriteTransaction, sort: RetentionKind, at: int, changed_us: int) -> None:
    entry = work.entry(CURSOR, sort.value)
    revision = 1 if entry is None else entry.revision + 1
    work.put(RegisterRow(CURSOR, sort.value, revision, None, b"%d" % at, changed_us))
