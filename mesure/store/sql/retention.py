"""Statements of retention: read and delete what is due."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import bindparam, delete, exists, func, select

from mesure.audit import entries as entries_
from mesure.audit.log_file import RecordOpening
from mesure.audit.tree import Frontier
from mesure.instants import US_PER_DAY, to_us
from mesure.store.commitments.row_digests import EVIDENCE
from mesure.store.sql.composing import Among, Change, Each, Into, at_most, change, rows_of, same
from mesure.store.sql.connection import StatementRunner
from mesure.store.sql.layout import TABLES, T, columns
from mesure.store.sql.register import WHO, RegisterWork
from mesure.store.values import rows
from mesure.store.values.records import PUT_OFF, LogPosition, LogRecord
from mesure.store.writing import audit_append, checks
from mesure.store.writing.audit_append import AuditAppend

_IS_NOBODYS: Final = (
    T.message.c.person.is_(None),
    T.message.c.received_us < bindparam("before_us"),
)
_NOBODYS: Final = at_most(
    rows_of(T.message, rows.LOGGED, *_IS_NOBODYS).order_by("received_us", "part", "sequence")
)
_NOBODYS_BEFORE: Final = select(func.count()).where(*_IS_NOBODYS)
_RECORDED: Final = rows_of(T.audit_record, "entry", same(T.audit_record, "person")).order_by(
    "entry"
)
_OPENINGS: Final = at_most(
    rows_of(
        T.audit_record, "entry, salt, record", T.audit_record.c.entry >= bindparam("start")
    ).order_by("entry")
)
_REFUSED_BEFORE: Final = select(func.count()).where(
    T.quarantine.c.last_received_us < bindparam("until_us")
)
_IS_OLD: Final = (T.outgoing.c.is_done, T.outgoing.c.due_us < bindparam("before_us"))
_SENT_BEFORE: Final = select(func.count()).where(*_IS_OLD)

_CUT: Final = Each(
    columns(T.message, "part, sequence"),
    lambda row: (
        delete(T.message).where(same(T.message, "part, sequence", row)).returning(T.message.c.bound)
    ),
)
_REWRITE: Final = change(T.message, "form, body", same(T.message, "part, sequence"))
_FORGET: Final = (
    delete(T.audit_record)
    .where(Among(T.audit_record.c.entry, "entries"))
    .returning(T.audit_record.c.entry)
)
_FORGET_SENT: Final = delete(T.outgoing).where(*_IS_OLD)
_EDGE: Final = rows_of(T.audit_edge, "size, peaks")
_LINE: Final = Into(T.audit_entry, "entry, line")
_NODE: Final = Into(T.audit_node, "level, place, hash")
_NEW_EDGE: Final = Change(T.audit_edge, "size, peaks")
_RECORD: Final = Into(T.audit_record, "entry, salt, record, person")
_ERASED: Final = change(T.person, "erased_us", same(T.person, "id"))
_OF: Final = {
    name: delete(TABLES[name]).where(same(TABLES[name], "person")) for name in rows.ABOUT_A_PERSON
}
_ERASE: Final = {
    name: erase.returning(TABLES[name].c.bound) if name in EVIDENCE else erase
    for name, erase in _OF.items()
}
_ERASE_VERSIONS: Final = (
    delete(T.order_version)
    .where(
        T.order_version.c.court_order.in_(
            rows_of(T.court_order, "id", same(T.court_order, "person"))
        )
    )
    .returning(T.order_version.c.bound)
)

_LATE_US: Final = 30 * US_PER_DAY  # A device may be off for weeks before it sends.
_given: Final = T.assignment.c
_ERASE_REFUSED: Final = (
    delete(T.quarantine)
    .where(
        T.quarantine.c.reason != bindparam("put_off"),
        exists().where(
            same(T.assignment, "person"),
            _given.device == T.quarantine.c.claimed,
            _given.start_us <= T.quarantine.c.last_received_us,
            func.coalesce(_given.until_us, T.quarantine.c.received_us) + bindparam("late_us")
            > T.quarantine.c.received_us,
        ),
    )
    .returning(T.quarantine.c.bound)
)


class RetentionReading(StatementRunner):
    """What is read of what may be due."""

    def nobodys(self, received_before_us: int, count: int) -> tuple[LogRecord, ...]:
        """Return at most `count` records that belong to nobody and were received before this."""
        answer = self._all(_NOBODYS, before_us=received_before_us, count=count)
        return tuple(map(rows.log_record, answer))

    def count_nobodys_before(self, received_before_us: int) -> int:
        """Count the records that belong to nobody and were received before this."""
        return int(self._one(_NOBODYS_BEFORE, before_us=received_before_us)[0])

    def record_entries(self, person: str) -> tuple[int, ...]:
        """Return the entries of the audit log whose records were kept about a person."""
        return tuple(entry for (entry,) in self._all(_RECORDED, person=person))

    def openings(self, start: int, count: int) -> tuple[RecordOpening, ...]:
        """Return the records of entries from this one on that still exist, at most `count`."""
        return tuple(RecordOpening(*row) for row in self._all(_OPENINGS, start=start, count=count))

    def count_refused_before(self, until_us: int) -> int:
        """Count the refused bytes that last came before this."""
        return int(self._one(_REFUSED_BEFORE, until_us=until_us)[0])

    def count_sent_before(self, due_before_us: int) -> int:
        """Count what was sent, or given up, and was due before this."""
        return int(self._one(_SENT_BEFORE, before_us=due_before_us)[0])


class RetentionWork(RegisterWork, RetentionReading):
    """What is let go."""

    # The edge of the tree as this transaction leaves it; None: as it is kept.
    _edge: Frontier | None = None

    def cut(self, places: Sequence[LogPosition]) -> int:
        """Take records out of the log, and return how many were there; no number is given again."""
        which = ((place.partition, place.sequence) for place in places)
        return self._gone(list(self._ask_for_each(_CUT, which)))

    def rewrite(self, place: LogPosition, form: str, body: bytes) -> None:
        """Put another form of a record in the place of what came; its digest stays."""
        part, sequence = place.partition, place.sequence
        if not self._put(_REWRITE, form=form, body=body, part=part, sequence=sequence):
            checks.there(None, f"Record {place.sequence} of partition {place.partition}")
        self._written("message", part, sequence)

    def forget_records(self, entries: Collection[int], day: date, rule: str) -> range:
        """Destroy records of the audit log with their salts, and enter that; return the entries.

        Those that exist no more are passed over. Nothing is entered where none exists.
        """
        gone = sorted(entry for (entry,) in self._all(_FORGET, entries=list(entries)))
        edge = self._grown_edge()
        start = edge.size
        self._grow(audit_append.tell(edge, entries_.erasures(gone, day, rule)))
        return range(start, edge.size)

    def take_back(self) -> None:
        """Forget what a change wrote that was taken back."""
        super().take_back()
        self._edge = None

    def _grown_edge(self) -> Frontier:
        """Return the edge of the tree, to be added to; it is read once in a transaction."""
        if self._edge is None:
            self._edge = audit_append.unpack_peaks(*self._one(_EDGE))
        return self._edge

    def _grow(self, growth: AuditAppend, person: str | None = None) -> None:
        """Keep what was added to the edge of the tree, and the edge; records of whom they are."""
        edge = self._grown_edge()
        self._put_all(
            (_LINE, growth.lines),
            (_NODE, growth.nodes),
            (_NEW_EDGE, [(edge.size, audit_append.pack_peaks(edge))]),
            (_RECORD, [(new.entry, new.salt, new.record, person) for new in growth.openings]),
        )

    def forget_sent(self, due_before_us: int) -> int:
        """Take away what was sent, or given up, and was due before this; return how much."""
        return self._put(_FORGET_SENT, before_us=due_before_us)

    def erase(self, person: str, at: datetime) -> bool:
        """Take away whatever is kept about a person; False where that was done before.

        Messages, what was judged, versions of orders, register rows, what was to be sent, records
        of the audit log with their salts, what was refused of the devices that they carried. The
        ids stay, of person, orders and assignments: by them a late message is known to be the
        erased person's, and is refused. What the store cannot reach (backups) is erased with the
        key: forget that first (`Keyring.forget`). Before this, `forget_records` of what is
        `recorded` informs outsiders who check the audit log.
        """
        row = self._one(WHO, id=person)
        checks.there(row, person)
        if rows.person(row).erased_at is not None:
            return False
        self._mark(person)
        self._put(_ERASED, erased_us=to_us(at), id=person)
        self._written("person", person)
        for table, statement in _ERASE.items():
            if table in EVIDENCE:
                self._gone(self._all(statement, person=person))
            else:
                self._put(statement, person=person)
        self._gone(self._all(_ERASE_VERSIONS, person=person))
        waits = {"put_off": PUT_OFF, "late_us": _LATE_US}
        self._gone(self._all(_ERASE_REFUSED, person=person, **waits))
        return True
